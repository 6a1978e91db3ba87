import pytest

from lakhdb.engine.failures import list_failures
from lakhdb.engine.ingest.midi import ingest_midi


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "b.mid").write_bytes(b"nothing of the kind")
    (folder / "a.mid").write_bytes(b"MThd")
    return folder


def test_lists_what_could_not_be_used_and_why(store, folder):
    ingest_midi(store, [folder], jobs=1)
    rows = list_failures(store).to_pylist()
    assert [row["path"] for row in rows] == [str(folder / "a.mid"), str(folder / "b.mid")]
    assert {(row["kind"], row["corpus"], row["stage"]) for row in rows} == {("midi", "folder", "parse")}
    assert all(row["reason"] and row["failed_at"] for row in rows)


def test_retry_has_the_next_ingest_try_again(store, folder, collection):
    first = ingest_midi(store, [folder], jobs=1)
    before = list_failures(store).to_pylist()
    # The same size and time, as after the repair of a disk: only a retry looks at it again.
    file = folder / "a.mid"
    good = (collection / "midi" / "tune0.mid").read_bytes()
    file.write_bytes(good)
    assert list_failures(store, retry=True).to_pylist() == before
    assert list_failures(store).num_rows == 0
    second = ingest_midi(store, [folder], jobs=1)
    assert (first.n_failed, second.n_failed, second.n_new) == (2, 1, 1)
