"""What has vanished is marked; what merely cannot be read just now is not."""

import zipfile

import pytest

from lakhdb.engine.ingest.midi import ingest_midi
from lakhdb.engine.store import open_store


@pytest.fixture
def archive(tmp_path, make_tune):
    path = tmp_path / "songs" / "a.zip"
    path.parent.mkdir()
    make_tune(1).write(str(tmp_path / "tune.mid"))
    with zipfile.ZipFile(path, "w") as file:
        file.write(tmp_path / "tune.mid", "tune.mid")
    return path


def test_members_of_a_damaged_archive_have_not_vanished(tmp_path, archive):
    store = open_store(tmp_path / "x.lmdb", create=True)
    assert ingest_midi(store, [archive.parent]).n_new == 1
    archive.write_bytes(b"no archive any more")
    summary = ingest_midi(store, [archive.parent])
    assert (summary.n_failed, summary.n_missing) == (1, 0)


def test_members_of_a_removed_archive_have_vanished(tmp_path, archive):
    store = open_store(tmp_path / "x.lmdb", create=True)
    ingest_midi(store, [archive.parent])
    archive.unlink()
    assert ingest_midi(store, [archive.parent]).n_missing == 1
