"""What a window index is a cache of: windows of one side, or of MIDI files compared with each other."""

from typing import Literal, Protocol

import duckdb
import numpy as np
import numpy.typing as npt

from lakhdb.kernels.note_windows import DIMENSION as NOTE_DIMENSION
from lakhdb.kernels.scan import pack_vectors
from lakhdb.sql import read_query

from .models import Side, choose_model
from .note_features import NOTE_VERSION, Space

__all__ = ["INDEX_NAMES", "IndexName", "SourceVersion", "WindowSource", "find_version", "open_source"]

# Sides, by the model in use; then spaces of MIDI files that are compared with each other.
IndexName = Literal["midi", "audio", "notes", "times", "drums", "tracks"]
INDEX_NAMES: tuple[IndexName, ...] = ("midi", "audio", "notes", "times", "drums", "tracks")

SIDES: dict[IndexName, Side] = {"midi": "midi", "audio": "audio"}
SPACES: dict[IndexName, Space] = {"notes": "notes", "times": "times", "drums": "drums", "tracks": "tracks"}


class SourceVersion(Protocol):
    """Whose vectors they are, and how long."""

    @property
    def version(self) -> str: ...
    @property
    def dimension(self) -> int: ...


class WindowSource(SourceVersion, Protocol):
    """Windows in the database, known by number."""

    @property
    def name(self) -> IndexName: ...

    def list_windows(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """List windows by rising number, and their items."""
        ...

    def read_packed(self, window_id: npt.NDArray[np.int64]) -> npt.NDArray[np.int8]:
        """Read the vectors of some windows, by rising number, and pack them."""
        ...


class _NoteVersion:
    version = NOTE_VERSION
    dimension = NOTE_DIMENSION


def find_version(name: IndexName) -> SourceVersion:
    """Tell whose vectors an index holds."""
    return choose_model() if name in SIDES else _NoteVersion()


def open_source(con: duckdb.DuckDBPyConnection, name: IndexName) -> WindowSource:
    """Open the source of an index."""
    if name in SIDES:
        return _Source(con, name, "candidates", {"side": SIDES[name]})
    return _Source(con, name, "similar", {"space": SPACES[name]})


class _Source:
    """Windows as two queries of one folder list and read them."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, name: IndexName, queries: str, which: dict[str, str]
    ) -> None:
        found = find_version(name)
        self.name, self.version, self.dimension = name, found.version, found.dimension
        self._con, self._queries, self._which = con, queries, {**which, "version": found.version}

    def list_windows(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        rows = self._con.sql(read_query(f"{self._queries}/list_windows"), params=self._which).fetchnumpy()
        return np.asarray(rows["window_id"]), np.asarray(rows["item_seq"])

    def read_packed(self, window_id: npt.NDArray[np.int64]) -> npt.NDArray[np.int8]:
        parameters = {**self._which, "first": int(window_id[0]), "last": int(window_id[-1])}
        rows = self._con.sql(read_query(f"{self._queries}/read_vectors"), params=parameters).to_arrow_table()
        flat = rows["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
        vectors = np.ascontiguousarray(flat, np.float32).reshape(-1, self.dimension)
        wanted = np.isin(rows["window_id"].to_numpy(), window_id, assume_unique=True)
        return pack_vectors(vectors[wanted])
