"""A graph of windows by short vectors, and how wide a search of it has to be for a wanted recall."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.scan import restore_vectors

from .progress import Progress

__all__ = ["PARAMETERS", "Graph", "Width"]

# A search compares the first dimensions; what it finds is compared by all. Of 100 000 vectors with nearly
# equal dimensions (the first 64 of 128 hold 93 %), 2048 windows in view hold 98 % of the best thousand by 64
# dimensions and 12 links, as many as by 128 dimensions, and 78 % by 32 dimensions and 8 links. A million
# windows take 0.5 GB in memory, beside their packed vectors (0.25 GB).
PARAMETERS: dict[str, Any] = {
    "space": "l2", "dimension": 64, "M": 12, "ef_construction": 100, "random_seed": 100,
}  # fmt: skip

# Vectors added at once.
BATCH = 20_000


@dataclass(frozen=True)
class Width:
    """What searches of one width were measured to find.

    Attributes
    ----------
    limit : int
        Items wanted.
    ef : int
        Windows kept in view, whose items are then compared by all they have.
    recall : float
        Mean share of the best `limit` items that were among them.
    """

    limit: int
    ef: int
    recall: float


class Graph:
    """Windows by number, found through an hnswlib index of the first dimensions of their vectors.

    Parameters
    ----------
    index : hnswlib.Index
    dimension : int
        Of the whole vectors.
    widths : sequence of Width
        As `measure_widths` finds them; before, no width is known to be enough.
    n_removed : int
        Windows that are still there but are never found.
    """

    def __init__(self, index: Any, dimension: int, widths: Sequence[Width] = (), n_removed: int = 0) -> None:
        self._index, self._dimension = index, dimension
        self.widths, self._n_removed = tuple(widths), n_removed

    @classmethod
    def make(cls, dimension: int) -> "Graph":
        """Make an empty graph for vectors of so many dimensions."""
        index = _open_index(dimension)
        index.init_index(
            max_elements=1,
            M=PARAMETERS["M"],
            ef_construction=PARAMETERS["ef_construction"],
            random_seed=PARAMETERS["random_seed"],
        )
        return cls(index, dimension)

    @classmethod
    def load(cls, file: Path, dimension: int, widths: Sequence[Width], n_removed: int) -> "Graph":
        """Load what `save` wrote, given what it did not; RuntimeError if the file is damaged."""
        index = _open_index(dimension)
        index.load_index(str(file))
        return cls(index, dimension, widths, n_removed)

    def save(self, file: Path) -> None:
        """Write all but the widths and the number of removed windows."""
        self._index.save_index(str(file))

    @property
    def n_windows(self) -> int:
        """Windows that a search can find."""
        return int(self._index.get_current_count()) - self._n_removed

    @property
    def n_removed(self) -> int:
        """Windows that are still there but are never found."""
        return self._n_removed

    def add(
        self,
        window_id: npt.NDArray[np.int64],
        packed: npt.NDArray[np.int8],
        *,
        n_threads: int = -1,
        progress: Progress | None = None,
    ) -> None:
        """Add windows by their packed vectors; one thread builds the same graph every time, -1 takes all."""
        self._index.resize_index(int(self._index.get_current_count()) + max(1, window_id.size))
        for start in range(0, window_id.size, BATCH):
            batch = slice(start, start + BATCH)
            vectors = restore_vectors(packed[batch], self._dimension)
            self._index.add_items(self._shorten(vectors), window_id[batch], num_threads=n_threads)
            if progress is not None:
                progress("index", min(start + BATCH, window_id.size), window_id.size)

    def remove(self, window_id: npt.NDArray[np.int64]) -> None:
        """Remove windows that are there."""
        for label in window_id.tolist():
            self._index.mark_deleted(label)
        self._n_removed += window_id.size

    def find_windows(self, query: npt.NDArray[np.float32], ef: int) -> npt.NDArray[np.int64] | None:
        """Find the numbers of the windows nearest to each row of `query`, shape (n, ef).

        None if so many are not in reach: many equal vectors can cut a graph apart.
        """
        count = min(ef, self.n_windows)
        self._index.set_ef(count)
        try:
            labels, _ = self._index.knn_query(self._shorten(query), count)
        except RuntimeError:
            return None
        return np.asarray(labels).astype(np.int64)

    def choose_width(self, limit: int, recall: float) -> int | None:
        """Choose the least `ef` that was measured to find that share of the best; None if none was."""
        measured = [one.limit for one in self.widths if one.limit >= limit]
        fitting = [
            one.ef for one in self.widths if measured and one.limit == min(measured) and one.recall >= recall
        ]
        return min(fitting, default=None)

    def _shorten(self, vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        return np.ascontiguousarray(vectors[:, : self._index.dim], np.float32)


def _open_index(dimension: int) -> Any:
    import hnswlib

    return hnswlib.Index(PARAMETERS["space"], min(PARAMETERS["dimension"], dimension))
