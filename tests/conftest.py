"""What tests in several folders share: the data on disk, small music, and comparing databases."""

import os
from pathlib import Path

import duckdb
import numpy as np
import pretty_midi
import pytest
import soundfile

REPOSITORY = Path(__file__).resolve().parent.parent

# Left out when databases are compared: numbers of runs, times of writing, names of parts.
UNSTABLE = {"run_id", "failed_at", "started_at", "finished_at", "created_at"}


def pytest_configure():
    """Give each worker a folder of its own for what Numba compiles: two that write into one spoil it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    os.environ["NUMBA_CACHE_DIR"] = str(REPOSITORY / "build" / "numba" / worker)


@pytest.fixture(scope="session", autouse=True)
def _model():
    """Have the model that needs no training in use, which is quick, unless another is named."""
    with pytest.MonkeyPatch.context() as patch:
        if "LMDB_MODEL" not in os.environ:
            patch.setenv("LMDB_MODEL", "training-free")
        yield


@pytest.fixture(scope="session")
def shared_data():
    """The folder of real data, where there is one."""
    folder = Path(os.environ.get("LAKHDB_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; name its folder in LAKHDB_DATA")
    return folder


@pytest.fixture(scope="session")
def make_tune():
    """Return a function that makes the notes of a tune of its own for each seed."""

    def make(seed, n_notes=60, program=0):
        rng = np.random.default_rng(seed)
        instrument = pretty_midi.Instrument(program=program)
        scale = rng.permutation(12)[:7]
        start = 0.0
        for _ in range(n_notes):
            length = float(rng.choice([0.2, 0.3, 0.5, 0.8]))
            for octave in rng.choice([48, 60, 72], size=rng.integers(1, 3), replace=False):
                pitch = int(octave + rng.choice(scale))
                velocity = int(rng.integers(50, 120))
                instrument.notes.append(pretty_midi.Note(velocity, pitch, start, start + length))
            start += length
        tune = pretty_midi.PrettyMIDI()
        tune.instruments.append(instrument)
        return tune

    return make


@pytest.fixture(scope="session")
def collection(tmp_path_factory, make_tune):
    """Six MIDI files in ``midi/`` and recordings of the first four in ``audio/``, names alike."""
    folder = tmp_path_factory.mktemp("collection")
    for side in ("midi", "audio"):
        (folder / side).mkdir()
    for seed in range(6):
        tune = make_tune(seed)
        tune.write(str(folder / "midi" / f"tune{seed}.mid"))
        if seed < 4:
            samples = tune.synthesize(fs=22050)
            soundfile.write(folder / "audio" / f"tune{seed}.flac", samples / np.abs(samples).max(), 22050)
    return folder


@pytest.fixture(scope="session")
def read_tables():
    """Return a function that reads all that two databases have to agree on."""

    def read(folder):
        con = duckdb.connect(folder / "catalog.duckdb", read_only=True)
        tables = {}
        for (name,) in con.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall():
            if name in {"meta", "counters", "parts", "coverage"}:
                continue
            tables[name] = _read_rows(con, f"SELECT * FROM {name}")
        for kind in ("notes", "events", "constant_q", "hash_sequences", "embeddings"):
            named = con.execute("SELECT file FROM parts WHERE kind = ?", [kind]).fetchall()
            files = [str(folder / file) for (file,) in named]
            tables[kind] = _read_rows(con, f"SELECT * FROM read_parquet({files})") if files else []
        con.close()
        return tables

    return read


def _read_rows(con, query):
    relation = con.sql(query)
    columns = [name for name in relation.columns if name not in UNSTABLE]
    return sorted(map(repr, relation.select(*[duckdb.ColumnExpression(name) for name in columns]).fetchall()))
