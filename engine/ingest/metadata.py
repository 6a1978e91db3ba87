"""Ingest of lists that say what files are called, whether the files are here or not."""

import os
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import pyarrow as pa

from lakhdb.sql import read_query

from ..errors import DatabaseError, InputError
from ..lock import hold_writer_lock
from ..models import Side
from ..progress import Progress
from ..store import Store
from ..text import check_text
from .list_columns import LIST_COLUMNS, build_tables, choose_columns, tell_side
from .list_records import open_records
from .names import insert_names, refresh_names
from .scan import UnreadableError, escape_path

__all__ = ["MetadataSummary", "ingest_metadata"]


@dataclass(frozen=True)
class MetadataSummary:
    """What an ingest of metadata found and did.

    Attributes
    ----------
    side : {"midi", "audio"}
        Whose names the list has.
    n_entries : int
    n_complete : int
        Entries with both artist and title.
    n_joined : int
        Entries whose file is in the database.
    n_ambiguous : int
        Entries that may be of several files, and were joined with none.
    n_replaced : int
        Entries of an earlier ingest of this list that gave way.
    skipped : dict
        Rows without use, by reason.
    seconds : float
    """

    side: Side
    n_entries: int
    n_complete: int
    n_joined: int
    n_ambiguous: int
    n_replaced: int
    skipped: dict[str, int]
    seconds: float

    def __str__(self) -> str:
        text = (
            f"{self.n_entries} entries ({self.side}): {self.n_complete} with artist and title, "
            f"{self.n_joined} joined with files"
        )
        if self.n_ambiguous:
            text += f", {self.n_ambiguous} that may be of several files"
        if self.n_replaced:
            text += f"; they replace {self.n_replaced}"
        return f"{text}; {_describe(self.skipped)}" if self.skipped else text


def _describe(skipped: dict[str, int]) -> str:
    reasons = ", ".join(f"{count} {reason}" for reason, count in skipped.items())
    return f"{sum(skipped.values())} rows skipped ({reasons})"


def ingest_metadata(
    store: Store,
    file: Path,
    *,
    corpus: str,
    side: Side | None = None,
    progress: Progress | None = None,
) -> MetadataSummary:
    """Bring a list of names into the database, and join its entries with the files that are there.

    Entries whose files are not there are kept, and joined when the files come. A list of the same file name
    and corpus replaces the earlier one, wholly or not at all.

    Parameters
    ----------
    store : Store
    file : Path
        CSV, TSV, Parquet, JSON (lines or an array), `unique_tracks.txt` of the Million Song Dataset or
        `md5_to_paths.json` of the Lakh MIDI Dataset; all but Parquet also gzipped.
    corpus : str
        Name for these entries.
    side : {"midi", "audio"}, optional
        Whose names these are; by default the list tells.
    progress : callable, optional
        Told of the stages ``"list"`` and ``"names"``, in entries.

    Raises
    ------
    InputError
        If the file cannot be read, or names nothing.
    DatabaseBusyError
        If another process writes the database.
    """
    started = time.monotonic()
    file = file.expanduser()
    check_text("the corpus", corpus)
    key = {"corpus": corpus, "list": escape_path(os.path.basename(os.path.abspath(file)))}
    with hold_writer_lock(store.folder), _open_spool(store) as spool:
        # Read first, beside the catalog: nobody waits for a slow list, and nothing of it lies in memory.
        side, n_entries, skipped = _spool_list(file, side, spool, progress)
        with store.writing() as con:
            n_replaced = len(con.execute(read_query("names/delete_list"), key).fetchall())
            done = 0
            for rows in _read_spool(spool):
                insert_names(con, _complete(rows, {"side": side, "source": "metadata", **key}))
                done += rows.num_rows
                if progress:
                    progress("names", done, n_entries)
            refresh_names(con)
            (counts,) = con.execute(read_query("names/count_list"), key).fetchall()
    n_complete, n_joined, n_ambiguous = counts
    return MetadataSummary(
        side,
        n_entries,
        n_complete,
        n_joined,
        n_ambiguous,
        n_replaced,
        dict(skipped),
        time.monotonic() - started,
    )


@contextmanager
def _open_spool(store: Store) -> Iterator[IO[bytes]]:
    """Open a file without a name in the database's folder, which no end of this process leaves behind."""
    try:
        with TemporaryFile(dir=store.folder) as spool:
            yield spool
    except OSError as error:
        raise DatabaseError(
            f"{store.folder} cannot be written ({error.strerror or error}); make room, then run the same "
            "command again."
        ) from error


def _spool_list(
    file: Path, side: Side | None, spool: IO[bytes], progress: Progress | None
) -> tuple[Side, int, Counter[str]]:
    """Write the entries of a list to `spool`; return their side and number, and the rows skipped."""
    n_entries = 0
    skipped: Counter[str] = Counter()
    with pa.ipc.new_stream(spool, LIST_COLUMNS) as writer:
        for told, rows in _read_list(file, side, skipped):
            side = told
            writer.write_table(rows)
            n_entries += rows.num_rows
            if progress:
                progress("list", n_entries, None)
    if side is None or not n_entries:
        trouble = _describe(skipped) if skipped else "it holds nothing but columns"
        raise InputError(f"{file} cannot be used as a list of names: {trouble}.")
    return side, n_entries, skipped


def _read_list(file: Path, side: Side | None, skipped: Counter[str]) -> Iterator[tuple[Side, pa.Table]]:
    with _translated_errors(file), open_records(file, skipped) as records:
        columns = choose_columns(records.columns, side)
        for rows in build_tables(records.rows, columns, skipped):
            side = side or records.side or tell_side(rows, [records.columns[n] for n in columns.values()])
            yield side, rows


@contextmanager
def _translated_errors(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}.") from error
    except UnreadableError as error:
        raise InputError(f"{file} cannot be read: {error}; give a file.") from error
    except (ValueError, LookupError, EOFError, zlib.error, pa.ArrowException) as error:
        raise InputError(f"{file} cannot be used as a list of names: {error}.") from error


def _read_spool(spool: IO[bytes]) -> Iterator[pa.Table]:
    spool.seek(0)
    with pa.ipc.open_stream(spool) as reader:
        for batch in reader:
            yield pa.Table.from_batches([batch])


def _complete(rows: pa.Table, values: dict[str, str]) -> pa.Table:
    """Add columns that have the same value in every row."""
    for name, value in values.items():
        rows = rows.append_column(name, pa.repeat(pa.scalar(value), rows.num_rows))
    return rows
