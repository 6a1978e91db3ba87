"""Search of window vectors: exact search against the slow loop, the graph against exact search."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose

from lakhdb.engine import index_files
from lakhdb.engine.index import WindowIndex
from lakhdb.engine.index_files import check_index, load_index
from lakhdb.engine.models import default_embedder

DIMENSION = 8


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


def make_windows(n_items, seed):
    """Windows of some items, one to three each, in order of their numbers."""
    rng = np.random.default_rng(seed)
    item_seq = np.repeat(np.arange(1, n_items + 1), rng.integers(1, 4, n_items))
    return np.arange(10, 10 + item_seq.size), item_seq, unit(rng.standard_normal((item_seq.size, DIMENSION)))


def search_slowly(window_id, item_seq, vectors, query, limit):
    best = {}
    for label, seq, vector in zip(window_id, item_seq, vectors, strict=True):
        for row, one in enumerate(query):
            found = (-float(one @ vector), row, label)
            best[seq] = min(best.get(seq, (np.inf,)), found)
    ranked = sorted((found[0], seq, found[1], found[2]) for seq, found in best.items())
    return [(seq, -value, row, label) for value, seq, row, label in ranked[:limit]]


@given(st.integers(1, 12), st.integers(0, 99), st.integers(1, 4), st.integers(1, 15))
def test_exact_search_agrees_with_the_slow_loop(n_items, seed, n_query, limit):
    windows = make_windows(n_items, seed)
    query = unit(np.random.default_rng(seed + 1).standard_normal((n_query, DIMENSION)))
    found = WindowIndex(*windows).search(query, limit)
    slow = search_slowly(*windows, query, limit)
    assert found.item_seq.tolist() == [row[0] for row in slow]
    assert_allclose(found.similarity, [row[1] for row in slow], atol=1e-6)
    assert found.query_window.tolist() == [row[2] for row in slow]
    assert found.window_id.tolist() == [row[3] for row in slow]


@given(hnp.arrays(np.int64, 6, elements=st.integers(1, 3)))
def test_ties_end_in_the_items_number(item_seq):
    vectors = np.tile(unit(np.ones(DIMENSION)), (6, 1))
    found = WindowIndex(np.arange(6), item_seq, vectors).search(vectors[:2], 9)
    assert found.item_seq.tolist() == sorted(set(item_seq.tolist()))
    assert found.query_window.tolist() == [0] * found.item_seq.size


def test_search_within_some_items_leaves_out_the_others():
    window_id, item_seq, vectors = make_windows(9, 3)
    found = WindowIndex(window_id, item_seq, vectors).within(np.array([2, 5, 7])).search(vectors[:2], 9)
    assert sorted(found.item_seq) == [2, 5, 7]


def test_nothing_is_found_among_nothing():
    window_id, item_seq, vectors = make_windows(3, 3)
    index = WindowIndex(window_id, item_seq, vectors).within(np.empty(0, np.int64))
    assert index.search(vectors[:1], 5).item_seq.size == 0


def test_refuses_an_empty_query_and_no_limit():
    index = WindowIndex(*make_windows(3, 3))
    with pytest.raises(ValueError, match="query"):
        index.search(np.empty((0, DIMENSION), np.float32), 5)
    with pytest.raises(ValueError, match="limit"):
        index.search(np.ones((1, DIMENSION), np.float32), 0)


def ask(index, name, frames):
    """Search with one MIDI item's own windows."""
    return index.search(default_embedder().embed(frames[name], "midi")[1], 5)


def graph_file(store):
    (found,) = store.index_folder.glob("midi-*.hnsw")
    return found


def test_the_graph_finds_what_exact_search_finds(store, add, midi_frames):
    add("midi", midi_frames)
    exact = ask(load_index(store, "midi"), "tune 3", midi_frames)
    graph = ask(load_index(store, "midi", exact_below=0, n_threads=1), "tune 3", midi_frames)
    assert graph.item_seq.tolist() == exact.item_seq.tolist()
    assert_allclose(graph.similarity, exact.similarity, atol=1e-5)
    assert exact.item_seq[0] == 4


def test_below_the_threshold_nothing_is_written(store, add, midi_frames):
    add("midi", midi_frames)
    load_index(store, "midi")
    assert not list(store.index_folder.glob("*"))


def test_a_small_part_of_a_large_index_is_searched_exactly(store, add, midi_frames):
    add("midi", midi_frames)
    n_windows = load_index(store, "midi").n_windows
    index = load_index(store, "midi", exact_below=n_windows).within(np.array([1, 2]))
    assert ask(index, "tune 1", midi_frames).item_seq.tolist() == [2, 1]


def test_new_windows_extend_the_file(store, add, midi_frames):
    names = list(midi_frames)
    add("midi", {name: midi_frames[name] for name in names[:6]})
    load_index(store, "midi", exact_below=0)
    add("midi", {name: midi_frames[name] for name in names[6:]})
    told = []
    index = load_index(store, "midi", exact_below=0, progress=lambda *news: told.append(news))
    assert ask(index, names[7], midi_frames).item_seq[0] == 8
    assert told
    assert told[-1][1] == told[-1][2] < index.n_windows
    told.clear()
    load_index(store, "midi", exact_below=0, progress=lambda *news: told.append(news))
    assert not told


@pytest.mark.parametrize("damage", ["missing", "truncated", "flipped", "manifest"])
def test_a_damaged_file_is_made_again(store, add, midi_frames, damage):
    add("midi", midi_frames)
    load_index(store, "midi", exact_below=0, n_threads=1)
    file = graph_file(store)
    sound = file.read_bytes()
    if damage == "missing":
        file.unlink()
    elif damage == "truncated":
        file.write_bytes(sound[: len(sound) // 2])
    elif damage == "flipped":
        file.write_bytes(sound[:200] + bytes([sound[200] ^ 1]) + sound[201:])
    else:
        file.with_suffix(".json").write_text("{")
    assert check_index(store, "midi")
    index = load_index(store, "midi", exact_below=0, n_threads=1)
    assert ask(index, "tune 5", midi_frames).item_seq[0] == 6
    assert check_index(store, "midi") is None
    assert graph_file(store).read_bytes() == sound


def test_a_reader_builds_nothing(store, add, midi_frames):
    add("midi", midi_frames)
    index = load_index(store, "midi", exact_below=0, build=False)
    assert ask(index, "tune 2", midi_frames).item_seq[0] == 3
    assert not index_files.index_files(store)
