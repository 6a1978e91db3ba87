"""The graph of windows: what it finds, what it forgets, and how its widths are measured."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from lakhdb.engine.graph import PARAMETERS, Graph, Width
from lakhdb.engine.graph_widths import LIMITS, WIDTHS, measure_widths
from lakhdb.kernels.scan import pack_vectors

DIMENSION = 96


def draw_vectors(n, seed=0, falls_by=0.1):
    """Unit vectors whose first dimensions hold most."""
    vectors = np.random.default_rng(seed).standard_normal((n, DIMENSION)) * np.exp(
        -falls_by * np.arange(DIMENSION)
    )
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def build(window_id, vectors, n_threads=1):
    graph = Graph.make(DIMENSION)
    graph.add(window_id, pack_vectors(vectors), n_threads=n_threads)
    return graph


def test_finds_windows_by_their_first_dimensions():
    vectors = draw_vectors(500)
    graph = build(np.arange(1000, 1500), vectors)
    labels = graph.find_windows(vectors, 40)
    assert labels.shape == (500, 40)
    assert (labels[:, 0] == np.arange(1000, 1500)).mean() > 0.98
    short = vectors[:, : PARAMETERS["dimension"]].astype(np.float64)
    distance = ((short[:, None] - short[None]) ** 2).sum(axis=2)
    nearest = 1000 + np.argsort(distance, axis=1)[:, :5]
    assert np.mean([np.isin(one, found).mean() for one, found in zip(nearest, labels, strict=True)]) > 0.98


def test_one_thread_builds_the_same_graph_every_time(tmp_path):
    vectors = draw_vectors(300)
    for name in ("one", "other"):
        build(np.arange(300), vectors).save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_removed_windows_are_not_found_even_after_saving(tmp_path):
    vectors = draw_vectors(300)
    graph = build(np.arange(300), vectors)
    graph.remove(np.arange(0, 300, 3))
    graph.save(tmp_path / "graph")
    loaded = Graph.load(tmp_path / "graph", DIMENSION, graph.widths, graph.n_removed)
    for one in (graph, loaded):
        assert (one.n_windows, one.n_removed) == (200, 100)
        labels = one.find_windows(vectors[:50], 1000)
        assert_array_equal(np.sort(labels[0]), np.setdiff1d(np.arange(300), np.arange(0, 300, 3)))


def test_grows_after_loading(tmp_path):
    vectors = draw_vectors(200)
    graph = build(np.arange(100), vectors[:100])
    graph.save(tmp_path / "graph")
    graph = Graph.load(tmp_path / "graph", DIMENSION, (), 0)
    graph.add(np.arange(100, 200), pack_vectors(vectors[100:]))
    assert graph.n_windows == 200
    assert (graph.find_windows(vectors, 30)[:, 0] == np.arange(200)).mean() > 0.97


def test_tells_when_fewer_windows_are_in_reach_than_there_are():
    """Windows all alike link to a few of each other only."""
    vectors = np.repeat(draw_vectors(2), 400, axis=0)
    graph = build(np.arange(800), vectors)
    assert graph.find_windows(vectors[:1], 800) is None


def test_chooses_the_least_width_that_was_measured_to_do():
    graph = build(np.arange(9), draw_vectors(9))
    graph.widths = (
        Width(10, 32, 0.9), Width(100, 32, 0.1), Width(10, 64, 0.99), Width(100, 64, 0.7),
        Width(10, 128, 1.0), Width(100, 128, 0.98),
    )  # fmt: skip
    assert graph.choose_width(1, 0.9) == 32
    assert graph.choose_width(10, 0.95) == 64
    assert graph.choose_width(11, 0.5) == 64
    assert graph.choose_width(100, 0.99) is None
    assert graph.choose_width(101, 0.1) is None


@pytest.mark.parametrize("falls_by", [0.0, 0.1])
def test_widths_are_measured_as_counting_tells(falls_by):
    """Held against real queries of the same kind: a window turned towards another one."""
    n = 1500
    vectors, window_id = draw_vectors(n, 1, falls_by), np.arange(5, n + 5)
    packed = pack_vectors(vectors)
    graph = build(window_id, vectors)
    widths = measure_widths(graph, window_id, np.arange(n), packed, DIMENSION)
    assert {one.limit for one in widths} == set(LIMITS)
    # Not all windows of a graph are in reach: the width that asks for all of them may be left out.
    assert [one.ef for one in widths if one.limit == 10] in (list(WIDTHS[:6]), list(WIDTHS[:7]))
    recalls = [one.recall for one in widths if one.limit == 10]
    assert recalls == sorted(recalls)
    assert recalls[-1] > 0.98
    rng = np.random.default_rng(9)
    query = 0.8 * vectors[rng.integers(0, n, 300)] + 0.6 * vectors[rng.integers(0, n, 300)]
    best = np.argsort(-(query @ vectors.T), axis=1)[:, :10] + 5
    for width in widths:
        if width.limit == 10:
            labels = graph.find_windows(query.astype(np.float32), width.ef)
            recall = np.mean([np.isin(one, near).mean() for one, near in zip(best, labels, strict=True)])
            assert recall == pytest.approx(width.recall, abs=0.08)
    assert widths == measure_widths(graph, window_id, np.arange(n), packed, DIMENSION)


def test_a_graph_that_finds_other_windows_is_measured_to_be_useless():
    vectors, window_id = draw_vectors(2000, 2), np.arange(2000)
    graph = build(window_id, np.roll(vectors, 50, axis=0))
    widths = measure_widths(graph, window_id, np.arange(2000), pack_vectors(vectors), DIMENSION)
    assert max(one.recall for one in widths if one.ef <= 256 and one.limit == 10) < 0.5
