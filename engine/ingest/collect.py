"""The loop of an ingest: find files, leave out the known ones, read the rest in workers, write by batches."""

import hashlib
import os
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..embed import embed_if_possible
from ..lock import hold_writer_lock
from ..memory import return_large_blocks
from ..merge import merge_if_possible
from ..models import Side
from ..progress import Progress
from ..store import Store
from ..text import check_text
from ..workers import WorkerError, WorkerPool, count_cores
from .items import Failure, Item
from .names import name_sources, refresh_names
from .scan import Archives, Source, UnreadableError, escape_path, find_sources, read_bytes
from .write import Outcome, read_known, write_batch, write_missing

__all__ = ["IngestSummary", "Kind", "collect"]

# What one transaction takes: enough files to make parts worth having, few enough to lose little.
BATCH_FILES = 512
BATCH_BYTES = 64 << 20

# What may wait for workers at once, or wait behind them to be written: a few files for each, so that none
# is idle, and no more, for the features of a recording of hours take 20 MiB.
AHEAD_FILES = 8
AHEAD_FILES_PER_JOB = 4
AHEAD_BYTES = 128 << 20


@dataclass(frozen=True)
class Kind:
    """What sets the ingest of MIDI and that of audio apart."""

    side: Side
    suffixes: frozenset[str]
    largest_bytes: int
    time_limit_s: float
    target: str  # the worker's function: bytes in, Item or Failure out


@dataclass(frozen=True)
class IngestSummary:
    """What an ingest found and did.

    Attributes
    ----------
    n_files : int
        Files seen, members of archives counted singly.
    n_new : int
        Items added.
    n_known : int
        Files unchanged, or of a content already there.
    n_failed : int
        Files that could not be used, now or at an earlier try.
    n_missing : int
        Paths that were there before and have vanished.
    seconds : float
    """

    n_files: int
    n_new: int
    n_known: int
    n_failed: int
    n_missing: int
    seconds: float

    def __str__(self) -> str:
        rate = self.n_files / self.seconds if self.seconds else 0.0
        text = (
            f"{self.n_files} files in {self.seconds:.1f} s ({rate:.0f} a second): {self.n_new} new, "
            f"{self.n_known} known, {self.n_failed} failed"
        )
        if self.n_missing:
            text += f", {self.n_missing} vanished"
        if self.n_failed:
            text += "; `lmdb failures` tells why"
        return text if self.n_files else f"{text}; nothing there is a file of this kind, by its suffix"


@dataclass
class _Entry:
    """A file on its way: its content's id, and what is or will be known of it."""

    source: Source
    n_bytes: int
    item_id: str | None = None
    future: Future[Any] | None = None
    failure: Failure | None = None

    def resolve(self) -> Outcome:
        """Wait for the worker and say what became of the file."""
        item: Item | None = None
        if self.future is not None:
            try:
                answer = self.future.result()
            except WorkerError as error:
                answer = Failure("read", str(error))
            if isinstance(answer, Failure):
                self.failure = answer
            else:
                item = answer
        return Outcome(self.source, self.item_id, item, self.failure)


@dataclass
class _Tally:
    """Counts on the way to a summary."""

    started: float = field(default_factory=time.monotonic)
    n_done: int = 0
    n_new: int = 0
    n_failed: int = 0


def collect(
    store: Store,
    kind: Kind,
    roots: Sequence[Path],
    *,
    corpus: str | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> IngestSummary:
    """Bring files into the database; go on where an earlier ingest was cut off.

    Parameters
    ----------
    store : Store
    kind : Kind
    roots : sequence of Path
        Folders, archives or files.
    corpus : str, optional
        Name for all of them; by default the folder's or archive's own.
    jobs : int, optional
        Worker processes; by default one for each core.
    progress : callable, optional
        Called with the side, the number of files done and their total.

    Raises
    ------
    InputError
        If a root does not exist.
    DatabaseBusyError
        If another process writes the database.
    """
    check_text("the corpus", corpus)
    tally = _Tally()
    sources = _list_sources(roots, kind, corpus)
    return_large_blocks()
    with hold_writer_lock(store.folder):
        known = read_known(store, kind.side)
        tally.n_failed = sum(map(known.has_failed, sources))
        fresh = [source for source in sources if not (known.has_failed(source) or known.is_unchanged(source))]
        tally.n_done = len(sources) - len(fresh)
        folders = [os.path.abspath(root.expanduser()) for root in roots]
        if fresh:
            known.names = name_sources(sources, folders)
        with WorkerPool(kind.target, jobs or count_cores(), kind.time_limit_s) as pool:
            outcomes = _resolve_in_order(fresh, kind, known.ids, pool)
            for batch in _gather(_report(outcomes, kind.side, progress, tally, len(sources))):
                n_new, n_failed = write_batch(store, kind.side, batch, known)
                tally.n_new += n_new
                tally.n_failed += n_failed
        n_missing = write_missing(
            store,
            kind.side,
            known,
            [escape_path(folder) for folder in folders],
            sources,
        )
        with store.writing() as con:
            refresh_names(con)
        embed_if_possible(store, progress=progress)  # what only another model has described
        merge_if_possible(store, progress=progress)
    n_known = len(sources) - tally.n_new - tally.n_failed
    return IngestSummary(
        len(sources), tally.n_new, n_known, tally.n_failed, n_missing, time.monotonic() - tally.started
    )


def _list_sources(roots: Sequence[Path], kind: Kind, corpus: str | None) -> list[Source]:
    by_path: dict[str, Source] = {}
    for root in roots:
        for source in find_sources(root, kind.suffixes, corpus):
            by_path.setdefault(source.path, source)
    return list(by_path.values())


def _resolve_in_order(
    sources: Sequence[Source], kind: Kind, ids: dict[str, int], pool: WorkerPool
) -> Iterator[Outcome]:
    """Read the sources ahead of the workers, and hand out what became of them in the order of the sources."""
    waiting: deque[_Entry] = deque()
    n_bytes = 0
    seen: set[str] = set()
    archives = Archives()
    try:
        for source in sources:
            entry = _start(source, kind, ids, seen, pool, archives)
            waiting.append(entry)
            n_bytes += entry.n_bytes
            while len(waiting) > AHEAD_FILES + AHEAD_FILES_PER_JOB * pool.jobs or n_bytes > AHEAD_BYTES:
                n_bytes -= waiting[0].n_bytes
                yield waiting.popleft().resolve()
        while waiting:
            yield waiting.popleft().resolve()
    finally:
        archives.close()


def _start(
    source: Source, kind: Kind, ids: dict[str, int], seen: set[str], pool: WorkerPool, archives: Archives
) -> _Entry:
    if source.trouble:
        return _Entry(source, 0, failure=Failure("read", source.trouble))
    try:
        data = read_bytes(source.path, kind.largest_bytes, archives)
    except UnreadableError as error:
        return _Entry(source, 0, failure=Failure("read", str(error)))
    item_id = hashlib.md5(data, usedforsecurity=False).hexdigest()
    if item_id in ids or item_id in seen:
        return _Entry(source, 0, item_id)
    seen.add(item_id)
    return _Entry(source, len(data), item_id, pool.submit(data))


def _report(
    outcomes: Iterator[Outcome], side: str, progress: Progress | None, tally: _Tally, total: int
) -> Iterator[Outcome]:
    for outcome in outcomes:
        tally.n_done += 1
        if progress:
            progress(side, tally.n_done, total)
        yield outcome


def _gather(outcomes: Iterator[Outcome]) -> Iterator[list[Outcome]]:
    batch: list[Outcome] = []
    n_bytes = 0
    for outcome in outcomes:
        batch.append(outcome)
        n_bytes += outcome.item.features.frames.nbytes if outcome.item else 0
        if len(batch) >= BATCH_FILES or n_bytes >= BATCH_BYTES:
            yield batch
            batch, n_bytes = [], 0
    if batch:
        yield batch
