"""Search among the MIDI files of a database for those that resemble one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import numpy.typing as npt

from lakhdb.sql import read_query

from ..errors import MissingEmbeddingError
from ..feature_cache import FeatureCache
from ..index import WindowIndex
from ..index_files import load_index
from ..note_features import (
    SPACES,
    NoteArrays,
    NoteDescription,
    SlicedVoice,
    Space,
    Voice,
    describe_notes,
    read_note_arrays,
    read_slices,
)
from ..note_lacks import count_note_lacks
from ..store import Store
from .candidates import find_candidates
from .compare import EQUAL_DIGITS, Comparisons, compare_voices
from .relate import VERSION_FROM, Relation, relate
from .weights import Weights

__all__ = ["COMPARISON_VERSION", "Found", "NoteSearch"]

# Raised whenever the same files would be related otherwise.
COMPARISON_VERSION = "note-comparison-1"

# What versions have at least: similarity of the best windows, and at most: cost of means of slices. Of 93
# copies of 60 files, up to three corruptions at once, none that is told as a version had less than 0.959 or
# more than 0.67; of 13 475 other candidates, 0.93 cost more than 0.8.
VERSION_WINDOWS = 0.955
VERSION_COARSELY = 0.8


@dataclass(frozen=True)
class Found:
    """A file that was found, and what it is to ours."""

    midi_seq: int
    relation: Relation


class NoteSearch:
    """The MIDI files of a database, searched by their notes.

    Parameters
    ----------
    store : Store
    candidates : int
        Files of each space of windows that are compared.
    recall : float
        Share of the best candidates, 0 to 1, that an approximate search of windows is to find.
    build : bool
        False writes nothing.

    Raises
    ------
    MissingEmbeddingError
        If the notes of some files are not described yet.
    """

    def __init__(
        self,
        store: Store,
        *,
        candidates: int,
        recall: float,
        build: bool = False,
    ) -> None:
        if lacks := count_note_lacks(store):
            raise MissingEmbeddingError(
                f"the notes of {lacks} MIDI files have not been described yet; run `lmdb embed` first."
            )
        self._store, self._candidates = store, candidates
        self._recall, self._build = recall, build
        self._indexes: dict[Space, WindowIndex] = {}
        self._cache: FeatureCache[SlicedVoice] = FeatureCache()

    def find(
        self,
        con: duckdb.DuckDBPyConnection,
        notes: NoteArrays,
        *,
        k: int,
        own: int | None = None,
        weights: Weights | None = None,
        versions_only: bool = False,
    ) -> list[Found]:
        """Find the files most like one, the best first.

        Parameters
        ----------
        con : duckdb.DuckDBPyConnection
            Of the store, for reading.
        notes : NoteArrays
            Of the file.
        k : int
            Files to return at most.
        own : int or None
            An item to leave out.
        weights : Weights, optional
        versions_only : bool
            Leave out what is not a version: this is faster.
        """
        weights = Weights() if weights is None else weights
        described = describe_notes(notes)
        pairs = self._compare(con, described, own, k, versions_only)
        if versions_only:
            pairs = pairs[pairs["cost"] <= 1 - VERSION_FROM]
        if weights.is_default:
            pairs = pairs[:k]
        others = read_note_arrays(con, pairs["item_seq"].tolist())
        found = []
        for pair in pairs:
            seq, ours = int(pair["item_seq"]), described.voices[0]
            relation = relate(
                ours,
                notes,
                self._read(con, ours.voice, [seq])[seq],
                others[seq],
                cost=float(pair["cost"]),
                roll=int(pair["roll"]),
            )
            found.append(Found(seq, replace(relation, similarity=weights.weigh(relation))))
        return sorted(found, key=lambda one: -round(one.relation.similarity, EQUAL_DIGITS))[:k]

    def _compare(
        self,
        con: duckdb.DuckDBPyConnection,
        described: NoteDescription,
        own: int | None,
        k: int,
        versions_only: bool,
    ) -> Comparisons:
        ours = described.voices[0]
        keys = {"chord_key": described.chord_key, "interval_key": described.interval_key}
        copies = con.execute(read_query("similar/list_copies"), keys).fetchnumpy()["midi_seq"]
        at_least = VERSION_WINDOWS if versions_only else -1.0
        near = find_candidates(self._load(ours.voice), ours, self._candidates, at_least)
        items = _append(np.asarray(copies, np.int64), near)
        items = items if own is None else items[items != own]
        others = self._read(con, ours.voice, items.tolist())
        items = items[np.isin(items, list(others))]
        return compare_voices(
            ours,
            items,
            [others[seq] for seq in items.tolist()],
            wanted=k,
            most_coarsely=VERSION_COARSELY if versions_only else np.inf,
        )

    def _read(
        self, con: duckdb.DuckDBPyConnection, voice: Voice, seqs: Sequence[int]
    ) -> dict[int, SlicedVoice]:
        """Read one voice of some files, or take it from memory."""
        held = {seq: self._cache.get(voice, seq) for seq in seqs}
        found = {seq: one for seq, one in held.items() if one is not None}
        missing = [seq for seq in seqs if seq not in found]
        for seq, one in (read_slices(con, voice, missing) if missing else {}).items():
            found[seq] = one
            self._cache.put(voice, seq, one)
        return found

    def _load(self, voice: Voice) -> dict[Space, WindowIndex]:
        for space in SPACES[voice]:
            if space not in self._indexes:
                self._indexes[space] = load_index(self._store, space, recall=self._recall, build=self._build)
        return self._indexes


def _append(first: npt.NDArray[np.int64], more: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Append what is not among the first."""
    return np.concatenate([first, more[~np.isin(more, first)]])
