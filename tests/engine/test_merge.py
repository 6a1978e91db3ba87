import resource
import signal
import subprocess
import sys

import duckdb
import pyarrow.parquet as pq
import pytest

from lakhdb.engine import merge
from lakhdb.engine.errors import DatabaseError
from lakhdb.engine.forget import forget
from lakhdb.engine.ingest.midi import ingest_midi
from lakhdb.engine.lock import hold_writer_lock
from lakhdb.engine.merge import Rewritten, count_dead_rows, count_small_parts, merge_parts
from lakhdb.engine.question import ask
from lakhdb.engine.verify import verify
from lakhdb.schema import PART_SCHEMAS


def count_parts(store):
    rows = ask(store, "SELECT kind, count(*) AS n FROM parts GROUP BY kind").to_pylist()
    return {row["kind"]: row["n"] for row in rows}


def list_files(store):
    files = (store.folder / "features").rglob("*")
    return {
        str(file.relative_to(store.folder))
        for file in files
        if file.is_file() and file.name != "empty.parquet"
    }


def list_named(store):
    return {row["file"] for row in ask(store, "SELECT file FROM parts").to_pylist()}


def test_many_small_parts_become_one_of_each_kind(ingested, read_tables):
    before = read_tables(ingested.folder)
    assert count_small_parts(ingested) == 45
    assert merge_parts(ingested, many=6) == Rewritten(45, 7, 0)
    assert count_parts(ingested) == dict.fromkeys(PART_SCHEMAS, 1)
    assert count_small_parts(ingested) == 0
    assert read_tables(ingested.folder) == before
    assert list_files(ingested) == list_named(ingested)
    assert all(verify(ingested)["ok"].to_pylist())


def test_few_small_parts_are_left_alone(ingested):
    assert merge_parts(ingested, many=8) == Rewritten(0, 0, 0)
    assert merge_parts(ingested, many=7) == Rewritten(21, 3, 0)  # the kinds that both sides have
    assert count_parts(ingested) == {
        "notes": 6,
        "events": 6,
        "note_slices": 6,
        "note_windows": 6,
        "constant_q": 1,
        "hash_sequences": 1,
        "embeddings": 1,
    }


def test_groups_are_closed_when_they_are_large_enough(ingested, monkeypatch, read_tables):
    before = read_tables(ingested.folder)
    monkeypatch.setattr(merge, "ENOUGH_BYTES", 1)  # every part is, so none is worth a group
    assert merge_parts(ingested, many=2) == Rewritten(0, 0, 0)
    largest = ask(ingested, "SELECT max(n_bytes) AS n FROM parts WHERE kind = 'notes'").to_pylist()[0]["n"]
    monkeypatch.setattr(merge, "ENOUGH_BYTES", 2 * largest)
    merge_parts(ingested, many=2)
    assert 1 < count_parts(ingested)["notes"] < 6
    assert read_tables(ingested.folder) == before


def test_large_parts_are_left_alone(ingested, monkeypatch):
    monkeypatch.setattr(merge, "SMALL_BYTES", 1)
    assert count_small_parts(ingested) == 0
    assert merge_parts(ingested, many=2) == Rewritten(0, 0, 0)


def test_a_merged_part_has_row_groups_as_a_written_one(ingested, monkeypatch):
    monkeypatch.setattr("lakhdb.engine.parts.ROWS_PER_GROUP", {"constant_q": 1, "hash_sequences": 4})
    merge_parts(ingested, many=2)
    groups = {}
    for kind in ("constant_q", "hash_sequences", "notes"):
        (file,) = [file for file in list_files(ingested) if f"/{kind}/" in file]
        data = pq.read_metadata(ingested.folder / file)
        groups[kind] = [data.row_group(n).num_rows for n in range(data.num_row_groups)]
    assert groups["constant_q"] == [1] * 10
    assert groups["hash_sequences"] == [4, 4, 2]
    assert len(groups["notes"]) == 1


def test_frees_the_rows_of_items_that_are_gone(ingested, collection):
    n_notes = {
        row["path"][-9:]: row["n_notes"]
        for row in ask(ingested, "SELECT path, n_notes FROM midi").to_pylist()
    }
    forget(ingested, [str(collection / "midi" / "tune3.mid"), str(collection / "audio" / "tune1.flac")])
    n_dead = count_dead_rows(ingested)
    assert n_dead > n_notes["tune3.mid"]
    done = merge_parts(ingested, many=99, sweep=True)
    assert done.n_freed == n_dead
    # MIDI parts hold one item each and are gone; those of audio are left with three of four.
    assert (done.n_before, done.n_after) == (10, 3)
    assert count_dead_rows(ingested) == 0
    assert list_files(ingested) == list_named(ingested)
    assert all(verify(ingested)["ok"].to_pylist())
    notes = ask(ingested, "SELECT count(*) AS n FROM notes").to_pylist()
    assert notes == [{"n": sum(n_notes.values()) - n_notes["tune3.mid"]}]


def test_frees_rows_of_versions_that_others_have_followed(ingested, collection, monkeypatch):
    for module in ("verify", "merge", "ingest.items"):
        monkeypatch.setattr(f"lakhdb.engine.{module}.FEATURE_VERSION", "constant-q-next")
    # Nothing has followed yet: all stay.
    assert count_dead_rows(ingested) == 0
    con = duckdb.connect(ingested.catalog, read_only=True)
    files = con.execute("SELECT file FROM parts WHERE kind = 'constant_q' ORDER BY part_id").fetchall()
    con.close()
    # The first MIDI item gets frames of the next version, beside its old ones.
    old = pq.read_table(ingested.folder / files[0][0])
    new = old.set_column(2, "version", [["constant-q-next"]])
    with hold_writer_lock(ingested.folder), ingested.writing() as con:
        merge.register_parts(con, [merge.write_part(ingested.folder, "constant_q", new)])
    assert count_dead_rows(ingested) == 1
    assert "1 rows that nothing reads" in str(verify(ingested)["detail"].to_pylist())
    assert merge_parts(ingested, many=99, sweep=True) == Rewritten(1, 0, 1)
    versions = "SELECT item_seq, version FROM constant_q_part WHERE side = 'midi' ORDER BY item_seq LIMIT 2"
    with ingested.reading() as con:
        assert con.execute(versions).fetchall() == [(1, "constant-q-next"), (2, "constant-q-1")]


READER = """
import sys, time
from pathlib import Path
from lakhdb.engine.store import open_store

with open_store(Path(sys.argv[1]), create=False).reading() as con:
    print("views", flush=True)
    time.sleep(1.0)
    for kind in ("notes", "constant_q", "embeddings"):
        print(con.execute(f"SELECT count(*) FROM {kind}_part").fetchone()[0], flush=True)
"""


def test_a_reader_that_has_views_but_not_read_yet_does_not_fail(ingested):
    with ingested.reading() as con:
        wanted = [
            con.execute(f"SELECT count(*) FROM {kind}_part").fetchone()[0]
            for kind in ("notes", "constant_q", "embeddings")
        ]
    with subprocess.Popen(
        [sys.executable, "-c", READER, ingested.folder], stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout.readline() == "views\n"
        assert merge_parts(ingested, many=2) == Rewritten(45, 7, 0)
        assert [int(line) for line in reader.stdout] == wanted
    assert reader.returncode == 0


MERGER = """
import os, signal, sys
from pathlib import Path
from lakhdb.engine import merge
from lakhdb.engine.errors import DatabaseError
from lakhdb.engine.lock import hold_writer_lock
from lakhdb.engine.store import open_store

def die(stage, done, total):
    if done >= int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "0":
    merge.register_parts = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
store = open_store(Path(sys.argv[1]), create=False)
with hold_writer_lock(store.folder):
    merge.merge_parts(store, many=2, progress=die)
"""


@pytest.mark.parametrize("n_done", [0, 6, 18])
def test_a_kill_loses_nothing(ingested, read_tables, n_done):
    before = read_tables(ingested.folder)
    done = subprocess.run([sys.executable, "-c", MERGER, ingested.folder, str(n_done)])
    assert done.returncode == -signal.SIGKILL
    assert read_tables(ingested.folder) == before
    assert all(verify(ingested, repair=True)["ok"].to_pylist())
    assert list_files(ingested) == list_named(ingested)
    assert read_tables(ingested.folder) == before


def flip_a_byte(part):
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 255
    part.write_bytes(data)


@pytest.mark.parametrize("kind", ["constant_q", "embeddings", "hash_sequences", "notes", "events"])
def test_an_ingest_does_not_merge_damage_away(ingested, collection, monkeypatch, read_tables, kind):
    monkeypatch.setattr(merge, "MANY_PARTS", 6)
    whole = read_tables(ingested.folder)
    (file,) = [
        row["file"]
        for row in ask(ingested, f"SELECT file FROM parts WHERE kind = '{kind}' ORDER BY part_id").to_pylist()
    ][2:3]
    flip_a_byte(ingested.folder / file)
    damaged = (ingested.folder / file).read_bytes()
    assert ingest_midi(ingested, [collection / "midi"], jobs=1).n_known == 6
    assert (ingested.folder / file).read_bytes() == damaged
    assert file in list_named(ingested)
    (trouble,) = [row for row in verify(ingested).to_pylist() if not row["ok"]]
    assert "differs from its checksum" in trouble["detail"]
    assert file in trouble["detail"]
    # Repaired and ingested again, it is as if nothing had happened, but for the numbers of one file.
    assert all(verify(ingested, repair=True)["ok"].to_pylist())
    # What models say is computed anew from what is there.
    n_lost = 0 if kind in ("embeddings", "hash_sequences") else 1
    assert ingest_midi(ingested, [collection / "midi"], jobs=1).n_new == n_lost
    assert all(verify(ingested)["ok"].to_pylist())
    again = read_tables(ingested.folder)
    assert {name: len(rows) for name, rows in again.items()} == {
        name: len(rows) for name, rows in whole.items()
    }


def test_other_kinds_are_merged_beside_a_damaged_part(ingested):
    flip_a_byte(ingested.folder / min(file for file in list_named(ingested) if "/notes/" in file))
    assert merge_parts(ingested, many=6) == Rewritten(39, 6, 0)
    assert count_parts(ingested) == {**dict.fromkeys(PART_SCHEMAS, 1), "notes": 6}


@pytest.fixture
def limit_files():
    """Return a function that has this process write no file beyond some bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda n_bytes: resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_an_ingest_is_complete_where_the_disk_is_too_full_to_merge(
    ingested, collection, monkeypatch, read_tables, limit_files
):
    monkeypatch.setattr(merge, "MANY_PARTS", 6)
    before = read_tables(ingested.folder)
    largest = ask(ingested, "SELECT max(n_bytes) AS n FROM parts").to_pylist()[0]["n"]
    limit_files(largest + 4096)
    with pytest.raises(DatabaseError, match="cannot be written"):
        merge_parts(ingested, many=6)
    assert ingest_midi(ingested, [collection / "midi"], jobs=1).n_known == 6
    assert read_tables(ingested.folder) == before
    limit_files(resource.RLIM_INFINITY)
    assert list_files(ingested) == list_named(ingested)
    assert all(verify(ingested)["ok"].to_pylist())
    assert ingest_midi(ingested, [collection / "midi"], jobs=1).n_known == 6
    assert count_parts(ingested) == dict.fromkeys(PART_SCHEMAS, 1)
    assert read_tables(ingested.folder) == before
