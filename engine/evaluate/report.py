"""What an evaluation found, as a table, a list of ranks and a figure."""

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from ..errors import InputError
from .figure import plot_curves
from .methods.protocols import STAGES, StageName
from .ranks import LOST, summarise_ranks

__all__ = ["ALL", "FIGURE", "RANKS", "TABLE", "MatchingReport", "QueryResult", "make_folder", "write_report"]

TABLE, RANKS, FIGURE = "matching.csv", "ranks.csv", "rank_curves.png"

# The collection of rows over all queries.
ALL = "all"

COLUMNS = pa.schema(
    [
        ("method", pa.string()),
        ("case", pa.string()),
        ("collection", pa.string()),
        ("queries", pa.int64()),
        ("rank_1", pa.float64()),
        ("rank_1_low", pa.float64()),
        ("rank_1_high", pa.float64()),
        ("top_5", pa.float64()),
        ("top_10", pa.float64()),
        ("mrr", pa.float64()),
        ("mrr_low", pa.float64()),
        ("mrr_high", pa.float64()),
        ("threshold_95", pa.int64()),
        ("threshold_99", pa.int64()),
        ("kept", pa.int64()),
        ("lost", pa.float64()),
        *((f"{stage}_ms", pa.float64()) for stage in STAGES),
        ("total_ms", pa.float64()),
    ]
)


@dataclass(frozen=True)
class QueryResult:
    """What a method made of a query.

    Attributes
    ----------
    method, case, collection, midi_id : str
    rank : float
        Of the best right recording; infinite if all were let go.
    n_kept : int or None
        Recordings that the method hands on.
    ms : dict
        Milliseconds by stage.
    """

    method: str
    case: str
    collection: str
    midi_id: str
    rank: float
    n_kept: int | None
    ms: dict[StageName, float]


@dataclass(frozen=True)
class MatchingReport:
    """What an evaluation found.

    Attributes
    ----------
    results : list of QueryResult
    cases : list of str
        Asked for; one that no query can be edited to has no results.
    n_queries, n_recordings : int
    seed : int
        Of the intervals, among others.
    seconds : float
    """

    results: list[QueryResult]
    cases: list[str]
    n_queries: int
    n_recordings: int
    seed: int
    seconds: float

    def to_table(self) -> pa.Table:
        """Return a row for each case, collection and method: see docs/evaluation.md for the columns."""
        groups: dict[tuple[str, str, str], list[QueryResult]] = defaultdict(list)
        has_collections = len({result.collection for result in self.results}) > 1
        for result in self.results:
            groups[result.case, ALL, result.method].append(result)
            if has_collections:
                groups[result.case, result.collection, result.method].append(result)
        order = sorted(groups, key=lambda key: (self.cases.index(key[0]), key[1] != ALL, key[1]))
        return pa.Table.from_pylist([self._summarise(*key, groups[key]) for key in order], schema=COLUMNS)

    def _summarise(
        self, case: str, collection: str, method: str, results: Sequence[QueryResult]
    ) -> dict[str, Any]:
        ranks = [result.rank for result in results]
        n_kept = results[0].n_kept
        ms = {
            f"{stage}_ms": float(np.median([result.ms[stage] for result in results]))
            for stage in STAGES
            if stage in results[0].ms
        }
        return {
            "method": method,
            "case": case,
            "collection": collection,
            "queries": len(results),
            **asdict(summarise_ranks(ranks, self.seed)),
            "kept": n_kept,
            "lost": None if n_kept is None else float(np.mean(np.array(ranks) > n_kept)),
            **ms,
            "total_ms": float(np.median([sum(result.ms.values()) for result in results])),
        }

    def __str__(self) -> str:
        told = f"Asked {self.n_queries} queries among {self.n_recordings} recordings in {self.seconds:.1f} s."
        found = {result.case for result in self.results}
        left_out = [case for case in self.cases if case not in found]
        return told + (f" No query can be edited to: {', '.join(left_out)}." if left_out else "")


def make_folder(folder: Path) -> None:
    """Make the folder that a report is to be written into.

    Raises
    ------
    InputError
        If it cannot be.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder} cannot be made a folder: {error.strerror}; name another.") from error


def write_report(report: MatchingReport, folder: Path) -> None:
    """Write table, ranks and figure into a folder.

    Raises
    ------
    InputError
        If it cannot be written to.
    """
    ranks: dict[tuple[str, str], list[float]] = defaultdict(list)
    for result in report.results:
        ranks[result.method, result.case].append(result.rank)
    n_recordings = f"{report.n_recordings:,}".replace(",", "\u202f")
    title = f"{report.n_queries} queries among {n_recordings} recordings, 95 % intervals"
    try:
        pyarrow.csv.write_csv(report.to_table(), folder / TABLE)
        with (folder / RANKS).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(("method", "case", "collection", "midi_id", "rank"))
            writer.writerows(
                (one.method, one.case, one.collection, one.midi_id, "" if one.rank == LOST else int(one.rank))
                for one in report.results
            )
    except OSError as error:
        raise InputError(f"{folder} cannot be written to: {error.strerror}.") from error
    plot_curves(folder / FIGURE, ranks, n_items=report.n_recordings, seed=report.seed, title=title)
