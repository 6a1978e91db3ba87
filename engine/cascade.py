"""From one item to its best matches: names, window vectors, then hash sequences, then constant-Q frames."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .device import Device
from .index import WindowIndex
from .models import Side
from .options import DEFAULT_CANDIDATES
from .pairs import PAIR, Pairs, Probe, compare_hashes, rescore_pairs
from .progress import Progress
from .reader import FeatureReader

__all__ = ["DEFAULT_CANDIDATES", "Ranking", "Stage", "run_cascade"]

# Hash sequences are to choose among this many times the pairs that constant-Q frames rescore.
EMBEDDING_FACTOR = 10

# Items whose features are read at once.
CHUNK = 1024


@dataclass(frozen=True)
class Stage:
    """What one stage kept, best first.

    Attributes
    ----------
    name : str
        text, embedding, hash or dtw.
    n_seen : int
    item_seq : int64, shape (n_kept,)
    value : float64, shape (n_kept,)
        Higher is better: similarity (text, embedding), score (hash), 1 - cost (dtw).
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


def run_cascade(
    reader: FeatureReader,
    index: WindowIndex | None,
    probes: Sequence[Probe],
    side: Side,
    items: npt.NDArray[np.int64],
    *,
    named: Sequence[Stage] | None = None,
    candidates: int | None,
    device: Device,
    progress: Progress | None = None,
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
    named : sequence of Stage, optional
        For each probe the items that have its name: they are rescored whatever the other stages say.
    candidates : int or None
        Pairs to rescore for each probe beside the named ones; None for all, without any pruning.
    device : {"cpu", "cuda"}
        Where constant-Q frames are compared.
    progress : Progress, optional
        Told of stages ``"hash"`` and ``"dtw"``, in pairs.

    Returns
    -------
    list of Ranking
        One for each probe, whatever the other probes are.
    """

    def read_frames(seqs: Sequence[int]) -> dict[int, npt.NDArray[np.uint8]]:
        return reader.prepared_frames(side, seqs)

    def read_hashes(seqs: Sequence[int]) -> dict[int, npt.NDArray[np.uint32]]:
        return reader.hashes(side, seqs)

    def tell(stage: str) -> Callable[[int, int], None]:
        return lambda done, total: progress(stage, done, total) if progress is not None else None

    def compare(at: int, seqs: npt.NDArray[np.int64], others: Sequence[Any]) -> Pairs:
        return compare_hashes(probes[at], seqs, others)

    # Hashes are compared without pruning, too: they tell how to transpose and slow down the MIDI for a pair.
    stages: list[tuple[Stage, ...]] = [()] * len(probes) if named is None else [(one,) for one in named]
    if candidates is None or index is None:
        wanted = [items] * len(probes)
        hashed = _rank(wanted, read_hashes, compare, tell("hash"))
    else:
        found = [index.search(probe.vectors, EMBEDDING_FACTOR * candidates) for probe in probes]
        near = [Stage("embedding", items.size, one.item_seq, one.similarity) for one in found]
        wanted = [_join((*first, one)) for first, one in zip(stages, near, strict=True)]
        hashed = _rank(wanted, read_hashes, compare, tell("hash"))
        fewer = [_choose(*one, candidates) for one in zip(hashed, near, strict=True)]
        wanted = [_join((*first, one)) for first, one in zip(stages, fewer, strict=True)]
        stages = [(*first, *rest) for first, *rest in zip(stages, near, fewer, strict=True)]

    by_item = [np.sort(one, order="item_seq") for one in hashed]

    def rescore(at: int, seqs: npt.NDArray[np.int64], others: Sequence[Any]) -> Pairs:
        rows = np.searchsorted(by_item[at]["item_seq"], seqs)
        return rescore_pairs(probes[at], by_item[at][rows], others, device)

    pairs = _rank(wanted, read_frames, rescore, tell("dtw"))
    return [Ranking(*one) for one in zip(stages, pairs, strict=True)]


def _join(stages: Sequence[Stage]) -> npt.NDArray[np.int64]:
    """Return the numbers of all items that some stages kept, ascending."""
    return np.unique(np.concatenate([one.item_seq for one in stages]))


def _choose(hashed: Pairs, near: Stage, candidates: int) -> Stage:
    """Keep the best of those that were near; `hashed` may hold others."""
    ranked = hashed[np.isin(hashed["item_seq"], near.item_seq)]
    return Stage("hash", ranked.size, ranked["item_seq"][:candidates], ranked["score"][:candidates])


def _rank(
    wanted: Sequence[npt.NDArray[np.int64]],
    read: Callable[[Sequence[int]], dict[int, Any]],
    compare: Callable[[int, npt.NDArray[np.int64], Sequence[Any]], Pairs],
    tell: Callable[[int, int], None],
) -> list[Pairs]:
    """Score each probe, told by its place, against its items; best pairs first, ties by the item's number."""
    results: list[list[Pairs]] = [[np.empty(0, PAIR)] for _ in wanted]
    everything = np.unique(np.concatenate([np.empty(0, np.int64), *wanted]))
    n_done, n_all = 0, sum(seqs.size for seqs in wanted)
    # Reading is the outer loop, so that each item is read once for all probes.
    for start in range(0, everything.size, CHUNK):
        chunk = everything[start : start + CHUNK]
        features = read(chunk.tolist())
        for at, (seqs, result) in enumerate(zip(wanted, results, strict=True)):
            mine = np.intersect1d(seqs, chunk, assume_unique=True)
            if mine.size:
                result.append(compare(at, mine, [features[seq] for seq in mine.tolist()]))
                n_done += mine.size
                tell(n_done, n_all)
    joined = [np.concatenate(result) for result in results]
    return [one[np.lexsort((one["item_seq"], one["cost"]))] for one in joined]
