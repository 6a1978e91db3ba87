import os
import signal
import subprocess
import sys
import time
import tracemalloc

import duckdb
import numpy as np
import pytest

from lakhdb import engine
from lakhdb.engine.errors import DatabaseBusyError, DatabaseError, InputError
from lakhdb.engine.lock import hold_writer_lock
from lakhdb.engine.verify import verify

from .conftest import NAMES, make_rows


@pytest.fixture
def db(store):
    return engine.open(store.folder)


def list_files(db):
    return sorted(file.name for file in (db.store.folder / "spaces").iterdir())


def check(db, **options):
    (row,) = [row for row in verify(db.store, **options).to_pylist() if row["check"] == "vector spaces"]
    return row["ok"], row["detail"]


def read_space(db, name):
    out = db.store.folder.parent / "read.npy"
    db.export_vectors(out, space=name)
    return np.load(out)


def test_brings_vectors_in_as_they_are(db, theirs, vectors):
    done = db.import_vectors(theirs, name="theirs")
    assert (done.name, done.n_rows, done.dimension, done.replaced) == ("theirs", 7, 5, False)
    rows = read_space(db, "theirs")
    assert rows["midi_names"].tolist() == NAMES
    assert np.array_equal(rows["midi_embeddings"], vectors)
    (space,) = db.vector_spaces().to_pylist()
    space.pop("created_at")
    assert space == {"name": "theirs", "n_rows": 7, "dimension": 5, "source": str(theirs)}
    (file,) = list_files(db)
    assert file.startswith("theirs-")
    assert file.endswith(".npy")
    assert check(db) == (True, "1 are whole")


def test_what_is_given_out_comes_in_again(db, theirs, tmp_path):
    db.import_vectors(theirs, name="one")
    db.export_vectors(tmp_path / "out.npy", space="one")
    db.import_vectors(tmp_path / "out.npy", name="two")
    assert np.array_equal(read_space(db, "one"), read_space(db, "two"))


def test_replaces_when_told(db, theirs, tmp_path, vectors):
    db.import_vectors(theirs, name="theirs")
    before = list_files(db)
    np.save(tmp_path / "v.npy", 2 * vectors)
    (tmp_path / "names.txt").write_text("\n".join("abcdefg"))
    with pytest.raises(InputError, match="--replace"):
        db.import_vectors(tmp_path / "v.npy", name="theirs", names=tmp_path / "names.txt")
    assert list_files(db) == before
    done = db.import_vectors(tmp_path / "v.npy", name="theirs", names=tmp_path / "names.txt", replace=True)
    assert done.replaced
    assert np.array_equal(read_space(db, "theirs")["midi_embeddings"], 2 * vectors)
    assert len(list_files(db)) == 1
    assert list_files(db) != before
    assert not db.import_vectors(theirs, name="other", replace=True).replaced


def test_a_failed_replacement_leaves_the_old_one(db, theirs, tmp_path, vectors):
    db.import_vectors(theirs, name="theirs")
    before = list_files(db)
    vectors[6, 0] = np.nan
    np.save(tmp_path / "bad.npy", make_rows(NAMES, vectors), allow_pickle=True)
    with pytest.raises(InputError, match="not finite"):
        db.import_vectors(tmp_path / "bad.npy", name="theirs", replace=True)
    assert list_files(db) == before
    assert check(db) == (True, "1 are whole")


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "x" * 65, "notes", "drums", "ä", "a\nb"])
def test_refuses_names_that_no_file_can_have(db, theirs, name):
    with pytest.raises(InputError, match="cannot be the name of a space"):
        db.import_vectors(theirs, name=name)


def test_refuses_while_another_writes(db, theirs):
    with hold_writer_lock(db.store.folder):
        script = (
            "import sys; from lakhdb import engine\n"
            "engine.open(sys.argv[1]).import_vectors(sys.argv[2], name='x')"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, db.store.folder, theirs],
            capture_output=True,
            text=True,
            check=False,
        )
    assert DatabaseBusyError.__name__ in done.stderr
    assert db.vector_spaces().num_rows == 0


def test_tells_of_a_full_disk(db, theirs):
    script = (
        "import resource, signal, sys; from lakhdb import engine; db = engine.open(sys.argv[1])\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (250, 250)); db.import_vectors(sys.argv[2], name='x')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, db.store.folder, theirs], capture_output=True, text=True, check=False
    )
    # The lock's note is written first, and is as long.
    assert f"{DatabaseError.__name__}: " in done.stderr
    assert "cannot be written" in done.stderr
    assert not list((db.store.folder / "spaces").glob("*"))


def test_removes_a_space_and_what_was_made_of_it(db, theirs):
    db.import_vectors(theirs, name="theirs")
    db.search_vectors("002 – Für Elise", space="theirs", exact=False)
    assert [*(db.store.folder / "index").glob("space-theirs.*")]
    db.remove_vectors("theirs")
    assert list_files(db) == []
    assert not [*(db.store.folder / "index").glob("space-*")]
    assert db.vector_spaces().num_rows == 0
    with pytest.raises(InputError, match=r"no space named 'theirs'.*there is none yet"):
        db.remove_vectors("theirs")


@pytest.mark.parametrize("replace", [False, True])
def test_killed_before_it_is_named(db, theirs, tmp_path, vectors, replace):
    if replace:
        db.import_vectors(theirs, name="theirs")
    np.save(tmp_path / "new.npy", make_rows(NAMES, 3 * vectors), allow_pickle=True)
    n_before = len(list_files(db)) if replace else 0
    script = (
        "import sys; from lakhdb import engine\n"
        "engine.open(sys.argv[1]).import_vectors(sys.argv[2], name='theirs', replace=True)"
    )
    # While the catalog is being read, the file can be written, but not named.
    con = duckdb.connect(db.store.catalog, read_only=True)
    process = subprocess.Popen([sys.executable, "-c", script, db.store.folder, tmp_path / "new.npy"])
    give_up = time.monotonic() + 60
    while len([*db.store.folder.glob("spaces/*.npy")]) == n_before and time.monotonic() < give_up:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    con.close()
    assert len(list_files(db)) == n_before + 1
    assert db.vector_spaces().num_rows == replace
    assert check(db)[0]
    assert "1 unnamed files" in check(db)[1]
    assert len(list_files(db)) == n_before + 1
    assert check(db, repair=True) == (True, "removed 1 unnamed files")
    assert len(list_files(db)) == n_before
    if replace:
        assert np.array_equal(read_space(db, "theirs")["midi_embeddings"], vectors)


def change_a_byte(file):
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)


DAMAGES = {
    "differs from its checksum": change_a_byte,
    "is missing": lambda file: file.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_finds_damaged_spaces_and_lets_go_of_them(db, theirs, damage):
    db.import_vectors(theirs, name="theirs")
    db.import_vectors(theirs, name="whole")
    file = next(db.store.folder.glob("spaces/theirs-*"))
    DAMAGES[damage](file)
    assert check(db) == (False, f"theirs {damage}, import {theirs} again")
    assert check(db, repair=True) == (True, f"dropped: theirs {damage}, import {theirs} again")
    assert not file.exists()
    assert db.vector_spaces()["name"].to_pylist() == ["whole"]
    assert check(db) == (True, "1 are whole")


def test_a_lost_or_cut_file_is_an_error_that_names_the_remedy(db, theirs):
    db.import_vectors(theirs, name="theirs")
    file = next(db.store.folder.glob("spaces/*"))
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(DatabaseError, match=r"cannot be read.*verify --repair"):
        db.search_vectors("b", space="theirs")
    file.unlink()
    with pytest.raises(DatabaseError, match=r"is gone.*verify --repair"):
        db.search_vectors("b", space="theirs")


def test_sweeps_up_graphs_of_no_space(db, theirs):
    db.import_vectors(theirs, name="theirs")
    db.search_vectors("b", space="theirs", exact=False)
    left = [db.store.folder / "index" / f"space-{name}" for name in ("gone.hnsw", "theirs.hnsw.0123")]
    for file in left:
        file.write_bytes(b"left")
    assert check(db) == (True, "2 unnamed files, `lmdb verify --repair` removes them")
    check(db, repair=True)
    assert sorted(file.name for file in (db.store.folder / "index").iterdir()) == [
        "space-theirs.hnsw", "space-theirs.json",
    ]  # fmt: skip


def test_memory_holds_a_few_blocks_alone(db, tmp_path):
    n_rows, dimension = 200_000, 128
    vectors = np.random.default_rng(0).standard_normal((n_rows, dimension), np.float32)
    names = [f"{row:08d}" for row in range(n_rows)]
    np.save(tmp_path / "v.npy", vectors)
    (tmp_path / "names.txt").write_text("\n".join(names))
    np.save(tmp_path / "pickled.npy", make_rows(names[:8_000], vectors[:8_000].repeat(10, axis=1)))
    best = int(np.argmax(vectors[1:] @ vectors[0] / np.linalg.norm(vectors[1:], axis=1))) + 1
    del vectors, names
    tracemalloc.start()
    try:
        db.import_vectors(tmp_path / "v.npy", name="plain", names=tmp_path / "names.txt")
        (found,) = db.search_vectors("00000000", space="plain", k=1).to_pylist()
        db.import_vectors(tmp_path / "pickled.npy", name="pickled")
        db.export_vectors(tmp_path / "out.npy", space="pickled")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found["name"] == f"{best:08d}"
    assert peak < 36 << 20  # of 102 MB and 41 MB
