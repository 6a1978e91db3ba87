"""Files of vectors as others write them, read in blocks: nothing is run, nor held in memory as a whole."""

import math
import mmap
import os
import stat
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path
from tokenize import TokenError
from typing import Any, BinaryIO, Protocol

import numpy as np
import numpy.typing as npt

from ..errors import InputError
from ..ingest.scan import escape_path
from .pickled import PickledRows

__all__ = ["LONGEST_NAME", "VectorFile", "cut_blocks", "open_vectors"]

# In characters; Linux knows paths of 4096, but every row takes the room of the longest name.
LONGEST_NAME = 1024

# Limits of what is believed of a header: no network gives longer vectors, no collection has as many files.
MOST_DIMENSIONS = 1 << 16
MOST_ROWS = 100_000_000

# A line of a list of names in UTF-8.
LONGEST_LINE_BYTES = 4 * LONGEST_NAME + 2

# What NumPy's reader of headers raises over bytes that are none.
NOT_A_HEADER = (
    ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError, MemoryError, SyntaxError,
    TokenError,
)  # fmt: skip

HEADER_READERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}

FORMS = (
    "an array of rows of a name and a vector, as midisim writes it, or a two-dimensional one of floats with "
    "names beside it (--names)"
)

BLOCK_BYTES = 4 << 20


class _Names(Protocol):
    def read_names(self, start: int, stop: int) -> list[str]: ...


class _Vectors(Protocol):
    def read_vectors(self, start: int, stop: int) -> npt.NDArray[Any]: ...


class VectorFile:
    """Names and vectors of a file, by rows.

    Attributes
    ----------
    n_rows, dimension : int
    names : reader of names or None
        None for vectors alone.
    """

    def __init__(
        self, file: Path, n_rows: int, dimension: int, names: _Names | None, vectors: _Vectors
    ) -> None:
        self.n_rows, self.dimension, self.names = n_rows, dimension, names
        self._file, self._vectors = file, vectors

    def read_names(self, start: int, stop: int) -> list[str]:
        """Read the names of some rows, as text that can be written; InputError names one that is none."""
        if self.names is None:
            raise InputError(f"{self._file} has no names; give them in a file, one a line, with --names.")
        try:
            names = self.names.read_names(start, stop)
        except ValueError as error:  # no Unicode
            raise InputError(f"{self._file}: the names of rows {start} to {stop - 1} are no text.") from error
        names = [name if name.isascii() else _escape(name) for name in names]
        for row, name in enumerate(names, start):
            if not 1 <= len(name) <= LONGEST_NAME or "\0" in name:
                trouble = "a NUL in it" if "\0" in name else f"{len(name)} characters"
                raise InputError(
                    f"{self._file}: the name of row {row} has {trouble}; 1 to {LONGEST_NAME} are allowed."
                )
        return names

    def read_vectors(self, start: int, stop: int) -> npt.NDArray[np.float32]:
        """Read the vectors of some rows, shape (n, dimension); InputError where one is not finite."""
        with np.errstate(over="ignore"):  # found as infinite
            vectors = np.ascontiguousarray(self._vectors.read_vectors(start, stop), np.float32)
        is_finite = np.isfinite(vectors).all(axis=1)
        if not is_finite.all():
            row = start + int(np.argmin(is_finite))
            raise InputError(
                f"{self._file}: the vector of row {row} has values that are not finite; leave that row out."
            )
        return vectors


class _Structured:
    """Rows with names of one length, by memory map."""

    def __init__(self, rows: npt.NDArray[Any]) -> None:
        self._rows = rows
        self._fields = rows.dtype.names or ()

    def read_names(self, start: int, stop: int) -> list[str]:
        names = self._rows[self._fields[0]][start:stop]
        names = np.ascontiguousarray(names, names.dtype.newbyteorder("="))
        # NumPy would make them strings that Python holds for impossible.
        if names.view(np.uint32).max() > sys.maxunicode:
            raise ValueError("no Unicode")
        return list(names.tolist())

    def read_vectors(self, start: int, stop: int) -> npt.NDArray[Any]:
        return self._rows[self._fields[1]][start:stop]


class _Plain:
    """Vectors alone, by memory map."""

    def __init__(self, vectors: npt.NDArray[Any]) -> None:
        self._vectors = vectors

    def read_vectors(self, start: int, stop: int) -> npt.NDArray[Any]:
        return self._vectors[start:stop]


class _Lines:
    """Names in a file of text, one a line, by memory map."""

    def __init__(self, file: Path) -> None:
        _check_regular(file)
        with file.open("rb") as stream:
            self._data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        at = 3 if self._data[:3] == b"\xef\xbb\xbf" else 0
        self._file, self._begins = file, array("Q", [at])
        while at < len(self._data):
            end = self._data.find(b"\n", at)
            at = len(self._data) if end < 0 else end + 1
            self._begins.append(at)

    def __len__(self) -> int:
        return len(self._begins) - 1

    def read_names(self, start: int, stop: int) -> list[str]:
        names = []
        for line in range(start, stop):
            begin, end = self._begins[line], self._begins[line + 1]
            raw = self._data[begin : min(end, begin + LONGEST_LINE_BYTES)]
            try:
                names.append(raw.decode().rstrip("\r\n"))
            except UnicodeDecodeError as error:
                raise InputError(f"{self._file}: line {line + 1} is not UTF-8, or too long.") from error
        return names


def open_vectors(file: Path, names: Path | None = None) -> VectorFile:
    """Open a file of vectors: rows of names and vectors, or vectors alone.

    Parameters
    ----------
    file : Path
        ``.npy``: a structured array of names (objects, as midisim writes them, or text of one length) and
        vectors; or an array of floats, shape (n, dimension), or (dimension,) for one.
    names : Path, optional
        The names of vectors alone, one a line, UTF-8.

    Raises
    ------
    InputError
        If it is anything else. Rows with names of any length are checked throughout: of the pickle that they
        are, nothing but exactly these is taken, and nothing is run.
    """
    try:
        _check_regular(file)
        opened = _open(file)
        if names is None:
            return opened
        return _join_names(file, opened, names)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{file} cannot be read ({reason or error}); it is to be {FORMS}.") from error


def cut_blocks(n_rows: int, row_bytes: int) -> Iterator[tuple[int, int]]:
    """Cut rows into blocks of a few megabytes; yield the first row of each and the one after its last."""
    step = max(1, BLOCK_BYTES // row_bytes)
    for start in range(0, n_rows, step):
        yield start, min(start + step, n_rows)


def _check_regular(file: Path) -> None:
    if not stat.S_ISREG(os.stat(file).st_mode):  # a pipe would be waited for
        raise ValueError("not a file")
    if not os.stat(file).st_size:
        raise ValueError("it is empty")


def _open(file: Path) -> VectorFile:
    with file.open("rb") as stream:
        shape, is_fortran, dtype = _read_header(stream)
        at = stream.tell()
    if dtype.names is None and len(shape) == 1:
        shape = (1, *shape)  # one vector
    dimension = _find_dimension(shape, dtype)
    if not (1 <= shape[0] <= MOST_ROWS and 1 <= dimension <= MOST_DIMENSIONS):
        raise ValueError(f"it has {shape[0]} rows of {dimension} values")
    if dtype.hasobject:
        pickled = PickledRows(file, at, shape[0], dtype, LONGEST_NAME)
        return VectorFile(file, shape[0], dimension, pickled, pickled)
    needed, found = at + dtype.itemsize * math.prod(shape), os.stat(file).st_size
    if needed != found:
        raise ValueError(f"it has {found} bytes, and {needed} by its header")
    rows = np.memmap(file, dtype, "r", at, shape, "F" if is_fortran else "C")
    if dtype.names is None:
        return VectorFile(file, shape[0], dimension, None, _Plain(rows))
    structured = _Structured(rows)
    return VectorFile(file, shape[0], dimension, structured, structured)


def _read_header(stream: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    try:
        version = np.lib.format.read_magic(stream)
        shape, is_fortran, dtype = HEADER_READERS[version](stream)
    except NOT_A_HEADER as error:
        raise ValueError("it does not begin as .npy files do") from error
    return shape, is_fortran, dtype


def _find_dimension(shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
    """Tell how long the vectors are; ValueError if these are not names and vectors, or vectors."""
    names, vector = dtype.names, dtype
    if names is not None:
        if len(shape) != 1 or len(names) != 2 or dtype[0].kind not in "OU" or len(dtype[1].shape) != 1:
            raise ValueError("its rows are not of a name and a vector")
        if dtype != np.dtype([(name, dtype[name]) for name in names]):
            raise ValueError("its rows have gaps")
        vector = dtype[1].base
    elif len(shape) != 2:
        raise ValueError(f"it has {len(shape)} dimensions")
    if vector.kind != "f" or vector.itemsize > 8 or (dtype.hasobject and vector.str[0] != "<"):
        raise ValueError(f"its vectors are of {vector}")
    return math.prod(shape[1:] if names is None else dtype[1].shape)


def _join_names(file: Path, opened: VectorFile, names: Path) -> VectorFile:
    if opened.names is not None:
        raise InputError(f"{file} has names of its own; leave --names out.")
    try:
        lines = _Lines(names)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{names} cannot be read ({reason}); give a file with a name a line.") from error
    if len(lines) != opened.n_rows:
        raise InputError(
            f"{names} has {len(lines)} lines, and {file} has {opened.n_rows} vectors; give a name for each."
        )
    opened.names = lines
    return opened


def _escape(name: str) -> str:
    """Write bytes that are not UTF-8 as the paths of our items have them."""
    try:
        return escape_path(name)
    except UnicodeEncodeError:  # half a character that stands for no byte
        return name.encode("utf-8", "backslashreplace").decode()
