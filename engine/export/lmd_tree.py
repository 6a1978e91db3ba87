"""A tree of files on disk that is written little by little: each file whole or not at all, none twice."""

import errno
import json
import os
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..errors import InputError

__all__ = ["Tree", "open_tree"]

# The first line of the file that says whose tree this is.
TITLE = "lakhdb export lmd"
JOURNAL = "lakhdb_export.tsv"

# Why a hard link cannot be had where a symbolic one can: another disk, or a file system without them.
NO_HARD_LINK = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP})

OURS = re.compile(r"[0-9a-f]{32}\.mid")
HALF_WRITTEN = re.compile(r"\..+\.tmp")


class Tree:
    """Files below a folder, known by their path within it, parts joined by ``/``.

    A journal says what the derived files were made of, so that a later export knows those which still hold.
    Its first line marks the folder as ours.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.n_written = 0
        self._made: set[Path] = set()
        self._entries = _read_journal(folder / JOURNAL)
        self._rewrite_journal(self._entries)
        self._journal = (folder / JOURNAL).open("a", encoding="utf-8", buffering=1)

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()

    def read(self, path: str) -> bytes:
        """Return the bytes of a file of the tree."""
        return (self.folder / path).read_bytes()

    def is_whole(self, path: str, n_bytes: int) -> bool:
        """Tell whether a file is there with its size; one that is half-written never has its name."""
        try:
            return (self.folder / path).stat().st_size == n_bytes
        except OSError:
            return False

    def place(self, path: str, data: bytes, original: Path | None = None) -> None:
        """Put bytes there, or a link to the file `original` that holds them (symbolic, on another disk)."""
        target = self._prepare(path)
        with _temporary(target) as temporary:
            if original is None:
                temporary.write_bytes(data)
            else:
                _link(Path(os.path.realpath(original)), temporary)
            os.replace(temporary, target)
        self.n_written += 1

    def is_current(self, path: str, digest: str) -> bool:
        """Tell whether a derived file is there, and was made of what has this digest."""
        known, n_bytes = self._entries.get(path, ("", -1))
        return known == digest and self.is_whole(path, n_bytes)

    def derive(self, path: str, data: bytes, digest: str) -> None:
        """Put a derived file there, and note the digest of what it was made of."""
        self.place(path, data)
        self._entries[path] = (digest, len(data))
        self._journal.write(_write_entry(path, digest, len(data)))

    def write_json(self, path: str, value: Any) -> None:
        """Write JSON, keys in order; a file that says the same already is left alone."""
        data = json.dumps(value, sort_keys=True).encode()
        target = self._prepare(path)
        if not (target.exists() and target.read_bytes() == data):
            with _temporary(target) as temporary:
                temporary.write_bytes(data)
                os.replace(temporary, target)

    def remove_others(self, branch: str, kept: Collection[str]) -> int:
        """Remove what earlier exports put below a folder of the tree and `kept` does not name; count it.

        Only files named as ours are, five folders deep; what else lies there stays.
        """
        n_removed = 0
        for folder, file in self._walk(branch):
            path = (folder / file).relative_to(self.folder).as_posix()
            if OURS.fullmatch(file) and path.count("/") == 5 and path not in kept:
                (folder / file).unlink()
                n_removed += 1
                self._entries.pop(path, None)
                with suppress(OSError):  # they end where something else lies
                    os.removedirs(folder)
        return n_removed

    def remove_half_written(self, branch: str) -> None:
        """Remove what an export that was killed left behind."""
        for folder, file in self._walk(branch):
            if HALF_WRITTEN.fullmatch(file):
                (folder / file).unlink()

    def finish(self) -> None:
        """Put the journal in order: the same tree has the same one."""
        self._journal.close()
        self._rewrite_journal(self._entries)

    def _walk(self, branch: str) -> Iterator[tuple[Path, str]]:
        for folder, _, files in os.walk(self.folder / branch, topdown=False):
            for file in files:
                yield Path(folder), file

    def _prepare(self, path: str) -> Path:
        target = self.folder / path
        if target.parent not in self._made:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(target.parent)
        return target

    def _rewrite_journal(self, entries: dict[str, tuple[str, int]]) -> None:
        target = self.folder / JOURNAL
        lines = [f"{TITLE}\n", *(_write_entry(path, *entries[path]) for path in sorted(entries))]
        with _temporary(target) as temporary:
            temporary.write_text("".join(lines), encoding="utf-8")
            os.replace(temporary, target)


@contextmanager
def open_tree(folder: Path) -> Iterator[Tree]:
    """Open a folder to write a tree into, or to go on with one.

    Parameters
    ----------
    folder : Path
        Made if it is not there.

    Raises
    ------
    InputError
        If something else lies there, or the disk cannot take a file; what was written before stays.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / JOURNAL).exists() and _is_strange(folder):
            raise InputError(
                f"{folder} holds something else than an export of lmd; name a new or empty folder."
            )
        tree = Tree(folder)
        try:
            yield tree
        finally:
            tree.close()
    except FileExistsError as error:
        raise InputError(f"{folder} is a file or holds one in the way; name another folder.") from error
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written ({error.strerror or error}); make room or name another folder, then "
            "run the same command again."
        ) from error


def _is_strange(folder: Path) -> bool:
    """Tell whether there is more in a folder than what an export leaves that was cut off at once."""
    return any(one.name != _temporary_name(JOURNAL) for one in folder.iterdir())


def _temporary_name(name: str) -> str:
    return f".{name}.tmp"


@contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    """Give a name beside a file; whatever has it at the end goes."""
    temporary = target.with_name(_temporary_name(target.name))
    try:
        temporary.unlink(missing_ok=True)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _link(original: Path, temporary: Path) -> None:
    try:
        os.link(original, temporary)
    except OSError as error:
        if error.errno not in NO_HARD_LINK:
            raise
        temporary.symlink_to(original)


def _write_entry(path: str, digest: str, n_bytes: int) -> str:
    return f"{path}\t{digest}\t{n_bytes}\n"


def _read_journal(file: Path) -> dict[str, tuple[str, int]]:
    """Read what derived files were made of; a line that was cut off counts for nothing."""
    try:
        lines: Iterable[str] = file.read_text(encoding="utf-8", errors="replace").splitlines()[1:]
    except FileNotFoundError:
        return {}
    entries = {}
    for line in lines:
        match line.split("\t"):
            case [path, digest, n_bytes] if n_bytes.isdecimal():
                entries[path] = (digest, int(n_bytes))
    return entries
