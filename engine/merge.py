"""Rewriting parts: many small ones become few, and rows that nothing reads any more go."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from lakhdb.schema import PART_SCHEMAS
from lakhdb.sql import read_query

from .errors import DatabaseError
from .features import FEATURE_VERSION
from .models import Side, choose_model
from .parts import (
    NamedPart,
    count_group_rows,
    find_trouble,
    list_named_parts,
    register_parts,
    write_part,
)
from .progress import Progress
from .store import Store

__all__ = [
    "MANY_PARTS",
    "Rewritten",
    "count_dead_rows",
    "count_small_parts",
    "merge_if_possible",
    "merge_parts",
]

# Parts below this are worth merging, until they have become this large.
SMALL_BYTES = 16 << 20
ENOUGH_BYTES = 64 << 20

# So many small parts of a kind make an ingest merge them: every connection makes views over all of them, and
# every question opens them.
MANY_PARTS = 32

# Rows read at once of the kinds whose rows are large.
ROWS_AT_ONCE = {"constant_q": 8, "hash_sequences": 64, "note_slices": 64}

SIDES: tuple[Side, ...] = ("midi", "audio")

Seqs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rewritten:
    """What a merge did.

    Attributes
    ----------
    n_before, n_after : int
        Parts that were rewritten, and what they became.
    n_freed : int
        Rows that nothing reads any more.
    """

    n_before: int
    n_after: int
    n_freed: int


@dataclass(frozen=True)
class _Live:
    """What tells rows worth their space: those of items that are there, by the version in use.

    An item's rows of another version stay as long as it has none of the version in use.
    """

    items: dict[str, Seqs]  # by side
    versions: dict[str, str]  # in use, by kind
    current: dict[str, dict[str, Seqs]]  # items that have rows of the version in use, by kind and side

    def find(self, kind: str, rows: pa.Table) -> npt.NDArray[np.bool_]:
        """Tell for each row whether it is worth its space, by the columns of `_list_keys`."""
        if kind not in self.versions:
            return np.isin(rows["midi_seq"].to_numpy(), self.items["midi"])
        seqs, sides = rows["item_seq"].to_numpy(), _to_array(rows["side"])
        is_old = _to_array(rows["version"]) != self.versions[kind]
        keep = np.zeros(len(rows), bool)
        for side, items in self.items.items():
            is_followed = is_old & np.isin(seqs, self.current[kind][side]) if is_old.any() else is_old
            keep |= (sides == side) & np.isin(seqs, items) & ~is_followed
        return keep


def merge_parts(
    store: Store, *, many: int, sweep: bool = False, progress: Progress | None = None
) -> Rewritten:
    """Merge small parts of each kind where there are many; rows that nothing reads any more are left out.

    Merged parts are named in the transaction that unnames those they replace, whose files go after it: no
    reader can have them in its views then, for DuckDB lets nobody read while a catalog is written, and who
    comes later gets views over the new ones.

    The caller holds the writer's lock. A part that differs from its checksum stays as it is, with those it
    was to be merged with: rewritten, its damage would get a checksum of its own, and nothing would find it.

    Parameters
    ----------
    store : Store
    many : int
        So many small parts of a kind are merged.
    sweep : bool
        Also rewrite the parts that have rows which nothing reads any more.
    progress : callable, optional
        Told of the stage ``"merge"``, in parts.
    """
    with store.reading() as con:
        parts = list_named_parts(con)
        if not sweep and not any(len(small) >= many for small in _list_small(parts).values()):
            return Rewritten(0, 0, 0)
        live = _read_live(con)
        groups = _plan(store.folder, parts, live, many, sweep)
    total = sum(map(len, groups))
    done = n_before = n_after = n_freed = 0
    for group in groups:
        if not any(find_trouble(store.folder, part) for part in group):
            n_rows = _rewrite(store, group, live)
            n_before += len(group)
            n_after += n_rows > 0
            n_freed += sum(part.n_rows for part in group) - n_rows
        done += len(group)
        if progress is not None:
            progress("merge", done, total)
    return Rewritten(n_before, n_after, n_freed)


def merge_if_possible(store: Store, *, progress: Progress | None = None) -> None:
    """Merge as `merge_parts` does, where there are many small parts and nothing stands against it.

    A full disk or a damaged part shall not end what comes before as if that had failed: nothing is lost, the
    next ingest or ``lmdb verify --repair`` merges, and `verify` tells of the damage. The caller holds the
    writer's lock.
    """
    with suppress(DatabaseError):
        merge_parts(store, many=MANY_PARTS, progress=progress)


def count_small_parts(store: Store) -> int:
    """Count the parts that a merge would make fewer."""
    with store.reading() as con:
        small = _list_small(list_named_parts(con))
    return sum(len(parts) for parts in small.values() if len(parts) > 1)


def count_dead_rows(store: Store) -> int:
    """Count the rows that nothing reads any more: of items that are gone, and of versions out of use."""
    # Connected throughout: no merge of another process can take the files away meanwhile.
    with store.reading() as con:
        live = _read_live(con)
        return sum(_count_dead(store.folder, part, live) for part in list_named_parts(con))


def _plan(
    folder: Path, parts: Sequence[NamedPart], live: _Live, many: int, sweep: bool
) -> list[list[NamedPart]]:
    """Choose the parts to rewrite, in groups that become one part each."""
    dead = {part.part_id for part in parts if sweep and _count_dead(folder, part, live)}
    groups: list[list[NamedPart]] = []
    for kind, small in _list_small(parts).items():
        chosen = dead | {part.part_id for part in small if len(small) >= many}
        groups += [
            group
            for group in _cut([part for part in parts if part.kind == kind and part.part_id in chosen])
            if len(group) > 1 or group[0].part_id in dead
        ]
    return groups


def _list_small(parts: Iterable[NamedPart]) -> dict[str, list[NamedPart]]:
    """List the small parts by kind."""
    small: dict[str, list[NamedPart]] = {kind: [] for kind in PART_SCHEMAS}
    for part in parts:
        if part.n_bytes < SMALL_BYTES:
            small[part.kind].append(part)
    return small


def _cut(parts: Sequence[NamedPart]) -> Iterator[list[NamedPart]]:
    """Cut parts into groups that together are large enough."""
    group: list[NamedPart] = []
    for part in parts:
        group.append(part)
        if sum(member.n_bytes for member in group) >= ENOUGH_BYTES:
            yield group
            group = []
    if group:
        yield group


def _read_live(con: duckdb.DuckDBPyConnection) -> _Live:
    model = choose_model().version
    versions = {"constant_q": FEATURE_VERSION, "hash_sequences": model, "embeddings": model}
    parameters = {f"{kind}_version": name for kind, name in versions.items()}
    items = con.execute(read_query("verify/list_seqs")).fetchnumpy()
    current = con.execute(read_query("verify/list_current"), parameters).fetchnumpy()
    return _Live(
        {side: _pick_seqs(items, side=side) for side in SIDES},
        versions,
        {kind: {side: _pick_seqs(current, kind=kind, side=side) for side in SIDES} for kind in versions},
    )


def _pick_seqs(rows: Mapping[str, Any], **wanted: str) -> Seqs:
    """Pick the item numbers of the rows whose columns have the wanted values."""
    mask = np.ones(len(rows["item_seq"]), bool)
    for name, value in wanted.items():
        mask &= np.asarray(rows[name], object) == value
    return np.asarray(rows["item_seq"], np.int64)[mask]


def _count_dead(folder: Path, part: NamedPart, live: _Live) -> int:
    keys = pq.read_table(folder / part.file, columns=_list_keys(part.kind), partitioning=None)
    return int(np.count_nonzero(~live.find(part.kind, keys)))


def _list_keys(kind: str) -> list[str]:
    """List the columns that tell whether a row is worth its space."""
    return [name for name in ("midi_seq", "side", "item_seq", "version") if name in PART_SCHEMAS[kind].names]


def _to_array(column: pa.ChunkedArray) -> npt.NDArray[np.object_]:
    return np.asarray(column.to_numpy(zero_copy_only=False))


def _rewrite(store: Store, group: Sequence[NamedPart], live: _Live) -> int:
    """Put one part, or none if no row is left, in the place of several; return its rows."""
    kind = group[0].kind
    new = write_part(store.folder, kind, _gather(kind, _read_rows(store.folder, group, live)))
    with store.writing() as con:
        con.execute(read_query("verify/delete_parts"), {"part_ids": [part.part_id for part in group]})
        register_parts(con, [new] if new.n_rows else [])
    unnamed = [part.file for part in group] + ([] if new.n_rows else [new.file])
    for file in unnamed:
        (store.folder / file).unlink(missing_ok=True)
    return new.n_rows


def _read_rows(folder: Path, group: Sequence[NamedPart], live: _Live) -> Iterator[pa.Table]:
    for part in group:
        with pq.ParquetFile(folder / part.file) as file:
            for batch in file.iter_batches(ROWS_AT_ONCE.get(part.kind, count_group_rows(part.kind))):
                rows = pa.Table.from_batches([batch])
                yield rows.filter(pa.array(live.find(part.kind, rows)))


def _gather(kind: str, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Put tables together until they fill row groups."""
    waiting: list[pa.Table] = []
    for rows in tables:
        waiting.append(rows)
        if sum(table.num_rows for table in waiting) >= count_group_rows(kind):
            yield pa.concat_tables(waiting)
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting)
