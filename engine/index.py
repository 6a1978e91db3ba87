"""Search of window vectors for the items that sound most alike: exact, or by an hnswlib index."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["Graph", "Neighbours", "WindowIndex"]

# Windows compared at once: bounds memory at some 100 MB for a query of a hundred windows.
CHUNK = 1 << 18

# hnswlib keeps so many times the wanted neighbours in view; among 13 667 windows of pop909, recall of the
# best 10 to 100 items was 0.994 or more at 1, 0.998 at 2, and all of them at 4.
EF_FACTOR = 2


class Graph(Protocol):
    """What searching asks of an hnswlib index with inner product as its space."""

    def set_ef(self, ef: int) -> None: ...
    def get_current_count(self) -> int: ...
    def get_items(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]: ...
    def knn_query(
        self, data: npt.NDArray[np.float32], k: int
    ) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.float32]]: ...


@dataclass(frozen=True)
class Neighbours:
    """Items by falling similarity, ties by number.

    Attributes
    ----------
    item_seq : int64, shape (n,)
    similarity : float64, shape (n,)
        Inner product of the best pair of windows, -1 to 1.
    query_window : int64, shape (n,)
        Row of that window among the query's.
    window_id : int64, shape (n,)
        That window of the item.
    """

    item_seq: npt.NDArray[np.int64]
    similarity: npt.NDArray[np.float64]
    query_window: npt.NDArray[np.int64]
    window_id: npt.NDArray[np.int64]


class WindowIndex:
    """The windows of some items of one side, searched by inner product.

    Parameters
    ----------
    window_id : int64, shape (n,)
        Ascending.
    item_seq : int64, shape (n,)
        Whose window it is.
    vectors : float32, shape (n, dimension), or None
        For exact search; None takes them from `graph`.
    graph : Graph, optional
        An index whose labels are window numbers; it may hold more windows than are wanted.
    exact_below : int
        Search among fewer windows is exact even with a graph.
    """

    def __init__(
        self,
        window_id: npt.NDArray[np.int64],
        item_seq: npt.NDArray[np.int64],
        vectors: npt.NDArray[np.float32] | None,
        graph: Graph | None = None,
        exact_below: int = 0,
    ) -> None:
        self._window_id, self._item_seq, self._vectors = window_id, item_seq, vectors
        self._graph = graph
        self._exact_below = exact_below

    @property
    def n_windows(self) -> int:
        """How many windows are searched."""
        return self._window_id.size

    def within(self, items: npt.NDArray[np.int64]) -> "WindowIndex":
        """Return a search among the windows of these items alone."""
        wanted = np.isin(self._item_seq, items)
        if wanted.all():
            return self
        vectors = None if self._vectors is None else self._vectors[wanted]
        return WindowIndex(
            self._window_id[wanted], self._item_seq[wanted], vectors, self._graph, self._exact_below
        )

    def search(self, query: npt.NDArray[np.float32], limit: int) -> Neighbours:
        """Find the items whose best window is most like the query's best window.

        Parameters
        ----------
        query : float32, shape (n_query_windows, dimension)
            Unit vectors.
        limit : int
            Items to return at most.

        Raises
        ------
        ValueError
            If `query` has no windows or `limit` is below 1.
        """
        if query.ndim != 2 or query.shape[0] < 1:
            raise ValueError(f"query must be (n_windows, dimension), not {query.shape}")
        if limit < 1:
            raise ValueError(f"limit must be 1 or more, not {limit}")
        if self.n_windows == 0:
            none = np.empty(0, np.int64)
            return Neighbours(none, np.empty(0), none, none)
        if self._graph is None or self.n_windows < self._exact_below:
            return self._search_all(query, limit)
        return self._search_graph(self._graph, query, limit)

    def _search_all(self, query: npt.NDArray[np.float32], limit: int) -> Neighbours:
        similarity = np.empty(self.n_windows)
        query_window = np.empty(self.n_windows, np.int64)
        for start in range(0, self.n_windows, CHUNK):
            chunk = slice(start, start + CHUNK)
            products = query @ self._read(chunk).T
            query_window[chunk] = products.argmax(axis=0)
            similarity[chunk] = products.max(axis=0)
        return _rank(self._item_seq, similarity, query_window, self._window_id, limit)

    def _read(self, chunk: slice) -> npt.NDArray[np.float32]:
        if self._vectors is not None:
            return self._vectors[chunk]
        assert self._graph is not None
        return np.asarray(self._graph.get_items(self._window_id[chunk]), np.float32)

    def _search_graph(self, graph: Graph, query: npt.NDArray[np.float32], limit: int) -> Neighbours:
        """Widen the search until it has met enough items; windows of other items do not count."""
        n_items = np.unique(self._item_seq).size
        count = graph.get_current_count()
        k = min(count, max(64, 2 * limit))
        while True:
            graph.set_ef(EF_FACTOR * k)
            try:
                labels, distances = graph.knn_query(query, k)
            except RuntimeError:
                # Many equal vectors can cut a graph apart, so that fewer than k are in reach.
                return self._search_all(query, limit)
            found = self._gather(labels.astype(np.int64), 1.0 - distances.astype(np.float64), limit)
            if found.item_seq.size >= min(limit, n_items) or k >= count:
                return found
            k = min(count, 4 * k)

    def _gather(
        self, labels: npt.NDArray[np.int64], similarity: npt.NDArray[np.float64], limit: int
    ) -> Neighbours:
        at = np.minimum(np.searchsorted(self._window_id, labels), self.n_windows - 1)
        query_window, column = np.nonzero(self._window_id[at] == labels)
        rows = at[query_window, column]
        return _rank(
            self._item_seq[rows], similarity[query_window, column], query_window, self._window_id[rows], limit
        )


def _rank(
    item_seq: npt.NDArray[np.int64],
    similarity: npt.NDArray[np.float64],
    query_window: npt.NDArray[np.int64],
    window_id: npt.NDArray[np.int64],
    limit: int,
) -> Neighbours:
    """Keep the best pair of windows of each item (of equal ones the first), and the best items."""
    by_item = np.lexsort((-similarity, item_seq))
    _, first = np.unique(item_seq[by_item], return_index=True)
    best = by_item[first]
    kept = best[np.lexsort((item_seq[best], -similarity[best]))][:limit]
    return Neighbours(item_seq[kept], similarity[kept], query_window[kept], window_id[kept])
