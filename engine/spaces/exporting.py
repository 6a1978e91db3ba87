"""Giving out vectors, of ours or of others, in the form in which midisim reads them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt

from lakhdb.kernels.cosines import scale_to_unit
from lakhdb.kernels.note_windows import DIMENSION
from lakhdb.sql import read_query

from ..errors import InputError
from ..note_features import NOTE_VERSION
from ..progress import Progress
from ..store import Store
from .catalog import open_space
from .files import NAMES, VECTORS, Block, write_rows
from .importing import OUR_SPACES
from .sources import cut_blocks

__all__ = ["DEFAULT_SPACE", "VectorsSummary", "export_vectors"]

# Of ours: by which notes begin together, in any key and at any tempo.
DEFAULT_SPACE = "notes"

# Items whose windows are read at once.
ITEMS_AT_ONCE = 4096


@dataclass(frozen=True)
class VectorsSummary:
    """What was written.

    Attributes
    ----------
    path : Path
    n_rows, dimension : int
    """

    path: Path
    n_rows: int
    dimension: int


def export_vectors(
    store: Store, out: Path, *, space: str | None = None, progress: Progress | None = None
) -> VectorsSummary:
    """Write a space of vectors as rows of a name and a vector, ``.npy``, which need no pickle.

    Parameters
    ----------
    store : Store
    out : Path
        Written whole or not at all; a file of that name is replaced.
    space : str, optional
        One that was brought in; or ``notes``, ``times`` or ``drums``: ours, a vector for each MIDI item, the
        mean of its windows' vectors scaled to unit length, under the item's path. None is ``notes``.
    progress : callable, optional
        Told of the stage ``"vectors"``, in rows.

    Raises
    ------
    InputError
        If there is no such space, no item has vectors, or `out` cannot be written.
    """
    space = DEFAULT_SPACE if space is None else space
    if space not in OUR_SPACES:
        _, rows = open_space(store, space)
        n_rows, (dimension,) = len(rows), rows.dtype[VECTORS].shape
        blocks = _read_rows(rows, progress)
        _write(out, blocks, n_rows, rows.dtype[NAMES].itemsize // 4, dimension)
        return VectorsSummary(out, n_rows, dimension)
    with store.reading() as con:
        items = con.execute(
            read_query("spaces/list_items"), {"space": space, "version": NOTE_VERSION}
        ).fetchall()
        if not items:
            raise InputError(f"no MIDI file has vectors of {space} yet; `lmdb embed` makes them.")
        longest = max(len(path) for _, path, _ in items)
        _write(out, _compute_means(con, space, items, progress), len(items), longest, DIMENSION)
    return VectorsSummary(out, len(items), DIMENSION)


def _write(out: Path, blocks: Iterator[Block], n_rows: int, n_characters: int, dimension: int) -> None:
    try:
        write_rows(out, blocks, n_rows=n_rows, n_characters=n_characters, dimension=dimension)
    except OSError as error:
        raise InputError(
            f"{out} cannot be written ({error.strerror or error}); name another place."
        ) from error


def _read_rows(rows: npt.NDArray[np.void], progress: Progress | None) -> Iterator[Block]:
    for start, stop in cut_blocks(len(rows), rows.dtype.itemsize):
        yield rows[NAMES][start:stop].tolist(), rows[VECTORS][start:stop]
        if progress is not None:
            progress("vectors", stop, len(rows))


def _compute_means(
    con: duckdb.DuckDBPyConnection,
    space: str,
    items: list[tuple[int, str, int]],
    progress: Progress | None,
) -> Iterator[Block]:
    for start in range(0, len(items), ITEMS_AT_ONCE):
        some = items[start : start + ITEMS_AT_ONCE]
        parameters = {"space": space, "version": NOTE_VERSION, "first": some[0][0], "last": some[-1][0]}
        rows = con.sql(read_query("spaces/read_windows"), params=parameters).to_arrow_table()
        flat = rows["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
        vectors = np.asarray(flat, np.float32).reshape(-1, DIMENSION)
        firsts = np.cumsum([0, *(n_windows for _, _, n_windows in some[:-1])])
        # Of the sum, which has the direction of the mean.
        yield [path for _, path, _ in some], scale_to_unit(np.add.reduceat(vectors, firsts))
        if progress is not None:
            progress("vectors", start + len(some), len(items))
