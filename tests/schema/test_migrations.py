"""Databases written by every earlier schema open, keep what they held, and go on."""

import zipfile
from pathlib import Path

import duckdb
import pytest

from lakhdb import engine
from lakhdb.engine.errors import DatabaseError
from lakhdb.engine.store import open_store
from lakhdb.schema import SCHEMA_VERSION

DATABASES = Path(__file__).parent / "databases"
EARLIER = range(1, SCHEMA_VERSION)

STRUCTURE = """
    SELECT table_name, column_name, data_type, is_nullable, column_index
    FROM duckdb_columns() WHERE database_name <> 'temp' AND schema_name = 'main' AND NOT internal
    ORDER BY ALL
"""


def unpack(version, folder):
    """Lay out the database written by schema `version`: two MIDI items, two recordings, one run over them."""
    with zipfile.ZipFile(DATABASES / f"schema_{version}.zip") as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.parametrize("version", EARLIER)
def test_an_earlier_database_keeps_what_it_held(version, tmp_path):
    db = engine.open(unpack(version, tmp_path / "old.lmdb"), create=False)
    best = "SELECT midi_path, audio_path FROM matches WHERE rank = 1 ORDER BY ALL"
    assert db.sql(best).fetchall() == [
        ("/music/midi/S/Stranded.mid", "/music/audio/two.flac"),
        ("/music/midi/The Beatles/Help!.mid", "/music/audio/one.flac"),
    ]
    assert db.sql("SELECT count(*) FROM alignments").fetchall() == [(2,)]
    assert db.sql("SELECT count(*) FROM failures").fetchall() == [(1,)]
    assert all(db.verify()["ok"].to_pylist())


@pytest.mark.parametrize("version", EARLIER)
def test_an_earlier_database_learns_names(version, tmp_path):
    db = engine.open(unpack(version, tmp_path / "old.lmdb"), create=False)
    named = db.sql("SELECT artist, title FROM midi ORDER BY path").fetchall()
    assert named == [(None, "Stranded"), ("The Beatles", "Help!")]
    assert db.sql("SELECT artist, title FROM audio ORDER BY path").fetchall()[0] == ("The Beatles", "Help!")


@pytest.mark.parametrize("version", EARLIER)
def test_an_earlier_database_has_the_tables_of_a_new_one(version, tmp_path):
    structures = []
    for store in (
        open_store(unpack(version, tmp_path / "old.lmdb"), create=False),
        open_store(tmp_path / "new.lmdb", create=True),
    ):
        con = store.connect(read_only=True)
        structures.append(con.execute(STRUCTURE).fetchall())
        con.close()
    assert structures[0] == structures[1]


def test_every_earlier_schema_has_a_database():
    assert {path.name for path in DATABASES.iterdir()} == {f"schema_{version}.zip" for version in EARLIER}


def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path):
    folder = unpack(1, tmp_path / "old.lmdb")
    con = duckdb.connect(folder / "catalog.duckdb")
    con.execute("CREATE TABLE song_pairs (in_the_way INTEGER)")
    con.close()
    with pytest.raises(duckdb.Error, match="song_pairs"):
        open_store(folder, create=False)
    con = duckdb.connect(folder / "catalog.duckdb", read_only=True)
    assert con.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone() == ("1",)
    con.execute("SELECT in_the_way FROM song_pairs")
    with pytest.raises(duckdb.CatalogException):
        con.execute("SELECT * FROM names")
    con.close()


def test_a_database_of_a_newer_version_is_refused(tmp_path):
    store = open_store(tmp_path / "new.lmdb", create=True)
    con = store.connect(read_only=False)
    con.execute("UPDATE meta SET value = '999' WHERE key = 'schema_version'")
    con.close()
    with pytest.raises(DatabaseError, match=r"newer lakhdb \(schema 999"):
        open_store(store.folder, create=False)
