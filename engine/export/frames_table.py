"""Recordings and their MIDI files for a set of windows, from a table of pairs, without a database."""

import csv
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..align_pair import align
from ..errors import InputError
from ..ingest.audio import LARGEST_BYTES
from ..ingest.decode import Decoder, UnusableError
from ..ingest.midi import LARGEST_BYTES as LARGEST_MIDI_BYTES
from ..ingest.midi import load_midi
from ..ingest.scan import Archives, UnreadableError, read_bytes
from ..progress import Progress
from ..refine import ALIGNMENT
from ..stderr import mute_stderr
from .frames_compositions import join_linked
from .frames_pair import Collected, FramePair, Score
from .frames_settings import FrameSettings

__all__ = ["collect_pairs"]

COLUMNS = ("audio", "midi")


@dataclass(frozen=True)
class _Row:
    """Absolute paths of a pair, and the name of its composition, if it has one."""

    audio: str
    midi: str
    composition: str


def collect_pairs(
    table: Path, settings: FrameSettings, kept: Path, progress: Progress | None = None
) -> Collected:
    """Collect the recordings of a table, each with its MIDI file, and align what is not aligned.

    Parameters
    ----------
    table : Path
        CSV with the columns ``audio`` and ``midi``, paths from the table's folder on, perhaps
        ``composition``: rows with the same word are one composition, as are rows that share a file.
    settings : FrameSettings
        Where it says ``aligned``, the MIDI files keep the time of the recordings.
    kept : Path
        Folder, where what was aligned is kept, so that it need not be aligned again.
    progress : callable, optional

    Raises
    ------
    InputError
        If the table or one of its files cannot be read.
    """
    rows = _read_table(table)
    found: dict[str, tuple[float, FramePair]] = {}
    links: list[tuple[str, str]] = []
    for done, row in enumerate(rows, 1):
        known = _prepare(row, settings.aligned, kept)
        links.append((known["midi_id"], known["audio_id"]))
        if row.composition:
            # A composition is named by the least name in it, and a space comes before every id.
            links.append((known["audio_id"], f" {row.composition}"))
        before = found.get(known["audio_id"])
        if before is None or before[0] < known["confidence"]:
            found[known["audio_id"]] = (known["confidence"], _make_pair(row, known))
        if progress is not None:
            progress("reading pairs" if settings.aligned else "aligning", done, len(rows))
    compositions = join_linked(links)
    pairs = [
        FramePair(**vars(pair) | {"composition": compositions[pair.audio_id].strip()})
        for confidence, pair in found.values()
        if confidence >= settings.min_confidence
    ]
    if not pairs:
        raise InputError(
            f"no pair of {table} fits with a confidence of {settings.min_confidence:g} or more; ask for less."
        )
    return Collected(pairs, len(found) - len(pairs), _read_scores)


def _read_table(table: Path) -> list[_Row]:
    try:
        with table.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"{table} cannot be read as CSV: {error}.") from error
    if not rows or any(name not in rows[0] for name in COLUMNS):
        raise InputError(f"{table} has no pairs; give a CSV with the columns {' and '.join(COLUMNS)}.")
    found = []
    for number, row in enumerate(rows, 2):
        paths = {name: os.path.abspath(os.path.join(table.parent, row[name] or "")) for name in COLUMNS}
        for name, path in paths.items():
            if not row[name] or not ("!/" in path or os.path.isfile(path)):
                raise InputError(
                    f"{table}, line {number}: there is no {name} file at {path}; correct the row."
                )
        found.append(_Row(**paths, composition=(row.get("composition") or "").strip()))
    return found


def _prepare(row: _Row, is_aligned: bool, kept: Path) -> dict[str, Any]:
    """Tell of a pair what is needed to plan its windows: kept from an earlier call, or found now."""
    archives = Archives()
    try:
        audio = read_bytes(row.audio, LARGEST_BYTES, archives)
        midi = read_bytes(row.midi, LARGEST_MIDI_BYTES, archives)
        ids = [hashlib.md5(data, usedforsecurity=False).hexdigest() for data in (audio, midi)]
        file = kept / f"{'-'.join(ids)}-{'given' if is_aligned else ALIGNMENT}.json"
        if file.exists():
            known: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            return known
        duration_s = _measure(audio)
    except (UnreadableError, UnusableError) as error:
        raise InputError(f"{row.audio} with {row.midi} cannot be used: {error}; correct the row.") from error
    finally:
        archives.close()
    known = {"audio_id": ids[0], "midi_id": ids[1], "duration_s": duration_s}
    known |= _keep_time(duration_s) if is_aligned else _align(row)
    temporary = file.with_suffix(".tmp")
    temporary.write_text(json.dumps(known), encoding="utf-8")
    os.replace(temporary, file)
    return known


def _measure(data: bytes) -> float:
    with mute_stderr():
        decoder = Decoder(data)
        for _ in decoder.decode():
            pass
    return decoder.duration_s


def _keep_time(duration_s: float) -> dict[str, Any]:
    ends = [0.0, duration_s]
    return {"confidence": 1.0, "transposition": 0, "midi_s": ends, "audio_s": ends, "spans": [ends]}


def _align(row: _Row) -> dict[str, Any]:
    found = align(Path(row.midi), Path(row.audio))
    low, high = float(found.audio_s[0]), float(found.audio_s[-1])
    parts = [
        (max(one.audio_start_s, low), min(one.audio_end_s, high)) for one in found.segments if one.is_aligned
    ]
    return {
        "confidence": found.confidence,
        "transposition": found.transposition,
        "midi_s": found.midi_s.tolist(),
        "audio_s": found.audio_s.tolist(),
        "spans": [part for part in parts if part[0] < part[1]],
    }


def _make_pair(row: _Row, known: dict[str, Any]) -> FramePair:
    return FramePair(
        audio_id=known["audio_id"],
        midi_id=known["midi_id"],
        name=known["audio_id"],
        composition="",
        audio_paths=(row.audio,),
        midi=row.midi,
        duration_s=known["duration_s"],
        transposition=known["transposition"],
        midi_s=np.array(known["midi_s"], np.float64),
        audio_s=np.array(known["audio_s"], np.float64),
        spans=tuple((low, high) for low, high in known["spans"]),
    )


def _read_scores(pairs: Sequence[FramePair]) -> list[Score]:
    return [_read_score(Path(str(pair.midi))) for pair in pairs]


def _read_score(path: Path) -> Score:
    midi, _ = load_midi(path)
    notes, tempos = midi.notes, midi.tempos
    return Score(
        start_s=notes.start_s,
        end_s=notes.end_s,
        pitch=notes.pitch.astype(np.int64),
        program=notes.program.astype(np.int64),
        is_drum=notes.is_drum,
        tempo_s=tempos.time_s,
        beats_per_minute=6e7 / np.maximum(tempos.us_per_quarter, 1),
    )
