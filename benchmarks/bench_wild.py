"""Ingest of files that went wrong: what becomes of them, how long and how much memory they take.

    python benchmarks/bench_wild.py [--midi 20000] [--audio 400] [--jobs 2]

Mutations of real MIDI files and of encoded recordings, and streams of made-up events, each side in one
ingest. Prints one JSON line for each side. Real files are found through LAKHDB_DATA (default ../shared/data).
"""

import argparse
import io
import json
import os
import random
import re
import resource
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import soundfile
from figures import print_figure
from mutants import mutate, write_stream

from lakhdb import engine
from lakhdb.engine.errors import LakhDBError
from lakhdb.engine.ingest import audio, midi
from lakhdb.engine.workers import WorkerPool, count_cores

DATA = Path(os.environ.get("LAKHDB_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
COLLECTIONS = ("pop909", "asap", "nottingham", "vienna4x22")

# One in so many files is a stream of made-up events.
STREAM_EVERY = 8
LARGEST_ORIGINAL = 1 << 18
EXCERPT_S = 10


def main() -> None:
    """Print a figure for each side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--midi", type=int, default=20_000, help="damaged MIDI files")
    parser.add_argument("--audio", type=int, default=400, help="damaged recordings")
    parser.add_argument("--jobs", type=int, default=count_cores(), help="worker processes")
    arguments = parser.parse_args()
    if not DATA.is_dir():
        parser.error(f"no real data at {DATA}; name its folder in LAKHDB_DATA")
    sides = (("midi", make_midi(arguments.midi)), ("audio", make_audio(arguments.audio)))
    for side, files in sides:
        with tempfile.TemporaryDirectory() as folder:
            measure(side, files, Path(folder), arguments.jobs)


def make_midi(n_files: int) -> Iterator[bytes]:
    """Damage real MIDI files, a few hundred of each collection in turn."""
    rng, shuffle = np.random.default_rng(0), random.Random(0)
    originals = []
    for name in COLLECTIONS:
        with zipfile.ZipFile(DATA / f"{name}.zip") as archive:
            names = sorted(file for file in archive.namelist() if file.endswith((".mid", ".midi")))
            shuffle.shuffle(names)
            originals += [archive.read(file) for file in names[:300]]
    originals = [data for data in originals if len(data) <= LARGEST_ORIGINAL]
    for n in range(n_files):
        if n % STREAM_EVERY == 0:
            yield write_stream(rng)
        else:
            yield mutate(originals[n % len(originals)], originals, rng)


def make_audio(n_files: int) -> Iterator[bytes]:
    """Damage ten seconds of real recordings in every format."""
    rng = np.random.default_rng(1)
    originals = []
    for path in sorted((DATA / "real_audio").iterdir()):
        if path.suffix not in {".wav", ".ogg", ".mp3", ".flac"}:
            continue
        samples, rate = soundfile.read(path, stop=EXCERPT_S * 44_100, dtype="float32")
        for kind, subtype in (
            ("WAV", None),
            ("FLAC", None),
            ("MP3", None),
            ("OGG", "VORBIS"),
            ("AIFF", None),
        ):
            stream = io.BytesIO()
            soundfile.write(stream, samples, rate, format=kind, subtype=subtype)
            originals.append(stream.getvalue())
    for n in range(n_files):
        yield mutate(originals[n % len(originals)], originals, rng)


def measure(side: str, files: Iterator[bytes], folder: Path, jobs: int) -> None:
    """Ingest the files in one run; then read each by itself."""
    names = [_write(folder / "files", n, data, side) for n, data in enumerate(files)]
    before = list_children()
    started = time.perf_counter()
    database = engine.open(folder / "wild.lmdb", create=True)
    ingest = database.ingest_midi if side == "midi" else database.ingest_audio
    summary = ingest([folder / "files"], jobs=jobs)
    seconds = time.perf_counter() - started
    left = list_children() - before
    print_figure(
        f"wild_{side}",
        n_files=len(names),
        n_items=summary.n_new,
        n_known=summary.n_known,
        n_failures=summary.n_failed,
        n_unaccounted=len(names) - summary.n_new - summary.n_known - summary.n_failed,
        **count_outcomes(folder / "wild.lmdb" / "catalog.duckdb", side),
        n_processes_left=len(left),
        seconds=round(seconds, 1),
        files_a_second=round(len(names) / seconds),
        jobs=jobs,
        own_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        **time_each(side, names),
    )


def _write(folder: Path, n: int, data: bytes, side: str) -> Path:
    # Formats go by content; so many folders that none has more files than is usual.
    path = folder / f"{n // 1000}" / f"{n}{'.mid' if side == 'midi' else '.mp3'}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def count_outcomes(catalog: Path, side: str) -> dict[str, Any]:
    """Count items by whether they are damaged, and failures by stage and reason, without numbers."""
    with duckdb.connect(catalog, read_only=True) as con:
        reasons = con.execute("SELECT stage, reason FROM failed_files").fetchall()
        damaged = "SELECT count(*) FROM midi_items WHERE damage IS NOT NULL"
        n_damaged = con.execute(damaged).fetchall()[0][0] if side == "midi" else None
    counts = Counter(f"{stage}: {re.sub(r'[(].*|[0-9][0-9.]*', '…', reason)}" for stage, reason in reasons)
    return {"n_damaged_items": n_damaged, "failures_by_reason": dict(counts.most_common())}


def time_each(side: str, paths: list[Path]) -> dict[str, Any]:
    """Time every file by itself in a worker that is warm."""
    target = (midi if side == "midi" else audio).KIND.target
    seconds = []
    with WorkerPool(target, 1, 10.0) as pool:
        _read(pool, paths[0].read_bytes())
        for path in paths:
            data = path.read_bytes()
            started = time.perf_counter()
            _read(pool, data)
            seconds.append(time.perf_counter() - started)
        worker_mib = measure_largest_child()
    return {
        "median_ms_a_file": round(float(np.median(seconds)) * 1e3, 2),
        "worst_s_a_file": round(max(seconds), 2),
        "worst_worker_mib": worker_mib,
    }


def _read(pool: WorkerPool, data: bytes) -> None:
    try:
        pool.submit(data).result()
    except LakhDBError as error:
        print(json.dumps({"bench": "wild_trouble", "reason": str(error)}), flush=True)


def list_children() -> set[str]:
    """List this process's children; only Linux tells."""
    found: set[str] = set()
    for thread in Path("/proc/self/task").glob("*/children"):
        found |= set(thread.read_text().split())
    return found


def measure_largest_child() -> int | None:
    """Return the most memory in MiB that any child process has ever had; only Linux tells."""
    peaks = []
    for pid in list_children():
        found = re.search(r"VmHWM:\s+([0-9]+) kB", Path(f"/proc/{pid}/status").read_text())
        peaks += [int(found[1]) >> 10] if found else []
    return max(peaks, default=None)


if __name__ == "__main__":
    main()
