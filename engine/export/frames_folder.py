"""The folder of a set while it is being written: beside its place until it is whole, and resumable."""

import json
import math
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from ..errors import InputError
from ..parts import sync_folder
from .frames_plan import FramesPlan
from .frames_settings import N_PITCHES, SPLITS

__all__ = ["NewFolder", "name_array", "open_new_folder"]

Rows = np.memmap[Any, np.dtype[Any]]

# What only a folder that is not yet whole needs.
WORK = ".work"
PLAN, DONE, PAIRS, LOCK = "plan.json", "done.txt", "pairs", "lock"

TYPES: dict[str, np.dtype[Any]] = {"audio": np.dtype("<f4"), "labels": np.dtype("u1")}


def name_array(kind: str, split: str) -> str:
    """Return the name of the file of ``audio`` or ``labels``."""
    return f"{kind}-{split}.npy"


@contextmanager
def open_new_folder(place: Path) -> Iterator["NewFolder"]:
    """Open the folder in which a set is made, ``place.new``; it keeps what is done if that breaks off.

    Raises
    ------
    InputError
        If `place` exists, another process is at it, or the disk is full or cannot be written.
    """
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise InputError(f"{place} exists; name another folder, or remove it.")
    root = place.with_name(f"{place.name}.new")
    try:
        (root / WORK / PAIRS).mkdir(parents=True, exist_ok=True)
        lock = FileLock(root / WORK / LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise InputError(
                f"{place} is being made by another process; wait until that has ended."
            ) from error
        try:
            yield NewFolder(place, root)
        finally:
            _remove_if_new(root)
            lock.release()
    except OSError as error:
        raise InputError(
            f"{place} cannot be written ({error.strerror or error}); make room or name another folder, then "
            "run the same command again."
        ) from error


def _remove_if_new(root: Path) -> None:
    """Remove a folder in which nothing has been done that is worth keeping."""
    work = root / WORK
    if work.is_dir() and not (work / PLAN).exists() and not any((work / PAIRS).iterdir()):
        shutil.rmtree(root)


class NewFolder:
    """A folder of arrays that are filled row by row.

    Parameters
    ----------
    place : Path
        Where the folder goes when it is whole.
    root : Path
        Where it is until then.
    """

    def __init__(self, place: Path, root: Path) -> None:
        self.place = place
        self.root = root

    @property
    def pairs(self) -> Path:
        """Where alignments are kept."""
        return self.root / WORK / PAIRS

    def begin(self, plan: FramesPlan) -> set[int]:
        """Make the arrays, or go on with them; return the numbers of the recordings that are done.

        Raises
        ------
        InputError
            If the folder holds the beginning of another set.
        """
        digest = plan.compute_digest()
        kept = self.root / WORK / PLAN
        if kept.exists():
            if json.loads(kept.read_text(encoding="utf-8"))["digest"] != digest:
                raise InputError(
                    f"{self.root} holds the beginning of another set (other settings, matches or files); "
                    "remove it, or ask for the same."
                )
            return self._read_done()
        (self.root / WORK / DONE).unlink(missing_ok=True)
        self._make_arrays(plan)
        self.write_text(f"{WORK}/{PLAN}", json.dumps({"digest": digest}))
        return set()

    def open_rows(self, kind: str, split: str, row: int, n_rows: int, width: int) -> Rows:
        """Map some rows of an array into memory, to be written; shape (n_rows, width)."""
        file = self.root / name_array(kind, split)
        with file.open("rb") as stream:
            np.lib.format.read_magic(stream)
            np.lib.format.read_array_header_1_0(stream)
            begin = stream.tell()
        dtype = TYPES[kind]
        offset = begin + row * width * dtype.itemsize
        return np.memmap(file, dtype, "r+", offset, (n_rows, width))

    def mark_done(self, number: int) -> None:
        """Note that the rows of a recording lie on the disk."""
        with (self.root / WORK / DONE).open("a", encoding="utf-8") as stream:
            stream.write(f"{number}\n")
            stream.flush()
            os.fsync(stream.fileno())

    def write_text(self, name: str, text: str) -> None:
        """Write a file whole or not at all."""
        file = self.root / name
        temporary = file.with_name(f".{file.name}.tmp")
        with temporary.open("w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, file)

    def finish(self) -> None:
        """Put the folder in its place."""
        sync_folder(self.root)
        os.replace(self.root, self.place)
        sync_folder(self.place.parent)
        shutil.rmtree(self.place / WORK)

    def _read_done(self) -> set[int]:
        file = self.root / WORK / DONE
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        whole = text[: text.rfind("\n") + 1]  # a line cut short by a kill is none
        if whole != text:
            self.write_text(f"{WORK}/{DONE}", whole)
        return {int(line) for line in whole.split()}

    def _make_arrays(self, plan: FramesPlan) -> None:
        """Make all arrays, with all their bytes reserved: a disk that is too small is known at once."""
        (self.root / "labels").mkdir(exist_ok=True)
        try:
            for split in SPLITS:
                for kind, width in (("audio", plan.settings.size), ("labels", N_PITCHES)):
                    shape = (plan.count_windows(split), width)
                    _reserve(self.root / name_array(kind, split), TYPES[kind], shape)
        except OSError:
            for split in SPLITS:
                for kind in TYPES:
                    (self.root / name_array(kind, split)).unlink(missing_ok=True)
            raise


def _reserve(file: Path, dtype: np.dtype[Any], shape: tuple[int, int]) -> None:
    with file.open("wb") as stream:
        header = {"descr": dtype.str, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(stream, header)
        stream.flush()
        n_bytes = math.prod(shape) * dtype.itemsize
        if n_bytes:
            # Without it, writing through memory to a full disk would kill the process.
            os.posix_fallocate(stream.fileno(), stream.tell(), n_bytes)
