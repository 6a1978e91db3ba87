"""How right the pairs of a database are, where the compositions of files are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lakhdb.sql import read_query

from ..errors import InputError
from ..evaluate.ranks import RankFigures, find_rank, summarise_ranks
from ..evaluate.truth import KnownItem, find_items, read_truth
from ..ranges import Rectangle
from ..store import Store
from .gather import read_coverage

__all__ = ["Belief", "Curve", "Judgement", "KnownPair", "find_curve", "judge"]

# Bounds of the bands of confidence in which pairs are counted; the middle one is where pairs are accepted.
BANDS = (0.0, 0.1, 0.5, 0.9, 1.0)

# Of the intervals around the figures of ranks.
SEED = 0

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class KnownPair:
    """A pair of items whose compositions are known: whether it is right, and what the database says of it."""

    midi_seq: int
    audio_seq: int
    confidence: float
    is_accepted: bool
    is_right: bool


@dataclass(frozen=True, eq=False)
class Curve:
    """Precision and recall at every confidence that some pair has, falling.

    Attributes
    ----------
    confidence, precision, recall : float64, shape (n,)
        Of all pairs from that confidence on.
    average_precision : float
        Precision, weighed by what recall gains at each step.
    """

    confidence: npt.NDArray[np.float64]
    precision: npt.NDArray[np.float64]
    recall: npt.NDArray[np.float64]
    average_precision: float


@dataclass(frozen=True)
class Belief:
    """Pairs from one confidence to below another: how many, what they promise, and how many are right."""

    low: float
    high: float
    n_pairs: int
    confidence: float
    n_right: int


@dataclass(frozen=True, eq=False)
class Judgement:
    """What a truth table makes of the pairs.

    Attributes
    ----------
    midi, audio : dict
        Composition by number of the item; empty where a recording is right for nothing.
    n_unmet : int
        MIDI files that share their composition with a recording that they have not been compared with.
    ranks : list of float
        Of the best right recording, for every MIDI file that has met one: 1 or more, or `LOST`.
    figures : RankFigures or None
        None where no MIDI file has met a right recording.
    n_right : int
        Right pairs that have been compared.
    pairs : list of KnownPair
        All that were kept.
    curve : Curve or None
        None where there is nothing to draw: no right pair, or none kept.
    beliefs : list of Belief
    """

    midi: dict[int, str]
    audio: dict[int, str]
    n_unmet: int
    ranks: list[float]
    figures: RankFigures | None
    n_right: int
    pairs: list[KnownPair]
    curve: Curve | None
    beliefs: list[Belief]

    def is_right(self, midi_seq: int, audio_seq: int) -> bool | None:
        """Tell whether a pair is of one composition; None where that is not known."""
        if midi_seq not in self.midi or audio_seq not in self.audio:
            return None
        return self.midi[midi_seq] == self.audio[audio_seq] != ""


def judge(store: Store, run: int | None, truth: Sequence[Path]) -> Judgement:
    """Hold the pairs of a run, or each by its latest run, against a truth table.

    Raises
    ------
    InputError
        If the table cannot be used, or names no file of one side of the database.
    """
    rows = read_truth(truth)
    with store.reading() as con:
        midi, audio = (find_items(con, side, None, rows) for side in ("midi", "audio"))
        for items, what in ((midi, "MIDI file"), (audio, "recording")):
            if not items:
                raise InputError(f"the truth table names no {what} of the database; name its files in it.")
        covered = read_coverage(con, run)
        known = {
            "run_id": run,
            "midi_seqs": [one.seq for one in midi],
            "audio_seqs": [one.seq for one in audio],
        }
        kept = con.execute(read_query("report/list_known_pairs"), known).fetchall()
    return _judge(midi, audio, covered, kept)


def _judge(
    midi: list[KnownItem],
    audio: list[KnownItem],
    covered: Sequence[Rectangle],
    kept: list[tuple[int, int, float, float, bool]],
) -> Judgement:
    compositions = {one.seq: one.composition for one in midi}
    recorded = {one.seq: one.composition for one in audio}
    pairs = [
        KnownPair(
            midi_seq, audio_seq, confidence, is_accepted, compositions[midi_seq] == recorded[audio_seq] != ""
        )
        for midi_seq, audio_seq, _, confidence, is_accepted in kept
    ]
    met, n_unmet = _find_right_pairs(midi, audio, covered)
    ranks = _rank_right_ones(sorted({seq for seq, _ in met}), compositions, recorded, kept)
    return Judgement(
        midi=compositions,
        audio=recorded,
        n_unmet=n_unmet,
        ranks=ranks,
        figures=summarise_ranks(ranks, SEED) if ranks else None,
        n_right=len(met),
        pairs=pairs,
        curve=find_curve(
            np.array([one.confidence for one in pairs]), np.array([one.is_right for one in pairs]), len(met)
        ),
        beliefs=_count_beliefs(pairs),
    )


def _find_right_pairs(
    midi: Sequence[KnownItem], audio: Sequence[KnownItem], covered: Sequence[Rectangle]
) -> tuple[list[tuple[int, int]], int]:
    """Find the right pairs that have been compared, and count the MIDI files that met none of theirs."""
    by_composition: dict[str, list[int]] = {}
    for one in audio:
        if one.composition:
            by_composition.setdefault(one.composition, []).append(one.seq)
    met: list[tuple[int, int]] = []
    n_unmet = 0
    for query in midi:
        right = by_composition.get(query.composition, [])
        rows = [row for row in covered if row.midi_from <= query.seq <= row.midi_to] if right else []
        own = [seq for seq in right if any(row.audio_from <= seq <= row.audio_to for row in rows)]
        met += [(query.seq, seq) for seq in own]
        n_unmet += bool(right) and not own
    return met, n_unmet


def _rank_right_ones(
    queries: Sequence[int],
    compositions: dict[int, str],
    recorded: dict[int, str],
    kept: list[tuple[int, int, float, float, bool]],
) -> list[float]:
    """Rank the best right recording of each query among those whose compositions are known, by cost."""
    numbers = {name: number for number, name in enumerate(sorted(set(compositions.values()) - {""}))}
    place = {seq: at for at, seq in enumerate(sorted(recorded))}
    of = np.array([numbers.get(recorded[seq], -1) for seq in sorted(recorded)], np.int32)
    costs: dict[int, list[tuple[int, float]]] = {}
    for midi_seq, audio_seq, cost, _, _ in kept:
        costs.setdefault(midi_seq, []).append((place[audio_seq], cost))
    ranks = []
    for seq in queries:
        distance = np.full(of.size, np.inf)
        for at, cost in costs.get(seq, ()):
            distance[at] = cost
        ranks.append(find_rank(distance, of, numbers[compositions[seq]]))
    return ranks


def find_curve(
    confidence: npt.NDArray[np.float64], is_right: npt.NDArray[np.bool_], n_right: int
) -> Curve | None:
    """Work out precision and recall at every confidence.

    Parameters
    ----------
    confidence : float64, shape (n,)
    is_right : bool, shape (n,)
    n_right : int
        Right pairs, those that were not kept among them.

    Returns
    -------
    Curve or None
        None without pairs, or right ones.
    """
    if not confidence.size or not n_right:
        return None
    order = np.argsort(-confidence, kind="stable")
    falling, hits = confidence[order], np.cumsum(is_right[order])
    last = np.append(np.flatnonzero(np.diff(falling)), falling.size - 1)  # pairs that tie come together
    precision, recall = hits[last] / (last + 1), hits[last] / n_right
    gain = np.diff(recall, prepend=0.0)
    return Curve(falling[last], precision, recall, float((precision * gain).sum()))


def _count_beliefs(pairs: Sequence[KnownPair]) -> list[Belief]:
    beliefs = []
    for low, high in pairwise(BANDS):
        own = [one for one in pairs if low <= one.confidence and (one.confidence < high or high == BANDS[-1])]
        if own:
            mean = float(np.mean([one.confidence for one in own]))
            beliefs.append(Belief(low, high, len(own), mean, sum(one.is_right for one in own)))
    return beliefs
