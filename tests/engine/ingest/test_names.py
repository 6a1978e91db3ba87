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
