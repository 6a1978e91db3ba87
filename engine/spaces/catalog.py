"""Spaces of vectors as the catalog names them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import numpy.typing as npt
import pyarrow as pa

from lakhdb.sql import read_query

from ..errors import DatabaseError, InputError
from ..store import Store
from .files import map_rows

__all__ = ["FOLDER", "Space", "find_space", "list_named_spaces", "list_spaces", "open_space"]

FOLDER = "spaces"


@dataclass(frozen=True)
class Space:
    """Names and vectors of another system, under a name in the database.

    Attributes
    ----------
    name : str
    n_rows, dimension : int
    file : str
        Relative to the database's folder.
    sha256 : str
    source : str
        The file that they were read from.
    created_at : datetime
        UTC.
    """

    name: str
    n_rows: int
    dimension: int
    file: str
    sha256: str
    source: str
    created_at: datetime


def list_spaces(store: Store) -> pa.Table:
    """List the spaces: name, n_rows, dimension, source and created_at, by name."""
    with store.reading() as con:
        rows = con.sql(read_query("spaces/list_spaces")).to_arrow_table()
    return rows.drop_columns(["file", "sha256"])


def list_named_spaces(con: duckdb.DuckDBPyConnection) -> list[Space]:
    """List the spaces as the catalog has them."""
    return [Space(*row) for row in con.execute(read_query("spaces/list_spaces")).fetchall()]


def find_space(con: duckdb.DuckDBPyConnection, name: str) -> Space:
    """Find a space by name.

    Raises
    ------
    InputError
        If there is none; the message names those that there are.
    """
    spaces = list_named_spaces(con)
    for space in spaces:
        if space.name == name:
            return space
    there = f"there are {', '.join(space.name for space in spaces)}" if spaces else "there is none yet"
    raise InputError(f"there is no space named {name!a} ({there}); bring one in with `lmdb vectors import`.")


def open_space(store: Store, name: str) -> tuple[Space, npt.NDArray[Any]]:
    """Find a space and map its rows into memory.

    Raises
    ------
    InputError
        If there is none of that name.
    DatabaseError
        If its file is gone or damaged.
    """
    with store.reading() as con:
        space = find_space(con, name)
    try:
        return space, _map(store, space)
    except FileNotFoundError:
        # Replaced since the catalog was read, unless it is still named there.
        with store.reading() as con:
            space = find_space(con, name)
    try:
        return space, _map(store, space)
    except FileNotFoundError as error:
        raise DatabaseError(f"{store.folder / space.file} is gone; see `lmdb verify --repair`.") from error


def _map(store: Store, space: Space) -> npt.NDArray[Any]:
    return map_rows(store.folder / space.file, n_rows=space.n_rows, dimension=space.dimension)
