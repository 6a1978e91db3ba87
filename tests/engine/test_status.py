import soundfile

from lakhdb.engine.forget import forget
from lakhdb.engine.ingest.audio import ingest_audio
from lakhdb.engine.ingest.midi import ingest_midi
from lakhdb.engine.match import match
from lakhdb.engine.question import ask
from lakhdb.engine.status import count


def read_counts(store):
    return {(row["name"], row["corpus"]): row["value"] for row in count(store).to_pylist()}


def test_an_empty_database_holds_nothing(store):
    assert set(read_counts(store).values()) == {0}


def test_counts_what_was_matched(both):
    match(both)
    counts = read_counts(both)
    assert counts["midi_items", None] == counts["audio_items", None] == 8
    assert counts["midi_items", "tunes"] == 8
    assert counts["runs", None] == 1
    assert counts["runs_unfinished", None] == 0
    for view in ("matches", "candidates", "alignments"):
        assert counts[view, None] == ask(both, f"SELECT count(*) AS n FROM {view}").to_pylist()[0]["n"]
    files = [path for path in both.folder.rglob("*.parquet") if path.name != "empty.parquet"]
    assert counts["parts", None] == len(files)
    assert counts["part_bytes", None] == sum(path.stat().st_size for path in files)


def test_counts_files_and_what_is_in_them(store, collection, tmp_path):
    (tmp_path / "broken.mid").write_bytes(b"MThd")
    ingest_midi(store, [collection / "midi", tmp_path / "broken.mid"], jobs=1)
    ingest_audio(store, [collection / "audio"], corpus="records", jobs=1)
    counts = read_counts(store)
    assert counts["midi_paths", None] == counts["midi_items", "midi"] == 6
    assert (
        counts["midi_notes", None] == ask(store, "SELECT count(*) AS n FROM notes").to_pylist()[0]["n"] > 300
    )
    assert counts["midi_windows", None] >= 6
    assert counts["failures", None] == 1
    seconds = sum(soundfile.info(file).duration for file in (collection / "audio").iterdir())
    assert abs(counts["audio_seconds", None] - seconds) < 1
    assert counts["audio_items", "records"] == 4


def test_does_not_count_what_was_forgotten(both):
    before = read_counts(both)
    forget(both, ["/music/tunes/tune 0.mid"])
    after = read_counts(both)
    assert after["midi_items", None] == 7
    assert 0 < after["midi_windows", None] < before["midi_windows", None]
    assert after["audio_windows", None] == before["audio_windows", None]
