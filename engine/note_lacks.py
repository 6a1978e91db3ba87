"""Describing the notes of MIDI files that came before there were such descriptions, or by another version."""

from collections.abc import Iterator, Sequence

import duckdb
import pyarrow as pa

from lakhdb.sql import read_query

from .note_features import NOTE_VERSION, describe_notes, read_note_arrays, tabulate_voices
from .part_rows import build_numbered
from .parts import register_parts, write_part
from .progress import Progress
from .store import Store

__all__ = ["count_note_lacks", "describe_missing_notes", "list_note_lacks"]

# What one transaction takes.
BATCH_ITEMS = 512
BATCH_NOTES = 4 << 20


def count_note_lacks(store: Store) -> int:
    """Count the MIDI files that cannot be compared with others yet."""
    with store.reading() as con:
        ((n_lacks,),) = con.execute(read_query("similar/count_lacks"), {"version": NOTE_VERSION}).fetchall()
        return int(n_lacks)


def list_note_lacks(con: duckdb.DuckDBPyConnection) -> list[tuple[int, int]]:
    """List the MIDI files that lack slices or windows, and how many notes they have, if these are there."""
    return con.execute(read_query("similar/list_lacks"), {"version": NOTE_VERSION}).fetchall()


def describe_missing_notes(store: Store, *, progress: Progress | None = None) -> int:
    """Describe the notes of what lacks it, batch by batch, and return how many files that were.

    The caller holds the writer's lock.
    """
    with store.reading() as con:
        lacks = list_note_lacks(con)
    done = 0
    for seqs in _cut(lacks):
        _describe(store, seqs)
        done += len(seqs)
        if progress is not None:
            progress("notes", done, len(lacks))
    return done


def _describe(store: Store, seqs: Sequence[int]) -> None:
    with store.reading() as con:
        notes = read_note_arrays(con, seqs)
    described = {seq: describe_notes(one) for seq, one in notes.items()}
    tables = {seq: tabulate_voices(one.voices) for seq, one in described.items()}
    keys = pa.Table.from_pylist(
        [
            {"midi_seq": seq, "chord_key": one.chord_key, "interval_key": one.interval_key}
            for seq, one in described.items()
        ]
    )
    parts = []
    for kind in ("note_slices", "note_windows"):
        rows = build_numbered(kind, [(seq, table[kind]) for seq, table in tables.items()])
        parts.append(write_part(store.folder, kind, rows))
    with store.writing() as con:
        register_parts(con, parts)
        con.register("new_keys", keys)
        con.execute(read_query("similar/set_keys"))
        con.unregister("new_keys")


def _cut(lacks: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    batch: list[int] = []
    n_notes = 0
    for seq, n in lacks:
        if batch and (len(batch) == BATCH_ITEMS or n_notes + n > BATCH_NOTES):
            yield batch
            batch, n_notes = [], 0
        batch.append(seq)
        n_notes += n
    if batch:
        yield batch
