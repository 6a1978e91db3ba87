"""Ingest of MIDI files."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lakhdb.kernels.midi_file import MidiFile, read_midi

from ..errors import InputError
from ..features import compute_midi_features
from ..progress import Progress
from ..store import Store
from .collect import IngestSummary, Kind, collect
from .items import Failure, Item
from .scan import MIDI_SUFFIXES, Archives, UnreadableError, read_bytes

__all__ = ["ingest_midi", "load_midi", "read_item"]

# Longer ones are damaged files, not music: a stray delta time of 2²⁸ − 1 ticks makes days.
LONGEST_S = 4 * 3600.0

# The largest MIDI files found in the wild have a few MiB.
LARGEST_BYTES = 64 << 20

KIND = Kind(
    side="midi",
    suffixes=MIDI_SUFFIXES,
    largest_bytes=LARGEST_BYTES,
    time_limit_s=10.0,
    target="lakhdb.engine.ingest.midi:read_item",
)

MAJOR_KEYS = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")
MINOR_KEYS = ("Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#")


def ingest_midi(
    store: Store,
    paths: Sequence[Path],
    *,
    corpus: str | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> IngestSummary:
    """Bring MIDI files into the database: notes, events and features. See `collect`."""
    return collect(store, KIND, paths, corpus=corpus, jobs=jobs, progress=progress)


def load_midi(path: Path) -> tuple[MidiFile, bytes]:
    """Read one MIDI file, or a member of an archive (``a.zip!/x.mid``), without a database.

    Raises
    ------
    InputError
        If it cannot be read or used.
    """
    try:
        data = read_bytes(os.path.abspath(path.expanduser()), LARGEST_BYTES, Archives())
        midi = read_midi(data)
    except (UnreadableError, ValueError) as error:
        raise InputError(f"{path} cannot be used as MIDI: {error}.") from error
    if trouble := _find_trouble(midi):
        raise InputError(f"{path} cannot be used as MIDI: {trouble}.")
    return midi, data


def read_item(data: bytes) -> Item | Failure:
    """Make an item of a MIDI file's bytes; runs in a worker."""
    try:
        midi = read_midi(data)
    except ValueError as error:
        return Failure("parse", str(error))
    if trouble := _find_trouble(midi):
        return Failure("parse", trouble)
    return Item(_describe(midi), compute_midi_features(midi), _take_notes(midi), _list_events(midi))


def _find_trouble(midi: MidiFile) -> str | None:
    if not len(midi.notes.pitch):
        return "no notes" if midi.damage is None else f"no notes ({midi.damage})"
    if midi.duration_s > LONGEST_S:
        return f"lasts {midi.duration_s / 3600:.1f} hours; the limit is {LONGEST_S / 3600:.0f}"
    return None


def _describe(midi: MidiFile) -> dict[str, Any]:
    notes = midi.notes
    voices = np.stack([notes.track, notes.channel, notes.program], axis=1)
    return {
        "duration_s": midi.duration_s,
        "n_notes": len(notes.pitch),
        "n_tracks": midi.n_tracks,
        "n_instruments": len(np.unique(voices, axis=0)),
        "has_drums": bool(notes.is_drum.any()),
        "smf_format": midi.format,
        "damage": midi.damage,
    }


def _take_notes(midi: MidiFile) -> dict[str, Any]:
    notes = midi.notes
    names = ("track", "program", "is_drum", "pitch", "velocity", "start_s", "end_s")
    return {name: getattr(notes, name) for name in names}


def _list_events(midi: MidiFile) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for tempo in midi.tempos:
        rows.append(_event("tempo", tempo.time_s, value=6e7 / tempo.us_per_quarter))
    for signature in midi.time_signatures:
        rows.append(
            _event("time_signature", signature.time_s, f"{signature.numerator}/{signature.denominator}")
        )
    for key in midi.key_signatures:
        rows.append(_event("key_signature", key.time_s, _name_key(key.sharps, key.is_minor)))
    for text in midi.texts:
        rows.append(_event(text.kind, text.time_s, _decode(text.raw), track=text.track, raw=text.raw))
    return rows


def _event(
    kind: str,
    time_s: float,
    text: str | None = None,
    *,
    value: float | None = None,
    track: int | None = None,
    raw: bytes | None = None,
) -> dict[str, Any]:
    return {"kind": kind, "track": track, "time_s": time_s, "value": value, "text": text, "raw": raw}


def _name_key(sharps: int, is_minor: bool) -> str | None:
    if not -7 <= sharps <= 7:
        return None
    return f"{MINOR_KEYS[sharps + 7]} minor" if is_minor else f"{MAJOR_KEYS[sharps + 7]} major"


def _decode(raw: bytes) -> str:
    # The standard says ASCII and files say anything; the bytes are kept beside for those who know better.
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return text.replace("\0", "")
