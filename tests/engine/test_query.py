"""Asking with files, ids and words."""

import shutil

import numpy as np
import pyarrow as pa
import pytest
import soundfile

from lakhdb import engine
from lakhdb.engine.errors import InputError
from lakhdb.engine.ingest.names import insert_names
from lakhdb.engine.match import match
from lakhdb.engine.query import query
from lakhdb.engine.songs import index_songs
from lakhdb.engine.store import open_store

RANKED = [
    "rank", "id", "path", "artist", "title", "score", "confidence", "transposition",
    "midi_start_s", "midi_end_s", "audio_start_s", "audio_end_s", "offset_s",
]  # fmt: skip


@pytest.fixture(scope="module")
def database(collection, tmp_path_factory):
    """A database of the six MIDI files and four recordings of the small collection."""
    db = engine.open(tmp_path_factory.mktemp("query") / "test.lmdb")
    db.ingest_midi([collection / "midi"], jobs=1)
    db.ingest_audio([collection / "audio"], jobs=1)
    return db


def list_files(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_a_midi_file_finds_its_recording_and_writes_nothing(database, collection, tmp_path):
    before = list_files(database.store.folder)
    found = query(
        database.store, shutil.copy(collection / "midi" / "tune2.mid", tmp_path / "other name.mid"), k=3
    )
    assert found.column_names == RANKED
    assert found["rank"].to_pylist() == [1, 2, 3]
    assert found["path"][0].as_py().endswith("audio/tune2.flac")
    assert found["score"][0].as_py() > 0.5 > found["score"][1].as_py()
    assert abs(found["offset_s"][0].as_py()) < 0.2
    assert list_files(database.store.folder) == before


def test_an_excerpt_says_where_in_the_midi_it_begins(database, collection, tmp_path):
    samples, rate = soundfile.read(collection / "audio" / "tune1.flac")
    soundfile.write(tmp_path / "excerpt.wav", samples[6 * rate : 18 * rate], rate)
    found = query(database.store, tmp_path / "excerpt.wav", k=1)
    assert found.num_rows == 1
    assert found["path"][0].as_py().endswith("midi/tune1.mid")
    assert found["offset_s"][0].as_py() == pytest.approx(6, abs=0.3)


def test_an_id_and_its_beginning_ask_alike(database):
    item = database.sql("SELECT midi_id FROM midi WHERE path LIKE '%tune3.mid'").fetchall()[0][0]
    whole, begun = (query(database.store, target) for target in (item, item[:6].upper()))
    assert whole.equals(begun)
    assert whole["path"][0].as_py().endswith("audio/tune3.flac")


def test_an_items_own_side_can_be_asked_and_leaves_out_the_item(database, collection):
    item = database.sql("SELECT midi_id FROM midi WHERE path LIKE '%tune3.mid'").fetchall()[0][0]
    assert item not in query(database.store, item, against="midi")["id"].to_pylist()
    found = query(database.store, collection / "midi" / "tune3.mid", against="midi")
    assert found["id"][0].as_py() == item
    assert found["similarity"][0].as_py() == 1
    recording = database.sql("SELECT audio_id FROM audio WHERE path LIKE '%tune3.flac'").fetchall()[0][0]
    assert recording not in query(database.store, recording, against="audio")["id"].to_pylist()
    found = query(database.store, collection / "audio" / "tune3.flac", against="audio")
    assert (found["id"][0].as_py(), found["score"][0].as_py()) == (recording, 1)


def test_pruned_and_unpruned_agree_on_the_first(database, collection):
    target = collection / "midi" / "tune0.mid"
    pruned, whole = (query(database.store, target, k=1, candidates=candidates) for candidates in (2, None))
    assert pruned.equals(whole)


def test_a_query_scores_as_a_match_does(both):
    match(both)
    with both.reading() as con:
        rows = con.execute("SELECT midi_id, audio_id, score FROM matches WHERE rank = 1").fetchall()
    midi_id, audio_id, score = rows[0]
    for target, answer in ((midi_id, audio_id), (audio_id, midi_id)):
        found = query(both, target, k=1)
        assert (found["id"][0].as_py(), found["score"][0].as_py()) == (answer, score)


def test_words_find_titles_on_both_sides(both):
    found = query(both, "Excerpt 3", k=4)
    assert found.column_names == ["kind", "id", "path", "artist", "title", "similarity"]
    assert found["title"][0].as_py() == "excerpt 3"
    similarity = found["similarity"].to_numpy()
    assert similarity[0] > similarity[1]
    assert (np.diff(similarity) <= 0).all()
    assert query(both, "tnue 5", k=1)["title"].to_pylist() == ["tune 5"]
    assert query(both, "qqq zzz").num_rows == 0


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    """A database of names alone: lists of files that are not here."""
    store = open_store(tmp_path_factory.mktemp("named") / "names.lmdb", create=True)
    rows = {
        "side": ["audio", "audio", "audio", "midi", "audio", "audio", "midi"],
        "artist": ["The Beatles", "Dire Straits", "AC/DC", "Gaye,Marvin", "周杰倫", "Mötley Crüe", "!!!"],
        "title": [
            "Help!",
            "Sultans of Swing",
            "Hells Bells",
            "What's Going On",
            "告白氣球",
            "Wild Side",
            "Me",
        ],
        "track_id": ["TR1", "TR2", "TR3", None, "TR5", "TR6", None],
        "md5": [None, None, None, "ab" * 16, None, None, "cd" * 16],
        "source": ["metadata"] * 7,
    }
    with store.writing() as con:
        insert_names(con, pa.table(rows))
        index_songs(con)
    return store


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("beatles help", "TR1"),
        ("HELP the beatles", "TR1"),
        ("beetles halp", "TR1"),
        ("sultens of swing dire strait", "TR2"),
        ("swing sultans", "TR2"),
        ("acdc bells", "TR3"),
        ("hellsbells", "TR3"),
        ("marvin gaye whats going on", "ab" * 16),
        ("告白", "TR5"),
        ("motley crue wild", "TR6"),
        ("!!!", "cd" * 16),
        ("abba beatles", "TR1"),
    ],
)
def test_words_find_names_however_they_are_spelt(named, text, found):
    first = query(named, text, k=1).to_pylist()[0]
    assert first["id"] == found
    assert first["path"] is None
    assert 0.3 < first["similarity"] <= 1


def test_words_in_full_are_surer_than_words_misspelt(named):
    similarities = [
        query(named, text, k=1)["similarity"][0].as_py()
        for text in ("beatles help", "beatles halp", "beatles hxxx")
    ]
    assert similarities[0] == 1
    assert similarities == sorted(set(similarities), reverse=True)


def test_words_that_begin_no_id_are_words(named):
    assert query(named, "abba").num_rows == 0
    assert query(named, "?!*").num_rows == 0


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        ("nowhere/x.mid", {}, "nowhere/x.mid cannot be used as MIDI: No such file"),
        ("missing.flac", {}, "missing.flac cannot be used as audio: No such file"),
        ("./notes.txt", {}, "neither MIDI nor audio"),
        ("  ", {}, "nothing to look for"),
        ("tune", {"k": 0}, "k is 0"),
        ("tune", {"against": "text"}, "against is text"),
        ("tune", {"candidates": 0}, "candidates is 0"),
    ],
)
def test_refuses_what_cannot_be_asked(both, target, options, message):
    with pytest.raises(InputError, match=message):
        query(both, target, **options)


def test_refuses_digits_that_begin_several_ids(store, add, midi_frames):
    ids = add("midi", {f"{n}": midi_frames["tune 0"][:20] for n in range(800)})
    beginnings = [one[:4] for one in ids.values()]
    shared = next(one for one in beginnings if beginnings.count(one) > 1)
    with pytest.raises(InputError, match="several items"):
        query(store, shared)


def test_a_word_that_looks_like_an_id_is_a_word_where_a_name_has_it(store, add, midi_frames):
    ids = add("midi", dict(list(midi_frames.items())[:3]))
    prefix = sorted(ids.values())[0][:5]
    assert query(store, prefix).column_names == RANKED
    add("audio", {f"{prefix} tunes": midi_frames["tune 0"]})
    found = query(store, prefix)
    assert found.column_names[0] == "kind"
    assert found["title"].to_pylist() == [f"{prefix} tunes"]
    assert query(store, sorted(ids.values())[0]).column_names == RANKED


def test_words_that_are_not_utf_8_are_refused(database):
    with pytest.raises(InputError, match="the text is not UTF-8"):
        query(database.store, "\udce9t\udce9")
