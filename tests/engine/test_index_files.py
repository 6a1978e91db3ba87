"""The files of the window index: kept up to date, made again if of no use, never those of another model."""

import json
import logging

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from lakhdb.engine import index_files
from lakhdb.engine.embed import embed_missing
from lakhdb.engine.forget import forget
from lakhdb.engine.index_files import check_index, load_index
from lakhdb.engine.models import choose_model
from lakhdb.engine.saved_index import IndexFiles

SUFFIXES = (".vectors", ".hnsw", ".json")


@pytest.fixture
def bring(store, add):
    """Return a function that brings MIDI items in, windows included."""

    def bring(frames):
        add("midi", frames)
        embed_missing(store)

    return bring


def ask(index, frames, limit=5):
    """Search with one MIDI item's own windows."""
    (described,) = choose_model().describe([frames], "midi")
    return index.search(described.window_vectors, limit)


def list_warnings(caplog):
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]


def read_files(store):
    return {file.suffix: file.read_bytes() for file in index_files.index_files(store)}


def read_manifest(store):
    return json.loads(read_files(store)[".json"])


def find_file(store, suffix):
    (found,) = store.index_folder.glob(f"midi-*{suffix}")
    return found


def test_the_graph_finds_what_exact_search_finds(store, bring, midi_frames):
    bring(midi_frames)
    exact = ask(load_index(store, "midi"), midi_frames["tune 3"])
    graph = ask(load_index(store, "midi", exact_below=0, n_threads=1), midi_frames["tune 3"])
    assert_array_equal(graph.item_seq, exact.item_seq)
    assert_array_equal(graph.similarity, exact.similarity)
    assert exact.item_seq[0] == 4


def test_below_the_threshold_nothing_is_written(store, bring, midi_frames):
    bring(midi_frames)
    load_index(store, "midi")
    assert not index_files.index_files(store)


def test_without_windows_there_is_nothing_to_find_or_to_write(store):
    assert load_index(store, "midi", exact_below=0).n_windows == 0
    assert not index_files.index_files(store)


def test_vectors_alone_are_kept_below_the_size_for_a_graph(store, bring, midi_frames, monkeypatch, caplog):
    bring(midi_frames)
    monkeypatch.setattr(index_files, "SAVED_FROM", 1)
    fresh = ask(load_index(store, "midi"), midi_frames["tune 6"])
    assert set(read_files(store)) == {".vectors", ".json"}
    told = []
    again = ask(load_index(store, "midi", progress=lambda *news: told.append(news)), midi_frames["tune 6"])
    assert not told
    assert not list_warnings(caplog)
    assert_array_equal(again.item_seq, fresh.item_seq)
    assert_array_equal(again.similarity, fresh.similarity)


def test_a_small_part_of_a_large_index_is_searched_exactly(store, bring, midi_frames):
    bring(midi_frames)
    n_windows = load_index(store, "midi").n_windows
    index = load_index(store, "midi", exact_below=n_windows).within(np.array([1, 2]))
    assert ask(index, midi_frames["tune 1"]).item_seq.tolist() == [2, 1]


def test_new_windows_extend_the_files(store, bring, midi_frames, caplog):
    names = list(midi_frames)
    bring({name: midi_frames[name] for name in names[:6]})
    load_index(store, "midi", exact_below=0)
    bring({name: midi_frames[name] for name in names[6:]})
    told = []
    index = load_index(store, "midi", exact_below=0, progress=lambda *news: told.append(news))
    assert ask(index, midi_frames[names[7]]).item_seq[0] == 8
    assert {stage for stage, _, _ in told} == {"vectors", "index"}
    assert told[-1][1] == told[-1][2] < index.n_windows
    assert read_manifest(store)["n_windows"] == index.n_windows
    told.clear()
    load_index(store, "midi", exact_below=0, progress=lambda *news: told.append(news))
    assert not told
    assert not list_warnings(caplog)


def test_grown_files_are_those_of_one_go(store, bring, midi_frames, monkeypatch):
    monkeypatch.setattr(index_files, "SAVED_FROM", 1)
    names = list(midi_frames)
    for name in names:
        bring({name: midi_frames[name]})
        load_index(store, "midi")
    grown = read_files(store)[".vectors"]
    find_file(store, ".json").unlink()
    load_index(store, "midi")
    assert read_files(store)[".vectors"] == grown


def test_removed_items_are_not_found(store, bring, midi_frames):
    bring(midi_frames)
    load_index(store, "midi", exact_below=0)
    forget(store, ["/music/tunes/tune 5.mid"])
    for build in (False, True):
        index = load_index(store, "midi", exact_below=0, build=build)
        assert ask(index, midi_frames["tune 5"], 8).item_seq.size == 7
        assert 6 not in ask(index, midi_frames["tune 5"], 8).item_seq
    manifest = read_manifest(store)
    assert manifest["n_removed"] > 0
    assert ask(load_index(store, "midi", exact_below=0), midi_frames["tune 4"]).item_seq[0] == 5
    assert read_manifest(store) == manifest


def test_a_graph_with_many_removed_windows_is_built_anew(store, bring, midi_frames):
    bring(midi_frames)
    load_index(store, "midi", exact_below=0)
    forget(store, [f"/music/tunes/tune {n}.mid" for n in range(5)])
    index = load_index(store, "midi", exact_below=0)
    assert read_manifest(store)["n_removed"] == 0
    assert ask(index, midi_frames["tune 7"]).item_seq[0] == 8


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("damage", ["missing", "truncated", "flipped", "empty"])
def test_damaged_files_are_made_again_with_a_line_that_says_so(
    store, bring, midi_frames, suffix, damage, caplog
):
    bring(midi_frames)
    load_index(store, "midi", exact_below=0, n_threads=1)
    sound, file = read_files(store), find_file(store, suffix)
    if damage == "missing":
        file.unlink()
    elif damage == "truncated":
        file.write_bytes(sound[suffix][: len(sound[suffix]) // 2])
    elif damage == "flipped":
        file.write_bytes(sound[suffix][:20] + bytes([sound[suffix][20] ^ 1]) + sound[suffix][21:])
    else:
        file.write_bytes(b"")
    trouble = check_index(store, "midi")
    assert trouble
    assert not list_warnings(caplog)
    index = load_index(store, "midi", exact_below=0, n_threads=1)
    assert list_warnings(caplog) == [f"The midi index is of no use ({trouble}); it is made anew."]
    assert ask(index, midi_frames["tune 5"]).item_seq[0] == 6
    assert check_index(store, "midi") is None
    assert read_files(store) == sound


def test_a_reader_builds_nothing(store, bring, midi_frames, caplog):
    caplog.set_level(logging.INFO, "lakhdb")
    bring(midi_frames)
    index = load_index(store, "midi", exact_below=0, build=False)
    assert ask(index, midi_frames["tune 2"]).item_seq[0] == 3
    assert not index_files.index_files(store)
    load_index(store, "midi", exact_below=0)
    find_file(store, ".vectors").write_bytes(b"")
    load_index(store, "midi", exact_below=0, build=False)
    assert [one.getMessage().partition("; ")[2] for one in caplog.records] == [
        "vectors are read instead.",
        "it is made anew.",
        "vectors are read instead.",
    ]
    assert find_file(store, ".vectors").read_bytes() == b""


def test_a_reader_with_files_that_are_behind_finds_the_new_items(store, bring, midi_frames):
    names = list(midi_frames)
    bring({name: midi_frames[name] for name in names[:6]})
    load_index(store, "midi", exact_below=0)
    bring({name: midi_frames[name] for name in names[6:]})
    before = read_files(store)
    index = load_index(store, "midi", exact_below=0, build=False)
    assert ask(index, midi_frames[names[7]]).item_seq[0] == 8
    assert read_files(store) == before


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("version", "other-1", "made by another model"),
        ("dimension", 7, "made by another model"),
        ("parameters", {"M": 99}, "made with other parameters"),
    ],
)
def test_files_of_another_kind_are_not_used(store, bring, midi_frames, field, value, message, caplog):
    bring(midi_frames)
    load_index(store, "midi", exact_below=0)
    file = find_file(store, ".json")
    file.write_text(json.dumps(read_manifest(store) | {field: value}))
    assert message in check_index(store, "midi")
    load_index(store, "midi", exact_below=0)
    assert message in caplog.text
    assert check_index(store, "midi") is None


def test_vectors_of_another_database_under_the_same_numbers_are_noticed(store, bring, midi_frames, caplog):
    bring(midi_frames)
    load_index(store, "midi", exact_below=0)
    files = IndexFiles(store.index_folder, "midi")
    saved = files.load(with_graph=True)
    saved.packed[-1] = saved.packed[0]
    files.save(saved)
    assert check_index(store, "midi") is None
    load_index(store, "midi", exact_below=0)
    assert "it is of other windows" in caplog.text
    assert not np.array_equal(files.load(with_graph=False).packed[-1], saved.packed[0])


def test_leftovers_of_a_save_that_was_cut_off_are_swept_up(store, bring, midi_frames):
    bring(midi_frames)
    store.index_folder.mkdir()
    (store.index_folder / "0123.tmp").write_bytes(b"half")
    load_index(store, "midi", exact_below=0)
    assert set(read_files(store)) == set(SUFFIXES)


def test_the_measured_widths_are_in_the_manifest(store, bring, midi_frames):
    bring(midi_frames)
    index = load_index(store, "midi", exact_below=0)
    widths = read_manifest(store)["widths"]
    assert {(one["limit"], one["ef"]) for one in widths} >= {(10, 32), (100, 32), (1000, 32)}
    assert all(0 <= one["recall"] <= 1 for one in widths)
    assert widths[-1]["ef"] >= index.n_windows or widths[-1]["recall"] == 1.0 or widths[-1]["ef"] == 16384
