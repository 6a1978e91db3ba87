"""Search of window vectors for the items that sound most alike: exact, or among those that a graph finds."""

from copy import copy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.scan import (
    find_best_windows,
    invert_norms,
    pack_vectors,
    quantise_vectors,
    select_codes,
    spread_vectors,
    unpack_vectors,
)

from .graph import Graph

__all__ = ["Neighbours", "WindowIndex"]

# So many times the wanted items are ranked again by whole vectors of the query and packed ones. Of the best
# ten of 500 000 vectors, codes put 98.6 % first, and this 99.9 % or all (vectors mixed of real ones;
# vectors with nearly equal dimensions).
RERANKED = 2


@dataclass(frozen=True)
class Neighbours:
    """Items by falling similarity, ties by number.

    Attributes
    ----------
    item_seq : int64, shape (n,)
    similarity : float64, shape (n,)
        Inner product of the best pair of windows, -1 to 1, off by some 0.00005.
    query_window : int64, shape (n,)
        Row of that window among the query's.
    window_id : int64, shape (n,)
        That window of the item.
    """

    item_seq: npt.NDArray[np.int64]
    similarity: npt.NDArray[np.float64]
    query_window: npt.NDArray[np.int64]
    window_id: npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Items:
    """Items by rising number, and the rows of the windows they own: all rows in their order if None."""

    seq: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int32] | None

    @classmethod
    def group(cls, item_seq: npt.NDArray[np.int64]) -> "_Items":
        """Group rows by their items."""
        rows = None
        if (np.diff(item_seq) < 0).any():
            rows = np.argsort(item_seq, kind="stable").astype(np.int32)
        seq, firsts = np.unique(item_seq if rows is None else item_seq[rows], return_index=True)
        return cls(seq, np.append(firsts, item_seq.size).astype(np.int64), rows)

    def choose(self, wanted: npt.NDArray[np.bool_]) -> "_Items":
        """Keep some of the items."""
        sizes = np.diff(self.starts)[wanted]
        starts = np.append(0, np.cumsum(sizes))
        places = np.arange(starts[-1]) + np.repeat(self.starts[:-1][wanted] - starts[:-1], sizes)
        rows = places.astype(np.int32) if self.rows is None else self.rows[places]
        return _Items(self.seq[wanted], starts, rows)


class WindowIndex:
    """The windows of some items of one side, searched by inner product.

    Parameters
    ----------
    window_id : int64, shape (n,)
        Ascending.
    item_seq : int64, shape (n,)
        Whose window it is.
    vectors : float32, shape (n, dimension), or int8, shape (n, n_bytes)
        Unit vectors, whole or packed by `pack_vectors`.
    graph : Graph, optional
        It knows all of these windows by number, and may know others. Without one, search is exact.
    recall : float
        Share of the best items, 0 to 1, that a search by `graph` is to find. Where no width of the graph was
        measured to do that, search is exact.
    exact_below : int
        Search among fewer windows is exact even with a graph.
    """

    def __init__(
        self,
        window_id: npt.NDArray[np.int64],
        item_seq: npt.NDArray[np.int64],
        vectors: npt.NDArray[np.float32] | npt.NDArray[np.int8],
        graph: Graph | None = None,
        *,
        recall: float = 1.0,
        exact_below: int = 0,
    ) -> None:
        self._window_id, self._item_seq = window_id, item_seq
        self._packed = _pack(vectors)
        self._inverse = invert_norms(select_codes(self._packed))
        self._items = _Items.group(item_seq)
        self._graph, self._recall, self._exact_below = graph, recall, exact_below

    @property
    def n_windows(self) -> int:
        """How many windows are searched."""
        return int(self._items.starts[-1])

    def within(self, items: npt.NDArray[np.int64]) -> "WindowIndex":
        """Return a search among the windows of these items alone."""
        wanted = np.isin(self._items.seq, items)
        if wanted.all():
            return self
        fewer = copy(self)
        fewer._items = self._items.choose(wanted)
        return fewer

    def search(self, query: npt.NDArray[np.float32], limit: int) -> Neighbours:
        """Find the items whose best window is most like the query's best window.

        Parameters
        ----------
        query : float32, shape (n_query_windows, dimension)
            Unit vectors, or shorter ones, whose similarities count less.
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
        near = self._find_near(query, limit)
        return (self if near is None else near)._search_all(query, limit)

    def _find_near(self, query: npt.NDArray[np.float32], limit: int) -> "WindowIndex | None":
        """Narrow the search to the items that the graph finds; None where it has to be exact."""
        graph = self._graph
        if graph is None or self.n_windows < self._exact_below:
            return None
        # Where some of the graph's windows are not wanted, it has to find so many more.
        width = graph.choose_width(-(-limit * graph.n_windows // self.n_windows), self._recall)
        labels = None if width is None else graph.find_windows(query, width)
        if labels is None:
            return None
        rows = np.minimum(np.searchsorted(self._window_id, labels), self._window_id.size - 1)
        near = self.within(np.unique(self._item_seq[rows[self._window_id[rows] == labels]]))
        return near if near._items.seq.size >= min(limit, self._items.seq.size) else None

    def _search_all(self, query: npt.NDArray[np.float32], limit: int) -> Neighbours:
        items = self._items
        query = query.astype(np.float32, copy=False)
        codes = select_codes(self._packed)
        lengths = np.linalg.norm(query, axis=1)
        best = find_best_windows(
            quantise_vectors(query), codes, self._inverse, items.starts, items.rows, lengths
        )
        kept = _find_highest(best.similarity, RERANKED * limit)
        rows, query_window = best.row[kept], best.query[kept].astype(np.int64)
        products = spread_vectors(query).astype(np.float64)[query_window] * unpack_vectors(self._packed[rows])
        similarity = np.clip(products.sum(axis=1), -1.0, 1.0)
        order = np.lexsort((items.seq[kept], -similarity))[:limit]
        return Neighbours(
            items.seq[kept[order]], similarity[order], query_window[order], self._window_id[rows[order]]
        )


def _pack(vectors: npt.NDArray[np.float32] | npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    if vectors.dtype == np.int8:
        return np.asarray(vectors, np.int8)
    return pack_vectors(np.asarray(vectors, np.float32))


def _find_highest(values: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.int64]:
    """Find where the `count` highest values are, and those as high as the last of them."""
    if count >= values.size:
        return np.arange(values.size)
    least = np.partition(values, values.size - count)[values.size - count]
    return np.flatnonzero(values >= least)
