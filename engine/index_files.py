"""Window indexes: caches of vectors in the database, brought up to date or made again as they need."""

import logging
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.scan import count_bytes

from .graph import BATCH, Graph
from .graph_widths import measure_widths
from .index import WindowIndex
from .options import DEFAULT_RECALL
from .progress import Progress
from .saved_index import IndexFiles, SavedIndex
from .store import Store
from .window_sources import IndexName, WindowSource, open_source

__all__ = ["EXACT_BELOW", "check_index", "index_files", "load_index"]

# For a query of 40 windows on two cores, the scan takes 26 ms for each million windows. To find 99 % of the
# best thousand items the graph takes 90 ms among 100 000 windows (4096 in view), and no less among more: up
# to here the scan is surely faster, and it takes a third of the memory.
EXACT_BELOW = 4_000_000

# From here on packed vectors are kept in a file: to read the vectors of so many windows takes 0.2 s and more.
SAVED_FROM = 100_000

# A graph with more than this share of removed windows is built anew.
MOST_REMOVED = 0.3

# Windows at either end whose vectors are held against the embeddings: numbers that were allotted twice,
# since a backup took the place of the database, are the last ones.
COMPARED = 8

_log = logging.getLogger(__name__)


def load_index(
    store: Store,
    name: IndexName,
    *,
    exact_below: int = EXACT_BELOW,
    recall: float = DEFAULT_RECALL,
    build: bool = True,
    n_threads: int = -1,
    progress: Progress | None = None,
) -> WindowIndex:
    """Open the search of windows, bringing its files up to date.

    Files that are missing or cannot be used are made anew, and a line of the log says so.

    Parameters
    ----------
    store : Store
    name : {"midi", "audio", "notes", "times", "drums", "tracks"}
        Of one side, by the model in use; or of one space of MIDI files.
    exact_below : int
        With fewer windows than this, search is exact and there is no graph.
    recall : float
        Share of the best items, 0 to 1, that a search by the graph is to find.
    build : bool
        False writes nothing: without a graph that has all windows, search is exact.
    n_threads : int
        Threads that build; -1 for all. One thread builds the same graph every time.
    progress : Progress, optional
        Told of stages ``"vectors"`` (read) and ``"index"`` (added to the graph), in windows.
    """
    with store.reading() as con:
        source = open_source(con, name)
        window_id, item_seq = source.list_windows()
        n_windows = window_id.size
        files, saved, has_graph = None, None, 0 < n_windows >= exact_below
        if 0 < n_windows >= min(SAVED_FROM, exact_below):
            files = IndexFiles(store.index_folder, name)
            saved = _load_saved(files, source, window_id, has_graph, build)
        packed = _gather_vectors(source, window_id, saved, progress)
    graph = None
    if has_graph:
        graph = _update_graph(
            saved, source.dimension, window_id, item_seq, packed, build, n_threads, progress
        )
    if build and files is not None and not _is_saved(saved, packed, graph):
        files.save(SavedIndex(window_id, packed, graph))
    return WindowIndex(window_id, item_seq, packed, graph, recall=recall, exact_below=exact_below)


def index_files(store: Store) -> list[Path]:
    """List the files of the index, unfinished ones included."""
    return sorted(store.index_folder.glob("*")) if store.index_folder.is_dir() else []


def check_index(store: Store, name: IndexName) -> str | None:
    """Tell what is wrong with the files of an index; None if they are sound or there are none."""
    files = IndexFiles(store.index_folder, name)
    if not files.exist():
        return None
    try:
        files.read_checked()
    except (OSError, ValueError) as error:
        return str(error)
    return None


def _load_saved(
    files: IndexFiles, source: WindowSource, window_id: npt.NDArray[np.int64], with_graph: bool, build: bool
) -> SavedIndex | None:
    """Load the files; None, and a line in the log, if there are none or they are of no use."""
    what = "it is made anew" if build else "vectors are read instead"
    if not files.exist():
        _log.info("The %s index is missing; %s.", source.name, what)
        return None
    try:
        saved = files.load(with_graph=with_graph)
        _compare(saved, source, window_id)
    except (OSError, ValueError, RuntimeError) as error:
        _log.warning("The %s index is of no use (%s); %s.", source.name, error, what)
        return None
    return saved


def _compare(saved: SavedIndex, source: WindowSource, window_id: npt.NDArray[np.int64]) -> None:
    """Raise ValueError if the first or last windows that are saved have other vectors now."""
    common = np.intersect1d(saved.window_id, window_id, assume_unique=True)
    for some in (common[:COMPARED], common[-COMPARED:]):
        if some.size:
            packed = saved.packed[np.searchsorted(saved.window_id, some)]
            if not np.array_equal(packed, source.read_packed(some)):
                raise ValueError("it is of other windows")


def _gather_vectors(
    source: WindowSource,
    window_id: npt.NDArray[np.int64],
    saved: SavedIndex | None,
    progress: Progress | None,
) -> npt.NDArray[np.int8]:
    """Take packed vectors from the files, and read what these lack."""
    if saved is not None and np.array_equal(saved.window_id, window_id):
        return saved.packed
    packed = np.empty((window_id.size, count_bytes(source.dimension)), np.int8)
    missing = np.arange(window_id.size)
    if saved is not None:
        is_saved = np.isin(window_id, saved.window_id, assume_unique=True)
        packed[is_saved] = saved.packed[np.searchsorted(saved.window_id, window_id[is_saved])]
        missing = np.flatnonzero(~is_saved)
    for start in range(0, missing.size, BATCH):
        rows = missing[start : start + BATCH]
        packed[rows] = source.read_packed(window_id[rows])
        if progress is not None:
            progress("vectors", start + rows.size, missing.size)
    return packed


def _update_graph(
    saved: SavedIndex | None,
    dimension: int,
    window_id: npt.NDArray[np.int64],
    item_seq: npt.NDArray[np.int64],
    packed: npt.NDArray[np.int8],
    build: bool,
    n_threads: int,
    progress: Progress | None,
) -> Graph | None:
    """Have the graph find these windows and no others; None if it lacks some and is not to be built."""
    graph, missing = None, np.ones(window_id.size, np.bool_)
    if saved is not None and saved.graph is not None:
        removed = np.setdiff1d(saved.window_id, window_id, assume_unique=True)
        if not build or saved.graph.n_removed + removed.size <= MOST_REMOVED * window_id.size:
            graph, missing = saved.graph, ~np.isin(window_id, saved.window_id, assume_unique=True)
            graph.remove(removed)
            if not removed.size and not missing.any():
                return graph
    if not build:
        return None if missing.any() else graph
    graph = Graph.make(dimension) if graph is None else graph
    graph.add(window_id[missing], packed[missing], n_threads=n_threads, progress=progress)
    graph.widths = measure_widths(graph, window_id, item_seq, packed, dimension)
    return graph


def _is_saved(saved: SavedIndex | None, packed: npt.NDArray[np.int8], graph: Graph | None) -> bool:
    return saved is not None and packed is saved.packed and graph is saved.graph
