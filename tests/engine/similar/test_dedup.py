"""Copies and versions of a collection."""

import pytest

from lakhdb import engine
from lakhdb.engine.errors import InputError
from lakhdb.engine.similar import dedup as module


@pytest.fixture
def fresh(midi_folder, tmp_path):
    """A database of the folder that nothing has compared."""
    db = engine.open(tmp_path / "fresh.lmdb")
    db.ingest_midi([midi_folder], jobs=1)
    return db


CLUSTERS = 'SELECT parse_filename(path), kind FROM midi_clusters ORDER BY "cluster", path'


def test_copies_and_versions_are_gathered(fresh):
    summary = fresh.dedup()
    assert (summary.n_compared, summary.n_known, summary.n_clusters, summary.n_members) == (13, 0, 2, 4)
    assert (summary.n_identical, summary.n_reexported, summary.n_versions) == (0, 1, 1)
    assert "13 MIDI files compared" in str(summary)
    assert dict(fresh.sql(CLUSTERS).fetchall()) == {
        "copy0.mid": "representative",
        "tune0.mid": "same performance re-exported",
        "performance1.mid": "representative",
        "tune1.mid": "version",
    }
    rows = fresh.clusters().to_pylist()
    assert rows[1]["nearest"] == rows[0]["member"] == rows[0]["representative"]
    assert rows[1]["transposition"] == 3
    assert rows[1]["tempo_ratio"] == pytest.approx(1.2, rel=0.01)
    assert fresh.dedup().n_compared == 0


def test_new_files_join_and_lost_ones_leave(fresh, tunes, tmp_path):
    fresh.dedup()
    tunes[2].transpose(-4).write(tmp_path / "more" / "copy2.mid")
    fresh.ingest_midi([tmp_path / "more"], jobs=1)
    summary = fresh.dedup()
    assert (summary.n_compared, summary.n_known, summary.n_clusters) == (1, 13, 3)
    fresh.forget([tmp_path / "more"])
    assert fresh.dedup().n_clusters == 2


def test_a_comparison_with_other_settings_begins_anew(fresh, monkeypatch):
    first = fresh.dedup()
    monkeypatch.setattr(module, "SETTINGS", "other")
    again = fresh.dedup()
    assert (again.n_compared, again.n_members) == (first.n_compared, first.n_members)


def test_what_was_cut_off_is_gone_on_with(fresh, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 5)

    def stop(stage, done, total):
        if stage == "compare":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fresh.dedup(progress=stop)
    summary = fresh.dedup()
    assert (summary.n_compared, summary.n_known, summary.n_clusters) == (8, 5, 2)


def test_one_corpus_alone_is_compared(fresh, tunes, tmp_path):
    tunes[3].play(1.3).write(tmp_path / "other" / "copy3.mid")
    fresh.ingest_midi([tmp_path / "other"], jobs=1)
    summary = fresh.dedup(corpus="other")
    assert (summary.n_compared, summary.n_clusters) == (1, 1)


def test_the_files_to_keep_are_listed(fresh, tmp_path):
    fresh.dedup()
    kept = fresh.export_dedup(out=tmp_path / "keep.txt")
    names = {path.rsplit("/", 1)[1] for path in kept["path"].to_pylist()}
    assert len(names) == 12
    assert "tune0.mid" not in names  # the copy came first by name, and has as many notes
    assert {"tune1.mid", "performance1.mid"} <= names
    assert (tmp_path / "keep.txt").read_text().splitlines() == kept["path"].to_pylist()
    assert sum(kept["n_dropped"].to_pylist()) == 1
    assert len(fresh.export_dedup(one_version=True)) == 11
    with pytest.raises(InputError, match="cannot be written"):
        fresh.export_dedup(out=tmp_path / "nowhere" / "keep.txt")
