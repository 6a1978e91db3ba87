"""Ask with MIDI files which others resemble them."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from lakhdb.sql import read_query

from ..errors import InputError
from ..ingest.midi import load_midi
from ..ingest.scan import MIDI_SUFFIXES, find_sources, is_collection
from ..note_features import NoteArrays, read_note_arrays
from ..options import DEFAULT_CANDIDATES, DEFAULT_RECALL
from ..progress import Progress
from ..show import find_item
from ..store import Store
from .relate import Relation
from .search import Found, NoteSearch
from .weights import Weights

__all__ = ["find_similar"]

_log = logging.getLogger(__name__)

RANKED = pa.schema(
    [
        ("query", pa.string()),
        ("place", pa.int64()),
        ("rank", pa.int64()),
        ("midi_seq", pa.int64()),
        *(
            (name, pa.int64() if kind is int else pa.string() if kind is str else pa.float64())
            for name, kind in Relation.__annotations__.items()
        ),
    ]
)


class _Query(NamedTuple):
    name: str
    own: int | None  # the item that it is
    notes: NoteArrays


def find_similar(
    store: Store,
    target: str | Path,
    *,
    k: int = 10,
    weights: Mapping[str, float] | None = None,
    candidates: int | None = DEFAULT_CANDIDATES,
    recall: float = DEFAULT_RECALL,
    progress: Progress | None = None,
) -> pa.Table:
    """Rank the MIDI files most like one, or most like each of a folder, by their notes. Writes nothing.

    Any key and tempo are compared; no file is too long. A file of nothing but drums is compared by them.

    Parameters
    ----------
    store : Store
    target : Path or str
        A path: of a MIDI file, or of a folder or an archive with MIDI files below, where those that cannot be
        used are left out with a line in the log. Or, as text, the id of an item, which is left out itself.
    k : int
        Rows for each file.
    weights : mapping, optional
        How much pitch, rhythm, instruments and velocities count; pitch alone by default.
    candidates : int or None
        Half of the files, of each space of windows, that are compared coarsely; None for all files.
    recall : float
        Share of the best candidates, 0 to 1, that an approximate search of windows is to find.
    progress : Progress, optional
        Told of stage ``"query"``, in files.

    Returns
    -------
    pyarrow.Table
        For a folder first query, the path of the file that asked. Then rank, id, path, artist, title,
        similarity (0 to 1), kind (identical notes, same performance re-exported, version, similar),
        transposition (semitones by which the query is raised to fit), tempo_ratio (how many times as fast the
        other is), start_s, end_s, other_start_s, other_end_s (the stretch that fits, in both), matched (share
        of the notes of both that are the same), pitch, rhythm, instruments, velocities (all 0 to 1).

    Raises
    ------
    InputError
        If the target cannot be used, or a weight is none.
    MissingEmbeddingError
        If the notes of some items have not been described yet.
    """
    weighed = Weights.make(weights)
    many = isinstance(target, Path) and is_collection(target)
    with store.reading() as con:
        limit = candidates if candidates is not None else _count_items(con)
        search = NoteSearch(store, candidates=max(limit, k), recall=recall)
        rows: list[dict[str, object]] = []
        for place, query in enumerate(_list_queries(con, target, many, progress)):
            found = search.find(con, query.notes, k=k, own=query.own, weights=weighed)
            rows += _tabulate(query.name, place, found)
        con.register("ranked", pa.Table.from_pylist(rows, RANKED))
        answer = con.sql(read_query("similar/describe_similar")).to_arrow_table()
    return answer if many else answer.drop_columns(["query"])


def _count_items(con: duckdb.DuckDBPyConnection) -> int:
    ((n_items,),) = con.execute(read_query("similar/count_items")).fetchall()
    return max(int(n_items), 1)


def _list_queries(
    con: duckdb.DuckDBPyConnection, target: str | Path, many: bool, progress: Progress | None
) -> Iterator[_Query]:
    if isinstance(target, Path):
        if many:
            yield from _read_folder(target, progress)
        else:
            yield _Query(str(target), None, NoteArrays.take(load_midi(target)[0].notes))
        return
    seq = find_item(con, "midi", target)
    notes = read_note_arrays(con, [seq])
    if seq not in notes:
        raise InputError(f"the notes of {target} are lost; ingest its file again.")
    yield _Query(target, seq, notes[seq])


def _read_folder(folder: Path, progress: Progress | None) -> Iterator[_Query]:
    sources = list(find_sources(folder, MIDI_SUFFIXES, None))
    if not sources:
        raise InputError(f"there are no MIDI files in {folder}; name another folder.")
    for place, source in enumerate(sources):
        if progress is not None:
            progress("query", place, len(sources))
        try:
            midi, _ = load_midi(Path(source.path))
        except InputError as error:
            _log.warning("%s", error)
            continue
        yield _Query(source.text, None, NoteArrays.take(midi.notes))


def _tabulate(name: str, place: int, found: Sequence[Found]) -> list[dict[str, object]]:
    return [
        {"query": name, "place": place, "rank": rank, "midi_seq": one.midi_seq, **_round(one.relation)}
        for rank, one in enumerate(found, 1)
    ]


def _round(relation: Relation) -> dict[str, object]:
    """Drop digits that say nothing."""
    return {
        name: float(np.round(value, 6)) if isinstance(value, float) else value
        for name, value in asdict(relation).items()
    }
