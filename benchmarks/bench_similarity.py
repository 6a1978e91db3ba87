"""MIDI files among MIDI files: versions, corrupted copies, duplicates, speed; with midisim beside it.

    python benchmarks/bench_similarity.py                       # all parts but midisim, 100 queries each
    python benchmarks/bench_similarity.py --queries 1000        # as asked in RESULTS.md
    python benchmarks/bench_similarity.py --only midisim --queries 20

versions: versions of pop909 ask for the main file, performances of asap for their score and for another
pianist's, those of vienna4x22 for one another, among all files of the shared collections; other files of the
query's composition than those asked for are left out of the ranking. corrupted: copies of files ask for their
composition. duplicates: a collection made of known copies and versions, clustered by ``dedup``. speed:
indexing, and candidates among a million windows. midisim: its small model from PyPI, in its own environment
under ``--folder``, and ours on the same, fewer files: `--queries` for each task and as many others, all in
their own key, since it takes twelve times as long to ask in twelve.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from corrupt_midi import KINDS, add_drums, corrupt, make_duplicates
from figures import print_figure, show_progress
from midisim_environment import embed_with_midisim, search_as_midisim
from similarity_corpus import Corpus, make_database

from lakhdb.engine.database import Database
from lakhdb.engine.index import WindowIndex
from lakhdb.engine.note_features import (
    NoteArrays,
    Space,
    describe_notes,
    tabulate_voices,
)
from lakhdb.engine.options import DEFAULT_CANDIDATES, DEFAULT_RECALL
from lakhdb.engine.similar.candidates import find_candidates, find_tracks
from lakhdb.engine.similar.search import COARSE_SHARE, TRACK_CANDIDATES, TRACK_WINDOWS, NoteSearch
from lakhdb.kernels.midi_file import read_midi
from lakhdb.kernels.note_windows import DIMENSION
from lakhdb.kernels.scan import pack_vectors

PARTS = ("versions", "corrupted", "duplicates", "speed")
DRUMS_REMOVED = "drums removed"
# Answers asked for; and where others of the composition may be before those that count.
ANSWERS = 10
DEEP = 50
BOOTSTRAPS = 1000


def main() -> None:
    """Run the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--only", default=",".join(PARTS), help="of versions, corrupted, duplicates, speed, midisim"
    )
    parser.add_argument("--queries", type=int, default=100, help="for each task, drawn by seed")
    parser.add_argument("--folder", type=Path, default=Path("build/bench/similarity"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--windows", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("LAKHDB_DATA", "../shared/data")))
    arguments = parser.parse_args()
    corpus = Corpus(arguments.data, arguments.folder / "files")
    rng = np.random.default_rng(arguments.seed)
    parts: dict[str, Callable[[], None]] = {
        "versions": lambda: measure_versions(corpus, arguments.folder, arguments.queries, rng),
        "corrupted": lambda: measure_corrupted(corpus, arguments.folder, arguments.queries, arguments.seed),
        "duplicates": lambda: measure_duplicates(corpus, arguments.queries, rng),
        "speed": lambda: measure_speed(corpus, arguments.windows, rng),
        "midisim": lambda: compare_midisim(corpus, arguments.folder, arguments.queries, arguments.seed),
    }
    for name in arguments.only.split(","):
        parts[name]()


def list_tasks(corpus: Corpus) -> dict[str, tuple[list[str], list[str]]]:
    """List who asks for whom."""
    pick = lambda choose: [one for one in corpus.files if choose(one)]  # noqa: E731
    performances = pick(corpus.is_performance)
    vienna = pick(lambda one: one.startswith("vienna4x22/"))
    return {
        "pop909 version to main": (pick(corpus.is_version), pick(corpus.is_main)),
        "asap performance to score": (performances, pick(corpus.is_score)),
        "asap performance to performance": (performances, performances),
        "vienna4x22": (vienna, vienna),
    }


def draw(files: Sequence[str], n: int, rng: np.random.Generator) -> list[str]:
    """Draw some files, all of them if they are few."""
    return [files[at] for at in sorted(rng.permutation(len(files))[:n])]


def list_wanted(corpus: Corpus, query: str, targets: Sequence[str]) -> list[str]:
    """List the targets of the query's composition."""
    composition = corpus.name_composition(query)
    return [one for one in targets if one != query and corpus.name_composition(one) == composition]


def measure_versions(corpus: Corpus, folder: Path, n: int, rng: np.random.Generator) -> None:
    """Print R@1, R@10 and MRR of each task among all files."""
    searched = Searched(make_database(folder / "all.lmdb", [corpus.folder]), corpus.folder)
    tell = show_progress()
    for task, (queries, targets) in list_tasks(corpus).items():
        drawn, ranks, seconds = draw(queries, n, rng), [], []
        for done, query in enumerate(drawn, 1):
            started = time.monotonic()
            found = searched.ask((corpus.folder / query).read_bytes())
            seconds.append(time.monotonic() - started)
            wanted = list_wanted(corpus, query, targets)
            if wanted:
                ranks.append(find_rank(corpus, [one for one, _ in found], query, wanted))
            tell(task, done, len(drawn))
        print_figure(
            "similarity versions", task=task, **summarise(ranks), median_s=round(np.median(seconds), 3)
        )


class Searched:
    """A database whose indexes stay loaded between queries, as in a service or a batch."""

    def __init__(self, db: Database, root: Path) -> None:
        self._store = db.store
        self._search = NoteSearch(db.store, candidates=DEFAULT_CANDIDATES, recall=DEFAULT_RECALL)
        rows = db.sql("SELECT midi_seq, path FROM midi").fetchall()
        self._names = {seq: os.path.relpath(path, root) for seq, path in rows}

    def ask(self, data: bytes, k: int = DEEP) -> list[tuple[str, int]]:
        """List files by falling similarity, and by how many semitones the query was raised."""
        notes = NoteArrays.take(read_midi(data).notes)
        with self._store.reading() as con:
            found = self._search.find(con, notes, k=k)
        return [(self._names[one.midi_seq], one.relation.transposition) for one in found]


def find_rank(corpus: Corpus, found: Sequence[str], query: str, wanted: Sequence[str]) -> float:
    """Find the rank of the first of the wanted files; others of the composition do not count."""
    rank = 1
    for one in found:
        if one in wanted:
            return rank
        rank += corpus.name_composition(one) != corpus.name_composition(query)
    return np.inf


def summarise(ranks: Sequence[float]) -> dict[str, object]:
    """Return R@1 with a 95 % bootstrap interval, R@10 and MRR."""
    values = np.array(ranks)
    rng = np.random.default_rng(0)
    again = (values[rng.integers(0, len(values), (BOOTSTRAPS, len(values)))] == 1).mean(axis=1)
    return {
        "queries": len(values),
        "r_1": round(float((values == 1).mean()), 4),
        "r_1_from": round(float(np.quantile(again, 0.025)), 4),
        "r_1_to": round(float(np.quantile(again, 0.975)), 4),
        "r_10": round(float((values <= 10).mean()), 4),
        "mrr": round(float((1 / values).mean()), 4),
    }


def measure_corrupted(corpus: Corpus, folder: Path, n: int, seed: int) -> None:
    """Print, for each kind of corruption, how often the composition is first and the transposition right."""
    searched = Searched(make_database(folder / "all.lmdb", [corpus.folder]), corpus.folder)
    originals = [one for one in corpus.files if not corpus.is_version(one)]
    for kind in KINDS:
        rng = np.random.default_rng([seed, len(kind)])
        if kind == DRUMS_REMOVED:
            measure_drummed(corpus, folder, draw(originals, n, rng), seed)
            continue
        ranks, right_keys, seconds = [], [], []
        for one in rng.permutation(len(originals)):
            copy = corrupt((corpus.folder / originals[one]).read_bytes(), kind, seed)
            if copy is None or len(ranks) == n:
                continue
            started = time.monotonic()
            found = searched.ask(copy.midi, ANSWERS)
            seconds.append(time.monotonic() - started)
            ranks.append(find_rank(corpus, [name for name, _ in found], originals[one], [
                name for name, _ in found
                if corpus.name_composition(name) == corpus.name_composition(originals[one])
            ]))  # fmt: skip
            keys = [semitones for name, semitones in found if name == originals[one]]
            right_keys += [keys[0] == -copy.semitones] if keys else []
        print_figure(
            "similarity corrupted",
            kind=kind,
            **summarise(ranks),
            transposition_right=round(float(np.mean(right_keys)), 4),
            median_s=round(float(np.median(seconds)), 3),
        )


def measure_drummed(corpus: Corpus, folder: Path, originals: Sequence[str], seed: int) -> None:
    """Print the same for copies without drums of originals with added drums, in a database of their own."""
    drummed = folder / f"drummed-{seed}-{len(originals)}"
    for one in originals:
        path = drummed / one
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(add_drums((corpus.folder / one).read_bytes(), seed))
    searched = Searched(make_database(folder / f"{drummed.name}.lmdb", [drummed]), drummed)
    ranks = []
    for one in originals:
        copy = corrupt((drummed / one).read_bytes(), DRUMS_REMOVED, seed)
        if copy is not None:
            names = [name for name, _ in searched.ask(copy.midi, ANSWERS)]
            right = [name for name in names if corpus.name_composition(name) == corpus.name_composition(one)]
            ranks.append(find_rank(corpus, names, one, right))
    print_figure("similarity corrupted", kind=DRUMS_REMOVED, **summarise(ranks), among=len(originals))


def measure_duplicates(corpus: Corpus, n: int, rng: np.random.Generator) -> None:
    """Print precision and recall of clusters, by pairs of files."""
    one_each: dict[str, str] = {}
    for file in corpus.files:
        if not corpus.is_version(file) and not corpus.is_performance(file):
            one_each.setdefault(corpus.name_composition(file), file)
    originals = draw(list(one_each.values()), n, rng)
    members = make_duplicates({one: (corpus.folder / one).read_bytes() for one in originals}, rng)
    with tempfile.TemporaryDirectory() as folder:
        for member in members:
            path = Path(folder) / "files" / member.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(member.midi)
        db = make_database(Path(folder) / "made.lmdb", [Path(folder) / "files"])
        summary = db.dedup()
        rows = db.clusters().to_pylist()
        relation = {member.name: member.relation for member in members}
        composition = {member.name: member.composition for member in members}
        cluster = {Path(row["path"]).name: row["cluster"] for row in rows}
        kinds = [
            (relation[name], row["kind"])
            for name, row in ((Path(row["path"]).name, row) for row in rows)
            if row["kind"] != "representative" and relation[name] != "original"
        ]
    names = [member.name for member in members]
    linked = [
        (a, b) for at, a in enumerate(names) for b in names[:at] if cluster.get(a, a) == cluster.get(b, b)
    ]
    true = [(a, b) for at, a in enumerate(names) for b in names[:at] if composition[a] == composition[b]]
    right = len(set(linked) & set(true))
    print_figure(
        "similarity duplicates",
        originals=len(originals),
        files=len(members),
        true_pairs=len(true),
        linked_pairs=len(linked),
        precision=round(right / max(len(linked), 1), 4),
        recall=round(right / max(len(true), 1), 4),
        kind_right=round(float(np.mean([a == b for a, b in kinds])), 4),
        files_a_second=round(summary.n_compared / summary.seconds, 1),
    )


def measure_speed(corpus: Corpus, n_windows: int, rng: np.random.Generator) -> None:
    """Print how fast files are described, and candidates found among many windows."""
    read = [read_midi((corpus.folder / one).read_bytes()) for one in draw(corpus.files, 500, rng)]
    notes = [NoteArrays.take(midi.notes) for midi in read if len(midi.notes)]
    started = time.process_time()
    tables = [tabulate_voices(describe_notes(one).voices) for one in notes]
    seconds = time.process_time() - started
    vectors = np.concatenate(
        [np.stack(table["note_windows"]["vector"].to_numpy(zero_copy_only=False)) for table in tables]
    )
    per_file = sum(table["note_windows"].num_rows for table in tables) / len(tables)
    print_figure(
        "similarity indexing",
        files=len(notes),
        files_a_processor_second=round(len(notes) / seconds, 1),
        windows_a_file=round(per_file, 1),
    )
    # A third of the windows each are of slices, of times and of tracks; noise makes them all different.
    indexes: dict[Space, WindowIndex] = {}
    for space in ("notes", "times", "tracks"):
        rows = rng.integers(0, len(vectors), n_windows // 3)
        many = vectors[rows] + 0.02 * rng.standard_normal((len(rows), DIMENSION), dtype=np.float32)
        many /= np.linalg.norm(many, axis=1, keepdims=True)
        item = np.arange(len(rows)) // round(per_file / 3)
        indexes[space] = WindowIndex(np.arange(len(rows)), item, pack_vectors(many))
    took, windows = [], []
    for one in notes[:60]:
        described = describe_notes(one)
        started = time.monotonic()
        find_candidates(indexes, described.voices[0], COARSE_SHARE * DEFAULT_CANDIDATES)
        for voice in described.voices:
            if voice.voice != "drums":
                find_tracks(indexes, voice, TRACK_CANDIDATES, TRACK_WINDOWS)
        took.append(1000 * (time.monotonic() - started))
        windows.append(described.voices[0].time_s.size)
    print_figure(
        "similarity candidates",
        windows=n_windows,
        median_ms=round(float(np.median(took)), 1),
        slowest_ms=round(max(took), 1),
        median_slices=int(np.median(windows)),
        memory_mb=round(n_windows * (pack_vectors(vectors[:1]).shape[1] + 4 + 8 + 8) / 1e6),
    )


def compare_midisim(corpus: Corpus, folder: Path, n: int, seed: int) -> None:
    """Print ours and midisim's R@1, R@10 and MRR on the same few files, and how long a file takes."""
    rng = np.random.default_rng(seed)
    environment = folder / "midisim"
    tasks = {}
    for task, (queries, targets) in list_tasks(corpus).items():
        asking, wanted = [], {}
        for query in (queries[at] for at in rng.permutation(len(queries))):
            right = list_wanted(corpus, query, targets)
            if right and len(asking) < n:
                asking.append(query)
                wanted[query] = right[int(rng.integers(len(right)))]
        tasks[task] = (asking, wanted)
    catalogue = sorted({one for _, wanted in tasks.values() for one in wanted.values()})
    others = [one for one in corpus.files if one not in catalogue and one.startswith("nottingham/")]
    catalogue += draw(others, n, rng)
    paths = [corpus.folder / one for one in catalogue]
    theirs = embed_with_midisim(paths, environment)
    print_figure("midisim indexing", **theirs.figures)
    for kind, (asking, wanted) in [*tasks.items()]:
        asked = embed_with_midisim([corpus.folder / one for one in asking], environment)
        vectors = dict(zip(asked.names, asked.vectors, strict=True))
        ranks = []
        for query in asking:
            vector = vectors.get(str(corpus.folder / query))
            if vector is None:
                ranks.append(np.inf)
                continue
            rows, _, _ = search_as_midisim(np.repeat(vector[None], 12, 0), theirs.vectors, len(theirs.names))
            names = [os.path.relpath(theirs.names[row], corpus.folder) for row in rows]
            ranks.append(find_rank(corpus, [one for one in names if one != query], query, [wanted[query]]))
        print_figure("midisim versions", task=kind, among=len(catalogue), **summarise(ranks))
    with tempfile.TemporaryDirectory() as few:
        searched = Searched(make_database(Path(few) / "few.lmdb", paths), corpus.folder)
        for kind, (asking, wanted) in tasks.items():
            ranks = []
            for query in asking:
                names = [one for one, _ in searched.ask((corpus.folder / query).read_bytes()) if one != query]
                ranks.append(find_rank(corpus, names, query, [wanted[query]]))
            print_figure("similarity beside midisim", task=kind, among=len(catalogue), **summarise(ranks))


if __name__ == "__main__":
    main()
