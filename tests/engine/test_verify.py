import shutil

import duckdb
import pytest

from lakhdb.engine import index_files
from lakhdb.engine.errors import LakhDBError
from lakhdb.engine.index_files import load_index
from lakhdb.engine.ingest.audio import ingest_audio
from lakhdb.engine.ingest.midi import ingest_midi
from lakhdb.engine.question import ask
from lakhdb.engine.verify import verify
from lakhdb.sql import read_query


def check(store, **options):
    return {row["check"]: (row["ok"], row["detail"]) for row in verify(store, **options).to_pylist()}


def list_parts(store, kind):
    files = (store.folder / "features" / kind).iterdir()
    return sorted(file for file in files if file.name != "empty.parquet")


def test_a_sound_database_is_sound(ingested):
    findings = check(ingested)
    assert len(findings) == 16
    assert all(ok for ok, _ in findings.values())
    assert findings.pop("space")[1].startswith("45 small parts, 0 rows that nothing reads")
    repaired = check(ingested, repair=True)
    assert repaired.pop("space") == (True, "45 parts became 7, 0 rows freed")
    assert repaired == findings
    assert check(ingested)["space"] == (True, "nothing to merge or to free")


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
@pytest.mark.parametrize("kind", ["notes", "events", "embeddings", "constant_q", "hash_sequences"])
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
    # What models say can be computed from what is left.
    n_lost = 0 if kind in ("embeddings", "hash_sequences") else 1
    assert ("1 items forgotten" in repaired["parts"][1]) == n_lost
    after = check(ingested)
    assert all(ok for ok, _ in after.values())
    assert ("1 items have no vectors by the model" in after["features of midi"][1]) == (not n_lost)
    assert ask(ingested, "SELECT count(*) AS n FROM midi").to_pylist() == [{"n": 6 - n_lost}]
    # The next ingest brings back what was lost.
    assert ingest_midi(ingested, [collection / "midi"], jobs=1).n_new == n_lost
    after = check(ingested)
    assert all(ok for ok, _ in after.values())
    assert after["features of midi"][1] == "every item has its own"


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
    check(ingested, repair=True)
    for file in left:
        file.write_bytes(b"left by a run that was cut off")
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


def test_a_damaged_catalog_is_an_error_that_names_the_remedy(ingested):
    data = bytearray(ingested.catalog.read_bytes())
    for block in range(4096 * 4, len(data), 4096):  # behind the headers
        data[block] ^= 255
    ingested.catalog.write_bytes(data)
    try:
        ok, detail = check(ingested)["catalog"]
    except LakhDBError as error:  # so damaged that it does not even open
        ok, detail = False, str(error)
    assert not ok
    assert "restore it from a backup" in detail


def test_the_whole_catalog_is_read(ingested):
    tables = ask(ingested, "SELECT table_name FROM duckdb_tables() WHERE NOT temporary").to_pylist()
    assert len(tables) > 15
    for row in tables:
        assert f" FROM {row['table_name']} AS t" in read_query("verify/read_catalog")


def test_two_damaged_parts_cost_the_items_of_both_and_no_other(ingested, collection):
    first, *_ = list_named(ingested, "notes")
    *_, last = list_named(ingested, "events")
    change_a_byte(ingested.folder / first)
    (ingested.folder / last).unlink()
    assert "2 items forgotten" in check(ingested, repair=True)["parts"][1]
    left = ask(ingested, "SELECT path FROM midi ORDER BY path").to_pylist()
    assert [row["path"][-9:] for row in left] == [f"tune{n}.mid" for n in (1, 2, 3, 4)]
    assert ingest_midi(ingested, [collection / "midi"], jobs=1).n_new == 2
    assert all(ok for ok, _ in check(ingested).values())


def list_named(store, kind):
    rows = ask(store, f"SELECT file FROM parts WHERE kind = '{kind}' ORDER BY part_id").to_pylist()
    return [row["file"] for row in rows]


@pytest.fixture
def named(store, collection, tmp_path):
    """Two MIDI files and a recording whose paths say what they are called."""
    (tmp_path / "music").mkdir()
    for name, file in {
        "Abba - Waterloo.mid": "midi/tune0.mid",
        "Queen - Innuendo.mid": "midi/tune1.mid",
        "Abba - Waterloo.flac": "audio/tune0.flac",
    }.items():
        shutil.copy(collection / file, tmp_path / "music" / name)
    ingest_midi(store, [tmp_path / "music"], jobs=1)
    ingest_audio(store, [tmp_path / "music"], jobs=1)
    return store


NAME_TROUBLES = {
    "UPDATE midi_items SET title = 'Otherwise' WHERE midi_seq = 1": "0 of what is not there, 1 items called",
    "UPDATE audio_items SET artist = 'Otherwise'": "0 of what is not there, 1 items called",
    "UPDATE names SET source = 'tags', item_seq = 99 WHERE side = 'audio'": "1 of what is not there, 0 items",
    "INSERT INTO names BY NAME SELECT 99 AS name_seq, 'midi' AS side, 'path' AS source, '/x' AS path": (
        "1 of what is not there, 0 items"
    ),
}


@pytest.mark.parametrize("damage", NAME_TROUBLES)
def test_finds_names_that_fit_nothing_and_sets_them_right(named, damage):
    titles = "SELECT artist, title FROM midi ORDER BY title"
    before = ask(named, titles).to_pylist()
    assert before == [{"artist": "Queen", "title": "Innuendo"}, {"artist": "Abba", "title": "Waterloo"}]
    assert check(named)["names"] == (True, "every item is called as its names say")
    ask(named, damage, write=True)
    ok, detail = check(named)["names"]
    assert not ok
    assert detail.startswith(NAME_TROUBLES[damage])
    assert check(named, repair=True)["names"][0]
    assert check(named)["names"] == (True, "every item is called as its names say")
    assert ask(named, titles).to_pylist() == before


def test_items_that_an_ingest_has_not_named_yet_are_no_trouble(named):
    ask(named, "UPDATE midi_items SET artist = NULL", write=True)
    ok, detail = check(named)["names"]
    assert ok
    assert "2 not yet called so: an ingest runs, or was cut off; the next match or ingest goes on" in detail
    assert check(named, repair=True)["names"][0]
    assert check(named)["names"] == (True, "every item is called as its names say")


def test_tells_of_titles_that_an_ingest_left_without_a_song(named, collection):
    ask(named, "UPDATE names SET song_seq = NULL WHERE side = 'midi'", write=True)
    ok, detail = check(named)["names"]
    assert ok
    assert detail.endswith(
        ", 2 titles without a song yet: an ingest runs, or was cut off; the next match or ingest goes on"
    )
    ingest_midi(named, [collection / "midi" / "tune0.mid"], jobs=1)
    assert check(named)["names"] == (True, "every item is called as its names say")
    ask(named, "UPDATE names SET song_seq = NULL WHERE side = 'midi'", write=True)
    assert "2 titles without a song" in check(named, repair=True)["names"][1]
    assert check(named)["names"] == (True, "every item is called as its names say")


def test_removes_the_index_of_another_model(ingested):
    load_index(ingested, "midi", exact_below=1)
    (graph,) = ingested.index_folder.glob("midi-*.hnsw")
    retired = graph.with_name("midi-retired-1.hnsw")
    shutil.copy(graph, retired)
    assert check(ingested)["index of midi"] == (True, "also one of another model")
    assert check(ingested, repair=True)["index of midi"] == (True, "removed one of another model")
    assert graph.exists()
    assert not retired.exists()
