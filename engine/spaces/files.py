"""The form in which vectors are kept and given out: `.npy`, rows of a name of one length and a vector.

midisim reads it as its own, NumPy maps it into memory, and no pickle is in it.
"""

import hashlib
import io
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import DatabaseError
from ..parts import sync_folder

__all__ = ["NAMES", "VECTORS", "Block", "map_rows", "write_rows"]

# As midisim calls them.
NAMES, VECTORS = "midi_names", "midi_embeddings"

# Names and vectors of some rows.
Block = tuple[list[str], npt.NDArray[np.float32]]


def write_rows(file: Path, blocks: Iterable[Block], *, n_rows: int, n_characters: int, dimension: int) -> str:
    """Write names and vectors under a temporary name, flush them, and rename them.

    Parameters
    ----------
    file : Path
        Its place in the end.
    blocks : iterable of names and vectors
        So many rows in all; held in memory one after the other.
    n_characters : int
        Of the longest name.

    Returns
    -------
    str
        The SHA-256 of the file, hexadecimal.

    Raises
    ------
    OSError
        If it cannot be written; nothing is left of it then.
    """
    dtype = np.dtype([(NAMES, f"<U{n_characters}"), (VECTORS, "<f4", (dimension,))])
    free = shutil.disk_usage(file.parent).free
    if (needed := n_rows * dtype.itemsize) > free:
        raise OSError(None, f"{needed} bytes are needed, and {free} are free")
    temporary = file.with_name(f"{file.name}.{uuid.uuid4().hex}.tmp")
    digest = hashlib.sha256()
    try:
        with temporary.open("xb") as stream:
            for data in chain([_make_header(dtype, n_rows)], _lay_out(blocks, dtype)):
                stream.write(data)
                digest.update(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.rename(file)
        sync_folder(file.parent)
    finally:
        temporary.unlink(missing_ok=True)
    return digest.hexdigest()


def map_rows(file: Path, *, n_rows: int, dimension: int) -> npt.NDArray[Any]:
    """Map what `write_rows` wrote into memory.

    Raises
    ------
    FileNotFoundError
    DatabaseError
        If it is something else.
    """
    try:
        rows: npt.NDArray[Any] = np.load(file, mmap_mode="r", allow_pickle=False)
        if rows.dtype.names != (NAMES, VECTORS) or (rows.size, rows.dtype[1].shape) != (n_rows, (dimension,)):
            raise ValueError("it is of other vectors")
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise DatabaseError(f"{file} cannot be read ({error}); see `lmdb verify --repair`.") from error
    return rows


def _make_header(dtype: np.dtype[Any], n_rows: int) -> memoryview:
    header = io.BytesIO()
    description = np.lib.format.dtype_to_descr(dtype)
    np.lib.format.write_array_header_1_0(
        header, {"descr": description, "fortran_order": False, "shape": (n_rows,)}
    )
    return header.getbuffer()


def _lay_out(blocks: Iterable[Block], dtype: np.dtype[Any]) -> Iterator[memoryview]:
    for names, vectors in blocks:
        rows = np.empty(len(names), dtype)
        rows[NAMES], rows[VECTORS] = names, vectors
        yield rows.view(np.uint8).data
