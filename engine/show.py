"""Everything about one MIDI file, one recording, or a pair of them."""

import duckdb
import numpy as np
import pyarrow as pa

from lakhdb.sql import read_query

from .errors import InputError
from .evidence import EVIDENCE
from .models import Side
from .reasons import list_reasons
from .store import Store

__all__ = ["find_item", "show"]

# Shorter prefixes say more about the hand that slipped than about the item meant.
SHORTEST_PREFIX = 4

N_MATCHES = 20
N_TEXTS = 20

WORDS = {"midi": "MIDI file", "audio": "recording"}


def show(store: Store, midi_id: str, audio_id: str | None = None) -> pa.Table:
    """Tell all about an item, or about a pair.

    Parameters
    ----------
    store : Store
    midi_id : str
        Id or unique prefix of a MIDI file; alone, it may be a recording's.
    audio_id : str, optional
        Id or unique prefix of a recording: tell about this pair.

    Returns
    -------
    pyarrow.Table
        section, name, value: all text; the sections are item, path, tempo, time_signature, key_signature,
        instrument, kinds of text, and match, or midi, audio, name, match, candidate, alignment, segment and
        evidence for a pair. Of texts of a kind and of matches the first twenty.

    Raises
    ------
    InputError
        If an id is unknown, shorter than four characters, or the beginning of several.
    """
    with store.reading() as con:
        if audio_id is not None:
            midi_seq, audio_seq = find_item(con, "midi", midi_id), find_item(con, "audio", audio_id)
            parameters = {"midi_seq": midi_seq, "audio_seq": audio_seq}
            known = con.sql(read_query("show/describe_pair"), params=parameters).to_arrow_table()
            return pa.concat_tables([known, _explain(con, parameters).cast(known.schema)])
        if (seq := _look_up(con, "midi", midi_id)) is not None:
            query = "show/describe_midi"
            parameters = {"midi_seq": seq, "n_matches": N_MATCHES, "n_texts": N_TEXTS}
        elif (seq := _look_up(con, "audio", midi_id)) is not None:
            query, parameters = "show/describe_audio", {"audio_seq": seq, "n_matches": N_MATCHES}
        else:
            raise InputError(
                f'no item\'s id begins with {midi_id}; `lmdb sql "from midi"` lists the MIDI files.'
            )
        return con.sql(read_query(query), params=parameters).to_arrow_table()


def _explain(con: duckdb.DuckDBPyConnection, pair: dict[str, int]) -> pa.Table:
    """Tell what speaks for and against a pair: section, name, value."""
    reasons = []
    for row in con.sql(read_query("show/read_evidence"), params=pair).to_arrow_table().to_pylist():
        transposition = np.array([row.pop("transposition")], np.int32)
        evidence = np.array([tuple(row[name] for name in EVIDENCE.names or ())], EVIDENCE)
        reasons = list_reasons(evidence, transposition)
    return pa.table(
        {
            "section": pa.array(["evidence"] * len(reasons), pa.string()),
            "name": pa.array(
                [f"{'for' if one.weight > 0 else 'against'}, {one.weight:+.1f}" for one in reasons],
                pa.string(),
            ),
            "value": pa.array([one.words for one in reasons], pa.string()),
        }
    )


def find_item(con: duckdb.DuckDBPyConnection, side: Side, prefix: str) -> int:
    """Return the number of the item of one side whose id begins with `prefix`.

    Raises
    ------
    InputError
        If there is none, there are several, or the prefix is shorter than four characters.
    """
    seq = _look_up(con, side, prefix)
    if seq is None:
        raise InputError(f'no {WORDS[side]}\'s id begins with {prefix}; `lmdb sql "from {side}"` lists them.')
    return seq


def _look_up(con: duckdb.DuckDBPyConnection, side: Side, prefix: str) -> int | None:
    if len(prefix) < SHORTEST_PREFIX:
        raise InputError(f"{prefix!r} is too short for an id; give at least {SHORTEST_PREFIX} characters.")
    found = con.execute(read_query(f"show/find_{side}"), {"prefix": prefix.lower()}).fetchall()
    if len(found) > 1:
        raise InputError(f"several {WORDS[side]}s' ids begin with {prefix}; give more characters of one.")
    return int(found[0][0]) if found else None
