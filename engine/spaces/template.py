"""The bytes around the vector of a row, told from those of the row before."""

import mmap
import struct
from collections.abc import Sequence

__all__ = ["RowTemplate"]


class RowTemplate:
    """What a row has behind its name, learnt from one that was read opcode by opcode.

    Rows differ in nothing but their vectors and, in protocol 3, the numbers that values are kept under, which
    count on: a row with these same bytes means the same, and to compare bytes takes a tenth of the time.

    Parameters
    ----------
    data : mmap.mmap
    start, stop : int
        Where the row's bytes behind its name begin and end.
    vector_at, vector_bytes : int
        Where its vector stands among them, and its length.
    numbers_at : sequence of int
        Where the numbers stand, four bytes each.
    """

    def __init__(
        self,
        data: mmap.mmap,
        start: int,
        stop: int,
        vector_at: int,
        vector_bytes: int,
        numbers_at: Sequence[int],
    ) -> None:
        self._data = data
        self._before = _Holed(data, start, vector_at, numbers_at)
        self._after = _Holed(data, vector_at + vector_bytes, stop, numbers_at)
        self._vector_from, self._n_bytes = vector_at - start, stop - start
        self._after_from = self._vector_from + vector_bytes

    def match(self, at: int, number: int) -> tuple[int, int] | None:
        """Tell where the vector stands and where the row ends, if the bytes from `at` on are such a row.

        Parameters
        ----------
        at : int
            Behind the name.
        number : int
            The first that a value of the row is to be kept under.
        """
        vector_at, after_at, stop = at + self._vector_from, at + self._after_from, at + self._n_bytes
        if self._data[at:vector_at] != self._before.fill(number):
            return None
        if self._data[after_at:stop] != self._after.fill(number + self._before.n_holes):
            return None
        return vector_at, stop


class _Holed:
    """Bytes with places for rising numbers."""

    def __init__(self, data: mmap.mmap, start: int, stop: int, numbers_at: Sequence[int]) -> None:
        inside = [at for at in numbers_at if start <= at < stop]
        begins, ends = [start, *(at + 4 for at in inside)], [*inside, stop]
        self.n_holes = len(inside)
        self._parts: list[bytes | int] = []
        for begin, end in zip(begins, ends, strict=True):
            self._parts += [data[begin:end], 0]
        self._parts.pop()
        sizes = (f"{end - begin}s" for begin, end in zip(begins, ends, strict=True))
        self._struct = struct.Struct(f"<{'I'.join(sizes)}")

    def fill(self, number: int) -> bytes:
        """Put `number` and those that follow it into the places."""
        self._parts[1::2] = range(number, number + self.n_holes)
        return self._struct.pack(*self._parts)
