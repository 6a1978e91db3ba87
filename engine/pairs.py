"""Scoring one item against others: on which side it stands, and which of its transpositions counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.constant_q import COMPARED_BINS, shift_bins
from lakhdb.kernels.dtw.hash import score_hashes
from lakhdb.kernels.dtw.score import PathScores, score_pairs
from lakhdb.kernels.whitening import prepare_frames

from .device import Device
from .models import Side, default_embedder, default_hasher

__all__ = ["GULLY", "PAIR", "Pairs", "Probe", "Variant", "compare_frames", "compare_hashes"]

# Share of the shorter file that an alignment must reach: Raffel (2016), chapter 4.
GULLY = 0.96

# A tempo other than the MIDI's own has to be so much cheaper to be believed.
TEMPO_MARGIN = 0.95

# A scored pair: the other item, the path's cost per cell over the mean of its block (lower is better), score
# (0 to 1), semitones by which the side of the MIDI was raised, times that it was slowed down, and the first
# and last aligned frames of both (of the MIDI at its own tempo). Pairs are ranked by cost, since the best
# scores are all 1.
PAIR = np.dtype(
    [
        ("item_seq", np.int64),
        ("cost", np.float64),
        ("score", np.float64),
        ("transposition", np.int32),
        ("slowing", np.float64),
        ("midi_start", np.int32),
        ("midi_end", np.int32),
        ("audio_start", np.int32),
        ("audio_end", np.int32),
    ]
)
Pairs = npt.NDArray[Any]  # of dtype PAIR
Frames = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint32]


class Variant(NamedTuple):
    """A change of the side of the MIDI that may fit it to the other."""

    transposition: int  # semitones upwards
    slowing: float  # times as long

    def of(self, frames: Frames) -> Frames:
        """Change frames, shape (n_frames, 72); as many come out as the tempo asks for."""
        if self.slowing != 1:
            n_frames = max(1, round(len(frames) * self.slowing))
            at = np.rint(np.arange(n_frames) / self.slowing).astype(np.int64)
            frames = frames[np.minimum(at, len(frames) - 1)]
        return shift_bins(frames, self.transposition)


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
    slowings : tuple of float
        Try the MIDI slowed down so many times.
    """

    frames: Frames
    side: Side
    role: Side
    transpose: int = 0
    slowings: tuple[float, ...] = (1.0,)

    @property
    def variants(self) -> list[Variant]:
        """How the side of the MIDI is changed; small transpositions first, since they win ties."""
        shifts = sorted(range(-self.transpose, self.transpose + 1), key=lambda shift: (abs(shift), -shift))
        return [Variant(shift, slowing) for shift in shifts for slowing in self.slowings]

    @cached_property
    def prepared_frames(self) -> Frames:
        """The frames as they are compared."""
        return prepare_frames(self.frames)

    @cached_property
    def hashes(self) -> list[Hashes]:
        """A hash sequence for each variant."""
        return [default_hasher().hash(frames) for frames in self._vary()]

    @cached_property
    def vectors(self) -> npt.NDArray[np.float32]:
        """Window vectors of all variants, shape (n_windows, dimension)."""
        return np.concatenate([default_embedder().embed(frames, self.side)[1] for frames in self._vary()])

    def _vary(self) -> list[Frames]:
        if self.role == "midi":
            return [variant.of(self.frames) for variant in self.variants]
        # To raise and slow the other side is to lower and hasten this one.
        return [Variant(-one.transposition, 1 / one.slowing).of(self.frames) for one in self.variants]


def compare_frames(
    probe: Probe, seqs: npt.NDArray[np.int64], others: Sequence[Frames], device: Device
) -> Pairs:
    """Score prepared frames: one pair (dtype `PAIR`) for each of `others`, in its best variant."""

    def score(at: int) -> PathScores:
        variant = probe.variants[at]
        if probe.role == "midi":
            midi = variant.of(probe.prepared_frames)[:, COMPARED_BINS]
            return score_pairs(midi, [one[:, COMPARED_BINS] for one in others], gully=GULLY, device=device)
        audio = probe.prepared_frames[:, COMPARED_BINS]
        varied = [variant.of(one)[:, COMPARED_BINS] for one in others]
        return _swap(score_pairs(audio, varied, gully=GULLY, device=device))

    return _take_best(probe, seqs, score)


def compare_hashes(probe: Probe, seqs: npt.NDArray[np.int64], others: Sequence[Hashes]) -> Pairs:
    """Score hash sequences: one pair (dtype `PAIR`, in hashes) for each of `others`."""

    def score(at: int) -> PathScores:
        scores = score_hashes(probe.hashes[at], others, gully=GULLY)
        return scores if probe.role == "midi" else _swap(scores)

    return _take_best(probe, seqs, score)


def _swap(scores: PathScores) -> PathScores:
    # The kernels compare one with many, and the best path of two is the same from either side.
    return replace(
        scores,
        midi_start=scores.audio_start,
        midi_end=scores.audio_end,
        audio_start=scores.midi_start,
        audio_end=scores.midi_end,
    )


def _take_best(probe: Probe, seqs: npt.NDArray[np.int64], score: Callable[[int], PathScores]) -> Pairs:
    tried = [_to_pairs(seqs, variant, score(at)) for at, variant in enumerate(probe.variants)]
    belief = [one["cost"] / (1.0 if one["slowing"][0] == 1 else TEMPO_MARGIN) for one in tried]
    pairs: Pairs = np.stack(tried)[np.argmin(belief, axis=0), np.arange(seqs.size)]
    return pairs


def _to_pairs(seqs: npt.NDArray[np.int64], variant: Variant, scores: PathScores) -> Pairs:
    pairs = np.empty(seqs.size, PAIR)
    pairs["item_seq"], (pairs["transposition"], pairs["slowing"]) = seqs, variant
    pairs["cost"] = _normalise_cost(scores)
    for name in ("score", "midi_start", "midi_end", "audio_start", "audio_end"):
        pairs[name] = getattr(scores, name)
    for name in ("midi_start", "midi_end"):
        pairs[name] = np.rint(pairs[name] / variant.slowing)
    return pairs


def _normalise_cost(scores: PathScores) -> npt.NDArray[np.float64]:
    """Divide as the kernel does for the score, which then cuts off what is below 0.5."""
    cost = np.ones(scores.cost.size)
    per_cell = scores.cost / scores.length.astype(np.float64)
    return np.divide(per_cell, scores.block_mean, out=cost, where=scores.block_mean > 1e-6)
