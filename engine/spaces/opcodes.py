"""Opcodes of a pickle as plain tokens: nothing is called, nothing imported, nothing built."""

import mmap
from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Opcodes", "Place", "Token", "UnreadableRowsError"]

# A value after its kind — int, text, bytes; raw: where it stands and its length; made: by which token — or
# the name of an opcode without a value.
Token = str | tuple[str, int] | tuple[str, str] | tuple[str, bytes] | tuple[str, int, int]

# Longer names of modules are none of NumPy's.
LONGEST_GLOBAL = 64

WORDS = {
    b"(": "mark",
    b"t": "tuple",
    b"\x85": "tuple1",
    b"\x86": "tuple2",
    b"\x87": "tuple3",
    b"R": "reduce",
    b"b": "build",
    b"N": "none",
    b"\x88": "true",
    b"\x89": "false",
    b"}": "dictionary",
    b"]": "list",
    b"u": "setitems",
    b"a": "append",
    b"e": "appends",
    b"\x93": "stack_global",
    b".": "stop",
}

# Kind and width of the number that follows the opcode: the value itself, a length, or a place in the memo.
NUMBERS = {
    b"K": ("int", 1),
    b"M": ("int", 2),
    b"J": ("int", 4),
    b"\x8c": ("text", 1),
    b"X": ("text", 4),
    b"C": ("bytes", 1),
    b"B": ("bytes", 4),
    b"h": ("get", 1),
    b"j": ("get", 4),
}

# What keeps the last value, and the width of its number in the memo: the last one counts by itself.
PUTS = {b"q": 1, b"r": 4, b"\x94": 0}

PROTOCOLS = {b"\x80\x03": 3, b"\x80\x04": 4}

FRAME, GLOBAL = b"\x95", b"c"


class UnreadableRowsError(ValueError):
    """The bytes are not what NumPy writes for rows of a name and a vector."""


class Place(NamedTuple):
    """Where a text stands in the file, and its length."""

    at: int
    n_bytes: int


class Opcodes:
    """Opcodes one after the other, from some place in a file.

    Parameters
    ----------
    data : mmap.mmap
    at : int
        Where to begin.
    longest_text : int
        In bytes; a longer text is refused before it is read.

    Attributes
    ----------
    at : int
        Where the next opcode stands.
    text_place : Place
        Of the last text, also where that was one kept before.
    n_kept : int
        Values kept so far.
    put_width : int
        Bytes of the last number under which one was kept; 0 where it is not written.
    """

    def __init__(self, data: mmap.mmap, at: int, longest_text: int) -> None:
        self._data, self.at, self._longest_text = data, at, longest_text
        self.text_place = Place(0, 0)
        self.n_kept, self.put_width = 0, 0

    def read_protocol(self) -> int:
        """Read how the pickle says that it is written."""
        protocol = PROTOCOLS.get(self._take(2))
        if protocol is None:
            raise UnreadableRowsError("its rows do not begin as NumPy writes them")
        return protocol

    def read(self, find: Callable[[int], Token | Place]) -> Token:
        """Read the next token; `find` tells what was kept under a number, or where, or raises."""
        opcode = self._read_opcode()
        if word := WORDS.get(opcode):
            return word
        if opcode == GLOBAL:
            return "global", f"{self._take_line()} {self._take_line()}"
        if opcode not in NUMBERS:
            raise UnreadableRowsError(f"what stands at byte {self.at - 1} does not belong there")
        kind, width = NUMBERS[opcode]
        value = int.from_bytes(self._take(width), "little", signed=opcode == b"J")
        if kind == "int":
            return "int", value
        if kind == "text":
            return self._read_text(self.at, value)
        return self._read_bytes(value) if kind == "bytes" else self._recall(find(value))

    def take_put(self) -> int | None:
        """Take what keeps the last value, if that stands next; return the number it is kept under."""
        before = self.at
        opcode = self._read_opcode()
        if opcode not in PUTS:
            self.at = before
            return None
        number = self.n_kept
        if (width := PUTS[opcode]) and int.from_bytes(self._take(width), "little") != number:
            raise UnreadableRowsError(f"values are kept out of order at byte {self.at}")
        self.n_kept += 1
        self.put_width = width
        return number

    def _read_opcode(self) -> bytes:
        opcode = self._take(1)
        while opcode == FRAME:  # a hint for readers, between any two opcodes: how much to read at once
            n_bytes = int.from_bytes(self._take(8), "little")
            if self.at + n_bytes > len(self._data):
                raise UnreadableRowsError("it is cut off")
            opcode = self._take(1)
        return opcode

    def _read_text(self, at: int, n_bytes: int) -> Token:
        if n_bytes > self._longest_text:
            raise UnreadableRowsError(f"the text at byte {at} is too long ({n_bytes} bytes)")
        self.text_place, self.at = Place(at, n_bytes), at
        return "text", _decode(self._take(n_bytes), at)

    def _read_bytes(self, n_bytes: int) -> Token:
        if n_bytes == 1:  # NumPy's mark of a type; vectors have two at least
            return "bytes", self._take(1)
        if self.at + n_bytes > len(self._data):
            raise UnreadableRowsError("it is cut off")
        self.at += n_bytes
        return "raw", self.at - n_bytes, n_bytes

    def _recall(self, found: Token | Place) -> Token:
        if not isinstance(found, Place):
            return found
        after = self.at
        token = self._read_text(*found)
        self.at = after
        return token

    def _take(self, count: int) -> bytes:
        taken = self._data[self.at : self.at + count]
        if len(taken) < count:
            raise UnreadableRowsError("it is cut off")
        self.at += count
        return taken

    def _take_line(self) -> str:
        end = self._data.find(b"\n", self.at, self.at + LONGEST_GLOBAL)
        if end < 0:
            raise UnreadableRowsError(f"there is no name of a module at byte {self.at}")
        line = _decode(self._data[self.at : end], self.at)
        self.at = end + 1
        return line


def _decode(raw: bytes, at: int) -> str:
    try:
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise UnreadableRowsError(f"the text at byte {at} is not UTF-8") from error
