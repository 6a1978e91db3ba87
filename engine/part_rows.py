"""Rows of parts, built from what was computed of some items."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lakhdb.schema import PART_SCHEMAS

from .models import Description, Side

__all__ = [
    "Described",
    "build_embeddings",
    "build_hash_sequences",
    "build_lists",
    "build_numbered",
    "build_table",
]

# An item's number and what a model says of it.
Described = tuple[int, Description]


def build_hash_sequences(side: Side, version: str, described: Sequence[Described]) -> pa.Table:
    """Build the rows of hash sequences by the model of that version."""
    return build_table(
        "hash_sequences",
        side=[side] * len(described),
        item_seq=[seq for seq, _ in described],
        version=[version] * len(described),
        hashes=build_lists([one.hashes for _, one in described], np.uint32),
    )


def build_embeddings(
    side: Side, version: str, described: Sequence[Described], first_window_id: int
) -> pa.Table:
    """Build the rows of window vectors by the model of that version."""
    sizes = [len(one.window_starts) for _, one in described]
    seqs = np.repeat(np.array([seq for seq, _ in described], np.int64), sizes)
    return build_table(
        "embeddings",
        window_id=first_window_id + np.arange(len(seqs), dtype=np.int64),
        side=[side] * len(seqs),
        item_seq=seqs,
        version=[version] * len(seqs),
        start_frame=_concatenate([one.window_starts for _, one in described], np.int32),
        vector=build_lists([vector for _, one in described for vector in one.window_vectors], np.float32),
    )


def build_table(kind: str, **columns: Any) -> pa.Table:
    """Build rows of a kind of part from its columns."""
    schema = PART_SCHEMAS[kind]
    arrays = [pa.array(columns[name], type=schema.field(name).type) for name in schema.names]
    return pa.Table.from_arrays(arrays, schema=schema)


def build_numbered(kind: str, tables: Iterable[tuple[int, pa.Table]]) -> pa.Table:
    """Put together rows of several MIDI items that have all columns but `midi_seq`, the items' numbers."""
    schema = PART_SCHEMAS[kind]
    numbered = [
        rows.add_column(0, schema.field(0), [np.full(rows.num_rows, seq, np.int64)]) for seq, rows in tables
    ]
    return pa.concat_tables([schema.empty_table(), *numbered])


def build_lists(arrays: Sequence[npt.NDArray[Any]], dtype: type) -> pa.ListArray:
    """Build a column of lists of numbers."""
    offsets = np.concatenate([[0], np.cumsum([len(array) for array in arrays])]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(_concatenate(arrays, dtype)))


def _concatenate(arrays: Iterable[npt.NDArray[Any]], dtype: type) -> npt.NDArray[Any]:
    return np.concatenate([np.empty(0, dtype), *arrays]).astype(dtype)
