"""Which recordings a training step compares: at random, or those that are hardest to tell apart."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from lakhdb.kernels.constant_q import N_BINS
from lakhdb.kernels.networks import FRAMES_PER_STEP, MARGIN_STEPS, average_frames

from .pairs import NO_STEP, WINDOW_FRAMES, PairMaker
from .pool import PoolRecording

__all__ = ["Batch", "BatchMaker"]

# Recordings of a hard group: one and some of its nearest neighbours of other compositions.
GROUP = 4
NEIGHBOURS = 48
# Steps of each pair whose hashes are compared.
STEPS_PER_PAIR = 12
MIDDLES_AT_ONCE = 64


class Batch(NamedTuple):
    """Pairs of windows, and steps of them that belong together.

    Attributes
    ----------
    audio, midi : Tensor, shape (n, 2 · (STEPS_PER_WINDOW + 2 · MARGIN_STEPS), 72), float32
    composition : Tensor, shape (n,), int64
    owner, audio_step, midi_step : Tensor, shape (n_steps,), int64
        Counted from the beginning of the windows.
    """

    audio: torch.Tensor
    midi: torch.Tensor
    composition: torch.Tensor
    owner: torch.Tensor
    audio_step: torch.Tensor
    midi_step: torch.Tensor


class BatchMaker:
    """Draws batches, each from the seed and its number alone.

    Parameters
    ----------
    recordings : sequence of PoolRecording
    maker : PairMaker
    size : int
        Pairs in a batch, each of another composition while there are enough.
    seed : int
    """

    def __init__(self, recordings: Sequence[PoolRecording], maker: PairMaker, size: int, seed: int) -> None:
        self._recordings, self._maker, self._seed = recordings, maker, seed
        names = sorted({recording.composition for recording in recordings})
        number = {name: k for k, name in enumerate(names)}
        self._composition = np.array([number[recording.composition] for recording in recordings])
        self._by_composition: list[list[int]] = [[] for _ in names]
        for k, composition in enumerate(self._composition.tolist()):
            self._by_composition[composition].append(k)
        self.size = min(size, len(names))

    def make(self, step: int, vectors: NDArray[np.float32] | None) -> Batch:
        """Make the batch of a training step.

        Parameters
        ----------
        step : int
        vectors : NDArray, shape (n_recordings, dimension), or None
            Of the recordings, to find hard groups by; None, like every other step, draws at random.
        """
        rng = np.random.default_rng([self._seed, 1, step])
        chosen = self._draw_hard(vectors, rng) if vectors is not None and step % 2 else []
        taken = {int(self._composition[k]) for k in chosen}
        rest = np.array([one for one in range(len(self._by_composition)) if one not in taken])
        # What is known by many recordings comes more often, but by far not as often as these: networks learn
        # such compositions by heart.
        likely = np.sqrt([len(self._by_composition[one]) for one in rest.tolist()])
        n_wanted = self.size - len(chosen)
        for composition in rng.choice(rest, n_wanted, replace=False, p=likely / likely.sum()).tolist():
            chosen.append(int(rng.choice(self._by_composition[composition])))
        return self.collect(chosen, rng)

    def collect(self, chosen: Sequence[int], rng: np.random.Generator) -> Batch:
        """Make a pair of each of the chosen recordings."""
        pairs = [self._maker.make(self._recordings[k], rng) for k in chosen]
        owner, audio_step, midi_step = [], [], []
        for number, pair in enumerate(pairs):
            known = np.flatnonzero(pair.midi_step != NO_STEP)
            steps = rng.permutation(known)[:STEPS_PER_PAIR]
            owner.append(np.full(steps.size, number))
            audio_step.append(steps)
            midi_step.append(pair.midi_step[steps])
        joined = (torch.from_numpy(np.concatenate(one)) for one in (owner, audio_step, midi_step))
        return Batch(
            torch.from_numpy(np.stack([pair.audio for pair in pairs])),
            torch.from_numpy(np.stack([pair.midi for pair in pairs])),
            torch.from_numpy(self._composition[list(chosen)]),
            *joined,
        )

    def list_all(self) -> Iterator[Batch]:
        """Yield a pair of each recording once, in order; always the same."""
        for start in range(0, len(self._recordings), self.size):
            chosen = range(start, min(start + self.size, len(self._recordings)))
            yield self.collect(chosen, np.random.default_rng([self._seed, 2, start]))

    def list_middles(self) -> Iterator[torch.Tensor]:
        """Yield the middle windows of all recordings in order, as a batch's audio."""
        for start in range(0, len(self._recordings), MIDDLES_AT_ONCE):
            windows = []
            for recording in self._recordings[start : start + MIDDLES_AT_ONCE]:
                first = max(0, (len(recording.frames) - WINDOW_FRAMES) // 2)
                margin = MARGIN_STEPS * FRAMES_PER_STEP
                window = np.zeros((WINDOW_FRAMES + 2 * margin, N_BINS), np.uint8)
                cut = recording.frames[first : first + WINDOW_FRAMES]
                window[margin : margin + len(cut)] = cut
                windows.append(window)
            yield average_frames(torch.from_numpy(np.stack(windows)))

    def _draw_hard(self, vectors: NDArray[np.float32], rng: np.random.Generator) -> list[int]:
        chosen: list[int] = []
        taken: set[int] = set()
        for first in rng.permutation(len(vectors))[: self.size // GROUP].tolist():
            near = np.argsort(-(vectors @ vectors[first]), kind="stable")[:NEIGHBOURS]
            group = 0
            for k in (first, *rng.permutation(near).tolist()):
                composition = int(self._composition[k])
                if group < GROUP and composition not in taken:
                    chosen.append(k)
                    taken.add(composition)
                    group += 1
        return chosen
