"""Build the open bench: 734 recordings with a known composition each, and one MIDI query for each of them.

    python benchmarks/open_bench.py build/bench

pop909 gives a recording of each song's main file, queried with another version of the song; asap gives a
recording of one pianist's performance of each piece, queried with its score. Recordings are MP3 excerpts of
30 s, played on other instruments in a drifting tempo by FluidSynth, or by additive synthesis where that is
not installed: the last line says which. A build that was stopped goes on.

In the folder: ``recordings/`` and ``queries/`` to be ingested, ``recordings.csv`` and ``queries.csv`` with
the composition of each of their files. The truth is the composition: asap's folders with and without
repeats are one, and so are pop909's songs that share their melody.
"""

import argparse
import csv
import io
import json
import os
import re
import time
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import as_completed
from contextlib import ExitStack
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lakhdb.engine.demo.twins import compare_melodies, cut_melody
from lakhdb.engine.recordings import find_soundfont
from lakhdb.engine.workers import WorkerPool, count_cores
from lakhdb.kernels.midi_file import read_midi

__all__ = ["build", "list_compositions"]

SEED = 909
# Two pairs of pop909 share 49 and 100 % of their melody's runs of intervals (the same song by another
# singer, as their titles say too); the next pair shares 21 %.
TWINS = 0.35
# How asap names a folder that holds the same movement in another form.
VARIANT = re.compile(r"_(no_repeat|no_first_repeat|extra_repeat|repeat|no_trio)$")
RECORDING_COLUMNS = ("file", "composition", "collection", "source", "midi_start_s", "midi_end_s", "renderer")
TABLE = "recordings.csv"
COLLECTIONS = ("pop909", "asap")
QUERY_COLUMNS = ("file", "composition", "collection", "source")


class Pair(NamedTuple):
    """A query and the file that its recording is made from; both are members of the collection's archive."""

    collection: str
    composition: str
    query: str
    recorded: str


def main() -> None:
    """Build the bench and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("LAKHDB_DATA", "../shared/data")))
    parser.add_argument("--jobs", type=int, default=count_cores())
    parser.add_argument("--additive", action="store_true", help="do not use FluidSynth")
    options = parser.parse_args()
    soundfont = None if options.additive else find_soundfont()
    started = time.perf_counter()
    n_recordings = build(options.folder, options.data, options.jobs, soundfont)
    figures = {
        "bench": "open_bench",
        "recordings": n_recordings,
        "renderer": soundfont.name if soundfont else "additive",
        "jobs": options.jobs,
        "seconds": round(time.perf_counter() - started, 1),
    }
    print(json.dumps(figures))


def build(folder: Path, data: Path, jobs: int, soundfont: Path | None) -> int:
    """Write the bench into `folder`, or go on where a build stopped; return the number of recordings.

    Parameters
    ----------
    folder : Path
        New, or of an earlier build with the same renderer.
    data : Path
        Holds ``pop909.zip`` and ``asap.zip``.
    jobs : int
        Worker processes.
    soundfont : Path or None
        FluidSynth plays it; without it, additive synthesis plays.
    """
    for name in ("recordings", "queries", "sources"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    pairs = list_pairs(data)
    # Neither the names nor the order of the files tell what they are.
    rng = np.random.default_rng(SEED)
    order, query_order = rng.permutation(len(pairs)).tolist(), rng.permutation(len(pairs)).tolist()
    with ExitStack() as stack:
        archives = {name: stack.enter_context(zipfile.ZipFile(data / f"{name}.zip")) for name in COLLECTIONS}
        table = stack.enter_context((folder / "queries.csv").open("w", encoding="utf-8", newline=""))
        writer = csv.writer(table)
        writer.writerow(QUERY_COLUMNS)
        for pair, number, query_number in zip(pairs, order, query_order, strict=True):
            archive = archives[pair.collection]
            name = f"queries/query-{query_number:04d}.mid"
            (folder / name).write_bytes(archive.read(pair.query))
            (folder / f"sources/source-{number:04d}.mid").write_bytes(archive.read(pair.recorded))
            writer.writerow((name, pair.composition, pair.collection, f"{pair.collection}.zip!/{pair.query}"))
    _record(folder, pairs, order, jobs, soundfont)
    return len(pairs)


def list_pairs(data: Path) -> list[Pair]:
    """Return one pair for each song of pop909 and each piece of asap, version and pianist drawn by seed."""
    rng = np.random.default_rng(SEED)
    compositions = list_compositions(data)
    pairs = []
    for collection, piece, query_role, recorded_role in (
        ("pop909", "song_id", "version", "main"),
        ("asap", "piece", "score", "performance"),
    ):
        files: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        with zipfile.ZipFile(data / f"{collection}.zip") as archive:
            for row in _read_csv(data / f"{collection}.csv"):
                if len(read_midi(archive.read(row["file"])).notes):  # one version of pop909 has none
                    files[row[piece]][row["role"]].append(row["file"])
        for roles in files.values():
            query, recorded = (str(rng.choice(roles[role])) for role in (query_role, recorded_role))
            pairs.append(Pair(collection, compositions[f"{collection}.zip!/{recorded}"], query, recorded))
    return pairs


def list_compositions(data: Path) -> dict[str, str]:
    """Return the composition of every MIDI file in pop909 and asap, by ``archive.zip!/member``."""
    compositions = {}
    for row in _read_csv(data / "asap.csv"):
        compositions[f"asap.zip!/{row['file']}"] = f"asap/{VARIANT.sub('', row['piece'])}"
    songs = _read_csv(data / "pop909.csv")
    same = _find_doubles(data, [row for row in songs if row["role"] == "main"])
    for row in songs:
        compositions[f"pop909.zip!/{row['file']}"] = f"pop909/{same.get(row['song_id'], row['song_id'])}"
    return compositions


def _find_doubles(data: Path, main_files: Iterable[dict[str, str]]) -> dict[str, str]:
    """Return song → the first song with the same melody, for the songs that have an earlier one."""
    melodies = {}
    with zipfile.ZipFile(data / "pop909.zip") as archive:
        for row in main_files:
            midi = read_midi(archive.read(row["file"]))
            names = zip(midi.texts.track, midi.texts.kind, midi.texts.data, strict=True)
            tracks = [track for track, kind, text in names if kind == "track_name" and text == b"MELODY"]
            melodies[row["song_id"]] = cut_melody(
                midi.notes.pitch[np.isin(midi.notes.track, tracks)].tolist()
            )
    first: dict[str, str] = {}
    for one, other in combinations(sorted(melodies), 2):
        if compare_melodies(melodies[one], melodies[other]) >= TWINS:
            first.setdefault(other, first.get(one, one))
    return first


def _record(folder: Path, pairs: list[Pair], order: list[int], jobs: int, soundfont: Path | None) -> None:
    """Make the recordings that are missing; each gets its row of the table when it is whole."""
    renderer = soundfont.name if soundfont else "additive"
    done = _read_done(folder)
    if any(row["renderer"] != renderer for row in done):
        raise SystemExit(f"{folder} holds recordings that were not made with {renderer}; give another folder")
    with (
        (folder / TABLE).open("w", encoding="utf-8", newline="") as file,
        WorkerPool("lakhdb.engine.demo.export:record_piece", jobs, 60.0) as pool,
    ):
        writer = csv.writer(file)
        writer.writerow(RECORDING_COLUMNS)
        writer.writerows(row.values() for row in done)
        file.flush()
        present = {row["file"] for row in done}
        calls = {}
        for pair, number in zip(pairs, order, strict=True):
            name = f"recordings/recording-{number:04d}.mp3"
            if name not in present:
                source = folder / f"sources/source-{number:04d}.mid"
                calls[pool.submit(source, folder / name, (SEED, number), soundfont)] = (name, pair)
        for call in as_completed(calls):
            name, pair = calls[call]
            source = f"{pair.collection}.zip!/{pair.recorded}"
            writer.writerow((name, pair.composition, pair.collection, source, *call.result(), renderer))
            file.flush()


def _read_done(folder: Path) -> list[dict[str, str]]:
    """Return the rows of the recordings that are there; a line cut short by a kill is none."""
    table = folder / TABLE
    if not table.exists():
        return []
    text = table.read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text[: text.rfind("\n") + 1]))
    return [row for row in rows if (folder / row["file"]).is_file()]


def _read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main()
