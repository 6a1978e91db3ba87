"""From one item to its best matches: window vectors, then hash sequences, then constant-Q frames."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.constant_q import COMPARED_BINS, shift_bins
from lakhdb.kernels.dtw.hash import score_hashes
from lakhdb.kernels.dtw.score import PathScores, score_pairs

from .index import WindowIndex
from .models import Side, default_embedder, default_hasher
from .reader import FeatureReader

__all__ = [
    "DEFAULT_CANDIDATES",
    "GULLY",
    "PAIR",
    "Pairs",
    "Probe",
    "Ranking",
    "Stage",
    "make_probe",
    "run_cascade",
]

DEFAULT_CANDIDATES = 100

# Hash sequences are to choose among this many times the pairs that constant-Q frames rescore.
EMBEDDING_FACTOR = 10

# Share of the shorter file that an alignment must reach: Raffel (2016), chapter 4.
GULLY = 0.96

# Items whose features are read at once.
CHUNK = 1024

# A scored pair: the other item, score (0 to 1), semitones by which the role of MIDI was raised, and the first
# and last aligned frames of both.
PAIR = np.dtype(
    [
        ("item_seq", np.int64),
        ("score", np.float64),
        ("transposition", np.int32),
        ("midi_start", np.int32),
        ("midi_end", np.int32),
        ("audio_start", np.int32),
        ("audio_end", np.int32),
    ]
)
Pairs = npt.NDArray[Any]  # of dtype PAIR


@dataclass(frozen=True)
class Probe:
    """One item as a query, in all transpositions.

    Attributes
    ----------
    role : {"midi", "audio"}
        On which side of the alignment it stands; what it is compared with stands on the other.
    frames : uint8, shape (n_frames, 72)
    transpositions : tuple of int
        Semitones by which the side in the role of MIDI is raised; small ones first, since they win ties.
    hashes : tuple of uint32 arrays
        One sequence for each transposition.
    vectors : float32, shape (n_windows of all transpositions, dimension)
    """

    role: Side
    frames: npt.NDArray[np.uint8]
    transpositions: tuple[int, ...]
    hashes: tuple[npt.NDArray[np.uint32], ...]
    vectors: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Stage:
    """What one stage kept, best first.

    Attributes
    ----------
    name : str
        embedding, hash or dtw.
    n_seen : int
    item_seq : int64, shape (n_kept,)
    value : float64, shape (n_kept,)
        Higher is better: similarity (embedding), score (hash, dtw).
    """

    name: str
    n_seen: int
    item_seq: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Ranking:
    """The outcome for one probe: the stages that pruned, and all rescored pairs, best first."""

    stages: tuple[Stage, ...]
    pairs: Pairs


def make_probe(frames: npt.NDArray[np.uint8], side: Side, transpose: int, role: Side | None = None) -> Probe:
    """Prepare an item as a query.

    Parameters
    ----------
    frames : uint8, shape (n_frames, 72)
    side : {"midi", "audio"}
        What it is.
    transpose : int
        Try up to so many semitones both ways.
    role : {"midi", "audio"}, optional
        On which side it stands; `side` unless given.
    """
    role = role or side
    sign = 1 if role == "midi" else -1
    transpositions = tuple(sorted(range(-transpose, transpose + 1), key=lambda shift: (abs(shift), -shift)))
    shifted = [shift_bins(frames, sign * shift) for shift in transpositions]
    embedder, hasher = default_embedder(), default_hasher()
    return Probe(
        role,
        frames,
        transpositions,
        tuple(hasher.hash(one) for one in shifted),
        np.concatenate([embedder.embed(one, side)[1] for one in shifted]),
    )


def run_cascade(
    reader: FeatureReader,
    index: WindowIndex | None,
    probes: Sequence[Probe],
    side: Side,
    items: npt.NDArray[np.int64],
    *,
    candidates: int | None,
    device: str,
) -> list[Ranking]:
    """Rank items for each of some probes.

    Parameters
    ----------
    reader : FeatureReader
    index : WindowIndex or None
        Search among `items`; not needed without pruning.
    probes : sequence of Probe
    side : {"midi", "audio"}
        Of the items.
    items : int64, shape (n_items,)
        Numbers of the items to choose from, ascending.
    candidates : int or None
        Pairs to rescore for each probe; None for all, without any pruning.
    device : str
        Where constant-Q frames are compared.

    Returns
    -------
    list of Ranking
        One for each probe, whatever the other probes are.
    """

    def read_frames(seqs: Sequence[int]) -> dict[int, npt.NDArray[np.uint8]]:
        return reader.frames(side, seqs)

    def read_hashes(seqs: Sequence[int]) -> dict[int, npt.NDArray[np.uint32]]:
        return reader.hashes(side, seqs)

    def score_frames(probe: Probe, at: int, others: list[npt.NDArray[np.uint8]]) -> list[PathScores]:
        return _score_frames(probe, probe.transpositions[at], others, device)

    stages: list[tuple[Stage, ...]] = [()] * len(probes)
    wanted = [items] * len(probes)
    if candidates is not None and index is not None:
        found = [index.search(probe.vectors, EMBEDDING_FACTOR * candidates) for probe in probes]
        near = [Stage("embedding", items.size, one.item_seq, one.similarity) for one in found]
        hashed = _score_best(probes, [one.item_seq for one in near], read_hashes, _score_hashes)
        fewer = [
            Stage("hash", one.size, one["item_seq"][:candidates], one["score"][:candidates]) for one in hashed
        ]
        stages = list(zip(near, fewer, strict=True))
        wanted = [one.item_seq for one in fewer]
    pairs = _score_best(probes, wanted, read_frames, score_frames)
    return [Ranking(*one) for one in zip(stages, pairs, strict=True)]


def _score_frames(
    probe: Probe, transposition: int, others: list[npt.NDArray[np.uint8]], device: str
) -> list[PathScores]:
    if probe.role == "midi":
        midi = _compared(shift_bins(probe.frames, transposition))
        return [score_pairs(midi, [_compared(one) for one in others], gully=GULLY, device=device)]
    audio = [_compared(probe.frames)]
    return [
        score_pairs(_compared(shift_bins(one, transposition)), audio, gully=GULLY, device=device)
        for one in others
    ]


def _compared(frames: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(frames[:, COMPARED_BINS])


def _score_hashes(probe: Probe, at: int, others: list[npt.NDArray[np.uint32]]) -> list[PathScores]:
    if probe.role == "midi":
        return [score_hashes(probe.hashes[at], others)]
    return [score_hashes(one, [probe.hashes[at]]) for one in others]


def _score_best(
    probes: Sequence[Probe],
    wanted: Sequence[npt.NDArray[np.int64]],
    read: Callable[[Sequence[int]], dict[int, Any]],
    score: Callable[[Probe, int, list[Any]], list[PathScores]],
) -> list[Pairs]:
    """Score each probe against its items in all transpositions; the best one counts. Best items first."""
    results: list[list[Pairs]] = [[np.empty(0, PAIR)] for _ in probes]
    everything = np.unique(np.concatenate([np.empty(0, np.int64), *wanted]))
    # Reading is the outer loop, so that each item is read once for all probes.
    for start in range(0, everything.size, CHUNK):
        chunk = everything[start : start + CHUNK]
        features = read(chunk.tolist())
        for probe, seqs, result in zip(probes, wanted, results, strict=True):
            mine = np.intersect1d(seqs, chunk, assume_unique=True)
            if mine.size:
                others = [features[seq] for seq in mine.tolist()]
                tried = [
                    _to_pairs(mine, shift, score(probe, at, others))
                    for at, shift in enumerate(probe.transpositions)
                ]
                best = np.argmax([one["score"] for one in tried], axis=0)
                result.append(np.stack(tried)[best, np.arange(mine.size)])
    joined = [np.concatenate(result) for result in results]
    return [one[np.lexsort((one["item_seq"], -one["score"]))] for one in joined]


def _to_pairs(seqs: npt.NDArray[np.int64], transposition: int, scores: list[PathScores]) -> Pairs:
    pairs = np.empty(seqs.size, PAIR)
    pairs["item_seq"], pairs["transposition"] = seqs, transposition
    for name in ("score", "midi_start", "midi_end", "audio_start", "audio_end"):
        pairs[name] = np.concatenate([getattr(one, name) for one in scores])
    return pairs
