"""Scoring one item against others: on which side it stands, and which of its transpositions counts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.constant_q import COMPARED_BINS, shift_bins
from lakhdb.kernels.dtw.hash import score_hashes
from lakhdb.kernels.dtw.result import PathScores, compute_scores
from lakhdb.kernels.dtw.score import score_pairs
from lakhdb.kernels.whitening import prepare_frames

from .device import Device
from .models import Description, Side, choose_model

__all__ = [
    "FRAME_TEMPO_MARGIN",
    "GULLY",
    "PAIR",
    "SLOWED_WEIGHT",
    "TEMPO_MARGIN",
    "Pairs",
    "Probe",
    "Variant",
    "compare_backward",
    "compare_frames",
    "compare_hashes",
    "normalise_cost",
    "place_pair",
    "rescore_pairs",
]

# Share of the shorter file that an alignment must reach: Raffel (2016), chapter 4.
GULLY = 0.96

# Times by which the MIDI is slowed down on trial: steps of an eighth, up to an octave both ways. A path that
# must leave the diagonal all the time costs more than a wrong one: of 11 scores from asap, at a constant
# tempo, 7 are aligned with a performance (0.1 s on average) at their own tempo, 10 at one of these.
SLOWINGS = tuple(2.0 ** (step / 6) for step in (0, *range(-6, 0), *range(1, 7)))

# A tempo other than the MIDI's own has to be so much cheaper to be believed: where several are tried, the
# best flatters wrong pairs more than right ones.
TEMPO_MARGIN = 0.95

# For constant-Q frames, whose score decides what is accepted. At 0.92, as many wrong pairs of the open bench
# are accepted as at the MIDI's own tempo, and of right ones from asap 0.80 instead of 0.72; at 0.95 half as
# many wrong ones again.
FRAME_TEMPO_MARGIN = 0.92

# The length of window vectors of a MIDI that was slowed down or sped up. Their similarities count less: of
# seven tries, the best is often a wrong one by chance.
SLOWED_WEIGHT = np.float32(0.9)

# Of the windows of a MIDI that was slowed down or sped up, every so many are asked for: six tempi take as
# long as three that way, and of 419 files two fewer have their recording first.
SLOWED_STRIDE = 2

# What hashes count in the cost by which pairs are ranked, beside frames: what one is wrong about, the other
# often is not. Of 200 files among a million recordings, 0.88 had theirs first by the costs of frames, 0.79 by
# those of hashes, 0.925 by both.
HASH_SHARE = 1 / 3
# Below it, hashes fit too well to tell pairs apart.
LEAST_HASH_COST = 0.02

# A scored pair: the other item, the path's cost per cell over the mean of its block (lower is better), the
# same of the paths through frames and through hashes alone (NaN if unknown), score (0 to 1), semitones by
# which the side of the MIDI was raised, times that it was slowed down, and the first and last aligned frames
# of both (of the MIDI at its own tempo). Pairs are ranked by cost, since the best scores are all 1.
PAIR = np.dtype(
    [
        ("item_seq", np.int64),
        ("cost", np.float64),
        ("frame_cost", np.float64),
        ("hash_cost", np.float64),
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
    """

    frames: Frames
    side: Side
    role: Side
    transpose: int = 0

    @property
    def transpositions(self) -> list[int]:
        """Semitones by which the side of the MIDI is raised; small ones first, since they win ties."""
        return sorted(range(-self.transpose, self.transpose + 1), key=lambda shift: (abs(shift), -shift))

    @cached_property
    def prepared_frames(self) -> Frames:
        """The frames as they are compared."""
        return prepare_frames(self.frames)

    @property
    def variants(self) -> list[Variant]:
        """What is described: the MIDI in each transposition, at each of the tempi that the model wants."""
        return [Variant(*one) for one in product(self.transpositions, choose_model().slowings)]

    @property
    def hashes(self) -> list[Hashes]:
        """A hash sequence for each variant."""
        return [one.hashes for one in self._descriptions]

    @property
    def vectors(self) -> npt.NDArray[np.float32]:
        """Window vectors of all variants, shape (n_windows, dimension), shorter than 1 where slowed."""
        return np.concatenate(
            [
                one.window_vectors
                if variant.slowing == 1
                else one.window_vectors[::SLOWED_STRIDE] * SLOWED_WEIGHT
                for variant, one in zip(self.variants, self._descriptions, strict=True)
            ]
        )

    @cached_property
    def _descriptions(self) -> list[Description]:
        variants = self.variants
        if self.role == "audio":  # to raise and slow down the other side is to lower and speed up this one
            variants = [Variant(-one.transposition, 1 / one.slowing) for one in variants]
        return choose_model().describe([one.of(self.frames) for one in variants], self.side)


def compare_frames(
    probe: Probe, seqs: npt.NDArray[np.int64], others: Sequence[Frames], device: Device
) -> Pairs:
    """Score prepared frames: one pair (dtype `PAIR`) for each of `others`, in its best transposition.

    The MIDI stays at its own tempo.
    """
    variants = [Variant(shift, 1.0) for shift in probe.transpositions]
    pairs = _take_best(variants, seqs, lambda at: _score_frames(probe, variants[at], others, device))
    pairs["frame_cost"] = pairs["cost"]
    return pairs


def rescore_pairs(probe: Probe, hashed: Pairs, others: Sequence[Frames], device: Device) -> Pairs:
    """Score prepared frames: one pair for each of `others`, in the variant that its hashes fit best.

    Scores are those of frames; costs, by which pairs are ranked, are geometric means of those of frames and
    hashes.

    Parameters
    ----------
    probe : Probe
    hashed : array of `PAIR`
        As from `compare_hashes`.
    others : sequence of uint8, shape (n_frames, 72)
        Prepared frames, in the order of `hashed`.
    device : {"cpu", "cuda"}
    """
    pairs = np.empty_like(hashed)
    for variant, at in _group_by_variant(hashed):
        scores = _score_frames(probe, variant, [others[k] for k in at.tolist()], device)
        pairs[at] = _to_pairs(hashed["item_seq"][at], variant, scores, FRAME_TEMPO_MARGIN)
    pairs["frame_cost"], pairs["hash_cost"] = pairs["cost"], hashed["cost"]
    hash_cost = np.maximum(hashed["cost"], LEAST_HASH_COST)
    pairs["cost"] = pairs["frame_cost"] ** (1 - HASH_SHARE) * hash_cost**HASH_SHARE
    return pairs


def compare_backward(
    probe: Probe, pairs: Pairs, others: Sequence[Frames], device: Device
) -> npt.NDArray[np.float64]:
    """Return what pairs would cost by frames if the recording were played backwards, each in its variant.

    Backwards, a piece has the same notes and chords, but is no longer the same music: what it costs tells how
    well the two fit by their sound alone. Parameters are those of `rescore_pairs`.
    """
    costs = np.empty(pairs.size)
    for variant, at in _group_by_variant(pairs):
        mine = [others[k] for k in at.tolist()]
        costs[at] = normalise_cost(_score_frames(probe, variant, mine, device, backward=True))
    return costs


def compare_hashes(probe: Probe, seqs: npt.NDArray[np.int64], others: Sequence[Hashes]) -> Pairs:
    """Score hash sequences: one pair (dtype `PAIR`, in hashes) for each of `others`, in its best variant."""

    def score(at: int) -> PathScores:
        scores = score_hashes(probe.hashes[at], others, gully=GULLY)
        return scores if probe.role == "midi" else _swap(scores)

    pairs = _take_best(probe.variants, seqs, score)
    pairs["hash_cost"] = pairs["cost"]
    return pairs


def _group_by_variant(pairs: Pairs) -> Iterator[tuple[Variant, npt.NDArray[np.int64]]]:
    found = pairs[["transposition", "slowing"]]
    for one in np.unique(found):
        yield Variant(int(one["transposition"]), float(one["slowing"])), np.flatnonzero(found == one)


def _score_frames(
    probe: Probe, variant: Variant, others: Sequence[Frames], device: Device, *, backward: bool = False
) -> PathScores:
    """Score the MIDI of some pairs with their recordings, these played backwards if asked for."""
    step = -1 if backward else 1
    if probe.role == "midi":
        midi = variant.of(probe.prepared_frames)[:, COMPARED_BINS]
        return score_pairs(midi, [one[::step, COMPARED_BINS] for one in others], gully=GULLY, device=device)
    audio = probe.prepared_frames[::step, COMPARED_BINS]
    varied = [variant.of(one)[:, COMPARED_BINS] for one in others]
    return _swap(score_pairs(audio, varied, gully=GULLY, device=device))


def _swap(scores: PathScores) -> PathScores:
    # The kernels compare one with many, and the best path of two is the same from either side.
    return replace(
        scores,
        midi_start=scores.audio_start,
        midi_end=scores.audio_end,
        audio_start=scores.midi_start,
        audio_end=scores.midi_end,
    )


def place_pair(probe: Probe, other: Frames, pair: Any, device: Device) -> float:
    """Find the tempo at which a pair fits best, and where the two meet at that tempo.

    Parameters
    ----------
    probe : Probe
    other : uint8, shape (n_frames, 72)
        Prepared frames of what the probe was compared with.
    pair : record of dtype `PAIR`
        Changed in place: `slowing` and the four ends. Cost and score stay those by which pairs are ranked:
        a choice of tempi would flatter the wrong ones.
    device : {"cpu", "cuda"}

    Returns
    -------
    float
        The score at that tempo, for those who know that the two belong together.
    """
    midi, audio = (probe.prepared_frames, other) if probe.role == "midi" else (other, probe.prepared_frames)
    variants = [Variant(int(pair["transposition"]), slowing) for slowing in SLOWINGS]
    varied = [variant.of(midi)[:, COMPARED_BINS] for variant in variants]
    scores = _swap(score_pairs(audio[:, COMPARED_BINS], varied, gully=GULLY, device=device))
    slowing = np.array(SLOWINGS)
    best = int(np.argmin(normalise_cost(scores) / np.where(slowing == 1, 1.0, TEMPO_MARGIN)))
    pair["slowing"] = slowing[best]
    for name in ("audio_start", "audio_end"):
        pair[name] = getattr(scores, name)[best]
    for name in ("midi_start", "midi_end"):
        pair[name] = np.rint(getattr(scores, name)[best] / slowing[best])
    return float(scores.score[best])


def _take_best(
    variants: Sequence[Variant], seqs: npt.NDArray[np.int64], score: Callable[[int], PathScores]
) -> Pairs:
    tried = [_to_pairs(seqs, variant, score(at)) for at, variant in enumerate(variants)]
    best = np.argmin([one["cost"] for one in tried], axis=0)
    pairs: Pairs = np.stack(tried)[best, np.arange(seqs.size)]
    return pairs


def _to_pairs(
    seqs: npt.NDArray[np.int64], variant: Variant, scores: PathScores, margin: float = TEMPO_MARGIN
) -> Pairs:
    if variant.slowing != 1:
        cost = np.asarray(scores.cost / np.float32(margin), np.float32)
        scores = replace(scores, cost=cost, score=compute_scores(cost, scores.length, scores.block_mean))
    pairs = np.empty(seqs.size, PAIR)
    pairs["item_seq"], pairs["transposition"], pairs["slowing"] = seqs, *variant
    pairs["cost"] = normalise_cost(scores)
    pairs["frame_cost"] = pairs["hash_cost"] = np.nan
    for name in ("score", "audio_start", "audio_end"):
        pairs[name] = getattr(scores, name)
    for name in ("midi_start", "midi_end"):
        pairs[name] = np.rint(getattr(scores, name) / variant.slowing)
    return pairs


def normalise_cost(scores: PathScores) -> npt.NDArray[np.float64]:
    """Divide as the kernel does for the score, which then cuts off what is below 0.5."""
    cost = np.ones(scores.cost.size)
    per_cell = scores.cost / scores.length.astype(np.float64)
    return np.divide(per_cell, scores.block_mean, out=cost, where=scores.block_mean > 1e-6)
