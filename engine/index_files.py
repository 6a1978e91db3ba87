"""The files of the vector index: a cache of the embeddings, made again whenever it is missing or damaged."""

import hashlib
import json
import os
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from lakhdb.sql import read_query

from .features import read_windows
from .index import WindowIndex
from .models import Side, default_embedder
from .parts import sync_folder
from .progress import Progress
from .store import Store

__all__ = ["EXACT_BELOW", "check_index", "index_files", "load_index"]

# Up to here a query reads all vectors in some ten milliseconds, and nothing need be built.
EXACT_BELOW = 100_000

# Malkov and Yashunin (2020): M of 16 suits up to a few hundred dimensions; a wide construction buys recall.
PARAMETERS = {"space": "ip", "M": 16, "ef_construction": 200, "random_seed": 100}

# Vectors added at once.
BATCH = 20_000

# A graph with more than this share of removed windows is built anew.
MOST_REMOVED = 0.3


@dataclass(frozen=True)
class Manifest:
    """What an index file holds, beside it as JSON."""

    version: str  # of the embedder
    dimension: int
    parameters: dict[str, Any]
    count: int  # windows, removed ones left out
    n_removed: int
    highest_window_id: int
    n_bytes: int
    sha256: str


def load_index(
    store: Store,
    side: Side,
    *,
    exact_below: int = EXACT_BELOW,
    build: bool = True,
    n_threads: int = -1,
    progress: Progress | None = None,
) -> WindowIndex:
    """Open the search of one side's windows, bringing its index file up to date.

    Parameters
    ----------
    store : Store
    side : {"midi", "audio"}
    exact_below : int
        With fewer windows than this, search is exact and there is no file.
    build : bool
        False writes nothing: without a file that is up to date, search is exact.
    n_threads : int
        Threads that build; -1 for all. One thread builds the same graph every time.
    progress : Progress, optional
        Told of stage ``"index"``, in windows.
    """
    with store.reading() as con:
        rows = con.sql(
            read_query("candidates/list_windows"),
            params={"side": side, "version": default_embedder().version},
        ).fetchnumpy()
        window_id, item_seq = np.asarray(rows["window_id"]), np.asarray(rows["item_seq"])
        if window_id.size >= exact_below:
            graph = _Files(store.index_folder, side).load(window_id)
            if graph is not None and _is_current(graph, window_id):
                return WindowIndex(window_id, item_seq, None, graph, exact_below)
            if build:
                graph = _bring_up_to_date(con, side, graph, window_id, n_threads, progress)
                _Files(store.index_folder, side).save(graph, window_id)
                return WindowIndex(window_id, item_seq, None, graph, exact_below)
        windows = read_windows(con, side)
    return WindowIndex(windows.window_id, windows.item_seq, windows.vectors)


def index_files(store: Store) -> list[Path]:
    """List the files of the index, unfinished ones included."""
    return sorted(store.index_folder.glob("*")) if store.index_folder.is_dir() else []


def check_index(store: Store, side: Side) -> str | None:
    """Tell what is wrong with one side's index file; None if it is sound or there is none."""
    files = _Files(store.index_folder, side)
    if not files.graph.exists() and not files.manifest.exists():
        return None
    try:
        files.read_checked()
    except (OSError, ValueError, TypeError) as error:
        return f"{files.graph.name}: {error}"
    return None


class _Files:
    """The index file of one side and its manifest."""

    def __init__(self, folder: Path, side: Side) -> None:
        self.folder = folder
        stem = f"{side}-{default_embedder().version}"
        self.graph = folder / f"{stem}.hnsw"
        self.manifest = folder / f"{stem}.json"

    def read_checked(self) -> Manifest:
        """Read the manifest and hold the file against it; ValueError tells what is wrong."""
        manifest = Manifest(**json.loads(self.manifest.read_text(encoding="utf-8")))
        embedder = default_embedder()
        if (manifest.version, manifest.dimension) != (embedder.version, embedder.dimension):
            raise ValueError("made by another model")
        if manifest.parameters != PARAMETERS:
            raise ValueError("made with other parameters")
        if _hash_file(self.graph) != manifest.sha256:
            raise ValueError("differs from its checksum")
        return manifest

    def load(self, window_id: npt.NDArray[np.int64]) -> Any:
        """Load the graph; None if it is missing, damaged or not worth keeping."""
        import hnswlib

        try:
            manifest = self.read_checked()
            if manifest.n_removed > MOST_REMOVED * max(1, window_id.size):
                return None
            graph = hnswlib.Index(PARAMETERS["space"], manifest.dimension)
            graph.load_index(str(self.graph))
        except (OSError, ValueError, TypeError, RuntimeError):
            return None
        return graph

    def save(self, graph: Any, window_id: npt.NDArray[np.int64]) -> None:
        """Write graph and manifest, the manifest last: under temporary names, flushed, then renamed."""
        self.folder.mkdir(exist_ok=True)
        for leftover in self.folder.glob("*.tmp"):
            leftover.unlink()
        temporary = self.folder / f"{uuid.uuid4().hex}.tmp"
        graph.save_index(str(temporary))
        manifest = Manifest(
            version=default_embedder().version,
            dimension=default_embedder().dimension,
            parameters=PARAMETERS,
            count=window_id.size,
            n_removed=graph.get_current_count() - window_id.size,
            highest_window_id=int(window_id.max()),
            n_bytes=temporary.stat().st_size,
            sha256=_hash_file(temporary),
        )
        _put(temporary, self.graph)
        temporary.write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
        _put(temporary, self.manifest)


def _put(temporary: Path, final: Path) -> None:
    with temporary.open("rb") as stream:
        os.fsync(stream.fileno())
    temporary.rename(final)
    sync_folder(final.parent)


def _hash_file(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _labels_of(graph: Any) -> npt.NDArray[np.int64]:
    return np.sort(np.asarray(graph.get_ids_list(), np.int64))


def _is_current(graph: Any, window_id: npt.NDArray[np.int64]) -> bool:
    """Tell whether the graph has every window; it may have some of items that were forgotten since."""
    return bool(np.isin(window_id, _labels_of(graph), assume_unique=True).all())


def _bring_up_to_date(
    con: duckdb.DuckDBPyConnection,
    side: Side,
    graph: Any,
    window_id: npt.NDArray[np.int64],
    n_threads: int,
    progress: Progress | None,
) -> Any:
    """Add the windows that the graph lacks; without a graph, all."""
    import hnswlib

    embedder = default_embedder()
    missing = window_id
    if graph is None:
        graph = hnswlib.Index(PARAMETERS["space"], embedder.dimension)
        graph.init_index(
            max_elements=window_id.size,
            M=PARAMETERS["M"],
            ef_construction=PARAMETERS["ef_construction"],
            random_seed=PARAMETERS["random_seed"],
        )
    else:
        missing = window_id[~np.isin(window_id, _labels_of(graph), assume_unique=True)]
        graph.resize_index(graph.get_current_count() + missing.size)
    for start in range(0, missing.size, BATCH):
        wanted = missing[start : start + BATCH]
        rows = con.sql(
            read_query("candidates/read_vectors"),
            params={
                "side": side,
                "version": embedder.version,
                "first": int(wanted[0]),
                "last": int(wanted[-1]),
            },
        ).to_arrow_table()
        labels = rows["window_id"].to_numpy()
        flat = rows["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
        vectors = np.ascontiguousarray(flat, np.float32).reshape(-1, embedder.dimension)
        new = np.isin(labels, wanted, assume_unique=True)
        graph.add_items(vectors[new], labels[new], num_threads=n_threads)
        if progress is not None:
            progress("index", start + wanted.size, missing.size)
    return graph
