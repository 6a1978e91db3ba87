"""Ranking by vectors: one or several a recording, the nearest pair of windows counts."""

from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt

from ..catalogue import Ragged
from .protocols import Outcome, Query, Stopwatch

__all__ = ["VectorRanker"]

Vectors = npt.NDArray[np.float32]

# Rows compared at once: bounds memory at some 100 MB for a query of a hundred windows.
CHUNK = 1 << 18


class VectorRanker:
    """Ranks by the distance of vectors.

    Parameters
    ----------
    vectors : Ragged of float32, shape (total, dimension)
    describe : callable
        Gives a query's vectors, shape (n_windows, dimension).
    metric : {"euclidean", "cosine"}
        The second is 1 − the inner product: vectors are of unit length, or shorter to count less.
    n_kept : int, optional
    """

    def __init__(
        self,
        vectors: Ragged,
        describe: Callable[[Query], Vectors],
        metric: Literal["euclidean", "cosine"] = "euclidean",
        n_kept: int | None = None,
    ) -> None:
        self._values, self._starts = vectors.values, vectors.starts
        self._describe, self._metric, self._n_kept = describe, metric, n_kept
        self._squares = np.empty(0, np.float32)
        if metric == "euclidean":
            self._squares = np.square(self._values).sum(axis=1)

    @property
    def n_kept(self) -> int | None:
        """See `Ranker`."""
        return self._n_kept

    def rank(self, query: Query) -> Outcome:
        """See `Ranker`."""
        watch = Stopwatch()
        with watch.time("describe"):
            vectors = self._describe(query)
        with watch.time("embedding"):
            nearest = np.empty(len(self._values), np.float32)
            for start in range(0, len(self._values), CHUNK):
                rows = slice(start, start + CHUNK)
                nearest[rows] = self._compare(vectors, rows)
            distance = np.minimum.reduceat(nearest, self._starts).astype(np.float64)
        return Outcome(distance, watch.ms)

    def _compare(self, vectors: Vectors, rows: slice) -> Vectors:
        """Distances of some rows from the nearest of the query's vectors."""
        products = vectors @ self._values[rows].T
        if self._metric == "cosine":
            return np.asarray(1.0 - products.max(axis=0), np.float32)
        own = np.square(vectors).sum(axis=1)[:, None]
        return np.asarray((own - 2 * products).min(axis=0) + self._squares[rows], np.float32)
