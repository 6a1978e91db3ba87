"""Removing paths, and the items that no path leads to any more."""

import os
from collections.abc import Sequence

import duckdb
import pyarrow as pa

from lakhdb.sql import read_query

from .errors import InputError
from .ingest.names import refresh_names
from .ingest.scan import escape_path
from .lock import hold_writer_lock
from .store import Store

__all__ = ["forget", "remove_items_without_path"]

COLUMNS = pa.schema(
    [("kind", pa.string()), ("path", pa.string()), ("id", pa.string()), ("item_removed", pa.bool_())]
)


def forget(store: Store, targets: Sequence[str], *, missing: bool = False) -> pa.Table:
    """Remove paths from the database; an item left without any path goes with its matches.

    The files themselves are not touched. Rows of removed items in the Parquet parts stay until parts are
    merged; no view shows them.

    Parameters
    ----------
    store : Store
    targets : sequence of str
        Files, folders (with all below), archives (with all members) or members such as ``a.zip!/x.mid``.
    missing : bool
        Remove all paths that were gone when their folder was last ingested.

    Returns
    -------
    pyarrow.Table
        kind, path, id (null for a file that had failed), item_removed.

    Raises
    ------
    InputError
        If there is neither a target nor `missing`, or nothing is known under a target.
    DatabaseBusyError
        If another process writes.
    """
    if not targets and not missing:
        raise InputError("there is nothing to forget; name a path, or give --missing.")
    # "/" becomes "": the queries add the slash.
    names = [escape_path(os.path.abspath(os.path.expanduser(target))).rstrip("/") for target in targets]
    with hold_writer_lock(store.folder), store.writing() as con:
        unknown = con.execute(read_query("forget/find_unknown_targets"), {"targets": names}).fetchall()
        if unknown:
            raise InputError(
                f"nothing is known under {unknown[0][0]}; `lmdb sql` over the view paths lists all."
            )
        parameters = {"targets": names, "missing": missing}
        paths = con.execute(read_query("forget/list_paths"), parameters).fetchall()
        failed = con.execute(read_query("forget/delete_failed_files"), {"targets": names}).fetchall()
        con.execute(read_query("forget/delete_paths"), {"path_seqs": [path_seq for path_seq, *_ in paths]})
        removed = remove_items_without_path(con)
    rows = [(kind, path, item_id, (kind, item_id) in removed) for _, kind, path, item_id in paths]
    rows += [(kind, path, None, False) for kind, path in sorted(failed)]
    return pa.Table.from_pylist([dict(zip(COLUMNS.names, row, strict=True)) for row in rows], COLUMNS)


def remove_items_without_path(con: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    """Remove such items and what was found out about them or said by lost paths; return kinds and ids."""
    removed = set()
    for kind in ("midi", "audio"):
        rows = con.execute(read_query(f"forget/delete_{kind}_items")).fetchall()
        removed |= {(kind, item_id) for (item_id,) in rows}
    if removed:
        con.execute(read_query("forget/delete_orphans"))
    con.execute(read_query("names/delete_lost_names"))
    refresh_names(con)
    return removed
