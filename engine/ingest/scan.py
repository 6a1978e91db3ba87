"""Walking folders and archives for files, and reading their bytes."""

import os
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..errors import InputError
from .member import DAMAGE, read_member

__all__ = [
    "ARCHIVE_MARK",
    "AUDIO_SUFFIXES",
    "MIDI_SUFFIXES",
    "Archives",
    "Source",
    "UnreadableError",
    "escape_path",
    "find_sources",
    "is_collection",
    "open_regular",
    "read_bytes",
]

MIDI_SUFFIXES = frozenset({".mid", ".midi", ".kar", ".rmi"})
AUDIO_SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff"})
ARCHIVE_SUFFIX = ".zip"

# An archive's member that claims to inflate more than this, to more than that, is no music: digital silence
# at best, a trap at worst. Deflate reaches 1 032.
LARGEST_GROWTH = 100
LARGEST_GROWN_BYTES = 64 << 20

# Of a member's flags: its name is UTF-8.
IS_UTF8 = 0x800

# Deeper folders are a mistake or malice, and would exhaust the stack.
DEEPEST = 200

# Between an archive's path and a member's name: a.zip!/x.mid
ARCHIVE_MARK = "!/"
IN_ARCHIVE = re.compile(rf"(?<=\.zip){ARCHIVE_MARK}", re.IGNORECASE)


class UnreadableError(Exception):
    """The bytes of a file cannot be had; the message is the reason to record."""


@dataclass(frozen=True)
class Source:
    """A file that was found, or a member of an archive.

    Attributes
    ----------
    path : str
        Absolute, as the file system spells it (bytes that are not UTF-8 as surrogates).
    corpus : str
    size : int
        Bytes.
    mtime_ns : int
        Time of change, of the archive for its members.
    trouble : str or None
        Why it cannot be read at all, where that is known already.
    spelling : bytes or None
        The name as an archive spells it, where that is not UTF-8.
    """

    path: str
    corpus: str
    size: int
    mtime_ns: int
    trouble: str | None = None
    spelling: bytes | None = None

    @property
    def text(self) -> str:
        """The path as text that every database takes."""
        return escape_path(self.path)


def is_collection(path: Path) -> bool:
    """Tell whether a path is a folder or an archive, which may hold many files."""
    path = path.expanduser()
    return path.is_dir() or (path.suffix.lower() == ARCHIVE_SUFFIX and path.is_file())


def escape_path(path: str) -> str:
    """Return a path as text, bytes that are not UTF-8 written as ``\\xe9``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def find_sources(root: Path, suffixes: frozenset[str], corpus: str | None) -> Iterator[Source]:
    """Find the files below `root` that have one of the suffixes, archives included, in a fixed order.

    Parameters
    ----------
    root : Path
        A folder, an archive, or a file (taken whatever its suffix).
    suffixes : frozenset of str
        Lower case, with the dot.
    corpus : str or None
        None for the folder's or archive's name.

    Raises
    ------
    InputError
        If `root` does not exist.
    """
    root = Path(os.path.abspath(root.expanduser()))
    try:
        status = root.stat()
    except OSError as error:
        raise InputError(f"{root} cannot be read: {error.strerror}.") from error
    if stat.S_ISDIR(status.st_mode):
        yield from _walk(str(root), suffixes, corpus or root.name, 0, set())
    elif root.suffix.lower() == ARCHIVE_SUFFIX:
        yield from _list_archive(str(root), status, suffixes, corpus or root.stem)
    else:
        yield Source(str(root), corpus or root.parent.name, status.st_size, status.st_mtime_ns)


def _walk(
    folder: str, suffixes: frozenset[str], corpus: str, depth: int, seen: set[tuple[int, int]]
) -> Iterator[Source]:
    try:
        status = os.stat(folder)
        entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        yield Source(folder, corpus, 0, 0, f"the folder cannot be read: {error.strerror}")
        return
    seen.add((status.st_dev, status.st_ino))
    if depth > DEEPEST:
        yield Source(folder, corpus, 0, 0, f"nested deeper than {DEEPEST} folders")
        return
    for entry in entries:
        suffix = os.path.splitext(entry.name)[1].lower()
        try:
            if entry.is_dir():
                if not (entry.is_symlink() and _is_seen(entry, seen)):
                    yield from _walk(entry.path, suffixes, corpus, depth + 1, seen)
            elif suffix in suffixes or suffix == ARCHIVE_SUFFIX:
                yield from _take_file(entry, suffixes, corpus)
        except OSError as error:
            yield Source(entry.path, corpus, 0, 0, error.strerror)


def _is_seen(link: os.DirEntry[str], seen: set[tuple[int, int]]) -> bool:
    # Links lead back to folders above, or from each of many folders twice into the next: 2ⁿ ways to walk.
    status = link.stat()
    return (status.st_dev, status.st_ino) in seen


def _take_file(entry: os.DirEntry[str], suffixes: frozenset[str], corpus: str) -> Iterator[Source]:
    status = entry.stat()
    if not stat.S_ISREG(status.st_mode):
        yield Source(entry.path, corpus, 0, 0, "not a regular file")
    elif os.path.splitext(entry.name)[1].lower() == ARCHIVE_SUFFIX:
        yield from _list_archive(entry.path, status, suffixes, corpus)
    else:
        yield Source(entry.path, corpus, status.st_size, status.st_mtime_ns)


def _list_archive(
    path: str, status: os.stat_result, suffixes: frozenset[str], corpus: str
) -> Iterator[Source]:
    try:
        with zipfile.ZipFile(path) as archive:
            # A name that stands twice means its last entry, to zipfile as to others.
            members = {info.filename: info for info in archive.infolist() if not info.is_dir()}
    except (OSError, *DAMAGE) as error:
        yield Source(path, corpus, status.st_size, status.st_mtime_ns, f"not a zip archive: {error}")
        return
    if sum(info.compress_size for info in members.values()) > status.st_size:
        trouble = "its members take more bytes than it has: cut off, or a zip bomb"
        yield Source(path, corpus, status.st_size, status.st_mtime_ns, trouble)
        return
    for name, info in sorted(members.items()):
        suffix = os.path.splitext(name)[1].lower()
        if suffix in suffixes or suffix == ARCHIVE_SUFFIX:
            nested = "an archive within an archive; unpack it" if suffix == ARCHIVE_SUFFIX else None
            inside = f"{path}{ARCHIVE_MARK}{name}"
            # zipfile reads what is not marked as UTF-8 as code page 437, which every byte has a place in.
            spelling = None if info.flag_bits & IS_UTF8 else info.orig_filename.encode("cp437")
            yield Source(inside, corpus, info.file_size, status.st_mtime_ns, nested, spelling)


class Archives:
    """Opens each archive once while its members are read one after another."""

    def __init__(self) -> None:
        self._path: str | None = None
        self._archive: zipfile.ZipFile | None = None

    def open(self, path: str) -> zipfile.ZipFile:
        """Return the archive at `path`, open for reading; the one before it is closed."""
        if self._archive is None or self._path != path:
            self.close()
            self._archive, self._path = zipfile.ZipFile(path), path
        return self._archive

    def close(self) -> None:
        """Close what is open."""
        if self._archive is not None:
            self._archive.close()
            self._archive = None


def read_bytes(path: str, limit: int, archives: Archives) -> bytes:
    """Read a file, or a member of an archive.

    Raises
    ------
    UnreadableError
        If it cannot be read or is larger than `limit` bytes.
    """
    file, member = _split(path)
    try:
        data = _read_member(archives.open(file), member, limit) if member else _read_file(file, limit)
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from error
    except DAMAGE as error:
        raise UnreadableError(f"damaged in its archive: {error}") from error
    _check_size(len(data), limit)
    return data


def _split(path: str) -> tuple[str, str | None]:
    """Split the path of an archive's member; a folder may be called ``a.zip!``, too."""
    for mark in IN_ARCHIVE.finditer(path):
        if os.path.isfile(path[: mark.start()]):
            return path[: mark.start()], path[mark.end() :]
    return path, None


@contextmanager
def open_regular(path: str) -> Iterator[BinaryIO]:
    """Open a file to read its bytes, without waiting for what writes into a pipe.

    Raises
    ------
    UnreadableError
        If it is no regular file.
    OSError
        If it cannot be opened.
    """
    # What was a file when it was found may have become a pipe, and opening that would wait for ever.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UnreadableError("not a regular file")
        with open(descriptor, "rb", closefd=False) as stream:
            yield stream
    finally:
        os.close(descriptor)


def _read_file(path: str, limit: int) -> bytes:
    with open_regular(path) as stream:
        _check_size(os.fstat(stream.fileno()).st_size, limit)
        return stream.read(limit + 1)  # it may grow while it is read


def _read_member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    info = archive.getinfo(name)
    if info.file_size > max(LARGEST_GROWN_BYTES, LARGEST_GROWTH * info.compress_size):
        raise UnreadableError(f"inflates to {info.file_size >> 20} MiB, as in a zip bomb")
    _check_size(max(info.file_size, info.compress_size), limit)
    return read_member(archive, info)


def _check_size(n_bytes: int, limit: int) -> None:
    if n_bytes > limit:
        raise UnreadableError(f"larger than {limit >> 20} MiB")
