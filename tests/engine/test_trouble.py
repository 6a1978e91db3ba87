"""Trouble with the database, as a user meets it: one sentence, exit code 1, and nothing is lost."""

import errno
import os
import random
import resource
import shutil
import subprocess
import sys
import time

import duckdb
import pytest

from lakhdb.engine.lock import hold_writer_lock

RUN = "from lakhdb.cli.main import lmdb; lmdb()"

# Small batches, so that the few files of a test make many transactions.
RUN_SLOWLY = """
import time
from lakhdb.engine.ingest import collect
write_batch = collect.write_batch
def write_slowly(*arguments):
    time.sleep(0.2)
    return write_batch(*arguments)
collect.BATCH_FILES, collect.write_batch = 1, write_slowly
from lakhdb.cli.main import lmdb
lmdb()
"""

STEPS = ("midi", "audio", "match")


def run(database, *arguments, script=RUN, **options):
    return subprocess.run(
        [sys.executable, "-c", script, "--db", str(database), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        **options,
    )


def do(step, database, collection, **options):
    if step == "match":
        return run(database, "match", **options)
    return run(database, "ingest", step, collection / step, "--jobs", "1", **options)


def assert_told(done, *words):
    """One line on stderr that says what happened and what to do; no more on stdout than was done before."""
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("lmdb: ")
    assert done.stderr.count("\n") == 1
    assert done.stderr.rstrip().endswith(".")
    for word in words:
        assert word in done.stderr


@pytest.fixture(scope="module")
def whole(tmp_path_factory, collection):
    database = tmp_path_factory.mktemp("whole") / "x.lmdb"
    for step in STEPS:
        done = do(step, database, collection)
        assert done.returncode == 0, done.stderr
    return database


@pytest.fixture
def database(tmp_path, whole):
    """A copy of the undisturbed database, which the test may harm."""
    return shutil.copytree(whole, tmp_path / "x.lmdb")


def limit_files(n_bytes):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))


# From too little for the empty parts to just enough for all but the last rows of the catalog.
@pytest.mark.parametrize("kib", [0, 4, 100, 700, 1500])
def test_a_disk_that_is_full(tmp_path, collection, whole, read_tables, kib):
    database = tmp_path / "x.lmdb"
    told = 0
    for step in STEPS:
        done = do(step, database, collection, preexec_fn=limit_files(kib << 10))
        if done.returncode:
            assert_told(done)
            told += 1
        done = do(step, database, collection)
        assert done.returncode == 0, done.stderr
    assert read_tables(database) == read_tables(whole)
    assert told or kib > 1000


@pytest.fixture
def small_disk(tmp_path):
    """A disk of a few MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a disk can be mounted by root alone")
    yield place
    subprocess.run(["umount", place], check=True)


def fill_up(path):
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(descriptor, bytes(4096)):
            pass
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
    finally:
        os.close(descriptor)


def test_a_small_disk(small_disk, collection, whole, read_tables):
    ballast = small_disk / "ballast"
    database = small_disk / "x.lmdb"
    for step in STEPS:
        fill_up(ballast)
        assert_told(do(step, database, collection))
        os.truncate(ballast, 0)
        done = do(step, database, collection)
        assert done.returncode == 0, done.stderr
    assert read_tables(database) == read_tables(whole)


def read_only_mount(database):
    for arguments in (["--bind", database, database], ["-o", "remount,ro,bind", database]):
        if subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode:
            return False
    return True


@pytest.mark.parametrize("step", STEPS)
def test_a_folder_that_is_read_only(database, collection, step):
    if os.getuid() == 0:
        if not read_only_mount(database):
            pytest.skip("the folder cannot be made read-only for root")
    else:
        database.chmod(0o500)
    try:
        # Something is left to do, or there would be nothing to refuse.
        assert_told(do(step, database, collection), "cannot be written", str(database))
        done = run(database, "status")
        assert done.returncode == 0, done.stderr
    finally:
        if os.getuid() == 0:
            subprocess.run(["umount", database], check=True)
        else:
            database.chmod(0o700)


@pytest.mark.parametrize("step", STEPS)
def test_a_second_writer_is_told_of_the_first(database, collection, step):
    with hold_writer_lock(database):
        assert_told(do(step, database, collection), "being written by process", str(os.getpid()))
    assert do(step, database, collection).returncode == 0


def test_readers_get_their_turn_while_it_is_written(tmp_path, collection, whole, read_tables):
    database = tmp_path / "x.lmdb"
    assert run(database, "ingest", "midi", collection / "midi" / "tune0.mid").returncode == 0
    arguments = ["--db", str(database), "ingest", "midi", str(collection / "midi"), "--jobs", "1"]
    writer = subprocess.Popen([sys.executable, "-c", RUN_SLOWLY, *arguments], stdout=subprocess.DEVNULL)
    counts = []
    while writer.poll() is None:
        done = run(database, "sql", "SELECT count(DISTINCT midi_id) FROM notes", "--format", "csv")
        assert done.returncode == 0, done.stderr
        counts.append(int(done.stdout.splitlines()[1]))
        time.sleep(0.05)
    assert writer.returncode == 0
    assert counts == sorted(counts)
    for step in STEPS:
        assert do(step, database, collection).returncode == 0
    assert read_tables(database) == read_tables(whole)


def overwrite(path, at, data):
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


CATALOG_DAMAGES = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_bytes(b"not a catalog\n" * 999),
    "cut in half": lambda path: os.truncate(path, path.stat().st_size // 2),
    "header": lambda path: overwrite(path, 0, bytes(4096)),
    "both roots": lambda path: overwrite(path, 4096, bytes(8192)),
    "beginning": lambda path: overwrite(path, 12_288, random.Random(0).randbytes(100_000)),
    "all data": lambda path: overwrite(path, 12_288, bytes(path.stat().st_size - 12_288)),
}


@pytest.mark.parametrize("damage", CATALOG_DAMAGES)
def test_a_damaged_catalog(database, collection, damage, whole, read_tables):
    CATALOG_DAMAGES[damage](database / "catalog.duckdb")
    harmed = (database / "catalog.duckdb").read_bytes()
    for arguments in (["status"], ["sql", "SELECT * FROM matches"], ["match"]):
        assert_told(run(database, *arguments), "catalog.duckdb", "backup")
    checked = run(database, "verify")
    assert checked.returncode == 1
    assert "backup" in checked.stdout + checked.stderr
    assert "Traceback" not in checked.stderr
    # What is left of it is left as it was.
    assert (database / "catalog.duckdb").read_bytes() == harmed
    shutil.copy(whole / "catalog.duckdb", database / "catalog.duckdb")
    assert do("match", database, collection).returncode == 0
    assert read_tables(database) == read_tables(whole)


@pytest.mark.parametrize("seed", range(6))
def test_a_catalog_with_damage_anywhere(database, seed):
    path = database / "catalog.duckdb"
    rng = random.Random(seed)
    overwrite(path, rng.randrange(12_288, path.stat().st_size - 4096), rng.randbytes(4096))
    for arguments in (["status"], ["sql", "SELECT * FROM matches"], ["verify"]):
        done = run(database, *arguments)
        if done.returncode and done.stderr:
            assert_told(done)


PART_DAMAGES = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: os.truncate(path, path.stat().st_size // 2),
    "text": lambda path: path.write_bytes(b"no part\n" * 999),
    "body": lambda path: overwrite(path, 4, random.Random(0).randbytes(path.stat().st_size // 2)),
}
NEW_RUN = ["match", "--transpose", "1"]
COMMANDS = {
    "constant_q": NEW_RUN,
    "hash_sequences": NEW_RUN,
    "embeddings": NEW_RUN,
    "notes": ["sql", "SELECT * FROM notes"],
}


@pytest.mark.parametrize("damage", PART_DAMAGES)
@pytest.mark.parametrize("kind", COMMANDS)
def test_a_damaged_part(database, kind, damage):
    with duckdb.connect(database / "catalog.duckdb", read_only=True) as con:
        ((file,),) = con.execute(
            "SELECT file FROM parts WHERE kind = ? ORDER BY part_id LIMIT 1", [kind]
        ).fetchall()
    part = database / file
    good = part.read_bytes()
    PART_DAMAGES[damage](part)
    assert_told(run(database, *COMMANDS[kind]), "verify --repair")
    part.write_bytes(good)
    done = run(database, *COMMANDS[kind])
    assert done.returncode == 0, done.stderr
