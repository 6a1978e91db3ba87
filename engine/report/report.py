"""A report: one page about a database that opens by itself, offline."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

from ..errors import InputError
from ..progress import Progress
from ..store import Store
from .gather import DOUBT_FROM, DOUBT_TO, Facts, Pair, gather_facts, list_pairs
from .judge import judge
from .page import Content, write_page
from .paths import trace_pairs
from .wrong import list_errors

__all__ = ["DEFAULT_PAIRS", "ReportSummary", "write_report"]

# Best pairs, and doubtful ones, that a report shows.
DEFAULT_PAIRS = 12


@dataclass(frozen=True)
class ReportSummary:
    """What a report tells about.

    Attributes
    ----------
    path : Path
    n_midi, n_audio : int
        Items of the database.
    n_kept, n_accepted : int
        Pairs.
    n_best, n_doubtful : int
        Pairs that are shown.
    n_bytes : int
        Of the page.
    """

    path: Path
    n_midi: int
    n_audio: int
    n_kept: int
    n_accepted: int
    n_best: int
    n_doubtful: int
    n_bytes: int

    def __str__(self) -> str:
        return (
            f"Report written to {self.path} ({self.n_bytes / 1000:.0f} kB): {self.n_midi} MIDI files, "
            f"{self.n_audio} recordings, {self.n_accepted} accepted of {self.n_kept} kept pairs; "
            f"{self.n_best} of the best and {self.n_doubtful} doubtful ones are drawn."
        )


def write_report(
    store: Store,
    out: Path,
    *,
    run: int | None = None,
    truth: Sequence[Path] | None = None,
    best: int = DEFAULT_PAIRS,
    doubtful: int = DEFAULT_PAIRS,
    progress: Progress | None = None,
) -> ReportSummary:
    """Write one page about a database: the same database gives the same bytes.

    Parameters
    ----------
    store : Store
    out : Path
        The HTML file; one that is there is replaced.
    run : int, optional
        Only the pairs of this run; by default each pair counts by the latest run that compared it.
    truth : sequence of Path, optional
        Tables of files and their compositions, see `lakhdb.engine.evaluate.truth.read_truth`: for ranks,
        precision and recall, and what is right or wrong.
    best, doubtful : int
        Pairs of each kind that are shown, 0 or more.
    progress : Progress, optional
        Told of stage ``"aligning"``, in doubtful pairs: those that were not accepted are aligned for their
        drawings.

    Raises
    ------
    InputError
        If there is no such run, a number is below 0, or a file cannot be read or written.
    """
    for name, number in (("best", best), ("doubtful", doubtful)):
        if number < 0:
            raise InputError(f"{name} is {number}; give 0 or more.")
    _check_place(out)
    facts = gather_facts(store, run)
    _check_run(facts, run)
    judgement = judge(store, run, truth) if truth else None
    sure, open_ones = _choose_pairs(store, run, best, doubtful)
    content = Content(
        name=store.folder.name,
        run=run,
        facts=facts,
        judgement=judgement,
        errors=list_errors(store, judgement) if judgement is not None else None,
        best=sure,
        doubtful=trace_pairs(store, open_ones, progress),
    )
    page = write_page(content).encode("utf-8")
    _write(out, page)
    return ReportSummary(
        path=out,
        n_midi=facts.n_midi,
        n_audio=facts.n_audio,
        n_kept=facts.counts.n_kept,
        n_accepted=facts.counts.n_accepted,
        n_best=len(sure),
        n_doubtful=len(open_ones),
        n_bytes=len(page),
    )


def _check_place(out: Path) -> None:
    """Refuse a place that cannot be written to, before the work."""
    if out.is_dir():
        raise InputError(f"{out} is a folder; name a file, such as {out / 'report.html'}.")
    if not out.absolute().parent.is_dir():
        raise InputError(f"there is no folder {out.parent}; make it, or name another file.")


def _check_run(facts: Facts, run: int | None) -> None:
    numbers = [str(one.run_id) for one in facts.runs]
    if run is None or str(run) in numbers:
        return
    if not numbers:
        raise InputError(f"there is no run {run}: nothing has been matched yet; run `lmdb match` first.")
    raise InputError(f"there is no run {run}; the database has {_list_numbers(numbers)}.")


def _list_numbers(numbers: Sequence[str]) -> str:
    if len(numbers) == 1:
        return f"run {numbers[0]}"
    return f"runs {', '.join(numbers[:-1])} and {numbers[-1]}"


def _choose_pairs(store: Store, run: int | None, best: int, doubtful: int) -> tuple[list[Pair], list[Pair]]:
    with store.reading() as con:
        sure = list_pairs(con, run, low=DOUBT_TO, high=inf, target=1.0, is_mutual=True, limit=best)
        open_ones = list_pairs(
            con, run, low=DOUBT_FROM, high=DOUBT_TO, target=0.5, is_mutual=False, limit=doubtful
        )
    return sure, open_ones


def _write(out: Path, page: bytes) -> None:
    """Write beside, then put in place: whoever opens the file finds the old page or the new one."""
    temporary = out.with_name(f"{out.name}.tmp")
    try:
        temporary.write_bytes(page)
        os.replace(temporary, out)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise InputError(f"{out} cannot be written ({error.strerror}); name another file.") from error
