"""The main line on real files: recordings with scores, the open bench, ingest.

    python benchmarks/bench_main.py [--cache build/bench] [--only real open ingest]

Prints a JSON line for each figure. Real data are found through LAKHDB_DATA (default ../shared/data).
The first call builds the open bench's recordings (some minutes); databases are made anew each time.
"""

import argparse
import csv
import os
import shutil
import zipfile
from collections import defaultdict
from pathlib import Path

import numpy as np
import open_bench
from figures import print_figure

from lakhdb import engine
from lakhdb.engine.database import Database
from lakhdb.engine.recordings import find_soundfont
from lakhdb.engine.workers import count_cores

DATA = Path(os.environ.get("LAKHDB_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))

# Of the two Chopin etudes that asap and vienna4x22 hold beside the recording's own score.
SAME_AS_CHOPIN = ("Chopin/Etudes_op_10/3/", "Chopin_op10_no3")

# A folder that is looked at again.
N_FILES = 10_000

# What the pruning hands on in the benches of its losses, beside `all`.
CANDIDATES = (100, 25, 10)


def main() -> None:
    """Run the benches asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    benches = {"real": bench_real, "open": bench_open, "ingest": bench_ingest}
    parser.add_argument("--cache", type=Path, default=Path("build/bench"))
    parser.add_argument("--only", nargs="+", choices=benches, default=list(benches))
    arguments = parser.parse_args()
    if not DATA.is_dir():
        parser.error(f"no real data at {DATA}; name its folder in LAKHDB_DATA")
    arguments.cache.mkdir(parents=True, exist_ok=True)
    open_bench.build(arguments.cache / "open", DATA, count_cores(), find_soundfont())
    for name in arguments.only:
        benches[name](arguments.cache)


def make_database(folder: Path) -> Database:
    """Make an empty database in a folder of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    return engine.open(folder)


def read_table(path: Path) -> list[dict[str, str]]:
    """Read a CSV file as dictionaries."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def bench_real(cache: Path) -> None:
    """Rank real recordings' scores among all MIDI files, and scores' recordings among all recordings."""
    db = make_database(cache / "real.lmdb")
    for name in ("pop909", "asap", "nottingham", "vienna4x22"):
        db.ingest_midi([DATA / f"{name}.zip"])
    db.ingest_midi([DATA / "real_audio"])
    db.ingest_audio([DATA / "real_audio"])
    db.ingest_audio([cache / "open" / "recordings"], corpus="open")
    pairs = [row for row in read_table(DATA / "real_audio" / "real_audio.csv") if row["score_file"]]
    for candidates in (None, 100):
        db.match(audio_corpus="real_audio", candidates=candidates)
        db.match(midi_corpus="real_audio", candidates=candidates)
        settings = "all" if candidates is None else candidates
        rows = [measure_pair(db, row) for row in pairs]
        for row in rows:
            print_figure(
                "real", candidates=settings, n_midi=count(db, "midi"), n_audio=count(db, "audio"), **row
            )


def count(db: Database, view: str) -> int:
    """Count the rows of a view."""
    return int(db.sql(f"SELECT count(*) FROM {view}").fetchall()[0][0])


def measure_pair(db: Database, row: dict[str, str]) -> dict[str, object]:
    """Tell how a real recording and its score rank each other, and by how much the alignment is off."""
    audio, score = (str(DATA / "real_audio" / row[name]) for name in ("file", "score_file"))
    ranked = db.sql(
        f"SELECT midi_path FROM matches WHERE audio_path = '{audio}' ORDER BY audio_rank"
    ).fetchall()
    right = SAME_AS_CHOPIN if "chopin" in audio else ()
    score_rank = next(
        (
            rank
            for rank, (path,) in enumerate(ranked, 1)
            if path == score or any(name in path for name in right)
        ),
        None,
    )
    found = db.sql(
        "SELECT rank, score, midi_s, audio_s "
        "FROM matches LEFT JOIN alignments USING (run_id, midi_id, audio_id) "
        f"WHERE midi_path = '{score}' AND audio_path = '{audio}'"
    ).fetchall()
    rank, value, midi_s, audio_s = found[0] if found else (None, None, None, None)
    return {
        "recording": row["file"],
        "score_rank": score_rank,
        "recording_rank": rank,
        "score": value,
        **(measure_offsets(row, midi_s, audio_s) if midi_s else {}),
    }


def measure_offsets(row: dict[str, str], midi_s: list[float], audio_s: list[float]) -> dict[str, float]:
    """Seconds by which the alignment misses the published one, at the first note and at half of the notes.

    Chopin has none: of it only the first note is known, at 0.4 s of the score and 0.5 s of the recording.
    """
    truth = np.array([[0.4, 0.5]])
    if row["alignment_file"]:
        path = DATA / "real_audio" / row["alignment_file"]
        truth = np.loadtxt(path, delimiter=",", skiprows=1, usecols=(0, 2))
    errors = np.abs(np.interp(truth[:, 0], midi_s, audio_s) - truth[:, 1])
    return {"first_error_s": round(float(errors[0]), 3), "median_error_s": round(float(np.median(errors)), 3)}


def bench_open(cache: Path) -> None:
    """Rank the recordings of the open bench for its queries, with and without pruning."""
    folder = cache / "open"
    db = make_database(cache / "open.lmdb")
    db.ingest_midi([folder / "queries"], corpus="open")
    db.ingest_audio([folder / "recordings"], corpus="open")
    queries = {Path(row["file"]).name: row for row in read_table(folder / "queries.csv")}
    recordings = read_table(folder / "recordings.csv")
    compositions = {Path(row["file"]).name: row["composition"] for row in recordings}
    for candidates in (None, *CANDIDATES):
        summary = db.match(candidates=candidates)
        ranks = rank_right(db, summary.run_id, queries, compositions)
        for collection, stages in ranks.items():
            n_queries = len(stages["dtw"])
            print_figure(
                "open",
                collection=collection,
                candidates="all" if candidates is None else candidates,
                n_queries=n_queries,
                n_recordings=len(compositions),
                **describe_ranks(stages["dtw"]),
                **{f"lost_{stage}": share_lost(found) for stage, found in stages.items() if stage != "dtw"},
                seconds_a_query=round(summary.seconds / len(queries), 4),
            )


def rank_right(
    db: Database, run_id: int | None, queries: dict[str, dict[str, str]], compositions: dict[str, str]
) -> dict[str, dict[str, list[int | None]]]:
    """Find each query's first right recording in each stage: collection → stage → ranks, None where lost."""
    audio = {audio_id: compositions[name] for name, audio_id in list_names(db, "audio")}
    kept = defaultdict(list)
    for stage, midi_id, audio_id, rank in db.sql(
        f"SELECT stage, midi_id, audio_id, rank FROM candidates WHERE run_id = {run_id} ORDER BY rank"
    ).fetchall():
        kept[stage, midi_id].append((rank, audio[audio_id]))
    ranks: dict[str, dict[str, list[int | None]]] = defaultdict(lambda: defaultdict(list))
    for name, midi_id in list_names(db, "midi"):
        for stage in {stage for stage, _ in kept}:
            right = (rank for rank, found in kept[stage, midi_id] if found == queries[name]["composition"])
            ranks[queries[name]["collection"]][stage].append(next(right, None))
    return ranks


def list_names(db: Database, side: str) -> list[tuple[str, str]]:
    """List file names and ids; two files of the same bytes have one id."""
    rows = db.sql(
        f"SELECT path, {side}_id FROM paths JOIN {side}_items ON item_seq = {side}_seq WHERE kind = '{side}'"
    ).fetchall()
    return [(Path(path).name, item_id) for path, item_id in rows]


def describe_ranks(ranks: list[int | None]) -> dict[str, float]:
    """Summarise ranks: shares found first and among the first five, and the mean reciprocal rank."""
    return {
        "rank_1": sum(rank == 1 for rank in ranks) / len(ranks),
        "top_5": sum(rank is not None and rank <= 5 for rank in ranks) / len(ranks),
        "mrr": sum(1 / rank for rank in ranks if rank) / len(ranks),
    }


def share_lost(ranks: list[int | None]) -> float:
    """Share of queries whose right recordings a stage has thrown away."""
    return sum(rank is None for rank in ranks) / len(ranks)


def bench_ingest(cache: Path) -> None:
    """Time the whole ingest of pop909, and of a folder of 10 000 files when nothing in it has changed."""
    db = make_database(cache / "ingest.lmdb")
    print_ingest(db, "pop909, new", DATA / "pop909.zip")
    folder = make_many_files(cache / "many")
    print_ingest(db, "folder, new", folder)
    print_ingest(db, "folder, unchanged", folder)


def print_ingest(db: Database, what: str, path: Path) -> None:
    """Ingest MIDI files and print how long it took."""
    summary = db.ingest_midi([path])
    print_figure(
        "ingest",
        what=what,
        n_files=summary.n_files,
        seconds=round(summary.seconds, 2),
        files_a_second=round(summary.n_files / summary.seconds, 1),
    )


def make_many_files(folder: Path) -> Path:
    """Write nottingham's files ten times, made different by a chunk that readers skip."""
    with zipfile.ZipFile(DATA / "nottingham.zip") as archive:
        tunes = [archive.read(name) for name in archive.namelist() if name.endswith(".mid")]
    for number in range(N_FILES):
        path = folder / f"{number // 100:03d}" / f"{number:05d}.mid"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(tunes[number % len(tunes)] + b"XTRA\0\0\0\4" + number.to_bytes(4))
    return folder


if __name__ == "__main__":
    main()
