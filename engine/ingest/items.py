"""What a worker makes of one file, and the rows that the files of a batch become."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lakhdb.schema import PART_SCHEMAS

from ..features import FEATURE_VERSION, Features
from ..models import default_embedder, default_hasher

__all__ = ["Failure", "Item", "build_part_rows"]


@dataclass(frozen=True)
class Failure:
    """Why a file could not be used.

    Attributes
    ----------
    stage : str
        read (bytes), parse (format) or features.
    reason : str
    """

    stage: str
    reason: str


@dataclass(frozen=True)
class Item:
    """A file that was read.

    Attributes
    ----------
    columns : dict
        Values for the table of items, by column, without number and id.
    features : Features
    name : dict or None
        artist, title and album as the file itself says, in its tags or texts.
    tables : dict of pyarrow.Table
        Rows of further parts by kind (notes, events), without the column `midi_seq`.
    """

    columns: dict[str, Any]
    features: Features
    name: dict[str, str | None] | None = None
    tables: dict[str, pa.Table] = field(default_factory=dict)


def build_part_rows(
    side: str, items: Sequence[tuple[int, Item]], first_window_id: int
) -> dict[str, pa.Table]:
    """Build the rows of the parts for numbered items, by kind of part; kinds without rows are left out."""
    tables = {
        "constant_q": _build_constant_q(side, items),
        "hash_sequences": _build_hash_sequences(side, items),
        "embeddings": _build_embeddings(side, items, first_window_id),
    }
    if side == "midi":
        tables |= {kind: _build_numbered(kind, items) for kind in ("notes", "events")}
    return {kind: table for kind, table in tables.items() if table.num_rows}


def _build_constant_q(side: str, items: Sequence[tuple[int, Item]]) -> pa.Table:
    return _build_table(
        "constant_q",
        side=[side] * len(items),
        item_seq=[seq for seq, _ in items],
        version=[FEATURE_VERSION] * len(items),
        n_frames=[len(item.features.frames) for _, item in items],
        reference_db=[item.features.reference_db for _, item in items],
        frames=[item.features.frames.tobytes() for _, item in items],
    )


def _build_hash_sequences(side: str, items: Sequence[tuple[int, Item]]) -> pa.Table:
    return _build_table(
        "hash_sequences",
        side=[side] * len(items),
        item_seq=[seq for seq, _ in items],
        version=[default_hasher().version] * len(items),
        hashes=_build_lists([item.features.hashes for _, item in items], np.uint32),
    )


def _build_embeddings(side: str, items: Sequence[tuple[int, Item]], first_window_id: int) -> pa.Table:
    seqs = np.repeat(
        np.array([seq for seq, _ in items], np.int64), [len(item.features.window_starts) for _, item in items]
    )
    starts = _concatenate([item.features.window_starts for _, item in items], np.int32)
    vectors = [vector for _, item in items for vector in item.features.window_vectors]
    return _build_table(
        "embeddings",
        window_id=first_window_id + np.arange(len(seqs), dtype=np.int64),
        side=[side] * len(seqs),
        item_seq=seqs,
        version=[default_embedder().version] * len(seqs),
        start_frame=starts,
        vector=_build_lists(vectors, np.float32),
    )


def _build_numbered(kind: str, items: Sequence[tuple[int, Item]]) -> pa.Table:
    schema = PART_SCHEMAS[kind]
    tables = [
        item.tables[kind].add_column(0, schema.field(0), [np.full(item.tables[kind].num_rows, seq, np.int64)])
        for seq, item in items
    ]
    return pa.concat_tables([schema.empty_table(), *tables])


def _build_lists(arrays: Sequence[npt.NDArray[Any]], dtype: type) -> pa.ListArray:
    offsets = np.concatenate([[0], np.cumsum([len(array) for array in arrays])]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(_concatenate(arrays, dtype)))


def _concatenate(arrays: Iterable[npt.NDArray[Any]], dtype: type) -> npt.NDArray[Any]:
    return np.concatenate([np.empty(0, dtype), *arrays]).astype(dtype)


def _build_table(kind: str, **columns: Any) -> pa.Table:
    schema = PART_SCHEMAS[kind]
    arrays = [pa.array(columns[name], type=schema.field(name).type) for name in schema.names]
    return pa.Table.from_arrays(arrays, schema=schema)
