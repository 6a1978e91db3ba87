"""Fit the confidence of matches on one half of the compositions, and measure it on the other.

    lmdb --db build/bench.lmdb ingest midi build/bench/queries
    lmdb --db build/bench.lmdb ingest audio build/bench/recordings
    python benchmarks/fit_confidence.py build/bench build/bench.lmdb --figure docs/confidence.png

The first argument is the folder of open_bench.py. The pairs are the candidates of the cascade, the most alike
of all recordings: nearly all of the wrong ones are of the same collection, key, tempo and kind of chords.
Every query is asked among all recordings and among some, since what is usual differs with their number;
both as it is and without its right recordings, as many files of a collection have none. Every fourth is asked
with transposition, too: the wrong ones are raised to fit. Compositions that the networks were trained on give
the weights (those of ``engine/confidence.py``), the others the figures.
"""

import argparse
import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from figures import print_figure, show_progress
from training_split import is_held_out

from lakhdb.engine.candidate_evidence import gather_evidence
from lakhdb.engine.cascade import Ranking, run_cascade
from lakhdb.engine.confidence import AMONG, SIGNS, SINGLE, Logistic, judge_signs, read_signs
from lakhdb.engine.device import choose_device
from lakhdb.engine.embed import embed_missing
from lakhdb.engine.evaluate.truth import find_items, read_truth
from lakhdb.engine.feature_cache import FeatureCache
from lakhdb.engine.index_files import load_index
from lakhdb.engine.options import DEFAULT_CANDIDATES
from lakhdb.engine.pairs import Probe
from lakhdb.engine.reader import FeatureReader
from lakhdb.engine.store import open_store

RIDGE = 1e-3
STEPS = 50
SEED = 0
TRANSPOSE, EVERY = 6, 4
FEWEST = 10
ASKED = ("among all", "among some", "transposing")
LEAST_PRECISION = 0.995
EDGES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0 + 1e-9)

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Numbers = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


@dataclass
class Sample:
    """Signs of pairs, their scores, whether they are right or held out, and how they were asked for."""

    signs: Floats
    score: Floats
    right: Flags
    held_out: Flags
    asked: Numbers


def main() -> None:
    """Fit, and print a JSON line for each model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench", type=Path)
    parser.add_argument("database", type=Path)
    parser.add_argument("--signs", type=Path, help="keep the signs of pairs in this file (.npz), or read it")
    parser.add_argument("--figure", type=Path)
    arguments = parser.parse_args()
    sample = read_sample(arguments)
    tested = sample.held_out
    curves = {}
    for name, shipped, n_signs in (("among others", AMONG, len(SIGNS)), ("alone", SINGLE, len(SIGNS) - 2)):
        signs = sample.signs[:, :n_signs]
        fitted = fit(signs[~tested], sample.right[~tested])
        for what, model in (("fitted", fitted), ("shipped", shipped)):
            for number, asked in enumerate(ASKED):
                of = tested & (sample.asked == number)
                print_figure(
                    "confidence",
                    pair=name,
                    what=what,
                    asked=asked,
                    **measure(model.apply(signs[of]), sample.right[of]),
                )
        print(f"{name}: {fitted}")
        curves[name] = (fitted.apply(signs[tested]), sample.right[tested])
        swapped = fit(signs[tested], sample.right[tested])
        print_figure(
            "confidence",
            pair=name,
            what="halves swapped",
            **measure(swapped.apply(signs[~tested]), sample.right[~tested]),
        )
    for number, asked in enumerate(ASKED):
        of = tested & (sample.asked == number)
        figures = measure(judge_signs(sample.signs[of]), sample.right[of])
        print_figure("confidence", pair="the lesser, which counts", asked=asked, **figures)
    print_figure("confidence", what="score", **measure(sample.score[tested], sample.right[tested]))
    if arguments.figure:
        plot(arguments.figure, curves)


def read_sample(arguments: argparse.Namespace) -> Sample:
    """Read the sample that was kept, or collect it."""
    if arguments.signs and arguments.signs.exists():
        with np.load(arguments.signs) as kept:
            return Sample(**kept)
    sample = collect(arguments.bench, arguments.database)
    if arguments.signs:
        np.savez(arguments.signs, **vars(sample))
    return sample


def collect(bench: Path, database: Path) -> Sample:
    """Run the cascade for all queries."""
    store = open_store(database, create=False)
    embed_missing(store)
    index, device, rng = load_index(store, "audio"), choose_device(), np.random.default_rng(SEED)
    rows: list[tuple[Floats, ...]] = []
    progress = show_progress()
    with store.reading() as con:
        truth = read_truth([bench / "queries.csv", bench / "recordings.csv"])
        queries, recordings = (find_items(con, side, None, truth) for side in ("midi", "audio"))
        composition = {one.seq: one.composition for one in recordings}
        items = np.array(sorted(composition))
        reader = FeatureReader(con, FeatureCache())
        for done, query in enumerate(queries):
            frames = reader.frames("midi", [query.seq])[query.seq]
            fits = np.array([composition[seq] == query.composition for seq in items.tolist()])
            for number in range(len(ASKED) if done % EVERY == 0 else len(ASKED) - 1):
                probe = Probe(frames, "midi", "midi", TRANSPOSE if number == 2 else 0)
                some = items if number == 0 else draw(items, fits, rng)
                (ranking,) = run_cascade(
                    reader,
                    index.within(some),
                    [probe],
                    "audio",
                    some,
                    candidates=DEFAULT_CANDIDATES,
                    device=device,
                )
                right = np.isin(ranking.pairs["item_seq"], items[fits])
                for chosen in (np.ones(right.size, bool), ~right):
                    pairs = ranking.pairs[chosen]
                    without = Ranking(ranking.stages, pairs)
                    evidence = gather_evidence(reader, "audio", probe, without, pairs, device)
                    rows.append(
                        (
                            read_signs(evidence, pairs["transposition"]),
                            pairs["score"],
                            right[chosen],
                            np.full(pairs.size, is_held_out(query.composition)),
                            np.full(pairs.size, number),
                        )
                    )
            progress("queries", done + 1, len(queries))
    return Sample(*(np.concatenate(column) for column in zip(*rows, strict=True)))


def draw(items: Numbers, right: Flags, rng: np.random.Generator) -> Numbers:
    """Draw some recordings beside the right ones: their number is spread by its logarithm."""
    others = items[~right]
    n = round(float(np.exp(rng.uniform(np.log(FEWEST), np.log(others.size)))))
    return np.sort(np.concatenate([items[right], rng.choice(others, n, replace=False)]))


def fit(signs: Floats, right: Flags) -> Logistic:
    """Fit a logistic regression by Newton's method."""
    middle = (signs[right].mean(axis=0) + signs[~right].mean(axis=0)) / 2
    scale = signs.std(axis=0) + 1e-9
    z = np.column_stack([(signs - middle) / scale, np.ones(len(signs))])
    w = np.zeros(z.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-z @ w))
        hessian = (z * (p * (1 - p))[:, None]).T @ z + RIDGE * np.eye(w.size)
        w -= np.linalg.solve(hessian, z.T @ (p - right) + RIDGE * w)
    weights, places = (w[:-1] / scale).round(3), middle.round(3)
    return Logistic(tuple(weights.tolist()), tuple(places.tolist()), round(float(w[-1]), 3))


def measure(p: Floats, right: Flags) -> dict[str, float]:
    """Return Brier score, area under the ROC curve, and recall at a precision of 0.995 and from 0.5 on."""
    order = np.argsort(-p, kind="stable")
    found = np.cumsum(right[order])
    enough = np.flatnonzero(found / np.arange(1, right.size + 1) >= LEAST_PRECISION)
    _, rank, counts = np.unique(p, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts - 1) / 2
    n_right = int(right.sum())
    area = (middle[rank][right].sum() - n_right * (n_right + 1) / 2) / (n_right * (right.size - n_right))
    return {
        "pairs": right.size,
        "right": n_right,
        "brier": round(float(((p - right) ** 2).mean()), 5),
        "auc": round(float(area), 5),
        "recall_at_precision_0.995": round(float(found[enough[-1]] / n_right) if enough.size else 0.0, 4),
        "recall_at_0.5": round(float((p[right] >= 0.5).mean()), 4),
        "precision_at_0.5": round(float(right[p >= 0.5].mean()), 4) if (p >= 0.5).any() else None,
    }


def plot(path: Path, curves: dict[str, tuple[Floats, Flags]]) -> None:
    """Draw how often pairs are right that are believed to be so with some probability."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 4.4), layout="constrained")
    axis = figure.subplots()
    axis.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for (name, (p, right)), below in zip(curves.items(), (False, True), strict=True):
        bins = [(low <= p) & (p < high) for low, high in itertools.pairwise(EDGES)]
        believed, found = (np.array([of[one].mean() for one in bins]) for of in (p, right))
        n = np.array([one.sum() for one in bins])
        error = 2 * np.sqrt(found * (1 - found) / n)
        axis.errorbar(believed, found, error, marker="o", capsize=2, label=f"{name}, and number of pairs")
        for x, y, count in zip(believed, found, n.tolist(), strict=True):
            place = (6, -12) if below else (-6, 6)
            axis.annotate(
                f"{count}", (x, y), place, textcoords="offset points", fontsize="x-small",
                ha="left" if below else "right", color=axis.lines[-1].get_color(),
            )  # fmt: skip
    axis.set_xlabel("confidence")
    axis.set_ylabel("share of right pairs")
    axis.legend(loc="upper left", frameon=False)
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    main()
