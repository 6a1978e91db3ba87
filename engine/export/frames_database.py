"""Recordings and their MIDI files for a set of windows, from the matches of a database."""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np

from lakhdb.sql import read_query

from ..errors import InputError
from ..store import Store
from .accepted import AcceptedPair, list_accepted
from .frames_compositions import join_linked
from .frames_pair import Collected, FramePair, Score, Span

__all__ = ["collect_matches"]

SAFE_NAME = re.compile(r"[\w-]{1,100}")


def collect_matches(store: Store, min_confidence: float) -> Collected:
    """Collect the recordings that have an accepted MIDI file; each is labelled by the most confident one.

    One composition is what is matched with each other, or is copies or versions by the last dedup.

    Raises
    ------
    InputError
        If there is no such recording, or the file of one is gone.
    """
    with store.reading() as con:
        accepted = list_accepted(con)
        compositions = _find_compositions(con, accepted)
        spans = _read_spans(con)
        best: dict[str, AcceptedPair] = {}
        for one in accepted:  # by recording, the most confident first
            best.setdefault(one.audio_id, one)
        taken = [one for one in best.values() if one.confidence >= min_confidence]
        paths = _find_paths(con, taken)
    if not taken:
        raise InputError(
            f"no match has a confidence of {min_confidence:g} or more; run `lmdb match`, or ask for less."
        )
    calls = Counter(one.name for one in taken)
    pairs = []
    for one in taken:
        duration_s, parts = spans[one.midi_id, one.audio_id, one.run_id]
        is_good_name = calls[one.name] == 1 and SAFE_NAME.fullmatch(one.name)
        pairs.append(
            FramePair(
                audio_id=one.audio_id,
                midi_id=one.midi_id,
                name=one.name if is_good_name else one.audio_id,
                composition=compositions[one.audio_id],
                audio_paths=paths[one.audio_seq],
                midi=one.midi_seq,
                duration_s=duration_s,
                transposition=one.transposition,
                midi_s=one.midi_s,
                audio_s=one.audio_s,
                spans=_cut_spans(parts, float(one.audio_s[0]), float(one.audio_s[-1])),
            )
        )
    return Collected(pairs, len(best) - len(taken), lambda wanted: _read_scores(store, wanted))


def _find_compositions(con: duckdb.DuckDBPyConnection, accepted: Sequence[AcceptedPair]) -> dict[str, str]:
    """Name the composition of every MIDI item and recording that is linked to another."""
    clusters = con.execute(read_query("export/list_frames_clusters")).fetchall()
    return join_linked([*((one.midi_id, one.audio_id) for one in accepted), *clusters])


def _read_spans(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str, int], tuple[float, list[Span]]]:
    rows = con.execute(read_query("export/list_frames_spans")).fetchall()
    return {
        (midi_id, audio_id, run_id): (duration_s, list(zip(starts_s, ends_s, strict=True)))
        for midi_id, audio_id, run_id, duration_s, starts_s, ends_s in rows
    }


def _cut_spans(parts: Sequence[Span], start_s: float, end_s: float) -> tuple[Span, ...]:
    """Return what of some parts lies within the breakpoints; these alone where no parts are known."""
    cut = [(max(low, start_s), min(high, end_s)) for low, high in sorted(parts)]
    return tuple((low, high) for low, high in cut if low < high) or ((start_s, end_s),)


def _find_paths(con: duckdb.DuckDBPyConnection, taken: Sequence[AcceptedPair]) -> dict[int, tuple[str, ...]]:
    """Return the paths of each recording.

    Raises
    ------
    InputError
        If one has none left. What lies within an archive is looked for when it is read.
    """
    found: dict[int, list[str]] = defaultdict(list)
    parameters = {"seqs": [one.audio_seq for one in taken]}
    for seq, _, path in con.execute(read_query("paths/list_audio_paths"), parameters).fetchall():
        found[seq].append(os.fsdecode(path))
    for one in taken:
        if not any("!/" in path or os.path.isfile(path) for path in found[one.audio_seq]):
            raise InputError(
                f"the recording {one.audio_path} is gone; bring it back, or drop it with `lmdb forget "
                f"{one.audio_id}`."
            )
    return {seq: tuple(paths) for seq, paths in found.items()}


def _read_scores(store: Store, pairs: Sequence[FramePair]) -> list[Score]:
    seqs = [pair.midi for pair in pairs]
    with store.reading() as con:
        notes = con.execute(read_query("features/read_whole_notes"), {"seqs": seqs}).fetchnumpy()
        tempi = con.execute(read_query("evaluate/read_tempi"), {"seqs": seqs}).fetchnumpy()
    return [_take_score(notes, tempi, pair.midi) for pair in pairs]


def _take_score(notes: Any, tempi: Any, seq: int | str) -> Score:
    mine = np.asarray(notes["midi_seq"]) == seq
    own = np.asarray(tempi["midi_seq"]) == seq
    return Score(
        start_s=np.asarray(notes["start_s"], np.float64)[mine],
        end_s=np.asarray(notes["end_s"], np.float64)[mine],
        pitch=np.asarray(notes["pitch"], np.int64)[mine],
        program=np.asarray(notes["program"], np.int64)[mine],
        is_drum=np.asarray(notes["is_drum"], np.bool_)[mine],
        tempo_s=np.asarray(tempi["time_s"], np.float64)[own],
        beats_per_minute=np.asarray(tempi["beats_per_minute"], np.float64)[own],
    )
