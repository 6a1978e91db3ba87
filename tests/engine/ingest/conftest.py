"""Ingest of a folder in a process of its own, whose seconds and memory are measured."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

INGEST = """
import json, re, resource, sys, time
from lakhdb import engine
from lakhdb.engine.workers import WorkerPool

class Watched(WorkerPool):
    def close(self):
        left = [worker.process for worker in self._workers if worker.process.poll() is None]
        super().close()
        print(json.dumps({"pids": [process.pid for process in left], "n_started": len(self._workers)}))

import lakhdb.engine.ingest.collect as collect
collect.WorkerPool = Watched
database, side, root = sys.argv[1:]
started = time.monotonic()
summary = getattr(engine.open(database, create=True), f"ingest_{side}")([root], corpus="wild", jobs=2)
print(json.dumps({
    "n_files": summary.n_files, "n_new": summary.n_new, "n_failed": summary.n_failed,
    "seconds": time.monotonic() - started,
    # Not ru_maxrss, which a process inherits from the one that started it.
    "own_mib": int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) >> 10,
    "worker_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10,
}))
"""


@dataclass(frozen=True)
class Run:
    """What an ingest of a folder did, by its summary and by the database, and what it took."""

    database: Path
    n_files: int
    n_new: int
    n_failed: int
    seconds: float
    own_mib: int
    worker_mib: int
    n_started: int

    def list_failures(self):
        """Stage and reason by path."""
        rows = self._ask("SELECT path, stage, reason FROM failed_files")
        return {path: (stage, reason) for path, stage, reason in rows}

    def list_items(self, side, *columns):
        """Columns of the items by path."""
        return {
            path: values
            for path, *values in self._ask(
                f"SELECT path, {', '.join(columns)} FROM paths JOIN {side}_items ON item_seq = {side}_seq "
                f"WHERE kind = '{side}'"
            )
        }

    def _ask(self, statement):
        with duckdb.connect(self.database / "catalog.duckdb", read_only=True) as con:
            return con.execute(statement).fetchall()


def ingest_in_a_process(database, side, root):
    """Ingest a folder; its processes are gone afterwards."""
    done = subprocess.run(
        [sys.executable, "-c", INGEST, database, side, root], capture_output=True, text=True, timeout=590
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    workers, figures = map(json.loads, done.stdout.splitlines())
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers["pids"])
    return Run(database, **figures, n_started=workers["n_started"])


@pytest.fixture(scope="session")
def ingest_apart():
    """Return `ingest_in_a_process`."""
    return ingest_in_a_process
