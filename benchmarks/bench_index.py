"""Search of window vectors: the hnswlib index beside exact search, recall beside speed.

Windows of one item are near each other, as those of one song are: a random direction for each item, and
windows around it. A query lies between two of them.
"""

import argparse
import time

import hnswlib
import numpy as np
from figures import print_figure

from lakhdb.engine.index import WindowIndex
from lakhdb.engine.index_files import PARAMETERS

DIMENSION = 128
WINDOWS_PER_ITEM = 10


def make_windows(n_windows: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Window numbers, item numbers and unit vectors."""
    rng = np.random.default_rng(seed)
    item_seq = np.arange(n_windows) // WINDOWS_PER_ITEM + 1
    centres = rng.standard_normal((item_seq[-1], DIMENSION)).astype(np.float32)
    vectors = centres[item_seq - 1] + 0.7 * rng.standard_normal((n_windows, DIMENSION)).astype(np.float32)
    return np.arange(1, n_windows + 1), item_seq, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def build_graph(window_id: np.ndarray, vectors: np.ndarray) -> tuple[hnswlib.Index, float]:
    """Build the graph as the engine does; also tell how long it took, in seconds."""
    started = time.perf_counter()
    graph = hnswlib.Index(PARAMETERS["space"], DIMENSION)
    graph.init_index(
        window_id.size,
        M=PARAMETERS["M"],
        ef_construction=PARAMETERS["ef_construction"],
        random_seed=PARAMETERS["random_seed"],
    )
    graph.add_items(vectors, window_id)
    return graph, time.perf_counter() - started


def search(index: WindowIndex, queries: np.ndarray, limit: int) -> tuple[list[set[int]], float]:
    """Items found for each query, and the median time in milliseconds."""
    found, times_s = [], []
    for query in queries:
        started = time.perf_counter()
        found.append(set(index.search(query[None], limit).item_seq.tolist()))
        times_s.append(time.perf_counter() - started)
    return found, 1e3 * float(np.median(times_s))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--windows", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--limit", type=int, default=1000)
    arguments = parser.parse_args()
    for n_windows in arguments.windows:
        window_id, item_seq, vectors = make_windows(n_windows, seed=0)
        picks = np.random.default_rng(2).integers(0, n_windows - 1, arguments.queries)
        queries = vectors[picks] + vectors[picks + 1]
        queries /= np.linalg.norm(queries, axis=1, keepdims=True)
        sizes = {"n_windows": n_windows, "n_items": int(item_seq[-1]), "limit": arguments.limit}
        exact, exact_ms = search(WindowIndex(window_id, item_seq, vectors), queries, arguments.limit)
        print_figure("search windows", method="exact", **sizes, median_ms=round(exact_ms, 2))
        graph, build_s = build_graph(window_id, vectors)
        found, graph_ms = search(WindowIndex(window_id, item_seq, None, graph), queries, arguments.limit)
        shares = [len(one & other) / len(one) for one, other in zip(exact, found, strict=True)]
        print_figure(
            "search windows",
            method="hnsw",
            **sizes,
            median_ms=round(graph_ms, 2),
            recall=round(float(np.mean(shares)), 4),
            build_s=round(build_s, 1),
        )


if __name__ == "__main__":
    main()
