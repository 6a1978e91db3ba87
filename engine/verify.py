"""Checking catalog, parts and index against each other, and sweeping up after interrupted runs."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from lakhdb.schema import PART_SCHEMAS, read_views
from lakhdb.sql import read_query

from .embed import list_lacks
from .features import FEATURE_VERSION
from .forget import remove_items_without_path
from .index_files import check_index, index_files
from .ingest.names import refresh_names
from .lock import hold_writer_lock
from .merge import count_dead_rows, count_small_parts, merge_parts
from .models import Side, choose_model
from .note_lacks import list_note_lacks
from .parts import (
    FEATURES,
    NamedPart,
    find_trouble,
    list_named_parts,
    make_part_views,
    write_empty_parts,
)
from .progress import Progress
from .spaces.check import check_spaces
from .store import Store
from .window_sources import INDEX_NAMES, IndexName, find_version

__all__ = ["verify"]

SIDES: tuple[Side, ...] = ("midi", "audio")

# Examples named in a row's detail; the rest is counted.
N_NAMED = 3


@dataclass(frozen=True)
class _Finding:
    """Outcome of one check: a row of the answer."""

    check: str
    ok: bool
    detail: str


def verify(store: Store, *, repair: bool = False, progress: Progress | None = None) -> pa.Table:
    """Check that catalog and parts are whole, and that every item's features, names and index are right.

    Parameters
    ----------
    store : Store
    repair : bool
        Remove files that no row names, unname parts that are missing or damaged, forget the items whose
        rows went with them (the next ingest reads their files anew), set names right, merge small parts, free
        rows that nothing reads any more, and remove a damaged index (it is built again when needed).
    progress : callable, optional
        Told of the stages ``"parts"`` and ``"merge"``, in files.

    Returns
    -------
    pyarrow.Table
        check, ok, detail. A check whose trouble has been repaired is ok, and its detail says what was done.

    Raises
    ------
    DatabaseBusyError
        With `repair`, if another process writes.
    """
    with hold_writer_lock(store.folder) if repair else nullcontext():
        findings = [_check_catalog(store)]
        if findings[0].ok:
            findings += _check_files(store, repair, progress)
        if all(finding.ok for finding in findings):
            findings += [_check_features(store, side, repair) for side in SIDES]
            findings += [_check_paths(store, repair), _check_names(store, repair)]
            findings.append(_check_space(store, repair, progress))
            findings += [_check_index(store, name, repair) for name in INDEX_NAMES]
        if findings[0].ok:
            findings.append(_Finding("vector spaces", *check_spaces(store, repair=repair)))
    return pa.table(
        {
            "check": [finding.check for finding in findings],
            "ok": [finding.ok for finding in findings],
            "detail": [finding.detail for finding in findings],
        }
    )


def _check_catalog(store: Store) -> _Finding:
    con = store.connect(read_only=True)
    try:
        con.execute(read_query("verify/read_catalog")).fetchall()
    except duckdb.Error as error:
        first_line = str(error).splitlines()[0]
        remedy = "restore it from a backup, or move the folder away and ingest again"
        return _Finding("catalog", False, f"damaged ({first_line}); {remedy}")
    finally:
        con.close()
    return _Finding("catalog", True, "can be read throughout")


def _check_files(store: Store, repair: bool, progress: Progress | None) -> list[_Finding]:
    # Files are listed before the rows: what a running ingest has named meanwhile does not look unnamed.
    present = _list_files(store.folder)
    rows = _read_parts(store)
    return [
        _check_empty_parts(store.folder, repair),
        _check_parts(store, rows, repair, progress),
        _check_unnamed(store.folder, present, {row.file for row in rows}, repair),
    ]


def _list_files(folder: Path) -> list[str]:
    """List the files of parts, finished or not, but the empty ones, relative to the database's folder."""
    files = sorted((folder / FEATURES).rglob("*"))
    return [
        str(file.relative_to(folder)) for file in files if file.is_file() and file.name != "empty.parquet"
    ]


def _read_parts(store: Store) -> list[NamedPart]:
    # Without the views over parts: they cannot be made while a part is missing.
    con = store.connect(read_only=True)
    try:
        return list_named_parts(con)
    finally:
        con.close()


def _check_parts(
    store: Store, rows: Sequence[NamedPart], repair: bool, progress: Progress | None
) -> _Finding:
    troubles: dict[NamedPart, str] = {}
    for done, part in enumerate(rows, 1):
        if trouble := find_trouble(store.folder, part):
            troubles[part] = f"{part.file} {trouble}"
        if progress is not None:
            progress("parts", done, len(rows))
    if troubles:
        # An ingest may have merged some of them meanwhile.
        named = {part.file for part in _read_parts(store)}
        troubles = {part: trouble for part, trouble in troubles.items() if part.file in named}
    if not troubles:
        return _Finding("parts", True, f"{len(rows)} parts are whole")
    if not repair:
        return _Finding(
            "parts", False, f"{_name_some([*troubles.values()])}; `lmdb verify --repair` drops them"
        )
    n_lost = _drop_parts(store, list(troubles))
    lost = f"; {n_lost} items forgotten, `lmdb ingest` reads their files anew" if n_lost else ""
    return _Finding("parts", True, f"dropped: {_name_some([*troubles.values()])}{lost}")


def _drop_parts(store: Store, bad: Sequence[NamedPart]) -> int:
    """Unname parts and forget the items whose rows they held, in one transaction; return how many."""
    # Not Store.writing: its views cannot be made before these parts are unnamed.
    con = store.connect(read_only=False)
    try:
        con.begin()
        con.execute(read_query("verify/delete_parts"), {"part_ids": [part.part_id for part in bad]})
        make_part_views(con, store.folder)
        con.execute(read_views())
        n_lost = 0
        for side in SIDES:
            lost = {seq for seq, is_lost in _list_incomplete(con, side) if is_lost}
            if side == "midi" and any(part.kind == "events" for part in bad):
                # Some of these never had any; nothing else tells them from those that have lost theirs.
                lost |= {
                    seq for (seq,) in con.execute(read_query("verify/list_items_without_events")).fetchall()
                }
            con.execute(read_query("verify/delete_item_paths"), {"side": side, "seqs": sorted(lost)})
            n_lost += len(lost)
        remove_items_without_path(con)
        con.commit()
    finally:
        con.close()  # rolls back what is not committed
    for part in bad:
        (store.folder / part.file).unlink(missing_ok=True)
    return n_lost


def _check_empty_parts(folder: Path, repair: bool) -> _Finding:
    lost = [kind for kind in PART_SCHEMAS if not (folder / FEATURES / kind / "empty.parquet").is_file()]
    if not lost:
        return _Finding("empty parts", True, f"one of each of {len(PART_SCHEMAS)} kinds")
    if not repair:
        return _Finding(
            "empty parts", False, f"missing for {_name_some(lost)}; `lmdb verify --repair` writes them"
        )
    write_empty_parts(folder)
    return _Finding("empty parts", True, f"written: {_name_some(lost)}")


def _check_unnamed(folder: Path, present: Sequence[str], named: set[str], repair: bool) -> _Finding:
    unnamed = [file for file in present if file not in named]
    if not unnamed:
        return _Finding("unnamed files", True, "none")
    if not repair:
        # Harmless: no view reads them, and a run that is going on may be about to name them.
        detail = f"{len(unnamed)} of an interrupted or running command; `lmdb verify --repair` removes them"
        return _Finding("unnamed files", True, detail)
    for file in unnamed:
        (folder / file).unlink(missing_ok=True)
    return _Finding("unnamed files", True, f"removed {len(unnamed)}")


def _check_features(store: Store, side: Side, repair: bool) -> _Finding:
    check = f"features of {side}"
    version = choose_model().version
    with store.reading() as con:
        rows, lacks = _list_incomplete(con, side), list_lacks(con, version, side)
        note_lacks = list_note_lacks(con) if side == "midi" else []
    lost = [seq for seq, is_lost in rows if is_lost]
    if lost and repair:
        with store.writing() as con:
            con.execute(read_query("verify/delete_item_paths"), {"side": side, "seqs": lost})
            remove_items_without_path(con)
        return _Finding(
            check, True, f"{len(lost)} items forgotten; `lmdb ingest {side}` reads their files anew"
        )
    if lost:
        detail = (
            f"{len(lost)} items have lost theirs; `lmdb verify --repair` forgets them, ingest reads them anew"
        )
        return _Finding(check, False, detail)
    if rows:
        return _Finding(check, False, f"{len(rows)} items have only those of another version")
    if lacks:
        detail = f"{len(lacks)} items have no vectors by the model {version} yet; `lmdb embed` makes them"
        return _Finding(check, True, detail)
    if note_lacks:
        detail = f"{len(note_lacks)} items cannot be compared with each other yet; `lmdb embed` sees to it"
        return _Finding(check, True, detail)
    return _Finding(check, True, "every item has its own")


def _list_incomplete(con: duckdb.DuckDBPyConnection, side: Side) -> list[tuple[int, bool]]:
    """List the items that lack features of this version, and whether some lack them altogether."""
    return con.execute(
        read_query("verify/list_items_without_features"),
        {"side": side, "feature_version": FEATURE_VERSION},
    ).fetchall()


def _check_paths(store: Store, repair: bool) -> _Finding:
    with store.reading() as con:
        row = con.execute(read_query("verify/count_loose_ends")).fetchone()
    n_paths, n_items = row or (0, 0)
    if n_items and repair:
        with store.writing() as con:
            n_items = len(remove_items_without_path(con))
        return _Finding("paths", not n_paths, f"removed {n_items} items that no path leads to")
    if n_paths:
        return _Finding("paths", False, f"{n_paths} lead to no item; `lmdb forget` removes them")
    if n_items:
        return _Finding("paths", True, f"none leads to {n_items} items, whose files have other content now")
    return _Finding("paths", True, "every path leads to an item")


def _check_names(store: Store, repair: bool) -> _Finding:
    with store.reading() as con:
        (counts,) = con.execute(read_query("verify/count_name_troubles")).fetchall()
    n_lost, n_stale, n_waiting, n_songless = counts
    if not any(counts):
        return _Finding("names", True, "every item is called as its names say")
    detail = f"{n_lost} of what is not there, {n_stale} items called otherwise, {n_waiting} not yet called so"
    if n_songless:
        detail += f", {n_songless} titles without a song yet"
    if repair:
        with store.writing() as con:
            con.execute(read_query("names/delete_lost_names"))
            refresh_names(con)
        return _Finding("names", True, f"set right: {detail}")
    if n_lost or n_stale:
        return _Finding("names", False, f"{detail}; `lmdb verify --repair` sets them right")
    # An ingest sets what items are called at its end, also one that takes up where another was cut off.
    return _Finding(
        "names", True, f"{detail}: an ingest runs, or was cut off; the next match or ingest goes on"
    )


def _check_space(store: Store, repair: bool, progress: Progress | None) -> _Finding:
    if repair:
        done = merge_parts(store, many=2, sweep=True, progress=progress)
        if done.n_before:
            detail = f"{done.n_before} parts became {done.n_after}, {done.n_freed} rows freed"
            return _Finding("space", True, detail)
    elif (n_small := count_small_parts(store)) + (n_dead := count_dead_rows(store)):
        trouble = f"{n_small} small parts, {n_dead} rows that nothing reads"
        return _Finding("space", True, f"{trouble}; `lmdb verify --repair` merges and frees")
    return _Finding("space", True, "nothing to merge or to free")


def _check_index(store: Store, name: IndexName, repair: bool) -> _Finding:
    check = f"index of {name}"
    files = [file for file in index_files(store) if file.name.startswith(f"{name}-")]
    retired = [file for file in files if file.stem != f"{name}-{find_version(name).version}"]
    trouble = check_index(store, name)
    if trouble is None and not retired:
        return _Finding(check, True, "sound, or not needed yet")
    if not repair:
        detail = f"{trouble}; it will be built again when needed" if trouble else "also one of another model"
        return _Finding(check, True, detail)
    for file in files if trouble else retired:
        file.unlink()
    if trouble is None:
        return _Finding(check, True, "removed one of another model")
    return _Finding(check, True, f"removed, to be built again when needed ({trouble})")


def _name_some(names: Sequence[str]) -> str:
    more = f" and {len(names) - N_NAMED} more" if len(names) > N_NAMED else ""
    return ", ".join(names[:N_NAMED]) + more
