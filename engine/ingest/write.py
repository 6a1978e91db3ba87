"""What the catalog knows of files, and how a batch of them is written: parts first, then one transaction."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from lakhdb.sql import read_query

from ..embed import write_descriptions
from ..models import Side, choose_model
from ..numbers import allot
from ..parts import register_parts, write_part
from ..store import Store
from .items import Failure, Item, build_part_rows
from .names import NAME_COLUMNS, insert_names
from .scan import ARCHIVE_MARK, Source

__all__ = ["Known", "Outcome", "read_known", "write_batch", "write_missing"]

# What stands between a folder or an archive and what is in it.
CONTAINS = (os.sep, ARCHIVE_MARK)


@dataclass(frozen=True)
class Outcome:
    """What became of a file: a new item, a content known already (neither), or a failure."""

    source: Source
    item_id: str | None
    item: Item | None
    failure: Failure | None


@dataclass(frozen=True)
class _KnownPath:
    path_seq: int
    size: int
    mtime_ns: int
    is_missing: bool


@dataclass
class Known:
    """What the catalog knows, kept up to date while batches are written.

    Attributes
    ----------
    paths : dict
        By text of the path.
    failed : dict
        Size and time of change of files that could not be used, by text of the path.
    ids : dict
        Item numbers by content.
    failed_ids : dict
        Contents that failed in this ingest.
    names : dict
        What the paths of this ingest say, by text of the path.
    """

    paths: dict[str, _KnownPath]
    failed: dict[str, tuple[int, int]]
    ids: dict[str, int]
    failed_ids: dict[str, Failure] = field(default_factory=dict)
    names: dict[str, dict[str, str | None] | None] = field(default_factory=dict)

    def is_unchanged(self, source: Source) -> bool:
        """Tell whether the path is known with this size and time of change."""
        known = self.paths.get(source.text)
        return (
            known is not None
            and not known.is_missing
            and (known.size, known.mtime_ns) == (source.size, source.mtime_ns)
        )

    def has_failed(self, source: Source) -> bool:
        """Tell whether this very file has failed before."""
        return self.failed.get(source.text) == (source.size, source.mtime_ns)


def read_known(store: Store, side: str) -> Known:
    """Read what the catalog knows of one side's files."""
    with store.reading() as con:
        parameters = {"kind": side}
        paths = con.execute(read_query("paths/list_known_paths"), parameters).fetchall()
        failed = con.execute(read_query("failures/list_failed_files"), parameters).fetchall()
        ids = con.execute(read_query(f"items/list_{side}_ids")).fetchall()
    return Known(
        {path: _KnownPath(*rest) for path, *rest in paths},
        {path: (size, mtime_ns) for path, size, mtime_ns in failed},
        dict(ids),
    )


def write_batch(store: Store, side: Side, batch: Sequence[Outcome], known: Known) -> tuple[int, int]:
    """Write a batch of files, and what the model in use says of the items, in one transaction.

    Returns
    -------
    n_new, n_failed : int
        Items that were added, files that failed.
    """
    items = [outcome for outcome in batch if outcome.item is not None]
    # Nobody can read while the transaction is open.
    model = choose_model()
    descriptions = model.describe([one.item.features.frames for one in items if one.item is not None], side)
    with store.writing() as con:
        first_seq = allot(con, f"{side}_seq", len(items))
        numbered = [
            (first_seq + n, outcome.item) for n, outcome in enumerate(items) if outcome.item is not None
        ]
        ids = {outcome.item_id: first_seq + n for n, outcome in enumerate(items) if outcome.item_id}
        for outcome in batch:
            if outcome.failure and outcome.item_id:
                known.failed_ids[outcome.item_id] = outcome.failure
        if items:
            rows = build_part_rows(side, numbered)
            register_parts(con, [write_part(store.folder, kind, table) for kind, table in rows.items()])
            described = [(seq, one) for (seq, _), one in zip(numbered, descriptions, strict=True)]
            write_descriptions(con, store.folder, side, model.version, hashed=described, windowed=described)
            _insert_items(con, side, numbered, [outcome.item_id for outcome in items])
            _insert_own_names(con, side, numbered)
        _write_paths(con, side, batch, known, {**known.ids, **ids})
        n_failed = _write_failures(con, side, batch, known)
    known.ids.update(ids)
    return len(items), n_failed


def write_missing(
    store: Store, side: str, known: Known, roots: Sequence[str], sources: Sequence[Source]
) -> int:
    """Mark the known paths below `roots` that were not found again; return how many there are.

    What lies in a folder or archive that cannot be read just now has not vanished.
    """
    found = {source.text for source in sources}
    below = tuple(root.rstrip(os.sep) + mark for root in roots for mark in CONTAINS)
    unread = tuple(source.text + mark for source in sources if source.trouble for mark in CONTAINS)
    lost = [
        path.path_seq
        for text, path in known.paths.items()
        if not path.is_missing
        and text not in found
        and not text.startswith(unread)
        and (text in roots or text.startswith(below))
    ]
    if lost:
        with store.writing() as con:
            con.execute(read_query("paths/mark_missing"), {"path_seqs": lost})
    return len(lost)


def _insert_items(
    con: duckdb.DuckDBPyConnection, side: str, numbered: Sequence[tuple[int, Item]], ids: Sequence[str | None]
) -> None:
    rows = [
        {f"{side}_seq": seq, f"{side}_id": item_id, **item.columns}
        for (seq, item), item_id in zip(numbered, ids, strict=True)
    ]
    _insert(con, f"items/insert_{side}_items", "new_items", rows)


def _write_paths(
    con: duckdb.DuckDBPyConnection, side: str, batch: Sequence[Outcome], known: Known, ids: dict[str, int]
) -> None:
    usable = [o for o in batch if o.failure is None and o.item_id in ids]
    fresh = [o for o in usable if o.source.text not in known.paths]
    first_seq = allot(con, "path_seq", len(fresh))
    seqs = {o.source.text: first_seq + n for n, o in enumerate(fresh)}
    seqs |= {
        o.source.text: known.paths[o.source.text].path_seq for o in usable if o.source.text in known.paths
    }
    rows = [
        {
            "path_seq": seqs[o.source.text],
            "kind": side,
            "path": o.source.text,
            "path_bytes": os.fsencode(o.source.path),
            "corpus": o.source.corpus,
            "item_seq": ids[o.item_id or ""],
            "size": o.source.size,
            "mtime_ns": o.source.mtime_ns,
        }
        for o in usable
    ]
    if rows:
        _insert(con, "paths/upsert_paths", "new_paths", rows)
        _rename_paths(con, side, rows, known)
        con.execute(
            read_query("failures/delete_failed_files"), {"kind": side, "paths": [row["path"] for row in rows]}
        )


def _insert_own_names(
    con: duckdb.DuckDBPyConnection, side: str, numbered: Sequence[tuple[int, Item]]
) -> None:
    """Add what files say of themselves."""
    source = "tags" if side == "audio" else "texts"
    names = [
        {"side": side, "source": source, "item_seq": seq, **item.name} for seq, item in numbered if item.name
    ]
    insert_names(con, pa.Table.from_pylist(names, NAME_COLUMNS))


def _rename_paths(
    con: duckdb.DuckDBPyConnection, side: str, rows: Sequence[dict[str, Any]], known: Known
) -> None:
    """Let paths say what the items are that they lead to now."""
    con.execute(read_query("names/delete_path_names"), {"side": side, "paths": [row["path"] for row in rows]})
    names = [
        {"side": side, "source": "path", "item_seq": row["item_seq"], "path": row["path"], **name}
        for row in rows
        if (name := known.names.get(row["path"]))
    ]
    insert_names(con, pa.Table.from_pylist(names, NAME_COLUMNS))


def _write_failures(con: duckdb.DuckDBPyConnection, side: str, batch: Sequence[Outcome], known: Known) -> int:
    rows = []
    for outcome in batch:
        failure = outcome.failure or (
            known.failed_ids.get(outcome.item_id or "") if outcome.item is None else None
        )
        if failure is None:
            continue
        rows.append(
            {
                "kind": side,
                "path": outcome.source.text,
                "corpus": outcome.source.corpus,
                "stage": failure.stage,
                "reason": failure.reason,
                "size": outcome.source.size,
                "mtime_ns": outcome.source.mtime_ns,
            }
        )
    if rows:
        paths = [row["path"] for row in rows]
        con.execute(read_query("failures/delete_failed_files"), {"kind": side, "paths": paths})
        _insert(con, "failures/insert_failed_files", "new_failures", rows)
        # What the path held before is there no longer.
        gone = [known.paths[path].path_seq for path in paths if path in known.paths]
        if gone:
            con.execute(read_query("paths/mark_missing"), {"path_seqs": gone})
    return len(rows)


def _insert(con: duckdb.DuckDBPyConnection, query: str, name: str, rows: list[dict[str, Any]]) -> None:
    con.register(name, pa.Table.from_pylist(rows))
    con.execute(read_query(query))
    con.unregister(name)
