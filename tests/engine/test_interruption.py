"""``kill -9`` at any moment costs nothing: the next run finishes, and the tables are as without it."""

import subprocess
import sys
import time

import numpy as np
import pytest

# Small batches, so that the few files of a test make many transactions.
SMALL_BATCHES = """
import lakhdb.engine.match as match
from lakhdb.engine.ingest import collect
collect.BATCH_FILES = 2
match.LARGEST_BATCH = 1
from lakhdb.cli.main import lmdb
lmdb()
"""

# The step that is killed, in turn; four rounds make twenty kills.
KILLED = ("midi", "midi", "audio", "match", "match")


def start(database, collection, step):
    arguments = ("match",) if step == "match" else ("ingest", step, str(collection / step))
    return subprocess.Popen(
        [sys.executable, "-c", SMALL_BATCHES, "--db", str(database), *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def finish(database, collection, step):
    started = time.monotonic()
    process = start(database, collection, step)
    _, stderr = process.communicate(timeout=300)
    assert process.returncode == 0, stderr
    return time.monotonic() - started


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, collection, read_tables):
    database = tmp_path_factory.mktemp("undisturbed") / "x.lmdb"
    durations = {step: finish(database, collection, step) for step in ("midi", "audio", "match")}
    tables = read_tables(database)
    assert len(tables["match_rows"]) >= 4
    assert len(tables["alignment_rows"]) >= 1
    return tables, durations


@pytest.mark.parametrize("seed", range(4))
def test_kill_at_random_moments(tmp_path, collection, read_tables, undisturbed, seed):
    expected, durations = undisturbed
    rng = np.random.default_rng(seed)
    database = tmp_path / "x.lmdb"
    previous = "midi"
    for step in KILLED:
        if step != previous:
            finish(database, collection, previous)
        process = start(database, collection, step)
        time.sleep(rng.uniform(0.3, 1.0) * durations[step])
        process.kill()
        process.communicate()
        previous = step
    finish(database, collection, "match")
    assert read_tables(database) == expected
