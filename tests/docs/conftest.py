"""The demonstration, run once a session for all test processes."""

import json

import pytest
from filelock import FileLock

from lakhdb import engine


@pytest.fixture(scope="session")
def demo(tmp_path_factory, worker_id):
    """The database that `lmdb demo` makes without a sound font, and all that it said and showed."""
    pytest.importorskip("music21", reason="music21 is not installed")
    # Its folder is shared by the processes of pytest-xdist: the first one to come makes it.
    shared = tmp_path_factory.getbasetemp()
    folder = (shared if worker_id == "master" else shared.parent) / "demo"
    told = folder / "told.json"
    with FileLock(f"{folder}.lock"):
        if not told.exists():
            said, shown = run(folder)
            told.write_text(json.dumps({"said": said, "shown": shown}))
    return engine.open(folder / "demo.lmdb"), json.loads(told.read_text())


def run(folder):
    """Run the demonstration; return the lines that it says and the tables that it shows."""
    from lakhdb.engine.demo import run as run_module

    said, shown = [], []
    with pytest.MonkeyPatch.context() as patch:
        # What a sound font plays differs between machines.
        patch.setattr(run_module, "find_soundfont", lambda: None)
        patch.delenv("LMDB_MODEL", raising=False)  # the pages show what the model gives that is shipped
        run_module.run_demo(
            folder, jobs=2, say=said.append, show=lambda table: shown.append(table.to_pylist())
        )
    return said, shown
