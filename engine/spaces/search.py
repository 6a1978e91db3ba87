"""Searching a space of vectors: what is most like one of its own, or one of a file."""

import logging
import re
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lakhdb.kernels.cosines import compute_cosines
from lakhdb.sql import read_query

from ..errors import InputError
from ..ingest.scan import MIDI_SUFFIXES
from ..progress import Progress
from ..store import Store
from .catalog import open_space
from .files import NAMES, VECTORS
from .graph import load_graph
from .sources import cut_blocks, open_vectors

__all__ = ["search_space"]

# FILE.npy, or one row of it.
FILE_ROW = re.compile(r"(?P<file>.+\.npy)(:(?P<row>\d{1,9}))?", re.IGNORECASE | re.DOTALL)

# At the end of a file's name.
MIDI_SUFFIX = rf"\.({'|'.join(sorted(suffix[1:] for suffix in MIDI_SUFFIXES))})$"

ANSWER = pa.schema(
    [
        ("rank", pa.int64()),
        ("name", pa.string()),
        ("similarity", pa.float64()),
        ("midi_id", pa.string()),
        ("path", pa.string()),
    ]
)

_log = logging.getLogger(__name__)


def search_space(
    store: Store, query: str, *, space: str, k: int = 10, exact: bool = True, progress: Progress | None = None
) -> pa.Table:
    """Rank the vectors of a space by their cosine similarity with one.

    Parameters
    ----------
    store : Store
    query : str
        A name in the space, or a path or file name that stands for only one name there; or ``FILE.npy``, of
        one vector, or ``FILE.npy:ROW``, from 0.
    space : str
    k : int
        How many, at least 1.
    exact : bool
        Compare with all; else with those that a graph finds, which is made when it is first needed.
    progress : callable, optional
        Told of the stages ``"search"`` (exact) or ``"index"`` (making the graph), in rows.

    Returns
    -------
    pyarrow.Table
        rank, name, similarity (-1 to 1), midi_id, path; best first, equal ones as the space has them. The
        last two tell which of our items the name stands for, by its path, MD5 or file name: null if none, or
        if several files are called so. The query's own row is left out.

    Raises
    ------
    InputError
        If there is no such space, or the query stands for no vector or for several.
    DatabaseError
        If the space's file is gone or damaged.
    """
    if k < 1:
        raise InputError(f"{k} answers are too few; ask for 1 or more.")
    found, rows = open_space(store, space)
    own, vector = _find_query(rows, query, space)
    if not vector.any():
        raise InputError(f"the vector of {query} is of zeros, which have no direction; take another.")
    count = k if own is None else k + 1
    nearest = None
    if not exact:
        nearest = load_graph(store, found, rows, progress).find_rows(vector, count)
        if nearest is None:
            _log.warning("The index of the space %s reaches too few vectors; all are compared.", space)
    if nearest is None:
        row, similarity = _compare_all(rows, vector, count, progress)
    else:
        row, similarity = _take_best(nearest, compute_cosines(rows[VECTORS][nearest], vector), count)
    kept = row != own if own is not None else np.ones(row.size, np.bool_)
    return _tabulate(store, rows, row[kept][:k], similarity[kept][:k])


def _find_query(rows: npt.NDArray[Any], query: str, space: str) -> tuple[int | None, npt.NDArray[np.float32]]:
    """Find the vector that a query stands for, and its row, if it is one of the space's own."""
    matched = _find_rows(rows, query)
    if len(matched) > 1:
        raise InputError(
            f"{query} stands for {len(matched)} rows of the space {space}, {rows[NAMES][matched[0]]} and "
            f"{rows[NAMES][matched[1]]} among them; give a name in full, or a vector in a file."
        )
    if matched:
        return matched[0], np.array(rows[VECTORS][matched[0]])
    if asked := FILE_ROW.fullmatch(query):
        return None, _read_vector(Path(asked["file"]), asked["row"], rows.dtype[VECTORS].shape[0])
    raise InputError(
        f"nothing is called {query} in the space {space}; `lmdb vectors export` gives out all its names."
    )


def _find_rows(rows: npt.NDArray[Any], query: str) -> list[int]:
    """List the rows of a name; if there are none, those whose file is called so, but for the folder."""
    named: list[int] = []
    called: list[int] = []
    stem = _cut_stem(query)
    for start, stop in cut_blocks(len(rows), rows.dtype[NAMES].itemsize):
        names = rows[NAMES][start:stop]
        named += (start + np.flatnonzero(names == query)).tolist()
        # Most names do not hold the stem at all, and to look for it is quick.
        maybe = np.flatnonzero(np.strings.find(names, stem) >= 0)
        called += [start + int(row) for row in maybe if _cut_stem(str(names[row])) == stem]
    return named or called


def _cut_stem(name: str) -> str:
    return re.sub(MIDI_SUFFIX, "", re.split(r"[/\\]", name)[-1], flags=re.IGNORECASE)


def _read_vector(file: Path, row: str | None, dimension: int) -> npt.NDArray[np.float32]:
    source = open_vectors(file)
    if source.dimension != dimension:
        raise InputError(
            f"{file} has vectors of {source.dimension} values, and those of the space have {dimension}."
        )
    if row is None and source.n_rows > 1:
        raise InputError(f"{file} has {source.n_rows} vectors; name one by its row, as in {file.name}:0.")
    number = int(row or 0)
    if number >= source.n_rows:
        raise InputError(f"{file} has no row {number}; its last one is {source.n_rows - 1}.")
    (vector,) = source.read_vectors(number, number + 1)
    return np.asarray(vector)


def _compare_all(
    rows: npt.NDArray[Any], vector: npt.NDArray[np.float32], count: int, progress: Progress | None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    best = np.empty(0, np.int64), np.empty(0, np.float32)
    for start, stop in cut_blocks(len(rows), rows.dtype.itemsize):
        similarity = compute_cosines(rows[VECTORS][start:stop], vector)
        row = np.concatenate([best[0], np.arange(start, stop)])
        best = _take_best(row, np.concatenate([best[1], similarity]), count)
        if progress is not None:
            progress("search", stop, len(rows))
    return best


def _take_best(
    row: npt.NDArray[np.int64], similarity: npt.NDArray[np.float32], count: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Take the rows with the highest similarity, best first, equal ones by number."""
    if count < row.size:
        # All that are as good as the last one to be taken: which of them, their numbers decide.
        last = np.partition(similarity, row.size - count)[row.size - count]
        row, similarity = row[similarity >= last], similarity[similarity >= last]
    order = np.lexsort((row, -similarity))[:count]
    return row[order], similarity[order]


def _tabulate(
    store: Store,
    rows: npt.NDArray[Any],
    row: npt.NDArray[np.int64],
    similarity: npt.NDArray[np.float32],
) -> pa.Table:
    names = [str(name) for name in rows[NAMES][row]]
    rank = list(range(1, len(names) + 1))
    wanted = pa.table({"rank": rank, "name": names, "stem": [_cut_stem(name) for name in names]})
    with store.reading() as con:
        ours = _match_names(con, wanted)
    nothing = (None, None)
    answers = [
        (*one, *ours.get(one[0], nothing)) for one in zip(rank, names, similarity.tolist(), strict=True)
    ]
    columns = list(zip(*answers, strict=True)) or [()] * len(ANSWER)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, ANSWER, strict=True)], schema=ANSWER
    )


def _match_names(con: duckdb.DuckDBPyConnection, wanted: pa.Table) -> dict[int, tuple[str, str]]:
    con.register("wanted", wanted)
    found = con.execute(read_query("spaces/match_names"), {"suffix": MIDI_SUFFIX}).fetchall()
    return {rank: (midi_id, path) for rank, midi_id, path in found}
