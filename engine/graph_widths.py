"""How much of the best a graph finds by the width of its search, measured with samples of its own windows."""

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.scan import restore_vectors

from .graph import Graph, Width
from .index import WindowIndex

__all__ = ["measure_widths"]

N_SAMPLES = 100

# Measured for so many best items, by searches so wide.
LIMITS = (10, 100, 1000)
WIDTHS = (32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384)

# Cosine of a sample with the window it is made from: less than the 0.9 that pairs of one song have (median).
SAMPLE_COSINE = 0.8


def measure_widths(
    graph: Graph,
    window_id: npt.NDArray[np.int64],
    item_seq: npt.NDArray[np.int64],
    packed: npt.NDArray[np.int8],
    dimension: int,
) -> tuple[Width, ...]:
    """Measure which share of the best items each width finds.

    Parameters
    ----------
    graph : Graph
    window_id, item_seq : int64, shape (n,)
        The windows that it can find, by rising number, and whose they are.
    packed : int8, shape (n, n_bytes)
        Their vectors.
    dimension : int
        Of these.

    Returns
    -------
    tuple of Width
        For each limit, by rising width; the same for the same graph.
    """
    samples = _draw_samples(packed, dimension)
    exact = WindowIndex(window_id, item_seq, packed)
    best = [exact.search(one[None], max(LIMITS)).item_seq for one in samples]
    widths = []
    for ef in WIDTHS:
        labels = graph.find_windows(samples, ef)
        if labels is None:
            break
        found = item_seq[np.searchsorted(window_id, labels)]
        for limit in LIMITS:
            shares = [np.isin(one[:limit], near).mean() for one, near in zip(best, found, strict=True)]
            widths.append(Width(limit, ef, round(float(np.mean(shares)), 4)))
        if ef >= window_id.size:
            break
    return tuple(widths)


def _draw_samples(packed: npt.NDArray[np.int8], dimension: int) -> npt.NDArray[np.float32]:
    """Turn some windows towards others until they have the samples' cosine with themselves."""
    rng = np.random.default_rng(0)
    size = min(N_SAMPLES, len(packed))
    window, other = (
        restore_vectors(packed[rng.choice(len(packed), size, replace=False)], dimension) for _ in range(2)
    )
    across = other - (other * window).sum(axis=1, keepdims=True) * window
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-6)
    return np.asarray(SAMPLE_COSINE * window + np.sqrt(1 - SAMPLE_COSINE**2) * across, np.float32)
