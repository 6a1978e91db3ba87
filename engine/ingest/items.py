"""What a worker makes of one file, and the rows that the files of a batch become."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from ..features import FEATURE_VERSION, Features
from ..part_rows import build_numbered, build_table

__all__ = ["Failure", "Item", "build_part_rows"]

# Kinds of parts whose rows a worker makes, without the item's number.
NUMBERED = ("notes", "events", "note_slices", "note_windows")


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
        Rows of further parts by kind (notes, events, …), without the column `midi_seq`.
    """

    columns: dict[str, Any]
    features: Features
    name: dict[str, str | None] | None = None
    tables: dict[str, pa.Table] = field(default_factory=dict)


def build_part_rows(side: str, items: Sequence[tuple[int, Item]]) -> dict[str, pa.Table]:
    """Build the rows of the parts for numbered items, by kind of part; kinds without rows are left out."""
    tables = {"constant_q": _build_constant_q(side, items)}
    if side == "midi":
        tables |= {
            kind: build_numbered(kind, [(seq, item.tables[kind]) for seq, item in items]) for kind in NUMBERED
        }
    return {kind: table for kind, table in tables.items() if table.num_rows}


def _build_constant_q(side: str, items: Sequence[tuple[int, Item]]) -> pa.Table:
    return build_table(
        "constant_q",
        side=[side] * len(items),
        item_seq=[seq for seq, _ in items],
        version=[FEATURE_VERSION] * len(items),
        n_frames=[len(item.features.frames) for _, item in items],
        reference_db=[item.features.reference_db for _, item in items],
        frames=[item.features.frames.reshape(-1).data for _, item in items],
    )
