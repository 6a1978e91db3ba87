"""Find the copies and versions in a collection, comparing those MIDI files that came since the last time."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pyarrow as pa

from lakhdb.sql import read_query

from ..lock import hold_writer_lock
from ..note_features import NOTE_VERSION, read_note_arrays
from ..note_lacks import describe_missing_notes
from ..options import DEFAULT_RECALL
from ..progress import Progress
from ..store import Store
from .clusters import REPRESENTATIVE, Link, Member, gather_clusters
from .relate import IDENTICAL, REEXPORTED, VERSION, VERSION_FROM
from .search import COMPARISON_VERSION, Found, NoteSearch

__all__ = ["DedupSummary", "dedup"]

# Files of each space of windows that are compared, and links that are kept, for each file: a song with more
# versions hangs together by some of them.
CANDIDATES = 25
MOST_LINKS = 50

# Files that one transaction takes.
BATCH = 64

# Whatever decides which files are linked.
SETTINGS = f"{COMPARISON_VERSION} {NOTE_VERSION} candidates={CANDIDATES} from={VERSION_FROM}"

LINK_COLUMNS = (
    "kind",
    "similarity",
    "transposition",
    "tempo_ratio",
    "matched",
    "start_s",
    "end_s",
    "other_start_s",
    "other_end_s",
)


@dataclass(frozen=True)
class DedupSummary:
    """What a search for copies and versions did.

    Attributes
    ----------
    n_compared : int
        Files compared now.
    n_known : int
        Files that had been compared before.
    n_clusters, n_members : int
        Clusters there are now, and files in them.
    n_identical, n_reexported, n_versions : int
        Members by what they are to the nearest one, representatives aside.
    seconds : float
    """

    n_compared: int
    n_known: int
    n_clusters: int
    n_members: int
    n_identical: int
    n_reexported: int
    n_versions: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.n_compared} MIDI files compared in {self.seconds:.1f} s, {self.n_known} were already. "
            f"{self.n_members} belong to {self.n_clusters} clusters: beside a representative each, "
            f"{self.n_identical} have identical notes, {self.n_reexported} are the same performance "
            f"re-exported, {self.n_versions} are versions."
        )


def dedup(store: Store, *, corpus: str | None = None, progress: Progress | None = None) -> DedupSummary:
    """Link the copies and versions among the MIDI files and gather them into clusters. Deletes no file.

    Files that have been compared are not compared again; a call that was cut off is gone on with by the next.
    The answer is in the view ``midi_clusters``.

    Parameters
    ----------
    store : Store
    corpus : str, optional
        Compare only the files of this corpus, with those of all.
    progress : Progress, optional
        Told of stages ``"notes"`` and ``"compare"``, in files.

    Raises
    ------
    DatabaseBusyError
        If another process writes.
    """
    started = time.monotonic()
    with hold_writer_lock(store.folder):
        describe_missing_notes(store, progress=progress)
        with store.writing() as con:
            con.execute(read_query("similar/delete_stale_coverage"), {"settings": SETTINGS})
            con.execute(read_query("similar/delete_uncovered_links"))
        with store.reading() as con:
            rows = con.execute(read_query("similar/list_uncompared"), {"corpus": corpus}).fetchall()
            ((n_items,),) = con.execute(read_query("similar/count_items")).fetchall()
        todo = [seq for (seq,) in rows]
        search = NoteSearch(store, candidates=CANDIDATES, recall=DEFAULT_RECALL, build=True)
        for start in range(0, len(todo), BATCH):
            _compare(store, search, todo[start : start + BATCH])
            if progress is not None:
                progress("compare", min(start + BATCH, len(todo)), len(todo))
        members = _gather(store)
    kinds = [member.kind for member in members]
    return DedupSummary(
        n_compared=len(todo),
        n_known=int(n_items) - len(todo),
        n_clusters=kinds.count(REPRESENTATIVE),
        n_members=len(kinds),
        n_identical=kinds.count(IDENTICAL),
        n_reexported=kinds.count(REEXPORTED),
        n_versions=kinds.count(VERSION),
        seconds=time.monotonic() - started,
    )


def _compare(store: Store, search: NoteSearch, seqs: Sequence[int]) -> None:
    """Compare some files with all others, and write what they are to each other."""
    with store.reading() as con:
        notes = read_note_arrays(con, seqs)
        found = {
            seq: search.find(con, one, k=MOST_LINKS, own=seq, versions_only=True)
            for seq, one in notes.items()
        }
    rows = [_tabulate(seq, one) for seq, many in found.items() for one in many]
    covered = pa.table({"midi_seq": pa.array(seqs, pa.int64()), "settings": [SETTINGS] * len(seqs)})
    with store.writing() as con:
        if rows:
            con.register("new_links", pa.Table.from_pylist(rows))
            con.execute(read_query("similar/insert_links"))
        con.register("new_coverage", covered)
        con.execute(read_query("similar/insert_coverage"))


def _tabulate(seq: int, found: Found) -> dict[str, object]:
    relation = asdict(found.relation)
    return {
        "midi_seq": seq,
        "other_seq": found.midi_seq,
        **{name: relation[name] for name in LINK_COLUMNS},
    }


def _gather(store: Store) -> list[Member]:
    """Make the clusters anew of all links."""
    with store.reading() as con:
        links = [Link(*row) for row in con.execute(read_query("similar/list_links")).fetchall()]
        rows = con.execute(read_query("similar/list_quality")).fetchall()
    members = gather_clusters(links, {seq: tuple(quality) for seq, *quality in rows})
    columns = {name: [getattr(member, name) for member in members] for name in Member._fields}
    table = pa.table(
        {
            name: pa.array(values, pa.string() if name == "kind" else pa.int64())
            for name, values in columns.items()
        }
    )
    with store.writing() as con:
        con.register("new_members", table)
        con.execute(read_query("similar/replace_clusters"))
    return members
