"""Lines of lists and their fields: quotes that never close and lines that never end cost no other row."""

import csv
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from typing import IO

__all__ = ["LONGEST", "Lines", "split_header", "split_lines"]

# No line and no entry of a list is longer than this.
LONGEST = 1 << 20

# Lines that a field in quotes may run over.
MOST_LINES = 20


class Lines:
    """The lines of a stream that are neither empty nor endless, without their ends.

    Parameters
    ----------
    stream : text stream
    skipped : Counter
        Endless lines are counted in it.
    """

    def __init__(self, stream: IO[str], skipped: Counter[str]) -> None:
        self._stream = stream
        self._skipped = skipped
        self._returned: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        while (line := self.read()) is not None:
            yield line

    def read(self) -> str | None:
        """Read a line; None at the end."""
        if self._returned:
            return self._returned.popleft()
        while line := self._stream.readline(LONGEST):
            if not line.endswith("\n") and len(line) >= LONGEST:
                self._skip_rest()
            elif not line.isspace():
                return line.rstrip("\n")
        return None

    def put_back(self, lines: Sequence[str]) -> None:
        """Have lines read again, in their order."""
        self._returned.extendleft(reversed(lines))

    def _skip_rest(self) -> None:
        self._skipped["with an endless line"] += 1
        while (line := self._stream.readline(LONGEST)) and not line.endswith("\n"):
            pass


def split_header(line: str) -> tuple[str, list[str]]:
    """Tell the delimiter of a list by its first line; return it and the columns."""
    delimiter = "\t" if "\t" in line else max(",;|", key=line.count)
    columns = [name.strip() for name in _split_quoted(line, delimiter) or line.split(delimiter)]
    while columns and not columns[-1]:
        columns.pop()
    return delimiter, columns


def split_lines(lines: Lines, delimiter: str, n_columns: int, skipped: Counter[str]) -> Iterator[list[str]]:
    """Split lines into fields; rows with more of them than columns are counted in `skipped`."""
    for line in lines:
        row = _split(line, lines, delimiter, n_columns) if '"' in line else line.split(delimiter)
        if len(row) > n_columns and any(row[n_columns:]):
            skipped["with too many fields"] += 1
        else:
            yield row


def _split(line: str, lines: Lines, delimiter: str, n_columns: int) -> list[str]:
    """Split a line with quotes; a field may run over the next lines if the row then has all its fields."""
    row = _split_quoted(line, delimiter)
    if row is not None:
        return row
    taken: list[str] = []
    while len(taken) < MOST_LINES and (further := lines.read()) is not None:
        taken.append(further)
        row = _split_quoted("\n".join([line, *taken]), delimiter)
        if row is not None and len(row) == n_columns:
            return row
    lines.put_back(taken)
    return line.split(delimiter)


def _split_quoted(text: str, delimiter: str) -> list[str] | None:
    """Split as RFC 4180 has it; None where the quotes make no sense."""
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        return None
