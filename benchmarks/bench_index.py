"""Search of windows: the scan of int8 codes beside numpy's fp32 product, and a graph beside both.

Windows are drawn at random, one of each item: ten items lie around a direction, and dimensions fall off
as those of a network's vectors may that are rotated by their variance (the first 24 of 128 hold 61 %). With
``--db`` they are mixed of the window vectors of a database, rotated likewise: one, up to 0.6 of another, and
noise. A query's windows lie between two of them. Recall is of the best items by fp32.
"""

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from figures import print_figure

from lakhdb.engine.features import read_windows
from lakhdb.engine.graph import Graph
from lakhdb.engine.graph_widths import measure_widths
from lakhdb.engine.index import WindowIndex
from lakhdb.engine.options import DEFAULT_RECALL
from lakhdb.engine.store import open_store
from lakhdb.kernels.scan import BEST_INSTRUCTION_SET, pack_vectors

DIMENSION = 128
BATCH = 50_000


def normalise(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def draw_windows(n: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    deviation = np.exp(-np.arange(DIMENSION, dtype=np.float32) / 50)
    centres = rng.standard_normal((max(n // 10, 1), DIMENSION), dtype=np.float32)
    vectors = np.empty((n, DIMENSION), np.float32)
    for start in range(0, n, BATCH):
        size = min(BATCH, n - start)
        around = 0.8 * rng.standard_normal((size, DIMENSION), dtype=np.float32)
        vectors[start : start + size] = normalise(
            (centres[rng.integers(0, len(centres), size)] + around) * deviation
        )
    return vectors


def mix_windows(n: int, folder: Path) -> np.ndarray:
    with open_store(folder, create=False).reading() as con:
        real = np.concatenate([read_windows(con, side).vectors for side in ("midi", "audio")])
    variance, axes = np.linalg.eigh((real.T @ real / len(real)).astype(np.float64))
    real = real @ axes[:, ::-1].astype(np.float32)
    deviation = np.sqrt(np.maximum(variance[::-1], 0)).astype(np.float32)
    rng = np.random.default_rng(0)
    vectors = np.empty((n, real.shape[1]), np.float32)
    for start in range(0, n, BATCH):
        size = min(BATCH, n - start)
        one, other = (real[rng.integers(0, len(real), size)] for _ in range(2))
        noise = 0.4 * rng.standard_normal(one.shape, dtype=np.float32) * deviation
        vectors[start : start + size] = normalise(
            one + 0.6 * rng.random((size, 1), dtype=np.float32) * other + noise
        )
    return vectors


def draw_queries(vectors: np.ndarray, n_queries: int, n_windows: int) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    queries = []
    for _ in range(n_queries):
        one, other = (vectors[rng.integers(0, len(vectors), n_windows)] for _ in range(2))
        queries.append(normalise(0.7 * one + 0.5 * other))
    return queries


def time_calls(
    call: Callable[[np.ndarray], np.ndarray], queries: list[np.ndarray]
) -> tuple[list[np.ndarray], float]:
    """What each call returns, and the median time in milliseconds."""
    call(queries[0])
    found, times_s = [], []
    for query in queries:
        started = time.perf_counter()
        found.append(call(query))
        times_s.append(time.perf_counter() - started)
    return found, round(1e3 * float(np.median(times_s)), 2)


def multiply(vectors: np.ndarray, query: np.ndarray, limit: int) -> np.ndarray:
    """The best items by fp32, item k having window k alone."""
    similarity = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), BATCH):
        (vectors[start : start + BATCH] @ query.T).max(axis=1, out=similarity[start : start + BATCH])
    kept = np.argpartition(-similarity, limit - 1)[:limit]
    return kept[np.argsort(-similarity[kept])]


def share_found(best: list[np.ndarray], found: list[np.ndarray], limit: int) -> float:
    shares = [np.isin(one[:limit], other[:limit]).mean() for one, other in zip(best, found, strict=True)]
    return round(float(np.mean(shares)), 4)


def read_rss_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def measure_memory(
    folder: str, query: np.ndarray, graph_too: bool, answer: "multiprocessing.Queue[float]"
) -> None:
    """Load what a process that searches has in memory, search once, and tell what it took."""
    WindowIndex(np.arange(9), np.arange(9), query[:1].repeat(9, axis=0)).search(
        query, 5
    )  # loads all libraries
    Graph.make(DIMENSION)
    before = read_rss_mb()
    packed = np.load(f"{folder}/packed.npy")
    number = np.arange(len(packed))
    graph = Graph.load(Path(folder) / "graph", DIMENSION, (), 0) if graph_too else None
    index = WindowIndex(number, number.copy(), packed, graph)
    del packed
    index.search(query, 1000)
    if graph is not None:
        graph.find_windows(query, 1024)
    answer.put(read_rss_mb() - before)


def ask_memory(folder: str, query: np.ndarray, graph_too: bool) -> float:
    """The same of a process of its own."""
    context = multiprocessing.get_context("spawn")
    answer: multiprocessing.Queue[float] = context.Queue()
    process = context.Process(target=measure_memory, args=(folder, query, graph_too, answer))
    process.start()
    taken_mb = answer.get()
    process.join()
    return round(taken_mb, 1)


def bench_graph(vectors: np.ndarray, packed: np.ndarray, folder: str, sizes: dict) -> Graph:
    """Build and measure a graph."""
    number = np.arange(len(vectors))
    started = time.perf_counter()
    graph = Graph.make(vectors.shape[1])
    graph.add(number, packed)
    build_s = time.perf_counter() - started
    graph.save(Path(folder) / "graph")
    started = time.perf_counter()
    graph.widths = measure_widths(graph, number, number, packed, vectors.shape[1])
    print_figure(
        "search windows",
        method="build graph",
        **sizes,
        build_s=round(build_s, 1),
        measure_s=round(time.perf_counter() - started, 1),
        file_mb=round((Path(folder) / "graph").stat().st_size / 1e6, 1),
        memory_with_vectors_mb=ask_memory(folder, vectors[:1], graph_too=True),
        widths=[(one.limit, one.ef, one.recall) for one in graph.widths],
    )
    return graph


def bench_search(
    vectors: np.ndarray,
    packed: np.ndarray,
    graph: Graph | None,
    queries: list[np.ndarray],
    limit: int,
    sizes: dict,
) -> None:
    """Search by all methods."""
    number = np.arange(len(vectors))
    sizes = {**sizes, "n_query": len(queries[0]), "limit": limit}
    best, ms = time_calls(lambda query: multiply(vectors, query, limit), queries)
    print_figure("search windows", method="fp32 product", **sizes, median_ms=ms)
    scan = WindowIndex(number, number, packed)
    found, ms = time_calls(lambda query: scan.search(query, limit).item_seq, queries)
    print_figure(
        "search windows",
        method=f"int8 scan, {BEST_INSTRUCTION_SET}",
        **sizes,
        median_ms=ms,
        recall_10=share_found(best, found, 10),
        recall=share_found(best, found, limit),
    )
    width = graph and graph.choose_width(limit, DEFAULT_RECALL)
    if width:
        index = WindowIndex(number, number, packed, graph, recall=DEFAULT_RECALL)
        found, ms = time_calls(lambda query: index.search(query, limit).item_seq, queries)
        recall = share_found(best, found, limit)
        print_figure("search windows", method="graph", **sizes, ef=width, median_ms=ms, recall=recall)
    elif graph:
        print_figure("search windows", method="graph", **sizes, ef=None, note="no width was measured to do")


def bench(n: int, vectors: np.ndarray, arguments: argparse.Namespace) -> None:
    """Measure all for so many windows."""
    sizes = {"vectors": "mixed" if arguments.db else "drawn", "n_windows": n}
    packed = pack_vectors(vectors)
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/packed.npy", packed)
        memory_mb = ask_memory(folder, vectors[:1], graph_too=False)
        print_figure(
            "search windows",
            method="packed vectors",
            **sizes,
            file_mb=packed.nbytes / 1e6,
            memory_mb=memory_mb,
        )
        graph = None if arguments.no_graph else bench_graph(vectors, packed, folder, sizes)
    for n_query in arguments.query_windows:
        queries = draw_queries(vectors, arguments.queries, n_query)
        for limit in arguments.limit:
            bench_search(vectors, packed, graph, queries, min(limit, n), sizes)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--windows", type=int, nargs="+", default=[100_000])
    parser.add_argument("--query-windows", type=int, nargs="+", default=[1, 40])
    parser.add_argument("--queries", type=int, default=20)
    parser.add_argument("--limit", type=int, nargs="+", default=[10, 1000])
    parser.add_argument("--db", type=Path)
    parser.add_argument("--no-graph", action="store_true")
    arguments = parser.parse_args()
    for n in arguments.windows:
        bench(n, draw_windows(n) if arguments.db is None else mix_windows(n, arguments.db), arguments)


if __name__ == "__main__":
    main()
