"""Bringing in vectors of other systems, and letting them go."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lakhdb.sql import read_query

from ..errors import DatabaseError, InputError
from ..ingest.scan import escape_path
from ..lock import hold_writer_lock
from ..note_features import SPACES
from ..progress import Progress
from ..store import Store
from .catalog import FOLDER, find_space, list_named_spaces
from .files import Block, write_rows
from .graph import remove_graphs
from .sources import VectorFile, cut_blocks, open_vectors

__all__ = ["OUR_SPACES", "SpaceSummary", "forget_space", "import_vectors"]

# Names of our own spaces, which are given out beside those of others.
OUR_SPACES = tuple(space for spaces in SPACES.values() for space in spaces)

# It becomes part of names of files.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")

# A name and its value in memory, roughly: blocks of names alone.
NAME_BYTES = 128


@dataclass(frozen=True)
class SpaceSummary:
    """What was brought in.

    Attributes
    ----------
    name : str
    n_rows, dimension : int
    replaced : bool
        There was a space of that name before.
    """

    name: str
    n_rows: int
    dimension: int
    replaced: bool


def import_vectors(
    store: Store,
    file: Path,
    *,
    name: str,
    names: Path | None = None,
    replace: bool = False,
    progress: Progress | None = None,
) -> SpaceSummary:
    """Bring vectors of another system into the database, as a space with a name.

    They are copied as they are, in float32; memory holds a few megabytes of them at a time, and of rows as
    midisim pickles them 28 bytes more each. Bytes of names that are not UTF-8 become text such as ``\\xe9``,
    as in our paths.

    Parameters
    ----------
    store : Store
    file : Path
        ``.npy``, as `open_vectors` takes it. No pickle in it is run.
    name : str
        Of the space: letters, digits, ``_``, ``.`` and ``-``.
    names : Path, optional
        The names of vectors that come without, one a line.
    replace : bool
        Let go of a space that has this name already.
    progress : callable, optional
        Told of the stages ``"names"`` and ``"vectors"``, in rows.

    Raises
    ------
    InputError
        If the file cannot be used, or the name is taken.
    DatabaseBusyError
        If another process writes.
    DatabaseError
        If the disk is full.
    """
    if not NAME.fullmatch(name) or name in OUR_SPACES:
        raise InputError(
            f"{name!a} cannot be the name of a space; take up to 64 letters, digits, _, . and -, the first a "
            f"letter or digit, and none of {', '.join(OUR_SPACES)}, which are ours."
        )
    with hold_writer_lock(store.folder):
        with store.reading() as con:
            old = [space for space in list_named_spaces(con) if space.name == name]
        if old and not replace:
            raise InputError(
                f"there is a space named {name} already, from {old[0].source}; replace it with --replace, or "
                "take another name."
            )
        source = open_vectors(file, names)
        place = f"{FOLDER}/{name}-{uuid.uuid4().hex[:8]}.npy"
        digest = _copy(source, store.folder / place, progress)
        with store.writing() as con:
            con.execute(read_query("spaces/delete_space"), {"name": name})
            row = {"name": name, "file": place, "n_rows": source.n_rows, "dimension": source.dimension}
            row |= {"sha256": digest, "source": escape_path(str(file.absolute()))}
            con.execute(read_query("spaces/insert_space"), row)
        for space in old:
            (store.folder / space.file).unlink(missing_ok=True)
        remove_graphs(store, name)
    return SpaceSummary(name, source.n_rows, source.dimension, bool(old))


def forget_space(store: Store, name: str) -> None:
    """Let go of a space: its row, then its file and what was made of it.

    Raises
    ------
    InputError
        If there is none of that name.
    DatabaseBusyError
        If another process writes.
    """
    with hold_writer_lock(store.folder):
        with store.writing() as con:
            space = find_space(con, name)
            con.execute(read_query("spaces/delete_space"), {"name": name})
        (store.folder / space.file).unlink(missing_ok=True)
        remove_graphs(store, name)


def _copy(source: VectorFile, file: Path, progress: Progress | None) -> str:
    try:
        file.parent.mkdir(exist_ok=True)
        return write_rows(
            file,
            _read_blocks(source, progress),
            n_rows=source.n_rows,
            n_characters=_measure_names(source, progress),
            dimension=source.dimension,
        )
    except OSError as error:
        raise DatabaseError(
            f"{file} cannot be written ({error.strerror or error}); make room, then run the same command "
            "again."
        ) from error


def _measure_names(source: VectorFile, progress: Progress | None) -> int:
    longest = 0
    for start, stop in cut_blocks(source.n_rows, NAME_BYTES):
        longest = max(longest, *map(len, source.read_names(start, stop)))
        if progress is not None:
            progress("names", stop, source.n_rows)
    return longest


def _read_blocks(source: VectorFile, progress: Progress | None) -> Iterator[Block]:
    for start, stop in cut_blocks(source.n_rows, 4 * source.dimension + NAME_BYTES):
        yield source.read_names(start, stop), source.read_vectors(start, stop)
        if progress is not None:
            progress("vectors", stop, source.n_rows)
