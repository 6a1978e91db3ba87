"""Find names: ours beside Whoosh as the predecessor ran it, a million names, and a query from the shell.

    python benchmarks/bench_text.py                                   all of it, one JSON line a figure
    python benchmarks/bench_text.py --draw ours --count 50 --seed 7   pairs to read, for text_labels.csv

text_labels.csv tells of pairs of clean_midi with cal10k, uspop2002 and cal500, by the ids of the lists,
whether they are the same song by the same artist, in whatever version (right), or not (wrong). They were read
in three groups: 50 drawn from what both found, 50 of ours alone, and all that Whoosh alone found.
"""

import argparse
import csv
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
from figures import print_figure
from text_names import AUDIO_LISTS, MIDI_LIST, make_catalogue, read_list

from lakhdb.engine.ingest.names import insert_names
from lakhdb.engine.lock import hold_writer_lock
from lakhdb.engine.songs import index_songs, pair_songs
from lakhdb.engine.store import Store, open_store

LABELS = Path(__file__).parent / "text_labels.csv"
WHERE = ("both", "ours", "whoosh")

# Asked of 100 000 names: typos, order, missing words, words run together, one word, none that is there.
QUERIES = (
    "beatles help",
    "beetles halp",
    "sultens of swing dire strait",
    "swing sultans",
    "acdc hells bells",
    "yesterday",
    "you are the one that I love",
    "xyzzy",
)

Pair = tuple[int, str, int]


def main() -> None:
    """Measure and print, or draw pairs to be read."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parts: dict[str, Callable[[Path], None]] = {
        "whoosh": measure_beside_whoosh,
        "million": measure_million,
        "query": measure_query,
    }
    parser.add_argument("--only", choices=parts)
    parser.add_argument("--draw", choices=WHERE)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.draw:
            draw_pairs(Path(folder), arguments.draw, arguments.count, arguments.seed)
        elif arguments.only:
            parts[arguments.only](Path(folder))
        else:
            # Each in a process of its own, for the peak of memory to be its own.
            for name in parts:
                subprocess.run([sys.executable, __file__, "--only", name], check=True)


def fill_database(store: Store, lists: dict[str, pa.Table]) -> dict[str, float]:
    """Bring MIDI list and other lists in, and pair them; tell how long each step took, in seconds."""
    times_s = {}
    with hold_writer_lock(store.folder):
        started = time.perf_counter()
        with store.writing() as con:
            for name, table in lists.items():
                insert_names(con, _describe_names(name, table))
            times_s["insert_s"] = time.perf_counter() - started
            index_songs(con)
        times_s["index_s"] = time.perf_counter() - started - times_s["insert_s"]
        started = time.perf_counter()
        pair_songs(store)
        times_s["pair_s"] = time.perf_counter() - started
    return times_s


def _describe_names(name: str, table: pa.Table) -> pa.Table:
    columns = {"side": "midi" if name == MIDI_LIST else "audio", "source": "metadata", "corpus": name}
    described = pa.table({column: [value] * table.num_rows for column, value in columns.items()})
    for column in ("artist", "title"):
        described = described.append_column(column, table[column])
    return described.append_column("track_id", table["id"].cast(pa.string()))


def find_pairs(store: Store) -> set[Pair]:
    """Return the pairs of list entries that the database holds."""
    with store.reading() as con:
        rows = con.execute(
            """
            SELECT midi.track_id::BIGINT, audio.corpus, audio.track_id::BIGINT
            FROM song_pairs
            JOIN names AS midi ON midi.song_seq = midi_song AND midi.side = 'midi'
            JOIN names AS audio ON audio.song_seq = audio_song AND audio.side = 'audio'
            """
        ).fetchall()
    return set(rows)


def compare(folder: Path) -> tuple[dict[str, set[Pair]], dict[str, float]]:
    """Find the pairs of the real lists by both; return them by who found them, and the times of both."""
    from whoosh_text import find_pairs as find_whoosh_pairs

    lists = {name: read_list(name) for name in (MIDI_LIST, *AUDIO_LISTS)}
    store = open_store(folder / "lists.lmdb", create=True)
    started = time.process_time()
    times_s = fill_database(store, lists)
    times_s |= {"ours_s": sum(times_s.values()), "ours_processor_s": time.process_time() - started}
    ours = find_pairs(store)
    started, started_processor = time.perf_counter(), time.process_time()
    whoosh = find_whoosh_pairs(lists.pop(MIDI_LIST), lists, folder)
    times_s |= {
        "whoosh_s": time.perf_counter() - started,
        "whoosh_processor_s": time.process_time() - started_processor,
    }
    return {"both": ours & whoosh, "ours": ours - whoosh, "whoosh": whoosh - ours}, times_s


def measure_beside_whoosh(folder: Path) -> None:
    """Time, pairs, precision and recall of both."""
    pairs, times_s = compare(folder)
    print_figure(
        "text pairs",
        **{name: round(value, 3) for name, value in times_s.items()},
        speed_up=round(times_s["whoosh_s"] / times_s["ours_s"], 1),
        **{f"n_{where}": len(pairs[where]) for where in WHERE},
    )
    labels = read_labels()
    right = {where: [labels[pair] for pair in sorted(pairs[where]) if pair in labels] for where in WHERE}
    print_figure(
        "text pairs labelled",
        **{f"{where}_right": f"{sum(right[where])} of {len(right[where])}" for where in WHERE},
        **judge({where: float(len(right[where])) for where in WHERE}, right, "labelled"),
        **judge({where: float(len(pairs[where])) for where in WHERE}, right, "all"),
    )


def judge(sizes: dict[str, float], right: dict[str, list[bool]], among: str) -> dict[str, float]:
    """Precision and recall of both, when shares of right pairs hold for as many pairs as `sizes` says.

    Recall is of the right pairs that one of both found: nobody knows the others.
    """
    n_right = {
        where: sizes[where] * statistics.fmean(right[where]) if right[where] else 0.0 for where in WHERE
    }
    figures = {}
    for name in ("ours", "whoosh"):
        found = n_right["both"] + n_right[name]
        figures[f"{name}_precision_{among}"] = round(found / (sizes["both"] + sizes[name]), 4)
        figures[f"{name}_recall_{among}"] = round(found / sum(n_right.values()), 4)
    return figures


def read_labels() -> dict[Pair, bool]:
    """Return whether labelled pairs are right."""
    with LABELS.open(newline="") as stream:
        return {
            (int(row["midi_id"]), row["list"], int(row["audio_id"])): row["label"] == "right"
            for row in csv.DictReader(stream)
        }


def draw_pairs(folder: Path, where: str, count: int, seed: int) -> None:
    """Print pairs to be read that have no label yet."""
    pairs, _ = compare(folder)
    drawn = sorted(pairs[where])
    random.Random(seed).shuffle(drawn)
    lists = {name: read_list(name) for name in (MIDI_LIST, *AUDIO_LISTS)}
    names = {
        (name, row["id"]): f"{row['artist']} | {row['title']}"
        for name, table in lists.items()
        for row in table.to_pylist()
    }
    for midi_id, audio_list, audio_id in drawn[:count]:
        read = names[MIDI_LIST, midi_id], names[audio_list, audio_id]
        print(midi_id, audio_list, audio_id, *read, sep="\t")


def measure_million(folder: Path) -> None:
    """A million names of recordings beside all of clean_midi: time, memory, and what was found."""
    n_rows = 1_000_000
    catalogue = make_catalogue(n_rows, seed=1)
    store = open_store(folder / "million.lmdb", create=True)
    times_s = fill_database(store, {MIDI_LIST: read_list(MIDI_LIST), "made": catalogue})
    peak_gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    with store.reading() as con:
        con.register("catalogue", catalogue)
        n_made, n_found = con.execute(
            """
            SELECT count(*), count(pair.midi_song)
            FROM catalogue
            JOIN names AS audio ON audio.side = 'audio' AND audio.track_id = catalogue.id::VARCHAR
            JOIN names AS midi ON midi.side = 'midi' AND midi.name_seq = catalogue.source + 1
            LEFT JOIN song_pairs AS pair
                ON pair.midi_song = midi.song_seq AND pair.audio_song = audio.song_seq
            """
        ).fetchall()[0]
        n_pairs = con.execute("SELECT count(*) FROM song_pairs").fetchall()[0][0]
    print_figure(
        "text pairs of a million",
        n_names=n_rows,
        **{name: round(value, 1) for name, value in times_s.items()},
        total_s=round(sum(times_s.values()), 1),
        peak_rss_gib=round(peak_gib, 2),
        n_song_pairs=n_pairs,
        share_of_spoilt_midi_names_found=round(n_found / n_made, 4),
    )


def measure_query(folder: Path) -> None:
    """`lmdb query` from the shell on 100 000 names: wall time from start to end."""
    n_names = 100_000
    midi = read_list(MIDI_LIST)
    lists = {MIDI_LIST: midi, "made": make_catalogue(n_names - midi.num_rows, seed=2)}
    database = folder / "query.lmdb"
    fill_database(open_store(database, create=True), lists)
    command = [str(Path(sys.executable).with_name("lmdb")), "--db", str(database), "query", "-k", "3"]
    walls_ms, processor_ms = {}, {}
    for text in QUERIES:
        times_s, processor_s = [], []
        for _ in range(5):
            started, started_processor = time.perf_counter(), _read_children_s()
            subprocess.run([*command, text], check=True, capture_output=True)
            times_s.append(time.perf_counter() - started)
            processor_s.append(_read_children_s() - started_processor)
        walls_ms[text] = round(1e3 * statistics.median(times_s))
        processor_ms[text] = round(1e3 * statistics.median(processor_s))
    print_figure(
        "text query",
        n_names=n_names,
        median_ms=walls_ms,
        slowest_median_ms=max(walls_ms.values()),
        slowest_processor_ms=max(processor_ms.values()),
    )


def _read_children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
