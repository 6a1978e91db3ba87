"""Features of distractors on disk: two files that only grow, and a third that says how far they are whole."""

import json
import os
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import InputError

__all__ = ["DIMENSION", "HASHES", "KeptFeatures"]

Vectors = npt.NDArray[np.float16]
Hashes = npt.NDArray[np.uint32]

# Columns of the two: a window vector, hashes of 30 s.
DIMENSION = 128
HASHES = 81
ROW_BYTES = {"vectors.f16": 2 * DIMENSION, "hashes.u32": 4 * HASHES}


class KeptFeatures:
    """Rows of window vectors and hash sequences in a folder: 580 bytes each.

    Rows are only added behind those that are known to be whole, and are known to be whole only once they are
    on disk: what is killed at any moment goes on from there. Two processes may add the same rows at once.

    Parameters
    ----------
    folder : Path
        Made where it is not there.

    Raises
    ------
    InputError
        If the folder cannot be made, or what it holds is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder} cannot be made ({error.strerror}); name another folder.") from error
        self.n_rows = self._count_rows()

    @property
    def vectors(self) -> Vectors:
        """Window vectors, shape (n_rows, `DIMENSION`), float16 (3 decimals), mapped from the file."""
        return np.memmap(self._folder / "vectors.f16", "<f2", "r", shape=(self.n_rows, DIMENSION))

    @property
    def hashes(self) -> Hashes:
        """Hash sequences, shape (n_rows, `HASHES`), uint32, mapped from the file."""
        return np.memmap(self._folder / "hashes.u32", "<u4", "r", shape=(self.n_rows, HASHES))

    def add(self, vectors: npt.NDArray[np.float32], hashes: Hashes) -> None:
        """Add rows at the end.

        Raises
        ------
        InputError
            If they cannot be written.
        """
        try:
            self._write("vectors.f16", vectors.astype("<f2").tobytes())
            self._write("hashes.u32", hashes.astype("<u4").tobytes())
            temporary = self._folder / f"rows.{os.getpid()}.tmp"
            with temporary.open("w") as stream:
                json.dump({"rows": self.n_rows + len(vectors)}, stream)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(self._folder / "rows.json")
        except OSError as error:
            raise InputError(
                f"features of distractors cannot be written to {self._folder} ({error.strerror}); make room "
                "and start again."
            ) from error
        self.n_rows += len(vectors)

    def _write(self, name: str, data: bytes) -> None:
        descriptor = os.open(self._folder / name, os.O_RDWR | os.O_CREAT, 0o644)
        with os.fdopen(descriptor, "r+b") as stream:
            stream.seek(self.n_rows * ROW_BYTES[name])
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())

    def _count_rows(self) -> int:
        try:
            n_rows = int(json.loads((self._folder / "rows.json").read_text())["rows"])
            sizes = {name: (self._folder / name).stat().st_size for name in ROW_BYTES}
        except FileNotFoundError:
            return 0
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{self._folder} is damaged ({error}); delete it and start again.") from error
        if any(size < n_rows * ROW_BYTES[name] for name, size in sizes.items()):
            raise InputError(f"{self._folder} lacks rows that it had; delete it and start again.")
        return n_rows
