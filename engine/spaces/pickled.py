"""Rows of a name and a vector as NumPy pickles them, found in the file without running pickle.

NumPy writes an array with names of any length as one pickle: a list of tuples of a text and an array. Only
exactly the opcodes that it writes for these are taken, and of them only where names and vectors stand.
"""

import mmap
from array import array
from bisect import bisect_left
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .layout import list_layouts
from .opcodes import Opcodes, Place, Token, UnreadableRowsError
from .template import RowTemplate

__all__ = ["PickledRows"]


class PickledRows:
    """The rows of such an array: checked throughout, then read as they are asked for.

    Parameters
    ----------
    file : Path
    at : int
        Byte where the pickle begins.
    n_rows : int
        As the file's header has it.
    dtype : numpy.dtype
        Of two fields: a name (object) and a vector of floats.
    longest_name : int
        In characters; a longer name is refused.

    Raises
    ------
    UnreadableRowsError
        If it is anything but such rows, so many, to the end of the file.
    """

    def __init__(self, file: Path, at: int, n_rows: int, dtype: np.dtype[Any], longest_name: int) -> None:
        with file.open("rb") as stream:
            self._data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        self._vector = dtype[1]
        self._kept: dict[int, Token | Place] = {}  # before the rows
        # Of each row: where its name and its vector stand, and twice the number under which the name is kept,
        # or one more, where that was kept before. 28 bytes a row, in place of the values.
        self._name_at, self._name_bytes = array("Q"), array("I")
        self._vector_at, self._number = array("Q"), array("Q")
        self._template: RowTemplate | None = None
        self._n_puts = 0  # of a row as the template has it
        self._scan(Opcodes(self._data, at, 4 * longest_name), n_rows, dtype)

    def read_names(self, start: int, stop: int) -> list[str]:
        """Read the names of some rows."""
        places = zip(self._name_at[start:stop], self._name_bytes[start:stop], strict=True)
        return [str(self._data[at : at + n_bytes], "utf-8", "surrogatepass") for at, n_bytes in places]

    def read_vectors(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Read the vectors of some rows, in the file's own precision."""
        value, (dimension,) = self._vector.base, self._vector.shape
        places = self._vector_at[start:stop]
        vectors = np.empty((len(places), dimension), value)
        for row, at in enumerate(places):
            vectors[row] = np.frombuffer(self._data, value, dimension, at)
        return vectors

    def _scan(self, opcodes: Opcodes, n_rows: int, dtype: np.dtype[Any]) -> None:
        protocol, first = opcodes.read_protocol(), opcodes.read(self._find)
        layouts = [layout for layout in list_layouts(protocol, n_rows, dtype) if layout.beginning[0] == first]
        if not layouts:
            raise UnreadableRowsError("its rows do not begin as NumPy writes them")
        self._skip_beginning(opcodes, first, layouts[0].beginning)
        self._scan_rows(opcodes, layouts[0].row, n_rows)
        if [opcodes.read(self._find), opcodes.read(self._find)] != ["build", "stop"]:
            raise UnreadableRowsError(f"it ends otherwise than rows do, at byte {opcodes.at}")
        if (found := len(self._vector_at)) != n_rows:
            raise UnreadableRowsError(f"it holds {found} rows, and its header says {n_rows}")
        if opcodes.at != len(self._data):
            raise UnreadableRowsError(f"something follows its rows at byte {opcodes.at}")

    def _skip_beginning(self, opcodes: Opcodes, token: Token, expected: list[Token]) -> None:
        for index, wanted in enumerate(expected):
            token = opcodes.read(self._find) if index else token
            if token != wanted:
                raise UnreadableRowsError(f"its rows are of another kind at byte {opcodes.at}")
            place = opcodes.text_place
            if (number := opcodes.take_put()) is not None:
                kind = token[0]
                self._kept[number] = (
                    place if kind == "text" else token if kind == "bytes" else ("made", index)
                )

    def _scan_rows(self, opcodes: Opcodes, expected: list[Token], n_rows: int) -> None:
        """Take rows, in batches or alone, up to the tuple that holds them all."""
        in_batch = False
        while (token := opcodes.read(self._find)) != "tuple" or in_batch:
            if token == "mark" and not in_batch:
                in_batch = True
            elif token == "appends" and in_batch:
                in_batch = False
            elif len(self._vector_at) == n_rows:
                raise UnreadableRowsError(f"it goes on after the {n_rows} rows of its header")
            else:
                self._take_row(opcodes, token, expected)
                if not in_batch and opcodes.read(self._find) != "append":
                    raise UnreadableRowsError(f"a row stands by itself before byte {opcodes.at}")
        opcodes.take_put()

    def _take_row(self, opcodes: Opcodes, name: Token, expected: list[Token]) -> None:
        if name[0] != "text":
            raise UnreadableRowsError(f"there is no name before byte {opcodes.at}")
        place, number = opcodes.text_place, 2 * opcodes.n_kept
        self._number.append(number if opcodes.take_put() is not None else number + 1)
        self._name_at.append(place.at)
        self._name_bytes.append(place.n_bytes)
        found = self._template and self._template.match(opcodes.at, opcodes.n_kept)
        if found:
            vector_at, opcodes.at = found
            opcodes.n_kept += self._n_puts
        else:
            vector_at = self._take_vector(opcodes, expected)
        self._vector_at.append(vector_at)

    def _take_vector(self, opcodes: Opcodes, expected: list[Token]) -> int:
        """Take what follows the name, opcode by opcode; tell where the vector stands."""
        start, before, vector_at = opcodes.at, opcodes.n_kept, 0
        widths, numbers_at = set(), []
        for wanted in expected:
            token = opcodes.read(self._find)
            if token[0] == wanted[0] == "raw" and token[2:] == wanted[2:]:
                vector_at = int(token[1])
            elif token != wanted:
                raise UnreadableRowsError(f"a row is of another kind before byte {opcodes.at}")
            if opcodes.take_put() is not None:
                widths.add(opcodes.put_width)
                numbers_at.append(opcodes.at - opcodes.put_width)
        if widths in ({0}, {4}):
            self._n_puts = opcodes.n_kept - before
            self._template = RowTemplate(
                self._data,
                start,
                opcodes.at,
                vector_at,
                self._vector.itemsize,
                numbers_at if 4 in widths else (),
            )
        return vector_at

    def _find(self, number: int) -> Token | Place:
        """Tell what was kept under a number before the rows, or which name in them."""
        if number in self._kept:
            return self._kept[number]
        row = bisect_left(self._number, 2 * number)
        if row == len(self._number) or self._number[row] != 2 * number:
            raise UnreadableRowsError(f"it refers to what was not kept ({number})")
        return Place(self._name_at[row], self._name_bytes[row])
