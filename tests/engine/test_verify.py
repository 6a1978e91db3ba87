import shutil

import duckdb
import pytest

from lakhdb.engine import index_files
from lakhdb.engine.errors import LakhDBError
from lakhdb.engine.index_files import load_index
from lakhdb.engine.ingest.audio import ingest_audio
from lakhdb.engine.ingest.midi import ingest_midi
from lakhdb.engine.question import ask
from lakhdb.engine.store import open_store
from lakhdb.engine.verify import verify


@pytest.fixture(scope="module")
def _ingested(collection, tmp_path_factory):
    folder = tmp_path_factory.mktemp("verify") / "whole.lmdb"
    store = open_store(folder, create=True)
    for n in range(6):  # an ingest each, for parts of their own
        ingest_midi(store, [collection / "midi" / f"tune{n}.mid"], jobs=1)
    ingest_audio(store, [collection / "audio"], jobs=1)
    return folder


@pytest.fixture
def ingested(store, _ingested):
    shutil.copytree(_ingested, store.folder, dirs_exist_ok=True)
    return store


def check(store, **options):
    return {row["check"]: (row["ok"], row["detail"]) for row in verify(store, **options).to_pylist()}


def list_parts(store, kind):
    files = (store.folder / "features" / kind).iterdir()
    return sorted(file for file in files if file.name != "empty.parquet")


def test_a_sound_database_is_sound(ingested):
    findings = check(ingested)
    assert len(findings) == 8
    assert all(ok for ok, _ in findings.values())
    assert check(ingested, repair=True) == findings


def test_an_empty_database_is_sound(store):
    assert all(ok for ok, _ in check(store).values())


def test_tells_how_far_it_is(ingested):
    told = []
    verify(ingested, progress=lambda *step: told.append(step))
    n_parts = ask(ingested, "SELECT count(*) AS n FROM parts").to_pylist()[0]["n"]
    assert told == [("parts", done, n_parts) for done in range(1, n_parts + 1)]


def change_a_byte(part):
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)


DAMAGES = {
    "missing": lambda part: part.unlink(),
    "bytes instead of": lambda part: part.write_bytes(part.read_bytes()[:-1]),
    "checksum": change_a_byte,
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", ["notes", "embeddings", "constant_q"])
def test_finds_damaged_parts_and_gets_rid_of_them(ingested, collection, kind, damage):
    con = duckdb.connect(ingested.catalog, read_only=True)
    ((file,),) = con.execute(
        f"SELECT file FROM parts WHERE kind = '{kind}' ORDER BY part_id LIMIT 1"
    ).fetchall()
    con.close()
    DAMAGES[damage](ingested.folder / file)
    ok, detail = check(ingested)["parts"]
    assert not ok
    assert damage in detail
    assert file in detail
    repaired = check(ingested, repair=True)
    assert all(ok for ok, _ in repaired.values())
    assert "1 items forgotten" in repaired["features of midi"][1]
    assert all(ok for ok, _ in check(ingested).values())
    assert ask(ingested, "SELECT count(*) AS n FROM midi").to_pylist() == [{"n": 5}]
    # The next ingest brings back what was lost.
    assert ingest_midi(ingested, [collection / "midi"], jobs=1).n_new == 1
    assert all(ok for ok, _ in check(ingested).values())


def test_a_missing_part_is_an_error_that_names_the_remedy(ingested):
    list_parts(ingested, "notes")[0].unlink()
    with pytest.raises(LakhDBError, match="lmdb verify"):
        ask(ingested, "SELECT max(pitch) FROM notes")


def test_finds_a_part_with_other_rows(ingested):
    ask(ingested, "UPDATE parts SET n_rows = n_rows + 1 WHERE part_id = 1", write=True)
    assert "rows instead of" in check(ingested)["parts"][1]


def test_a_lost_empty_part_is_written_again(ingested):
    (ingested.folder / "features" / "notes" / "empty.parquet").unlink()
    assert check(ingested)["empty parts"][0] is False
    assert check(ingested, repair=True)["empty parts"] == (True, "written: notes")
    assert all(ok for ok, _ in check(ingested).values())


def test_sweeps_up_what_no_row_names(ingested):
    left = [
        ingested.folder / "features" / "notes" / "half.tmp",
        ingested.folder / "features" / "constant_q" / "unnamed.parquet",
    ]
    for file in left:
        file.write_bytes(b"left by a run that was cut off")
    ok, detail = check(ingested)["unnamed files"]
    assert ok
    assert detail.startswith("2 ")
    assert all(file.exists() for file in left)
    named = {file for kind in ("notes", "constant_q") for file in list_parts(ingested, kind)} - set(left)
    assert check(ingested, repair=True)["unnamed files"] == (True, "removed 2")
    assert not any(file.exists() for file in left)
    assert all(file.exists() for file in named)


def test_reports_features_of_another_version_and_leaves_them(ingested, monkeypatch):
    monkeypatch.setattr("lakhdb.engine.verify.FEATURE_VERSION", "constant-q-next")
    for repair in (False, True):
        ok, detail = check(ingested, repair=repair)["features of audio"]
        assert not ok
        assert "4 items have only those of another version" in detail
    assert ask(ingested, "SELECT count(*) AS n FROM audio").to_pylist() == [{"n": 4}]


def test_reports_paths_without_item_and_items_without_path(ingested):
    ask(ingested, "UPDATE paths SET item_seq = 99 WHERE kind = 'midi' AND item_seq = 1", write=True)
    ok, detail = check(ingested)["paths"]
    assert not ok
    assert detail.startswith("1 lead to no item")
    ask(ingested, "DELETE FROM paths WHERE item_seq = 99", write=True)
    ok, detail = check(ingested)["paths"]
    assert ok
    assert "1 items" in detail
    assert check(ingested, repair=True)["paths"][1] == "removed 1 items that no path leads to"
    assert ask(ingested, "SELECT count(*) AS n FROM midi").to_pylist() == [{"n": 5}]


def test_a_damaged_index_is_removed(ingested):
    load_index(ingested, "midi", exact_below=1)
    assert check(ingested)["index of midi"] == (True, "sound, or not needed yet")
    (graph,) = ingested.index_folder.glob("midi-*.hnsw")
    change_a_byte(graph)
    assert "checksum" in check(ingested)["index of midi"][1]
    assert "removed" in check(ingested, repair=True)["index of midi"][1]
    assert index_files.index_files(ingested) == []
