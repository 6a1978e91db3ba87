"""A small database as a user makes it, and the command as a user runs it."""

import shutil

import pytest
from click.testing import CliRunner

from lakhdb.cli.main import lmdb


@pytest.fixture
def run(monkeypatch):
    """Run `lmdb` with some arguments in this process; return exit code, stdout and stderr."""
    monkeypatch.delenv("LMDB_DB", raising=False)

    def run(*arguments, code=0):
        done = CliRunner().invoke(lmdb, [str(argument) for argument in arguments])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == code, done.output
        return done

    return run


@pytest.fixture(scope="session")
def _matched(collection, tmp_path_factory):
    folder = tmp_path_factory.mktemp("matched")
    (folder / "bad.mid").write_bytes(b"no music")
    database = folder / "lakh.lmdb"
    for arguments in (
        ["ingest", "midi", collection / "midi", folder / "bad.mid", "--jobs", "1"],
        ["ingest", "audio", collection / "audio", "--corpus", "records", "--jobs", "1"],
        ["match"],
    ):
        done = CliRunner().invoke(lmdb, ["--db", str(database), *map(str, arguments)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
    return database


@pytest.fixture
def matched(tmp_path, _matched):
    """A database of the collection and a bad file, matched; the test may change it."""
    return shutil.copytree(_matched, tmp_path / "lakh.lmdb")
