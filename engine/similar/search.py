"""Search among the MIDI files of a database for those that resemble one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

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
    read_voices,
)
from ..note_lacks import count_note_lacks
from ..store import Store
from .candidates import find_candidates, find_tracks
from .compare import EQUAL_DIGITS, compare_voices
from .relate import SIMILAR, VERSION_FROM, Relation, relate
from .weights import Weights

__all__ = [
    "COARSE_SHARE",
    "COMPARISON_VERSION",
    "TRACK_CANDIDATES",
    "TRACK_WINDOWS",
    "Found",
    "NoteSearch",
]

# Raised whenever the same files would be related otherwise.
COMPARISON_VERSION = "note-comparison-2"

# What versions have at least: similarity of the best windows, and at most: cost of means of slices. Of 93
# copies of 60 files, up to three corruptions at once, none that is told as a version had less than 0.959 or
# more than 0.67; of 13 475 other candidates, 0.93 cost more than 0.8.
VERSION_WINDOWS = 0.955
VERSION_COARSELY = 0.8

# Comparing coarsely is cheap; windows, of which the best one counts, know less than that does.
COARSE_SHARE = 2

# Tracks, and whole files, that each of our tracks is compared with, and similarity of the best windows that
# they have at least; the same where only versions are looked for.
TRACK_CANDIDATES, TRACK_WINDOWS = 50, 0.94
VERSION_TRACK_CANDIDATES, VERSION_TRACK_WINDOWS = 20, 0.96

# Tracks that cost more are alike by chance.
TRACK_COST = 0.75


class _Pair(NamedTuple):
    """A voice of ours and one of another file, compared."""

    midi_seq: int
    ours: SlicedVoice
    other: SlicedVoice
    cost: float
    roll: int
    slowness: float


class _Near(NamedTuple):
    """A voice of ours, and the voices of others that may resemble it, the likeliest first."""

    ours: SlicedVoice
    candidates: list[tuple[int, Voice]]


class _Voices(NamedTuple):
    """The voices of a file, for the cache."""

    voices: dict[Voice, SlicedVoice]

    @property
    def nbytes(self) -> int:
        return sum(one.nbytes for one in self.voices.values())


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
        Half of the files, of each space of windows, that are compared coarsely.
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
        self._cache: FeatureCache[_Voices] = FeatureCache()

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
        main, *tracks = self._find_near(con, described, own, versions_only)
        voices = self._read(con, sorted({seq for near in (main, *tracks) for seq, _ in near.candidates}))
        coarsely = VERSION_COARSELY if versions_only else np.inf
        pairs = _compare(main, voices, wanted=k, most_coarsely=coarsely)
        if versions_only:
            pairs = [pair for pair in pairs if pair.cost <= 1 - VERSION_FROM]
        if weights.is_default:
            pairs = pairs[:k]
        pairs += _compare_tracks(tracks, voices)[:k]
        others = read_note_arrays(con, [pair.midi_seq for pair in pairs])
        best: dict[int, Relation] = {}
        for pair in pairs:
            relation = relate(
                pair.ours,
                notes,
                pair.other,
                others[pair.midi_seq],
                cost=pair.cost,
                roll=pair.roll,
                slowness=pair.slowness,
            )
            known = best.get(pair.midi_seq)
            if known is None or relation.pitch > known.pitch:
                best[pair.midi_seq] = relation
        found = [
            Found(seq, replace(relation, similarity=weights.weigh(relation)))
            for seq, relation in best.items()
            if not versions_only or relation.kind != SIMILAR
        ]
        return sorted(found, key=lambda one: -round(one.relation.similarity, EQUAL_DIGITS))[:k]

    def _find_near(
        self, con: duckdb.DuckDBPyConnection, described: NoteDescription, own: int | None, versions_only: bool
    ) -> list[_Near]:
        """Find what each of our voices may resemble: all notes, or all drums, first; then tracks."""
        ours = described.voices[0]
        keys = {"chord_key": described.chord_key, "interval_key": described.interval_key}
        copies = con.execute(read_query("similar/list_copies"), keys).fetchnumpy()["midi_seq"]
        at_least = VERSION_WINDOWS if versions_only else -1.0
        limit = COARSE_SHARE * self._candidates
        items = find_candidates(self._load(SPACES[ours.voice]), ours, limit, at_least)
        items = _append(np.asarray(copies, np.int64), items)
        near = [_Near(ours, [(seq, ours.voice) for seq in items.tolist() if seq != own])]
        if ours.voice == "notes":
            indexes = self._load((*SPACES["notes"], "tracks"))
            limit, at_least = (
                (VERSION_TRACK_CANDIDATES, VERSION_TRACK_WINDOWS)
                if versions_only
                else (TRACK_CANDIDATES, TRACK_WINDOWS)
            )
            for one in described.voices:
                if one.voice != "drums":
                    found = find_tracks(indexes, one, limit, at_least)
                    near.append(_Near(one, [(seq, voice) for seq, voice in found if seq != own]))
        return near

    def _read(
        self, con: duckdb.DuckDBPyConnection, seqs: Sequence[int]
    ) -> dict[int, dict[Voice, SlicedVoice]]:
        """Read the voices of some files, or take them from memory."""
        held = {seq: self._cache.get("midi", seq) for seq in seqs}
        found = {seq: one.voices for seq, one in held.items() if one is not None}
        missing = [seq for seq in seqs if seq not in found]
        for seq, voices in (read_voices(con, missing) if missing else {}).items():
            found[seq] = voices
            self._cache.put("midi", seq, _Voices(voices))
        return found

    def _load(self, spaces: Sequence[Space]) -> dict[Space, WindowIndex]:
        for space in spaces:
            if space not in self._indexes:
                self._indexes[space] = load_index(self._store, space, recall=self._recall, build=self._build)
        return self._indexes


def _compare(
    near: _Near, voices: Mapping[int, Mapping[Voice, SlicedVoice]], *, wanted: int, most_coarsely: float
) -> list[_Pair]:
    """Compare a voice with those of others that are there, and return the best by rising cost."""
    there = [(seq, voice) for seq, voice in near.candidates if voice in voices.get(seq, {})]
    others = [voices[seq][voice] for seq, voice in there]
    compared = compare_voices(near.ours, others, wanted=wanted, most_coarsely=most_coarsely)
    columns = (compared[name].tolist() for name in ("candidate", "cost", "roll", "slowness"))
    return [_Pair(there[at][0], near.ours, others[at], *fit) for at, *fit in zip(*columns, strict=True)]


def _compare_tracks(
    tracks: Sequence[_Near], voices: Mapping[int, Mapping[Voice, SlicedVoice]]
) -> list[_Pair]:
    """Compare tracks, ours or others', and return the likeliest pair of each file that may be a version."""
    pairs = [
        pair
        for near in tracks
        for pair in _compare(near, voices, wanted=TRACK_CANDIDATES, most_coarsely=VERSION_COARSELY)
        if pair.cost <= TRACK_COST
    ]
    best: dict[int, _Pair] = {}
    for pair in sorted(pairs, key=lambda one: one.cost):
        best.setdefault(pair.midi_seq, pair)
    return list(best.values())


def _append(first: npt.NDArray[np.int64], more: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Append what is not among the first."""
    return np.concatenate([first, more[~np.isin(more, first)]])
