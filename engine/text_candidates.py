"""Candidates by name: the pairs of items whose names mean the same song."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from lakhdb.sql import read_query

from .cascade import Stage

__all__ = ["TEXT_LIMIT", "Late", "list_late_pairs", "read_text_stages"]

# Recordings that the names of one MIDI item may bring in: some titles stand on hundreds of records.
TEXT_LIMIT = 100


def read_text_stages(
    con: duckdb.DuckDBPyConnection, midi_seqs: Sequence[int], items: npt.NDArray[np.int64]
) -> list[Stage]:
    """Read the recordings that MIDI items are by their names.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
    midi_seqs : sequence of int
    items : int64, shape (n_items,)
        Numbers of the recordings to choose from, ascending.

    Returns
    -------
    list of Stage
        One for each MIDI item; values are similarities of the names, 0 to 1.
    """
    parameters = {"midi_seqs": list(midi_seqs), "limit": TEXT_LIMIT}
    found = con.sql(read_query("candidates/list_text_pairs"), params=parameters).fetchnumpy()
    stages = _split_by_midi(found, items)
    return [stages.get(seq, Stage("text", items.size, *_NOTHING)) for seq in midi_seqs]


@dataclass(frozen=True)
class Late:
    """The pairs of one MIDI item that were named after a run had covered them.

    Attributes
    ----------
    named : Stage
        All of them.
    unknown : int64, shape (n_unknown,)
        Those that no run with these settings has kept, ascending: they are to be rescored.
    elsewhere : int64, shape (n_elsewhere,)
        Those among them that a run with other settings has kept, ascending: its rows no longer count.
    """

    named: Stage
    unknown: npt.NDArray[np.int64]
    elsewhere: npt.NDArray[np.int64]


def list_late_pairs(
    con: duckdb.DuckDBPyConnection,
    settings: str,
    midi_items: npt.NDArray[np.int64],
    audio_items: npt.NDArray[np.int64],
) -> dict[int, Late]:
    """List pairs of one name that had none, or not this, when a run with these settings compared their items.

    Returns
    -------
    dict of Late
        By midi_seq, ascending, without empty ones.
    """
    parameters = {"settings": settings, "limit": TEXT_LIMIT}
    found = con.sql(read_query("candidates/list_late_text_pairs"), params=parameters).fetchnumpy()
    chosen = np.isin(found["midi_seq"], midi_items) & np.isin(found["audio_seq"], audio_items)
    columns = {name: column[chosen] for name, column in found.items()}
    late = {}
    for midi_seq, named in _split_by_midi(columns, audio_items).items():
        mine = columns["midi_seq"] == midi_seq
        unknown = mine & ~columns["is_known"]
        late[midi_seq] = Late(
            named,
            np.sort(columns["audio_seq"][unknown]).astype(np.int64),
            np.sort(columns["audio_seq"][unknown & columns["is_elsewhere"]]).astype(np.int64),
        )
    return late


_NOTHING = (np.empty(0, np.int64), np.empty(0, np.float64))

Columns = dict[str, npt.NDArray[Any]]


def _split_by_midi(found: Columns, items: npt.NDArray[np.int64]) -> dict[int, Stage]:
    chosen = np.isin(found["audio_seq"], items)
    midi_seq, audio_seq, value = (found[name][chosen] for name in ("midi_seq", "audio_seq", "similarity"))
    keys, starts = np.unique(midi_seq, return_index=True)
    bounds = [*starts.tolist(), midi_seq.size]
    return {
        int(key): Stage(
            "text", items.size, audio_seq[first:end].astype(np.int64), value[first:end].astype(np.float64)
        )
        for key, first, end in zip(keys, bounds, bounds[1:], strict=False)
    }
