"""What is right: which composition each file is of, as a table says."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from lakhdb.sql import read_query

from ..errors import InputError
from ..features import FEATURE_VERSION
from ..models import Side
from .tables import read_rows

__all__ = ["KnownItem", "TruthRow", "find_items", "read_truth"]

COLUMNS = ("file", "composition")
# Names the part of a table that a file comes from, for figures of its own.
COLLECTION = "collection"


@dataclass(frozen=True)
class TruthRow:
    """A row of the table: `place` is where it stands."""

    file: str
    composition: str
    collection: str
    place: str


@dataclass(frozen=True)
class KnownItem:
    """An item of the database whose composition is known.

    Attributes
    ----------
    seq : int
    item_id : str
    duration_s : float
    composition, collection : str
        The first may be empty for a recording: it is right for nothing.
    """

    seq: int
    item_id: str
    duration_s: float
    composition: str
    collection: str


def read_truth(files: Iterable[Path]) -> list[TruthRow]:
    """Read one table or several.

    Parameters
    ----------
    files : iterable of Path
        CSV with a header: ``file`` (path, end of a path, base name, or id of an item), ``composition`` (any
        name), perhaps ``collection``; other columns are left alone.

    Raises
    ------
    InputError
        If one cannot be read, lacks a column or has no rows.
    """
    rows: list[TruthRow] = []
    for file in files:
        table = read_rows(file, COLUMNS, "a truth table", "files and their compositions")
        rows += [_make_row(row, place) for place, row in table]
    return rows


def _make_row(row: dict[str, str | None], place: str) -> TruthRow:
    file, composition = ((row[name] or "").strip() for name in COLUMNS)
    if not file:
        raise InputError(f"{place}: the column `file` is empty.")
    return TruthRow(file, composition, (row.get(COLLECTION) or "").strip(), place)


def find_items(
    con: duckdb.DuckDBPyConnection, side: Side, corpus: str | None, truth: Sequence[TruthRow]
) -> list[KnownItem]:
    """Find the items of one side that a truth table names, by number.

    Parameters
    ----------
    con : DuckDBPyConnection
    side : {"midi", "audio"}
    corpus : str or None
        Only items with a file in it.
    truth : sequence of TruthRow
        Rows that name no such item are passed over: they may be of the other side, or of another corpus.

    Raises
    ------
    InputError
        If a row fits several items, or an item has two compositions.
    """
    parameters = {"side": side, "corpus": corpus, "feature_version": FEATURE_VERSION}
    rows = con.execute(read_query("evaluate/list_files"), parameters).fetchall()
    by_name: dict[str, list[tuple[str, int]]] = defaultdict(list)
    items = {seq: (item_id, duration_s) for seq, item_id, _, duration_s in rows}
    for seq, item_id, path, _ in rows:
        by_name[path.rpartition("/")[2]].append((path, seq))
        by_name[item_id].append((item_id, seq))
    found: dict[int, TruthRow] = {}
    for row in truth:
        seq = _find_item(row, by_name, side)
        if seq is not None and found.setdefault(seq, row).composition != row.composition:
            raise InputError(
                f"{row.place}: {row.file} is `{row.composition}`, but the same file is "
                f"`{found[seq].composition}` at {found[seq].place}."
            )
    return [
        KnownItem(seq, *items[seq], found[seq].composition, found[seq].collection) for seq in sorted(found)
    ]


def _find_item(row: TruthRow, by_name: dict[str, list[tuple[str, int]]], side: Side) -> int | None:
    """Find the item that a row names; None if there is none."""
    near = by_name.get(row.file.rpartition("/")[2], ())
    seqs = {seq for path, seq in near if path == row.file or path.endswith(f"/{row.file}")}
    if len(seqs) > 1:
        raise InputError(
            f"{row.place}: {row.file} fits {len(seqs)} {side} files; give more of its path, or its id."
        )
    return seqs.pop() if seqs else None
