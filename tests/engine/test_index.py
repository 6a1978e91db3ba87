"""Search of window vectors: exact search against the slow loop, search by a graph against exact search."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

from lakhdb.engine.graph import Graph, Width
from lakhdb.engine.index import WindowIndex
from lakhdb.kernels.scan import pack_vectors, spread_vectors, unpack_vectors

DIMENSION = 24


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


def make_windows(n_items, seed, shuffled=False):
    """Windows of some items, one to three each, in order of their numbers; or no item's side by side."""
    rng = np.random.default_rng(seed)
    item_seq = np.repeat(np.arange(1, n_items + 1), rng.integers(1, 4, n_items))
    item_seq = rng.permutation(item_seq) if shuffled else item_seq
    return np.arange(10, 10 + item_seq.size), item_seq, unit(rng.standard_normal((item_seq.size, DIMENSION)))


def make_graph(window_id, vectors, *widths):
    graph = Graph.make(DIMENSION)
    graph.add(window_id, pack_vectors(vectors), n_threads=1)
    graph.widths = widths
    return graph


def search_slowly(item_seq, vectors, query):
    """Each item's highest product of a query window and one of its windows, by loops over packed vectors."""
    units = unpack_vectors(pack_vectors(vectors)).astype(np.float64)
    best = dict.fromkeys(item_seq.tolist(), -np.inf)
    for seq, window in zip(item_seq.tolist(), units, strict=True):
        for one in spread_vectors(query):
            best[seq] = max(best[seq], float(one @ window))
    return best


@settings(deadline=None)
@given(st.integers(1, 12), st.integers(0, 99), st.integers(1, 4), st.integers(1, 15), st.booleans())
def test_exact_search_agrees_with_the_slow_loop(n_items, seed, n_query, limit, shuffled):
    window_id, item_seq, vectors = make_windows(n_items, seed, shuffled)
    query = unit(np.random.default_rng(seed + 1).standard_normal((n_query, DIMENSION)))
    found = WindowIndex(window_id, item_seq, vectors).search(query, limit)
    slow = search_slowly(item_seq, vectors, query)
    assert found.item_seq.size == min(limit, n_items)
    # Where pairs of windows are nearly alike, codes choose among them.
    assert_allclose(found.similarity, [slow[seq] for seq in found.item_seq], atol=4e-3)
    assert_allclose(found.similarity, sorted(slow.values(), reverse=True)[:limit], atol=4e-3)
    assert np.all(np.diff(found.similarity) <= 0)
    rows = found.window_id - 10
    assert_array_equal(item_seq[rows], found.item_seq)
    products = (query[found.query_window] * vectors[rows]).sum(axis=1)
    assert_allclose(found.similarity, products, atol=1e-3)


@settings(deadline=None)
@given(st.integers(2, 40), st.integers(0, 99))
def test_an_item_is_found_by_its_own_window(n_items, seed):
    window_id, item_seq, vectors = make_windows(n_items, seed, shuffled=True)
    at = seed % window_id.size
    found = WindowIndex(window_id, item_seq, vectors).search(vectors[at : at + 1], 1)
    assert (found.item_seq[0], found.window_id[0]) == (item_seq[at], window_id[at])
    assert_allclose(found.similarity, 1, atol=1e-5)


@settings(deadline=None)
@given(hnp.arrays(np.int64, 6, elements=st.integers(1, 3)))
def test_ties_end_in_the_items_number(item_seq):
    vectors = np.tile(unit(np.ones(DIMENSION)), (6, 1))
    found = WindowIndex(np.arange(6), item_seq, vectors).search(vectors[:2], 9)
    assert found.item_seq.tolist() == sorted(set(item_seq.tolist()))
    assert found.query_window.tolist() == [0] * found.item_seq.size
    assert found.window_id.tolist() == [item_seq.tolist().index(seq) for seq in found.item_seq]


def test_a_lower_limit_cuts_the_list():
    windows = make_windows(200, 4)
    query = unit(np.random.default_rng(5).standard_normal((3, DIMENSION)))
    whole = WindowIndex(*windows).search(query, 200)
    some = WindowIndex(*windows).search(query, 20)
    assert whole.item_seq.size == 200
    assert_array_equal(some.item_seq[:10], whole.item_seq[:10])
    assert np.all(np.diff(whole.similarity) <= 0)


@pytest.mark.parametrize("shuffled", [False, True])
def test_search_within_some_items_leaves_out_the_others(shuffled):
    windows = make_windows(9, 3, shuffled)
    index = WindowIndex(*windows)
    whole = index.search(windows[2][:2], 9)
    found = index.within(np.array([2, 5, 7, 99])).search(windows[2][:2], 9)
    among = np.isin(whole.item_seq, [2, 5, 7])
    assert_array_equal(found.item_seq, whole.item_seq[among])
    assert_array_equal(found.similarity, whole.similarity[among])
    assert_array_equal(found.window_id, whole.window_id[among])
    fewer = index.within(np.array([2, 5, 7])).within(np.array([1, 5]))
    assert fewer.search(windows[2][:2], 9).item_seq.tolist() == [5]
    assert fewer.n_windows == (windows[1] == 5).sum()


def test_packed_vectors_serve_as_well():
    window_id, item_seq, vectors = make_windows(20, 8)
    by_packed = WindowIndex(window_id, item_seq, pack_vectors(vectors)).search(vectors[:3], 20)
    assert_array_equal(
        by_packed.item_seq, WindowIndex(window_id, item_seq, vectors).search(vectors[:3], 20).item_seq
    )


def test_nothing_is_found_among_nothing():
    window_id, item_seq, vectors = make_windows(3, 3)
    index = WindowIndex(window_id, item_seq, vectors)
    assert index.within(np.empty(0, np.int64)).search(vectors[:1], 5).item_seq.size == 0
    none = np.empty(0, np.int64)
    assert (
        WindowIndex(none, none, np.empty((0, DIMENSION), np.float32)).search(vectors[:1], 5).item_seq.size
        == 0
    )


def test_refuses_an_empty_query_and_no_limit():
    index = WindowIndex(*make_windows(3, 3))
    with pytest.raises(ValueError, match="query"):
        index.search(np.empty((0, DIMENSION), np.float32), 5)
    with pytest.raises(ValueError, match="limit"):
        index.search(np.ones((1, DIMENSION), np.float32), 0)


def test_by_a_graph_items_are_ranked_as_exact_search_ranks_them():
    window_id, item_seq, vectors = make_windows(400, 1)
    graph = make_graph(window_id, vectors, Width(50, 32, 0.4), Width(50, 300, 0.99))
    query = unit(vectors[30:32] + 0.1)
    exact = WindowIndex(window_id, item_seq, vectors)
    found = WindowIndex(window_id, item_seq, vectors, graph, recall=0.99).search(query, 50)
    every = exact.search(query, 400)
    by_number = {
        seq: rest for seq, *rest in zip(every.item_seq, every.similarity, every.window_id, strict=True)
    }
    assert np.isin(every.item_seq[:50], found.item_seq).mean() >= 0.9
    for seq, *rest in zip(found.item_seq, found.similarity, found.window_id, strict=True):
        assert rest == by_number[seq]


def test_a_narrow_search_misses_what_a_wide_one_finds():
    """The width that is chosen is the one that is used."""
    window_id, item_seq, vectors = make_windows(2000, 2)
    query = unit(np.random.default_rng(3).standard_normal((1, DIMENSION)))
    exact = WindowIndex(window_id, item_seq, vectors).search(query, 20).item_seq
    graph = make_graph(window_id, vectors, Width(20, 20, 0.5), Width(20, 2000, 0.99))
    shares = [
        np.isin(
            exact, WindowIndex(window_id, item_seq, vectors, graph, recall=recall).search(query, 20).item_seq
        )
        for recall in (0.5, 0.99)
    ]
    assert shares[0].mean() < shares[1].mean()
    assert shares[1].mean() > 0.9


@pytest.mark.parametrize(
    ("widths", "options", "limit"),
    [
        ((), {"recall": 0.5}, 10),
        ((Width(10, 16, 0.98),), {"recall": 0.99}, 10),  # not as good as wanted
        ((Width(10, 16, 1.0),), {"recall": 0.99}, 11),  # measured for fewer items
        ((Width(10, 16, 1.0),), {"recall": 0.99, "exact_below": 9999}, 10),
        ((Width(10, 9, 1.0),), {"recall": 0.99}, 10),  # finds too few items
    ],
)
def test_search_is_exact_where_no_measured_width_will_do(widths, options, limit):
    window_id, item_seq, vectors = make_windows(600, 5)
    graph = make_graph(window_id, np.roll(vectors, 7, axis=0), *widths)  # leads astray, wherever it is used
    query = vectors[:1]
    found = WindowIndex(window_id, item_seq, vectors, graph, **options).search(query, limit)
    exact = WindowIndex(window_id, item_seq, vectors).search(query, limit)
    assert_array_equal(found.item_seq, exact.item_seq)


def test_within_some_items_a_graph_has_to_find_more():
    window_id, item_seq, vectors = make_windows(600, 6)
    graph = make_graph(window_id, vectors, Width(10, 64, 1.0), Width(100, 600, 1.0))
    index = WindowIndex(window_id, item_seq, vectors, graph, recall=0.9).within(np.arange(1, 600, 5))
    exact = WindowIndex(window_id, item_seq, vectors).within(np.arange(1, 600, 5))
    found = index.search(vectors[:1], 10).item_seq
    assert np.all(found % 5 == 1)
    assert np.isin(exact.search(vectors[:1], 10).item_seq, found).mean() >= 0.8
