"""Approximate search of a space by an hnswlib graph: a cache beside the indexes of windows."""

import hashlib
import json
import logging
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.cosines import scale_to_unit

from ..progress import Progress
from ..saved_index import put_file
from ..store import Store
from .catalog import Space
from .files import VECTORS
from .sources import cut_blocks

__all__ = ["SpaceGraph", "find_stale_graphs", "load_graph", "remove_graphs"]

PARAMETERS: dict[str, Any] = {"M": 16, "ef_construction": 200, "random_seed": 100}

# Rows kept in view by a search, at least.
EF = 400

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SpaceGraph:
    """The rows of a space, found through a graph of all their directions."""

    index: Any

    def find_rows(self, query: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.int64] | None:
        """Find the rows nearest to a vector, about so many; None if the graph is cut apart."""
        count = min(count, int(self.index.get_current_count()))
        self.index.set_ef(max(EF, 2 * count))
        try:
            labels, _ = self.index.knn_query(scale_to_unit(query[None]), count, num_threads=1)
        except RuntimeError:  # too few within reach: many equal vectors
            return None
        return np.asarray(labels[0]).astype(np.int64)


def load_graph(
    store: Store, space: Space, rows: npt.NDArray[Any], progress: Progress | None = None
) -> SpaceGraph:
    """Load the graph of a space; make it, and say so in the log, if it is missing, stale or damaged.

    Parameters
    ----------
    store : Store
    space : Space
    rows : structured array, shape (n_rows,)
        Mapped into memory.
    progress : callable, optional
        Told of the stage ``"index"``, in rows.
    """
    files = _Files(store, space.name)
    try:
        return SpaceGraph(files.load(space))
    except FileNotFoundError:
        _log.info("The index of the space %s is missing; it is made anew.", space.name)
    except (OSError, ValueError, RuntimeError) as error:
        _log.warning("The index of the space %s is of no use (%s); it is made anew.", space.name, error)
    index = _build(space, rows, progress)
    try:
        files.save(index, space)
    except OSError as error:
        _log.warning("The index of the space %s cannot be kept (%s).", space.name, error.strerror or error)
    return SpaceGraph(index)


def remove_graphs(store: Store, name: str) -> None:
    """Remove the graph of a space."""
    files = _Files(store, name)
    files.manifest.unlink(missing_ok=True)
    files.graph.unlink(missing_ok=True)


def find_stale_graphs(store: Store, spaces: list[Space]) -> list[Path]:
    """List the files of graphs that are of no space, unfinished ones included."""
    named = {file for space in spaces for file in _Files(store, space.name).list_all()}
    return sorted(file for file in store.index_folder.glob("space-*") if file not in named)


def _build(space: Space, rows: npt.NDArray[Any], progress: Progress | None) -> Any:
    index = _open_index(space)
    index.init_index(max_elements=space.n_rows, **PARAMETERS)
    for start, stop in cut_blocks(space.n_rows, rows.dtype.itemsize):
        index.add_items(scale_to_unit(rows[VECTORS][start:stop]), np.arange(start, stop))
        if progress is not None:
            progress("index", stop, space.n_rows)
    return index


def _open_index(space: Space) -> Any:
    import hnswlib

    return hnswlib.Index("ip", space.dimension)


class _Files:
    """The graph of a space, and beside it what it was made of."""

    def __init__(self, store: Store, name: str) -> None:
        self.graph = store.index_folder / f"space-{name}.hnsw"
        self.manifest = store.index_folder / f"space-{name}.json"

    def list_all(self) -> list[Path]:
        return [self.graph, self.manifest]

    def load(self, space: Space) -> Any:
        """Load the graph; FileNotFoundError, or OSError, ValueError or RuntimeError with what is wrong."""
        manifest = json.loads(self.manifest.read_text(encoding="utf-8"))
        if not isinstance(manifest, dict) or manifest.get("space") != space.sha256:
            raise ValueError("it is of other vectors")
        if manifest.get("parameters") != PARAMETERS:
            raise ValueError("it was made with other parameters")
        with self.graph.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != manifest.get("sha256"):
                raise ValueError("it differs from its checksum")
        index = _open_index(space)
        index.load_index(str(self.graph))
        return index

    def save(self, index: Any, space: Space) -> None:
        """Write the graph, then what it is of: under temporary names, flushed, then renamed."""
        self.graph.parent.mkdir(exist_ok=True)
        temporary = self.graph.with_name(f"{self.graph.name}.{uuid.uuid4().hex}")
        try:
            index.save_index(str(temporary))
            digest = put_file(temporary, self.graph).sha256
            manifest = {"space": space.sha256, "sha256": digest, "parameters": PARAMETERS}
            temporary.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
            put_file(temporary, self.manifest)
        finally:
            temporary.unlink(missing_ok=True)
