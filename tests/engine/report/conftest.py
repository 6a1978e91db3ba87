"""A small database that has been matched, with names that hold HTML, a failure and pairs in doubt."""

import csv
import shutil

import pytest

from lakhdb.engine.ingest.midi import ingest_midi
from lakhdb.engine.match import match
from lakhdb.engine.question import ask
from lakhdb.engine.store import open_store

# What a title must never be on a page.
HOSTILE = "<script>alert('x')</script> & \"<b>\" \u202egpj.exe"


@pytest.fixture(scope="session")
def _matched(tmp_path_factory, _both, collection):
    folder = tmp_path_factory.mktemp("matched") / "matched.lmdb"
    shutil.copytree(_both, folder)
    store = open_store(folder, create=False)
    broken = folder.parent / "broken.mid"
    broken.write_bytes(b"no <i>music</i>")
    ingest_midi(store, [broken], jobs=1)
    match(store)
    quoted = HOSTILE.replace("'", "''")
    ask(store, f"UPDATE audio_items SET title = '{quoted}' WHERE audio_seq = 1", write=True)
    return folder


@pytest.fixture
def matched(tmp_path, _matched):
    """A database of eight tunes and an excerpt of each, matched; its first recording has a hostile title."""
    folder = tmp_path / "matched.lmdb"
    shutil.copytree(_matched, folder)
    return open_store(folder, create=False)


@pytest.fixture
def write_truth(tmp_path):
    """Return a function that writes a truth table."""

    def write(rows):
        with (tmp_path / "truth.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([("file", "composition"), *rows])
        return tmp_path / "truth.csv"

    return write


@pytest.fixture
def truth(write_truth):
    """What is right in it, but for the last two tunes, whose recordings are said to be swapped."""
    audio = [*range(6), 7, 6]
    return write_truth(
        [
            *((f"tune {n}.mid", f"piece {n}") for n in range(8)),
            *((f"excerpt {n}.wav", f"piece {audio[n]}") for n in range(8)),
        ]
    )
