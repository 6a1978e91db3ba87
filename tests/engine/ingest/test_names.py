"""What files are called, from their ingest to the names of items."""

import io
import zipfile

import numpy as np
import pretty_midi
import pytest
import soundfile

from lakhdb import engine


def write_midi(seed=0, title=None):
    """Make the bytes of a MIDI file of twenty notes."""
    midi = pretty_midi.PrettyMIDI()
    piano = pretty_midi.Instrument(0, name=title or "")
    for n, pitch in enumerate(np.random.default_rng(seed).integers(50, 80, 20)):
        piano.notes.append(pretty_midi.Note(90, int(pitch), n * 0.4, n * 0.4 + 0.3))
    midi.instruments.append(piano)
    data = io.BytesIO()
    midi.write(data)
    return data.getvalue()


@pytest.fixture
def db(tmp_path):
    return engine.open(tmp_path / "test.lmdb")


def read_midi_names(db):
    return db.sql("SELECT artist, title FROM midi ORDER BY ALL").fetchall()


def test_folders_below_the_one_that_was_named_tell_the_artist(db, tmp_path):
    folder = tmp_path / "Collection"
    (folder / "The Beatles").mkdir(parents=True)
    (folder / "The Beatles" / "Help!.mid").write_bytes(write_midi(1))
    (folder / "Yesterday.mid").write_bytes(write_midi(2))
    db.ingest_midi([folder])
    assert read_midi_names(db) == [("The Beatles", "Help!"), (None, "Yesterday")]


def test_an_archive_that_is_not_utf_8_is_read_as_it_was_meant(db, tmp_path):
    artist, title = "周杰伦啊", "青花瓷青花瓷"
    plain = {artist: "A" * 8, title: "B" * 12}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr(f"{plain[artist]}/{plain[title]}.mid", write_midi())
    data = archive.getvalue()
    for meant, stand_in in plain.items():
        data = data.replace(stand_in.encode(), meant.encode("gbk"))
    (tmp_path / "songs.zip").write_bytes(data)
    db.ingest_midi([tmp_path / "songs.zip"])
    assert read_midi_names(db) == [(artist, title)]


def test_a_path_that_holds_another_file_now_names_that(db, tmp_path):
    (tmp_path / "midi").mkdir()
    file = tmp_path / "midi" / "Elton John - Daniel.mid"
    file.write_bytes(write_midi(1))
    db.ingest_midi([tmp_path / "midi"])
    file.write_bytes(write_midi(2) + b"\0")
    db.ingest_midi([tmp_path / "midi"])
    named = "SELECT item_seq, artist, title FROM names WHERE source = 'path'"
    assert db.sql(named).fetchall() == [(2, "Elton John", "Daniel")]
    # The first content is still an item, which nothing names any more.
    assert read_midi_names(db) == [("Elton John", "Daniel"), (None, None)]


def test_tags_outdo_the_path_and_lists_outdo_tags(db, tmp_path):
    (tmp_path / "audio").mkdir()
    file = tmp_path / "audio" / "Abba - Waterlo.flac"
    soundfile.write(file, np.random.default_rng(0).standard_normal(22050) / 10, 22050)
    db.ingest_audio([tmp_path / "audio"])
    best = "SELECT artist, title, track_id FROM audio"
    assert db.sql(best).fetchall() == [("Abba", "Waterlo", None)]
    (tmp_path / "list.csv").write_text("track_id,artist,title,file\nTR1,ABBA,Waterloo,Abba - Waterlo.flac\n")
    db.ingest_metadata(tmp_path / "list.csv", corpus="list")
    assert db.sql(best).fetchall() == [("ABBA", "Waterloo", "TR1")]


def test_a_list_that_came_first_names_files_that_come_later(db, tmp_path):
    (tmp_path / "list.csv").write_text("artist,title,path\nABBA,Waterloo,pop/w.mid\n")
    db.ingest_metadata(tmp_path / "list.csv", corpus="list")
    (tmp_path / "midi" / "pop").mkdir(parents=True)
    (tmp_path / "midi" / "pop" / "w.mid").write_bytes(write_midi())
    db.ingest_midi([tmp_path / "midi"])
    assert read_midi_names(db) == [("ABBA", "Waterloo")]


def test_what_is_forgotten_names_nothing(db, tmp_path):
    (tmp_path / "midi").mkdir()
    for name, seed in (("Abba - Waterloo", 1), ("Queen - Innuendo", 2)):
        (tmp_path / "midi" / f"{name}.mid").write_bytes(write_midi(seed))
    (tmp_path / "list.csv").write_text("artist,title,path\nABBA,Waterloo!,Abba - Waterloo.mid\n")
    db.ingest_midi([tmp_path / "midi"])
    db.ingest_metadata(tmp_path / "list.csv", corpus="list")
    db.forget([tmp_path / "midi" / "Abba - Waterloo.mid"])
    rows = db.sql("SELECT source, item_seq, title FROM names ORDER BY ALL").fetchall()
    assert rows == [("metadata", None, "Waterloo!"), ("path", 2, "Innuendo")]


def test_an_interrupted_ingest_names_what_it_left_nameless(db, tmp_path, monkeypatch):
    (tmp_path / "midi").mkdir()
    (tmp_path / "midi" / "Abba - Waterloo.mid").write_bytes(write_midi())

    def stop(con):
        raise KeyboardInterrupt

    monkeypatch.setattr("lakhdb.engine.ingest.collect.refresh_names", stop)
    with pytest.raises(KeyboardInterrupt):
        db.ingest_midi([tmp_path / "midi"])
    assert read_midi_names(db) == [(None, None)]
    monkeypatch.undo()
    db.ingest_midi([tmp_path / "midi"])
    assert read_midi_names(db) == [("Abba", "Waterloo")]


def write_list(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    return tmp_path / name


def read_links(db):
    """What the entries of lists are joined with, by list, title and the content of the file."""
    rows = db.sql(
        "SELECT names.corpus, names.title, midi_id FROM names LEFT JOIN midi_items ON item_seq = midi_seq "
        "WHERE source = 'metadata' AND side = 'midi' ORDER BY ALL"
    )
    return rows.fetchall()


def test_ids_that_look_alike_in_unrelated_lists_join_nothing(db, tmp_path):
    (tmp_path / "midi").mkdir()
    (tmp_path / "midi" / "first.mid").write_bytes(write_midi(1))
    (tmp_path / "midi" / "other.mid").write_bytes(write_midi(2))
    db.ingest_midi([tmp_path / "midi"])
    known = "song_0001,Alpha,First,midi/first.mid\nTRAAAAA128F0000001,Alpha,Other,midi/other.mid\n"
    db.ingest_metadata(write_list(tmp_path, "a.csv", f"id,artist,title,path\n{known}"), corpus="A")
    strange = "song_0001,Zulu,Quite Another\nTRAAAAA128F0000001,Alpha,Other (live)\n"
    summary = db.ingest_metadata(
        write_list(tmp_path, "b.csv", f"id,artist,title\n{strange}"), corpus="B", side="midi"
    )
    assert summary.n_joined == 1  # what the Million Song Dataset calls a recording is no other's name
    more = write_list(tmp_path, "c.csv", "id,artist,title\nsong_0001,Alpha,First (demo)\n")
    assert db.ingest_metadata(more, corpus="A", side="midi").n_joined == 1


@pytest.fixture
def places(tmp_path):
    """A folder of three files, of which a later state changes one, and a list in two states."""
    midi = tmp_path / "midi"
    (midi / "pop").mkdir(parents=True)
    for seed, name in enumerate(("one", "two", "three")):
        (midi / "pop" / f"{name}.mid").write_bytes(write_midi(seed))
    return midi


EARLY = "id,artist,title,path\nentry_01,Abba,One,pop/one.mid\nentry_02,Queen,Two,pop/two.mid\n"
LATE = "id,artist,title,path\nentry_01,Abba,One,pop/three.mid\nentry_03,Queen,Two,\n"
FRIEND = "id,artist,title\nentry_01,Abba,Uno\nentry_02,Queen,Due\n"


def ingest_step(db, tmp_path, midi, step):
    """Do a step: bring in files, a state of the list, the list that hangs on it, or another content."""
    if step == "files":
        db.ingest_midi([midi], jobs=1)
    elif step == "change":
        (midi / "pop" / "one.mid").write_bytes(write_midi(9))
        (midi / "pop" / "two.mid").write_bytes(write_midi(0))
    else:
        name, text = {
            "early": ("list.csv", EARLY),
            "late": ("list.csv", LATE),
            "friend": ("friend.csv", FRIEND),
        }[step]
        db.ingest_metadata(write_list(tmp_path, name, text), corpus="c", side="midi")


HISTORIES = {
    "list before files": ["early", "friend", "files"],
    "files before list": ["files", "friend", "early"],
    "a list that was replaced": ["files", "early", "friend", "late"],
    "a list that was replaced while files changed": ["early", "files", "friend", "change", "late", "files"],
    "contents that changed": ["files", "early", "friend", "change", "files"],
    "contents that changed, and nothing new since": ["early", "friend", "files", "change", "files", "files"],
}


@pytest.mark.parametrize("history", HISTORIES)
def test_lists_are_joined_with_files_as_in_a_new_database(db, tmp_path, places, history):
    steps = HISTORIES[history]
    for step in steps:
        ingest_step(db, tmp_path, places, step)
    fresh = engine.open(tmp_path / "fresh.lmdb")
    for step in ["late" if "late" in steps else "early", "files", "friend"]:
        ingest_step(fresh, tmp_path, places, step)
    links = read_links(db)
    assert links == read_links(fresh)
    assert sum(midi_id is not None for *_, midi_id in links) == (2 if "late" in steps else 4)
