"""Embed: what the model in use says of every item, computed once and kept beside the model's version."""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import duckdb

from lakhdb.sql import read_query

from .errors import DatabaseError
from .features import FEATURE_VERSION, read_frames
from .lock import hold_writer_lock
from .merge import merge_if_possible
from .models import Side, choose_model
from .note_lacks import describe_missing_notes
from .numbers import allot
from .part_rows import Described, build_embeddings, build_hash_sequences
from .parts import register_parts, write_part
from .progress import Progress
from .store import Store

__all__ = [
    "EmbedSummary",
    "Lack",
    "embed",
    "embed_if_possible",
    "embed_missing",
    "list_lacks",
    "write_descriptions",
]

# What one transaction takes, as in an ingest; frames are in memory meanwhile.
BATCH_ITEMS = 512
BATCH_FRAMES = (128 << 20) // 72


@dataclass(frozen=True)
class EmbedSummary:
    """What an embedding did.

    Attributes
    ----------
    version : str
        Of the model.
    n_embedded : int
        Items described now.
    n_known : int
        Items that were already.
    seconds : float
    """

    version: str
    n_embedded: int
    n_known: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.n_embedded} items embedded by {self.version} in {self.seconds:.1f} s; {self.n_known} "
            "were already."
        )


class Lack(NamedTuple):
    """An item that lacks what a model says of it."""

    side: Side
    item_seq: int
    n_frames: int
    has_hashes: bool
    has_windows: bool


def embed(store: Store, *, progress: Progress | None = None) -> EmbedSummary:
    """Describe all items that the model in use has not described yet; what others said of them stays.

    So are the notes of MIDI files, for these to be compared with each other.

    Parameters
    ----------
    store : Store
    progress : Progress, optional
        Told of stages ``"embed"`` and ``"notes"``, in items.

    Raises
    ------
    ModelError
        If the model cannot be loaded.
    DatabaseBusyError
        If another process is writing.
    """
    started = time.monotonic()
    version = choose_model().version
    with hold_writer_lock(store.folder):
        n_embedded = embed_missing(store, progress=progress)
        describe_missing_notes(store, progress=progress)
        with store.reading() as con:
            parameters = {"feature_version": FEATURE_VERSION}
            ((n_items,),) = con.execute(read_query("features/count_items"), parameters).fetchall()
        merge_if_possible(store, progress=progress)
    return EmbedSummary(version, n_embedded, n_items - n_embedded, time.monotonic() - started)


def embed_missing(store: Store, *, progress: Progress | None = None) -> int:
    """Describe what lacks it, batch by batch, and return how many items that were; see `embed`.

    The caller holds the writer's lock.
    """
    model = choose_model()
    with store.reading() as con:
        lacks = list_lacks(con, model.version)
    n_done = 0
    for batch in _cut(lacks):
        side = batch[0].side
        with store.reading() as con:
            frames = read_frames(con, side, [lack.item_seq for lack in batch])
        descriptions = model.describe([frames[lack.item_seq] for lack in batch], side)
        described = [(lack.item_seq, one) for lack, one in zip(batch, descriptions, strict=True)]
        with store.writing() as con:
            write_descriptions(
                con,
                store.folder,
                side,
                model.version,
                hashed=[one for lack, one in zip(batch, described, strict=True) if not lack.has_hashes],
                windowed=[one for lack, one in zip(batch, described, strict=True) if not lack.has_windows],
            )
        n_done += len(batch)
        if progress is not None:
            progress("embed", n_done, len(lacks))
    return n_done


def embed_if_possible(store: Store, *, progress: Progress | None = None) -> None:
    """Describe what lacks it, where no damaged part and no full disk stands against it.

    What comes before shall not end as if that had failed: nothing is lost, the next step embeds, and
    `lmdb verify` tells of the damage. The caller holds the writer's lock.
    """
    with suppress(DatabaseError):
        embed_missing(store, progress=progress)


def list_lacks(con: duckdb.DuckDBPyConnection, version: str, side: Side | None = None) -> list[Lack]:
    """List the items, of one side or of both, that a model's version has not described altogether."""
    parameters = {"side": side, "feature_version": FEATURE_VERSION, "model_version": version}
    rows = con.execute(read_query("features/list_lacks"), parameters).fetchall()
    return [Lack(*row) for row in rows]


def write_descriptions(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    side: Side,
    version: str,
    *,
    hashed: Sequence[Described],
    windowed: Sequence[Described],
) -> None:
    """Write hash sequences of some items and window vectors of some, within the open transaction."""
    n_windows = sum(len(one.window_starts) for _, one in windowed)
    tables = {
        "hash_sequences": build_hash_sequences(side, version, hashed),
        "embeddings": build_embeddings(side, version, windowed, allot(con, "window_id", n_windows)),
    }
    register_parts(con, [write_part(folder, kind, rows) for kind, rows in tables.items() if rows.num_rows])


def _cut(lacks: Sequence[Lack]) -> Iterator[list[Lack]]:
    """Cut into batches of one side, of bounded size."""
    for _, one_side in groupby(lacks, key=lambda lack: lack.side):
        batch: list[Lack] = []
        n_frames = 0
        for lack in one_side:
            if batch and (len(batch) == BATCH_ITEMS or n_frames + lack.n_frames > BATCH_FRAMES):
                yield batch
                batch, n_frames = [], 0
            batch.append(lack)
            n_frames += lack.n_frames
        yield batch
