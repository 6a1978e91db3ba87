import logging

import numpy as np
import pytest

from lakhdb import engine
from lakhdb.engine.errors import InputError

from .conftest import make_rows

N_ROWS = 3000


@pytest.fixture(scope="module")
def vectors():
    """Vectors in clusters, of very different lengths, some of them equal."""
    rng = np.random.default_rng(1)
    centres = rng.standard_normal((60, 24))
    vectors = centres[rng.integers(0, 60, N_ROWS)] + 0.4 * rng.standard_normal((N_ROWS, 24))
    vectors *= 10.0 ** rng.integers(-2, 3, (N_ROWS, 1))
    vectors[100:104] = vectors[99]
    vectors[7] = 0
    return vectors.astype("<f4")


@pytest.fixture
def db(store, tmp_path, vectors):
    """A database with a space named some."""
    np.save(tmp_path / "some.npy", make_rows([f"/theirs/{row}.mid" for row in range(N_ROWS)], vectors))
    db = engine.open(store.folder)
    db.import_vectors(tmp_path / "some.npy", name="some")
    return db


def rank(vectors, query):
    """Rank by cosine similarity, the plain way."""
    vectors, query = vectors.astype(np.float64), query.astype(np.float64)
    norms = np.linalg.norm(vectors, axis=1)
    similarity = vectors @ query / np.where(norms > 0, norms, 1) / np.linalg.norm(query)
    return np.argsort(-similarity, kind="stable"), similarity


def are_same(one, other):
    """Tell whether two answers are the same, but for rounding."""
    names = one["name"].to_pylist() == other["name"].to_pylist()
    return names and np.allclose(one["similarity"], other["similarity"], atol=1e-6)


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("k", [1, 10, 200])
def test_finds_what_brute_force_finds(db, vectors, exact, k):
    for own in (0, 500, 2999):
        rows = db.search_vectors(f"/theirs/{own}.mid", space="some", k=k, exact=exact).to_pylist()
        order, similarity = rank(vectors, vectors[own])
        expected = order[order != own][:k]
        assert [row["rank"] for row in rows] == list(range(1, k + 1))
        found = [int(row["name"][8:-4]) for row in rows]
        assert np.allclose([row["similarity"] for row in rows], similarity[found], atol=1e-5)
        assert len(set(found) & set(expected.tolist())) >= (1.0 if exact else 0.95) * k


def test_equal_ones_come_as_the_space_has_them(db, tmp_path):
    rows = db.search_vectors("/theirs/102.mid", space="some", k=5).to_pylist()
    assert [row["name"] for row in rows[:4]] == [f"/theirs/{n}.mid" for n in (99, 100, 101, 103)]
    assert [row["similarity"] for row in rows[:4]] == pytest.approx([1] * 4)


def test_gives_all_there_are(db):
    rows = db.search_vectors("/theirs/0.mid", space="some", k=5000)
    assert rows.num_rows == N_ROWS - 1
    assert rows["rank"].to_pylist() == list(range(1, N_ROWS))


@pytest.mark.parametrize("query", ["42", "42.mid", "/elsewhere/42.MIDI", "C:\\songs\\42.kar"])
def test_a_file_name_stands_for_the_only_one_called_so(db, query):
    expected = db.search_vectors("/theirs/42.mid", space="some")
    assert db.search_vectors(query, space="some") == expected


def test_takes_a_vector_from_a_file(db, tmp_path, vectors):
    np.save(tmp_path / "query.npy", vectors[42].astype("<f8") * 3)
    rows = db.search_vectors(tmp_path / "query.npy", space="some", k=3).to_pylist()
    assert rows[0]["name"] == "/theirs/42.mid"  # a vector of a file is no row of the space
    assert rows[0]["similarity"] == pytest.approx(1)
    assert are_same(
        db.search_vectors(f"{tmp_path}/some.npy:42", space="some", k=3),
        db.search_vectors(tmp_path / "query.npy", space="some", k=3),
    )


def test_refuses_queries_that_stand_for_no_vector(db, tmp_path, vectors):
    np.save(tmp_path / "short.npy", vectors[0, :5])
    np.save(tmp_path / "twins.npy", make_rows(["a/x.mid", "b/x.mid", "y", "y"], vectors[:4]))
    db.import_vectors(tmp_path / "twins.npy", name="twins")
    for query, space, reason in (
        ("nothing", "some", "nothing is called nothing"),
        ("x", "twins", "stands for 2 rows .*a/x.mid and b/x.mid"),
        ("y", "twins", "stands for 2 rows"),
        ("/theirs/7.mid", "some", "zeros"),
        (f"{tmp_path}/short.npy", "some", "5 values, and those of the space have 24"),
        (f"{tmp_path}/some.npy", "some", "3000 vectors.*some.npy:0"),
        (f"{tmp_path}/some.npy:3000", "some", "no row 3000.*2999"),
        (f"{tmp_path}/none.npy", "some", "cannot be read"),
        ("0", "other", "no space named 'other'.*some, twins"),
    ):
        with pytest.raises(InputError, match=reason):
            db.search_vectors(query, space=space)
    with pytest.raises(InputError, match="0 answers"):
        db.search_vectors("0", space="some", k=0)


def list_index(db):
    return {file.name: file.read_bytes() for file in (db.store.folder / "index").iterdir()}


def test_the_graph_is_kept_and_made_anew_when_it_is_of_no_use(db, tmp_path, vectors, caplog):
    caplog.set_level(logging.INFO, logger="lakhdb")
    first = db.search_vectors("0", space="some", exact=False)
    assert [record.message for record in caplog.records] == [
        "The index of the space some is missing; it is made anew."
    ]
    caplog.clear()
    assert db.search_vectors("0", space="some", exact=False) == first
    assert not caplog.records
    kept = list_index(db)
    assert set(kept) == {"space-some.hnsw", "space-some.json"}
    folder = db.store.folder / "index"
    for name, data, reason in (
        ("space-some.hnsw", kept["space-some.hnsw"][:-9], "checksum"),
        ("space-some.hnsw", b"", "checksum"),
        ("space-some.json", b"{}", "of other vectors"),
        ("space-some.json", b"[1", "of no use"),
        ("space-some.json", kept["space-some.json"].replace(b"200", b"100"), "other parameters"),
    ):
        (folder / name).write_bytes(data)
        caplog.clear()
        db.search_vectors("0", space="some", exact=False)
        assert reason in caplog.text
        assert set(list_index(db)) == set(kept)
    (folder / "space-some.hnsw").unlink()
    caplog.clear()
    db.search_vectors("0", space="some", exact=False)
    assert "missing" in caplog.text


def test_a_replaced_space_has_a_graph_of_its_own(db, tmp_path, vectors):
    db.search_vectors("0", space="some", exact=False)
    stale = list_index(db)
    np.save(tmp_path / "other.npy", make_rows([str(row) for row in range(50)], -vectors[:50] - 1))
    db.import_vectors(tmp_path / "other.npy", name="some", replace=True)
    assert not list_index(db)
    for name, data in stale.items():  # as a search that began before would leave it
        (db.store.folder / "index" / name).write_bytes(data)
    found = db.search_vectors("3", space="some", k=49, exact=False)
    assert are_same(found, db.search_vectors("3", space="some", k=49))


def test_compares_all_where_equal_vectors_cut_the_graph_apart(store, tmp_path, caplog):
    db = engine.open(store.folder)
    vectors = np.random.default_rng(0).standard_normal((30, 16)).repeat(100, axis=0).astype("<f4")
    np.save(tmp_path / "equal.npy", make_rows([str(row) for row in range(3000)], vectors))
    db.import_vectors(tmp_path / "equal.npy", name="equal")
    found = db.search_vectors("0", space="equal", k=2999, exact=False)
    assert found.num_rows == 2999
    assert "reaches too few" in caplog.text
    assert are_same(found, db.search_vectors("0", space="equal", k=2999))


def test_tells_which_of_our_files_a_name_stands_for(ingested, tmp_path, vectors):
    db = engine.open(ingested.folder)
    ours = db.sql("SELECT midi_id, path FROM midi ORDER BY path").fetchall()
    names = [ours[0][1], ours[1][0], f"{ours[2][0].upper()}.mid", "tune3", "theirs/tune4.mid", "unknown"]
    np.save(tmp_path / "v.npy", make_rows(names, vectors[8:14]))
    db.import_vectors(tmp_path / "v.npy", name="some")
    np.save(tmp_path / "query.npy", vectors[8])
    rows = db.search_vectors(tmp_path / "query.npy", space="some").to_pylist()
    expected = {name: (*item,) for name, item in zip(names, [*ours[:5], (None, None)], strict=True)}
    assert {row["name"]: (row["midi_id"], row["path"]) for row in rows} == expected
