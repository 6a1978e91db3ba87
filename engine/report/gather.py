"""What a report says, as the database has it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from lakhdb.sql import read_query

from ..evidence import EVIDENCE
from ..ranges import Rectangle, find_uncovered, to_ranges
from ..reasons import Reason, list_reasons
from ..runs import list_items
from ..store import Store

__all__ = [
    "DOUBT_FROM",
    "DOUBT_TO",
    "N_BINS",
    "Bin",
    "Corpus",
    "Facts",
    "FailureGroup",
    "Pair",
    "PairCounts",
    "RunFacts",
    "Stage",
    "gather_facts",
    "list_pairs",
    "read_coverage",
]

Seconds = npt.NDArray[np.float64]

# A pair is in doubt from the one confidence to below the other; a tenth is the share that errs at its bounds.
DOUBT_FROM, DOUBT_TO = 0.1, 0.9

# Of the distributions of confidence and score, from 0 to 1.
N_BINS = 20


@dataclass(frozen=True)
class Corpus:
    """Items of one side in one corpus; `duration_s` is of all of them together."""

    kind: str
    corpus: str
    n_items: int
    n_paths: int
    n_missing: int
    duration_s: float


@dataclass(frozen=True)
class FailureGroup:
    """Files of one side that failed at one stage for one reason; `example` is the path of one."""

    kind: str
    stage: str
    reason: str
    n_files: int
    example: str


@dataclass(frozen=True)
class RunFacts:
    """A run, and how many pairs it compared, kept and accepted; `settings` and `versions` are JSON."""

    run_id: int
    started_at: datetime
    finished_at: datetime | None
    settings: str
    confidence_model: str
    versions: str
    n_compared: int
    n_kept: int
    n_accepted: int


@dataclass(frozen=True)
class Stage:
    """What one stage of a run saw and kept, in pairs, for so many MIDI files."""

    run_id: int
    stage: str
    n_midi: int
    n_seen: int
    n_kept: int


@dataclass(frozen=True)
class PairCounts:
    """Pairs that were kept, those accepted among them, and all of them by how sure they are.

    Attributes
    ----------
    n_kept, n_accepted : int
    n_midi, n_audio : int
        Items that have an accepted pair.
    n_sure, n_doubtful, n_unlikely : int
        From `DOUBT_TO` on, from `DOUBT_FROM` on, and below.
    """

    n_kept: int
    n_accepted: int
    n_midi: int
    n_audio: int
    n_sure: int
    n_doubtful: int
    n_unlikely: int


@dataclass(frozen=True)
class Bin:
    """Pairs of one of `N_BINS` bins of a measure (confidence or score), accepted ones or others."""

    measure: str
    bin: int
    is_accepted: bool
    n_pairs: int


@dataclass(frozen=True)
class Facts:
    """All but the pairs themselves.

    Attributes
    ----------
    n_midi, n_audio : int
        Items.
    midi_s, audio_s : float
        How long they are together, seconds.
    corpora : list of Corpus
    failures : list of FailureGroup
    runs : list of RunFacts
    stages : list of Stage
    counts : PairCounts
    bins : list of Bin
    n_compared, n_possible : int
        Pairs that some run has compared, or the chosen one, of all pairs that can be.
    """

    n_midi: int
    midi_s: float
    n_audio: int
    audio_s: float
    corpora: list[Corpus]
    failures: list[FailureGroup]
    runs: list[RunFacts]
    stages: list[Stage]
    counts: PairCounts
    bins: list[Bin]
    n_compared: int
    n_possible: int


@dataclass(frozen=True, eq=False)
class Pair:
    """A pair that was kept.

    Attributes
    ----------
    row : dict
        The columns of ``report/list_pairs`` by name.
    reasons : list of Reason
        What speaks for and against it, the weightiest first; empty where the run gathered no evidence.
    midi_s, audio_s : float64, shape (n,)
        Breakpoints of the path, seconds; of two points where only the ends of the part that fits are known.
    segments : list of dict
        As in view `segments`.
    is_accepted : bool
        The database holds the path.
    is_traced : bool
        It was traced for the report.
    """

    row: dict[str, Any]
    reasons: list[Reason]
    midi_s: Seconds
    audio_s: Seconds
    segments: list[dict[str, Any]]
    is_accepted: bool
    is_traced: bool = False

    @property
    def pieces(self) -> list[tuple[Seconds, Seconds]]:
        """The path cut where something was left out: (midi_s, audio_s) of what belongs together."""
        through = [one for one in self.segments if one["is_aligned"]]
        if len(through) < 2:
            return [(self.midi_s, self.audio_s)]
        cut = []
        for one in sorted(through, key=lambda one: float(one["audio_start_s"])):
            inside = (one["audio_start_s"] <= self.audio_s) & (self.audio_s <= one["audio_end_s"])
            if inside.sum() > 1:
                cut.append((self.midi_s[inside], self.audio_s[inside]))
        return cut or [(self.midi_s, self.audio_s)]

    @property
    def tempo_ratio(self) -> float | None:
        """Recorded seconds for each second of the MIDI, over the pieces; None where they have no length."""
        midi_s, audio_s = (sum(float(one[side][-1] - one[side][0]) for one in self.pieces) for side in (0, 1))
        return audio_s / midi_s if midi_s > 0 else None


def gather_facts(store: Store, run: int | None) -> Facts:
    """Read all but the pairs themselves: those of one run, or each by its latest run."""
    with store.reading() as con:
        corpora = [Corpus(*row) for row in con.execute(read_query("report/count_corpora")).fetchall()]
        failures = [FailureGroup(*row) for row in con.execute(read_query("report/count_failures")).fetchall()]
        runs = [RunFacts(*row) for row in con.execute(read_query("report/list_runs")).fetchall()]
        stages = [Stage(*row) for row in con.execute(read_query("report/count_stages")).fetchall()]
        doubt = {"run_id": run, "doubt_from": DOUBT_FROM, "doubt_to": DOUBT_TO}
        (counts,) = con.execute(read_query("report/count_pairs"), doubt).fetchall()
        bins = con.execute(read_query("report/count_bins"), {"run_id": run, "n_bins": N_BINS}).fetchall()
        ((n_midi, midi_s, n_audio, audio_s),) = con.execute(read_query("report/count_items")).fetchall()
        n_compared, n_possible = _count_compared(con, run)
    return Facts(
        n_midi=n_midi,
        midi_s=midi_s,
        n_audio=n_audio,
        audio_s=audio_s,
        corpora=corpora,
        failures=failures,
        runs=runs,
        stages=stages,
        counts=PairCounts(*counts),
        bins=[Bin(*row) for row in bins],
        n_compared=n_compared,
        n_possible=n_possible,
    )


def read_coverage(con: duckdb.DuckDBPyConnection, run: int | None) -> list[Rectangle]:
    """Read what a run has compared, or all of them."""
    return [
        Rectangle(*row) for row in con.execute(read_query("report/list_coverage"), {"run_id": run}).fetchall()
    ]


def _count_compared(con: duckdb.DuckDBPyConnection, run: int | None) -> tuple[int, int]:
    """Count the pairs that have been compared, and all that can be: each once, however many runs met it."""
    midi, audio = (list_items(con, side, None).tolist() for side in ("midi", "audio"))
    n_possible = len(midi) * len(audio)
    left = find_uncovered(to_ranges(midi), to_ranges(audio), read_coverage(con, run))
    n_left = sum(
        (last - first + 1) * (end - begin + 1)
        for block in left
        for first, last in block.midi
        for begin, end in block.audio
    )
    return n_possible - n_left, n_possible


def list_pairs(
    con: duckdb.DuckDBPyConnection,
    run: int | None,
    *,
    low: float,
    high: float,
    target: float,
    is_mutual: bool,
    limit: int,
) -> list[Pair]:
    """List pairs whose confidence is from `low` to below `high`, those nearest to `target` first.

    Parameters
    ----------
    con : DuckDBPyConnection
    run : int or None
        None for each pair's latest run.
    low, high, target : float
        Confidences.
    is_mutual : bool
        Only pairs each of which is the best one of both its files.
    limit : int
    """
    parameters = {
        "run_id": run, "low": low, "high": high, "target": target, "mutual": is_mutual, "limit": limit,
    }  # fmt: skip
    found = con.sql(read_query("report/list_pairs"), params=parameters).to_arrow_table()
    return [_make_pair(row) for row in found.to_pylist()]


def _make_pair(row: dict[str, Any]) -> Pair:
    is_accepted = row["midi_s"] is not None
    ends = {side: [row[f"{side}_start_s"], row[f"{side}_end_s"]] for side in ("midi", "audio")}
    return Pair(
        row=row,
        reasons=_explain(row),
        midi_s=np.asarray(row["midi_s"] if is_accepted else ends["midi"], np.float64),
        audio_s=np.asarray(row["audio_s"] if is_accepted else ends["audio"], np.float64),
        segments=row["segments"],
        is_accepted=is_accepted,
    )


def _explain(row: dict[str, Any]) -> list[Reason]:
    if row["frame_cost"] is None:
        return []
    values = tuple(np.nan if row[name] is None else row[name] for name in EVIDENCE.names or ())
    return list_reasons(np.array([values], EVIDENCE), np.array([row["transposition"]], np.int32))
