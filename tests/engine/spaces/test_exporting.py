import shutil

import numpy as np
import pytest

from lakhdb import engine
from lakhdb.engine.errors import InputError
from lakhdb.engine.note_features import NOTE_VERSION
from lakhdb.kernels.note_windows import DIMENSION


@pytest.mark.parametrize("space", [None, "notes", "times"])
def test_gives_out_ours_as_one_direction_an_item(ingested, tmp_path, space, monkeypatch):
    monkeypatch.setattr("lakhdb.engine.spaces.exporting.ITEMS_AT_ONCE", 4)  # of six
    db = engine.open(ingested.folder)
    done = db.export_vectors(tmp_path / "ours.npy", space=space)
    assert (done.path, done.n_rows, done.dimension) == (tmp_path / "ours.npy", 6, DIMENSION)
    rows = np.load(tmp_path / "ours.npy", allow_pickle=False)
    windows = ingested.folder / "features" / "note_windows" / "*.parquet"
    for name, vector in rows:
        found = db.sql(f"SELECT midi_seq FROM midi WHERE path = '{name}'").fetchall()
        query = (
            f"SELECT vector FROM read_parquet('{windows}') WHERE midi_seq = {found[0][0]} "
            f"AND space = '{space or 'notes'}' AND version = '{NOTE_VERSION}'"
        )
        mean = np.mean([row[0] for row in db.sql(query, write=True).fetchall()], axis=0)
        assert np.allclose(vector, mean / np.linalg.norm(mean), atol=1e-6)
    assert len(set(rows["midi_names"].tolist())) == 6
    assert rows.dtype.names == ("midi_names", "midi_embeddings")


def test_ours_come_in_again_and_know_our_files(ingested, tmp_path):
    db = engine.open(ingested.folder)
    db.export_vectors(tmp_path / "ours.npy")
    db.import_vectors(tmp_path / "ours.npy", name="ours")
    rows = db.search_vectors("tune3", space="ours", k=9).to_pylist()
    assert len(rows) == 5
    assert all(row["name"] == row["path"] for row in rows)


def test_says_what_is_missing(store, tmp_path):
    db = engine.open(store.folder)
    with pytest.raises(InputError, match="no MIDI file has vectors of notes yet; `lmdb embed`"):
        db.export_vectors(tmp_path / "ours.npy")
    with pytest.raises(InputError, match="no space named 'theirs'"):
        db.export_vectors(tmp_path / "ours.npy", space="theirs")
    assert not [*tmp_path.glob("*.npy*")]


def test_writes_whole_or_not_at_all(store, theirs, tmp_path):
    db = engine.open(store.folder)
    db.import_vectors(theirs, name="theirs")
    (tmp_path / "folder.npy").mkdir()
    for out in (tmp_path / "folder.npy", tmp_path / "no" / "such.npy"):
        with pytest.raises(InputError, match="cannot be written"):
            db.export_vectors(out, space="theirs")
    before = sorted(tmp_path.iterdir())
    (tmp_path / "out.npy").write_bytes(b"older")
    db.export_vectors(tmp_path / "out.npy", space="theirs")
    assert np.load(tmp_path / "out.npy").shape == (7,)
    assert sorted(tmp_path.iterdir()) == sorted([*before, tmp_path / "out.npy"])
    shutil.copy(tmp_path / "out.npy", tmp_path / "again.npy")
    db.export_vectors(tmp_path / "out.npy", space="theirs")
    assert (tmp_path / "again.npy").read_bytes() == (tmp_path / "out.npy").read_bytes()
