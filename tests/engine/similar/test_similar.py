"""Asking with MIDI files which others resemble them."""

import logging
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from lakhdb import engine
from lakhdb.engine.errors import InputError, MissingEmbeddingError
from lakhdb.engine.similar.similar import find_similar

from .conftest import compose, drum

MELODY = 64

COLUMNS = [
    "rank", "id", "path", "artist", "title", "similarity", "kind", "transposition", "tempo_ratio", "start_s",
    "end_s", "other_start_s", "other_end_s", "matched", "pitch", "rhythm", "instruments", "velocities",
]  # fmt: skip


def name(row):
    return Path(row["path"]).stem


def ask(db, tune, tmp_path, **options):
    return find_similar(db.store, tune.write(tmp_path / "query.mid"), **options).to_pylist()


def test_the_same_notes_are_found_and_named(db, tunes, tmp_path):
    rows = find_similar(db.store, tunes[3].write(tmp_path / "q.mid"), k=3)
    assert rows.column_names == COLUMNS
    best, second = rows.to_pylist()[:2]
    assert (name(best), best["kind"], best["transposition"]) == ("tune3", "identical notes", 0)
    assert best["similarity"] == best["matched"] == 1
    assert second["kind"] == "similar"
    assert second["similarity"] < 0.45


@pytest.mark.parametrize("semitones", [-6, -1, 4, 6])
@pytest.mark.parametrize("times_as_fast", [0.7, 1.4])
def test_a_copy_in_another_key_and_tempo_is_the_same_performance(
    db, tunes, tmp_path, semitones, times_as_fast
):
    best = ask(db, tunes[5].transpose(semitones).play(times_as_fast), tmp_path)[0]
    assert (name(best), best["kind"]) == ("tune5", "same performance re-exported")
    assert best["transposition"] == -semitones
    assert best["tempo_ratio"] == pytest.approx(1 / times_as_fast, rel=0.01)


def test_a_performance_is_a_version(db, tunes, tmp_path):
    best = ask(db, tunes[4].perform(9), tmp_path)[0]
    assert (name(best), best["kind"]) == ("tune4", "version")
    assert best["tempo_ratio"] == pytest.approx(1.1, rel=0.05)
    assert best["matched"] > 0.9


@pytest.mark.parametrize("kind", ["dropped", "added", "cut", "melody"])
def test_what_lacks_notes_or_has_more_is_found(db, tunes, tmp_path, kind):
    tune, rng = tunes[6], np.random.default_rng(2)
    if kind == "dropped":
        changed = tune.keep(rng.random(tune.pitch.size) < 0.8)
    elif kind == "cut":
        changed = tune.keep(tune.start_s > 27)
    elif kind == "melody":
        changed = tune.keep(tune.pitch >= 64)
    else:
        more = tune.keep(rng.random(tune.pitch.size) < 0.2).transpose(7)
        order = np.argsort(np.concatenate([tune.start_s, more.start_s]), kind="stable")
        changed = type(tune)(
            *(
                np.concatenate([getattr(tune, field), getattr(more, field)])[order]
                for field in ("pitch", "start_s", "end_s", "velocity")
            )
        )
    best, second = ask(db, changed, tmp_path)[:2]
    assert name(best) == "tune6"
    assert best["similarity"] > 0.45 > second["similarity"]
    if kind == "cut":
        assert best["other_start_s"] - best["start_s"] == pytest.approx(0, abs=1)
        assert best["other_end_s"] == pytest.approx(tune.start_s.max(), abs=1)


@pytest.mark.parametrize("kept", ["chords", "melody"])
@pytest.mark.parametrize("tracks", ["asked", "there"])
def test_what_lost_a_track_is_a_version(tunes, tmp_path, kept, tracks):
    db = engine.open(tmp_path / "test.lmdb")
    whole = [tune.write_tracks(tmp_path / "whole" / f"tune{n}.mid", MELODY) for n, tune in enumerate(tunes)]
    left = [
        tune.keep((tune.pitch >= MELODY) == (kept == "melody")).write(tmp_path / "left" / f"tune{n}.mid")
        for n, tune in enumerate(tunes)
    ]
    db.ingest_midi([tmp_path / ("left" if tracks == "asked" else "whole")], jobs=1)
    best, second = find_similar(db.store, (whole if tracks == "asked" else left)[5]).to_pylist()[:2]
    assert (name(best), best["kind"], best["transposition"]) == ("tune5", "version", 0)
    assert best["similarity"] > 0.9
    assert (second["kind"], second["similarity"] < 0.45) == ("similar", True)


def test_tunes_over_the_same_chords_are_no_versions(tunes, tmp_path):
    db = engine.open(tmp_path / "test.lmdb")
    chords, melody = (
        tune.keep((tune.pitch >= MELODY) == upper) for tune, upper in ((tunes[2], False), (tunes[3], True))
    )
    both = type(chords)(
        *(
            np.concatenate([getattr(chords, field), getattr(melody, field)])
            for field in ("pitch", "start_s", "end_s", "velocity")
        )
    )
    both.write_tracks(tmp_path / "files" / "other.mid", MELODY)
    db.ingest_midi([tmp_path / "files"], jobs=1)
    (found,) = find_similar(db.store, tunes[2].write_tracks(tmp_path / "q.mid", MELODY)).to_pylist()
    assert found["kind"] == "similar"


def test_drums_are_searched_by_rhythm(db, tmp_path):
    rows = ask(db, drum(1).play(1.1), tmp_path, k=3)
    assert name(rows[0]) == "drums1"
    assert {name(row) for row in rows} <= {"drums0", "drums1", "drums2"}


def test_weights_say_what_counts(db, tunes, tmp_path):
    organ = type(tunes[0])(**{**vars(tunes[0]), "program": 19, "velocity": np.full(tunes[0].pitch.size, 127)})
    by_pitch = ask(db, organ, tmp_path)[0]
    assert by_pitch["similarity"] == by_pitch["pitch"] > 0.99
    assert by_pitch["instruments"] == 0
    both = ask(db, organ, tmp_path, weights={"pitch": 3, "instruments": 1})[0]
    assert both["similarity"] == pytest.approx(0.75, abs=0.01)
    touch = ask(db, organ, tmp_path, weights={"velocities": 1})[0]
    assert touch["similarity"] == touch["velocities"] < 0.8


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"pitches": 1}, "there is no weight 'pitches'"),
        ({"pitch": -1}, "0 or more"),
        ({"pitch": 0}, "all weights"),
    ],
)
def test_wrong_weights_are_refused(db, tunes, tmp_path, weights, message):
    with pytest.raises(InputError, match=message):
        ask(db, tunes[0], tmp_path, weights=weights)


def test_an_item_asks_by_its_id_and_leaves_itself_out(db, midi_folder):
    ((item_id,),) = db.sql("SELECT midi_id FROM midi WHERE path LIKE '%tune0.mid'").fetchall()
    rows = db.query(item_id[:10], against="midi", k=5).to_pylist()
    assert name(rows[0]) == "copy0"
    assert rows[0]["transposition"] == 3
    assert "tune0" not in map(name, rows)


def test_a_folder_asks_file_by_file_and_survives_bad_ones(db, tunes, tmp_path, caplog):
    tunes[2].write(tmp_path / "in" / "a.mid")
    tunes[7].write(tmp_path / "in" / "deep" / "b.mid")
    (tmp_path / "in" / "bad.mid").write_bytes(b"no music")
    with caplog.at_level(logging.WARNING, "lakhdb"):
        rows = db.query(tmp_path / "in", against="midi", k=1).to_pylist()
    assert [(Path(row["query"]).name, name(row)) for row in rows] == [("a.mid", "tune2"), ("b.mid", "tune7")]
    assert "bad.mid cannot be used as MIDI" in caplog.text
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.write(tmp_path / "in" / "a.mid", "x/a.mid")
    (row,) = db.query(tmp_path / "in.zip", against="midi", k=1).to_pylist()
    assert row["query"].endswith("in.zip!/x/a.mid")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no MIDI files"):
        db.query(tmp_path / "empty", against="midi")


def test_results_are_arrow_and_can_be_copied(db, tunes, tmp_path):
    found = db.similar(tunes[0].write(tmp_path / "q.mid"), k=2)
    assert pa.table(found).num_rows == len(found) == 2
    copies = found.copy_to(tmp_path / "listen")
    assert [copy.name for copy in copies] == [
        "01 1.00 identical notes tune0.mid", f"02 {found.table['similarity'][1].as_py():.2f} "
        f"{found.table['kind'][1].as_py()} copy0.mid",
    ]  # fmt: skip
    assert copies[0].read_bytes() == Path(found.table["path"][0].as_py()).read_bytes()
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be copied"):
        found.copy_to(tmp_path / "file")


def test_files_without_descriptions_are_refused_and_described_by_embed(db, tunes, tmp_path):
    with db.store.writing() as con:
        con.execute("DELETE FROM parts WHERE kind IN ('note_slices', 'note_windows')")
        con.execute("UPDATE midi_items SET chord_key = NULL, interval_key = NULL")
    with pytest.raises(MissingEmbeddingError, match="run `lmdb embed`"):
        ask(db, tunes[0], tmp_path)
    db.embed()
    assert name(ask(db, tunes[0], tmp_path)[0]) == "tune0"
    assert db.sql("SELECT count(DISTINCT chord_key) FROM midi_items").fetchall() == [(13,)]
    assert db.sql("SELECT count(DISTINCT interval_key) FROM midi_items").fetchall() == [(12,)]


def test_an_empty_database_finds_nothing(tmp_path):
    from lakhdb import engine

    empty = engine.open(tmp_path / "empty.lmdb")
    assert find_similar(empty.store, compose(1).write(tmp_path / "q.mid")).num_rows == 0


def test_one_note_finds_something(db, tunes, tmp_path):
    rows = ask(db, tunes[0].keep(np.arange(1)), tmp_path)
    assert all(np.isfinite(row["similarity"]) for row in rows)
