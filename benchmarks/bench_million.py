"""The cascade among a million recordings: what each stage loses, and how long it takes.

    lmdb --db build/million.lmdb ingest midi build/bench/queries ../shared/data/real_audio
    lmdb --db build/million.lmdb ingest audio build/bench/recordings ../shared/data/real_audio
    python benchmarks/bench_million.py build/bench build/million.lmdb --distractors 1000000 --pool FOLDER

The first argument is the folder of open_bench.py. Queries are the MIDI files of compositions that no network
was trained on, and the scores of the real recordings; ranked are all recordings of the database and the
distractors. Then each real recording asks for its score, among the MIDI files of the database and the same
distractors. What distractors are made from: pop909, asap and nottingham without those compositions, and the
recordings that a training left in the folders named by ``--pool``; with ``--recorded``, the latter alone:
what is rendered from MIDI comes from the same templates as the queries, as no recording does. With
``--transposed``, each query is played in another key. Prints one JSON line for each collection of queries,
and one for all.

Names of the stages are those of `lmdb match`; frames of distractors are made again from their recipes, which
takes ``remake`` milliseconds that a database would not need.
"""

import argparse
import csv
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from figures import print_figure, show_progress
from training_split import is_held_out, list_splits

from lakhdb.engine.cascade import EMBEDDING_FACTOR
from lakhdb.engine.device import choose_device
from lakhdb.engine.evaluate.bases import Base, list_midi_bases, list_pool_bases
from lakhdb.engine.evaluate.bench import read_bench
from lakhdb.engine.evaluate.distractors import DistractorCatalogue
from lakhdb.engine.evaluate.hard_cases import transpose
from lakhdb.engine.evaluate.kept_features import KeptFeatures
from lakhdb.engine.evaluate.methods.protocols import Query
from lakhdb.engine.evaluate.ranks import LOST, find_rank
from lakhdb.engine.evaluate.shared_pass import choose_pass
from lakhdb.engine.evaluate.truth import find_items, read_truth
from lakhdb.engine.index import WindowIndex
from lakhdb.engine.models import Side, choose_model
from lakhdb.engine.pairs import Probe, compare_hashes, rescore_pairs
from lakhdb.engine.store import Store, open_store
from lakhdb.kernels.scan import find_best_windows, invert_norms, quantise_vectors
from lakhdb.kernels.whitening import prepare_frames

REAL = "real_audio"
# Of compositions that a network may have been trained on: ranked, not asked.
HELD_IN = "held in"
# The one real recording whose composition other collections have too.
SHARED = {"chopin_op10_3_igoshina": "asap/Chopin/Etudes_op_10/3"}
CORPORA = ("pop909", "asap", "nottingham")
STAGES = ("describe", "embedding", "hash", "dtw", "remake")

Frames = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True)
class Question:
    """Frames to ask with, and what is right for them."""

    frames: Frames
    side: Side
    composition: int
    collection: str


@dataclass
class Answer:
    """Ranks of what is right by stage, `LOST` where a stage let go of it; milliseconds by stage."""

    collection: str
    embedding: float = LOST
    kept: bool = False
    hash: float = LOST
    dtw: float = LOST
    ms: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        """Count the time of the block for a stage."""
        started = time.perf_counter()
        yield
        self.ms[stage] = self.ms.get(stage, 0.0) + 1e3 * (time.perf_counter() - started)


class Ranked:
    """What questions are ranked against: items with frames, and distractors behind them."""

    def __init__(
        self,
        frames: Sequence[Frames],
        side: Side,
        compositions: np.ndarray,
        distractors: DistractorCatalogue,
        features: KeptFeatures,
    ) -> None:
        described = choose_model().describe(frames, side)
        self._own, self._distractors = frames, distractors
        self._hashes = [one.hashes for one in described]
        self._more_hashes = features.hashes
        self.compositions = np.concatenate([compositions, distractors.compositions])
        own = [one.window_vectors for one in described]
        vectors = np.concatenate([*own, features.vectors[: distractors.n_items]], dtype=np.float32)
        owners = np.repeat(np.arange(len(frames)), [len(one) for one in own])
        owners = np.concatenate([owners, len(frames) + np.arange(distractors.n_items)])
        self.starts = np.append(np.flatnonzero(np.diff(owners, prepend=-1)), owners.size)
        self.index = WindowIndex(np.arange(owners.size), owners, vectors)
        self.codes = quantise_vectors(vectors)
        self.inverse = invert_norms(self.codes)

    def read_hashes(self, items: np.ndarray) -> list[np.ndarray]:
        """Hash sequences of items."""
        n_own = len(self._own)
        return [
            self._hashes[k] if k < n_own else np.asarray(self._more_hashes[k - n_own]) for k in items.tolist()
        ]

    def read_frames(self, items: np.ndarray) -> list[Frames]:
        """Prepared frames of items, in the order asked for; those of distractors are made again."""
        n_own = len(self._own)
        made = iter(self._distractors.read_frames(items[items >= n_own] - n_own))
        return [prepare_frames(self._own[k] if k < n_own else next(made)) for k in items.tolist()]


def ask(question: Question, ranked: Ranked, candidates: int, transpositions: int) -> Answer:
    """Run the stages for a question."""
    answer = Answer(question.collection)
    probe = Probe(question.frames, question.side, question.side, transpositions)

    def rank(items: np.ndarray, cost: np.ndarray) -> float:
        distance = np.full(ranked.compositions.size, np.inf)
        distance[items] = cost
        return find_rank(distance, ranked.compositions, question.composition)

    with answer.time("describe"):
        vectors, _, _ = probe.vectors, probe.hashes, probe.prepared_frames
    with answer.time("embedding"):
        near = ranked.index.search(vectors, EMBEDDING_FACTOR * candidates)
    answer.embedding = rank(near.item_seq, -near.similarity)
    answer.kept = answer.embedding < LOST
    if not answer.kept:
        best = find_best_windows(
            quantise_vectors(vectors),
            ranked.codes,
            ranked.inverse,
            ranked.starts,
            lengths=np.linalg.norm(vectors, axis=1),
        )
        answer.embedding = rank(np.arange(ranked.compositions.size), -best.similarity)
    with answer.time("hash"):
        items = np.sort(near.item_seq)
        pairs = compare_hashes(probe, items, ranked.read_hashes(items))
        fewer = pairs[np.lexsort((pairs["item_seq"], pairs["cost"]))[:candidates]]
    answer.hash = rank(items, pairs["cost"])
    with answer.time("remake"):
        others = ranked.read_frames(fewer["item_seq"])
    with answer.time("dtw"):
        rescored = rescore_pairs(probe, fewer, others, choose_device())
    answer.dtw = rank(rescored["item_seq"], rescored["cost"])
    return answer


def report(answers: Sequence[Answer], **sizes: object) -> None:
    """Print what some answers come to."""
    embedding, hashed, final = (
        np.array([getattr(one, stage) for one in answers]) for stage in ("embedding", "hash", "dtw")
    )
    kept = np.array([one.kept for one in answers])
    ms = {stage: np.array([one.ms[stage] for one in answers]) for stage in STAGES}
    total = sum(ms[stage] for stage in STAGES if stage != "remake")
    print_figure(
        "million",
        **sizes,
        queries=len(answers),
        rank_1=share(final == 1),
        top_5=share(final <= 5),
        lost=share(~np.isfinite(final)),
        lost_by_embedding=share(~kept),
        lost_by_hash=share(kept & ~np.isfinite(final)),
        embedding={f"top_{k}": share(embedding <= k) for k in (1, 10, 100, 1000)},
        embedding_mrr=share(1 / embedding),
        hash_rank_1=share(hashed == 1),
        median_ms={stage: round(float(np.median(values)), 1) for stage, values in ms.items()},
        median_query_ms=round(float(np.median(total)), 1),
        slowest_query_ms=round(float(np.max(total)), 1),
    )


def share(values: np.ndarray) -> float:
    return round(float(values.mean()), 4)


def write_truth(bench: Path, data: Path, table: Path) -> None:
    """Write the compositions of all files; the collection says which of them are asked with."""
    with table.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("file", "composition", "collection"))
        for name in ("queries.csv", "recordings.csv"):
            for row in read_csv(bench / name):
                asked = row["collection"] if is_held_out(row["composition"]) else HELD_IN
                writer.writerow((row["file"], row["composition"], asked))
        for row in read_csv(data / "real_audio" / "real_audio.csv"):
            stem = Path(row["file"]).stem
            composition = SHARED.get(stem, f"real/{stem}") if row["score_file"] else ""
            for file in filter(None, (row["file"], row["score_file"])):
                writer.writerow((file, composition, REAL))


def read_csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def list_bases(data: Path, pools: Sequence[Path], *, recorded: bool) -> list[Base]:
    """List everything that distractors may be made from, whatever its composition."""
    recordings = [base for pool in pools for base in list_pool_bases(pool)]
    if recorded:
        return recordings
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "compositions.csv"
        with table.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([("file", "composition"), *(row[:2] for row in list_splits(data))])
        midi, failures = list_midi_bases([data / f"{name}.zip" for name in CORPORA], table)
    if failures:
        raise SystemExit(f"{len(failures)} MIDI files cannot be read, the first: {failures.popitem()}")
    return [*midi, *recordings]


def find_questions(
    store: Store, truth: Path, arguments: argparse.Namespace
) -> tuple[list[Question], list[Question], list[Query], list[Frames], np.ndarray]:
    """Read both directions' questions, the MIDI files, and the recordings with their compositions."""
    bench = read_bench(store, [truth], None, None, None, arguments.seed)
    recordings = bench.catalogue.read_frames(np.arange(bench.catalogue.n_items))
    with store.reading() as con:
        items = find_items(con, "audio", None, read_truth([truth]))
    rng = np.random.default_rng(arguments.seed)
    asked = [one for one in bench.queries if one.collection not in (HELD_IN, REAL)]
    if arguments.queries is not None and arguments.queries < len(asked):
        drawn = np.sort(rng.choice(len(asked), arguments.queries, replace=False))
        asked = [asked[k] for k in drawn.tolist()]
    keys = [k for k in range(-arguments.transposed, arguments.transposed + 1) if k] or [0]
    forth = []
    for one in asked + [one for one in bench.queries if one.collection == REAL]:
        moved = replace(one, music=transpose(one.music, int(rng.choice(keys))))
        forth.append(Question(moved.frames, "midi", one.composition, one.collection))
    back = [
        Question(frames, "audio", int(composition), f"{REAL} to MIDI")
        for item, frames, composition in zip(items, recordings, bench.catalogue.compositions, strict=True)
        if item.collection == REAL and composition >= 0
    ]
    return forth, back, bench.queries, recordings, bench.catalogue.compositions


def measure_context(distractors: DistractorCatalogue, features: KeptFeatures, n: int, seed: int) -> None:
    """Compare features by the shared pass with those of distractors described alone."""
    drawn = np.random.default_rng(seed).choice(distractors.n_items, min(n, distractors.n_items), False)
    started = time.process_time()
    alone = choose_model().describe(distractors.read_frames(drawn), "audio")
    vectors = np.concatenate([one.window_vectors for one in alone])
    shared = features.vectors[drawn].astype(np.float32)
    cosine = (vectors * shared).sum(axis=1)
    apart = (vectors * np.roll(shared, 1, axis=0)).sum(axis=1)
    bits = np.bitwise_count(np.stack([one.hashes for one in alone]) ^ features.hashes[drawn])
    print_figure(
        "million: surroundings",
        distractors=drawn.size,
        cosine=round(float(cosine.mean()), 4),
        least_cosine=round(float(cosine.min()), 4),
        cosine_of_others=round(float(apart.mean()), 4),
        bits_changed=round(float(bits.mean()), 3),
        bits_changed_by_edge_distance={
            k: round(float(bits[:, [k, 80 - k]].mean()), 2) for k in (0, 2, 5, 10, 20, 40)
        },
        cpu_ms_alone=round(1e3 * (time.process_time() - started) / drawn.size, 2),
    )


def run(
    questions: Sequence[Question], ranked: Ranked, arguments: argparse.Namespace, sizes: dict[str, Any]
) -> None:
    """Ask all questions; print a line for each collection, and one for all but the real recordings."""
    answers = [ask(one, ranked, arguments.candidates, arguments.transpose) for one in questions]
    for collection in dict.fromkeys(one.collection for one in answers):
        report([one for one in answers if one.collection == collection], collection=collection, **sizes)
    open_bench = [one for one in answers if not one.collection.startswith(REAL)]
    if open_bench:
        report(open_bench, collection="open bench", **sizes)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench", type=Path)
    parser.add_argument("db", type=Path)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("LAKHDB_DATA", "../shared/data")))
    parser.add_argument("--pool", type=Path, action="append", default=[])
    parser.add_argument("--recorded", action="store_true", help="make distractors from pools alone")
    parser.add_argument("--keep", type=Path, default=Path("build/distractors"), help="for their features")
    parser.add_argument("--distractors", type=int, default=2000)
    parser.add_argument("--queries", type=int, help="so many of the open bench's, drawn by seed")
    parser.add_argument("--candidates", type=int, default=100)
    parser.add_argument("--transpose", type=int, default=0, help="semitones both ways that the cascade tries")
    parser.add_argument("--transposed", type=int, default=0, help="semitones both ways that queries are off")
    parser.add_argument(
        "--alone", action="store_true", help="describe distractors one by one, which takes longer"
    )
    parser.add_argument("--surroundings", type=int, default=0, help="compare so many with those made alone")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        truth = Path(folder) / "truth.csv"
        write_truth(arguments.bench, arguments.data, truth)
        queried = {row.composition for row in read_truth([truth]) if row.collection != HELD_IN}
        forth, back, midi, recordings, compositions = find_questions(
            open_store(arguments.db, create=False), truth, arguments
        )
    distractors = DistractorCatalogue(
        list_bases(arguments.data.resolve(), arguments.pool, recorded=arguments.recorded),
        queried,
        arguments.distractors,
        seed=arguments.seed,
        folder=arguments.keep,
        window_pass=choose_pass(shared=not arguments.alone),
        progress=show_progress(),
    )
    features = distractors.keep_features()
    if arguments.surroundings:
        measure_context(distractors, features, arguments.surroundings, arguments.seed)
    sizes = {
        "model": choose_model().version,
        "distractors": distractors.n_items,
        "bases": len(distractors.plan.bases),
        "recorded": arguments.recorded,
        "described": "alone" if arguments.alone else "shared pass",
        "variants": len(distractors.plan.variants),
        "candidates": arguments.candidates,
        "transpose": arguments.transpose,
        "transposed": arguments.transposed,
    }
    run(forth, Ranked(recordings, "audio", compositions, distractors, features), arguments, sizes)
    numbers = np.array([one.composition for one in midi], np.int32)
    scores = Ranked([one.frames for one in midi], "midi", numbers, distractors, features)
    run(back, scores, arguments, sizes)


if __name__ == "__main__":
    main()
