"""Scoring one item against others: on which side it stands, and which of its transpositions counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.constant_q import COMPARED_BINS, shift_bins
from lakhdb.kernels.dtw.hash import score_hashes
from lakhdb.kernels.dtw.score import PathScores, score_pairs

from .device import Device
from .models import Side, default_embedder, default_hasher

__all__ = ["GULLY", "PAIR", "Pairs", "Probe", "compare_frames", "compare_hashes"]

# Share of the shorter file that an alignment must reach: Raffel (2016), chapter 4.
GULLY = 0.96

# A scored pair: the other item, the path's cost per cell over the mean of its block (lower is better), score
# (0 to 1), semitones by which the side of the MIDI was raised, and the first and last aligned frames of both.
# Pairs are ranked by cost, since the best scores are all 1.
PAIR = np.dtype(
    [
        ("item_seq", np.int64),
        ("cost", np.float64),
        ("score", np.float64),
        ("transposition", np.int32),
        ("midi_start", np.int32),
        ("midi_end", np.int32),
        ("audio_start", np.int32),
        ("audio_end", np.int32),
    ]
)
Pairs = npt.NDArray[Any]  # of dtype PAIR
Frames = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Probe:
    """One item as a query.

    Attributes
    ----------
    frames : uint8, shape (n_frames, 72)
    side : {"midi", "audio"}
        What it is.
    role : {"midi", "audio"}
        On which side of an alignment it stands; what it is compared with stands on the other.
    transpose : int
        Try up to so many semitones both ways.
    """

    frames: Frames
    side: Side
    role: Side
    transpose: int

    @property
    def transpositions(self) -> list[int]:
        """Semitones by which the side of the MIDI is raised; small ones first, since they win ties."""
        return sorted(range(-self.transpose, self.transpose + 1), key=lambda shift: (abs(shift), -shift))

    @cached_property
    def hashes(self) -> list[Hashes]:
        """A hash sequence for each transposition."""
        return [default_hasher().hash(frames) for frames in self._shifted()]

    @cached_property
    def vectors(self) -> npt.NDArray[np.float32]:
        """Window vectors in all transpositions, shape (n_windows, dimension)."""
        return np.concatenate([default_embedder().embed(frames, self.side)[1] for frames in self._shifted()])

    def _shifted(self) -> list[Frames]:
        # To raise the other side is to lower this one.
        sign = 1 if self.role == "midi" else -1
        return [shift_bins(self.frames, sign * shift) for shift in self.transpositions]


def compare_frames(
    probe: Probe, seqs: npt.NDArray[np.int64], others: Sequence[Frames], device: Device
) -> Pairs:
    """Score constant-Q frames: one pair (dtype `PAIR`) for each of `others`, in its best transposition."""

    def score(at: int) -> list[PathScores]:
        shift = probe.transpositions[at]
        if probe.role == "midi":
            midi = shift_bins(probe.frames, shift)[:, COMPARED_BINS]
            return [score_pairs(midi, [one[:, COMPARED_BINS] for one in others], gully=GULLY, device=device)]
        audio = [probe.frames[:, COMPARED_BINS]]
        raised = (shift_bins(one, shift)[:, COMPARED_BINS] for one in others)
        return [score_pairs(midi, audio, gully=GULLY, device=device) for midi in raised]

    return _take_best(probe, seqs, score)


def compare_hashes(probe: Probe, seqs: npt.NDArray[np.int64], others: Sequence[Hashes]) -> Pairs:
    """Score hash sequences: one pair (dtype `PAIR`, in hashes) for each of `others`."""

    def score(at: int) -> list[PathScores]:
        if probe.role == "midi":
            return [score_hashes(probe.hashes[at], others, gully=GULLY)]
        return [score_hashes(one, [probe.hashes[at]], gully=GULLY) for one in others]

    return _take_best(probe, seqs, score)


def _take_best(probe: Probe, seqs: npt.NDArray[np.int64], score: Callable[[int], list[PathScores]]) -> Pairs:
    tried = [_to_pairs(seqs, shift, score(at)) for at, shift in enumerate(probe.transpositions)]
    best = np.argmin([one["cost"] for one in tried], axis=0)
    pairs: Pairs = np.stack(tried)[best, np.arange(seqs.size)]
    return pairs


def _to_pairs(seqs: npt.NDArray[np.int64], transposition: int, scores: list[PathScores]) -> Pairs:
    pairs = np.empty(seqs.size, PAIR)
    pairs["item_seq"], pairs["transposition"] = seqs, transposition
    pairs["cost"] = np.concatenate([_normalise_cost(one) for one in scores])
    for name in ("score", "midi_start", "midi_end", "audio_start", "audio_end"):
        pairs[name] = np.concatenate([getattr(one, name) for one in scores])
    return pairs


def _normalise_cost(scores: PathScores) -> npt.NDArray[np.float64]:
    """Divide as the kernel does for the score, which then cuts off what is below 0.5."""
    cost = np.ones(scores.cost.size)
    per_cell = scores.cost / scores.length.astype(np.float64)
    return np.divide(per_cell, scores.block_mean, out=cost, where=scores.block_mean > 1e-6)
