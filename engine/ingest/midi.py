"""Ingest of MIDI files."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lakhdb.kernels.midi_file import MidiFile, read_midi
from lakhdb.schema import PART_SCHEMAS

from ..errors import InputError
from ..features import compute_midi_features
from ..names.encoding import decode_texts
from ..note_features import NoteArrays, describe_notes, tabulate_voices
from ..progress import Progress
from ..store import Store
from .collect import IngestSummary, Kind, collect
from .items import Failure, Item
from .names import name_texts
from .scan import MIDI_SUFFIXES, Archives, UnreadableError, read_bytes
from .stray import cut_at_gap

__all__ = ["ingest_midi", "load_midi", "read_item"]

# Longer ones are no music.
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
        midi = _read(data)
    except (UnreadableError, ValueError) as error:
        raise InputError(f"{path} cannot be used as MIDI: {error}.") from error
    if trouble := _find_trouble(midi):
        raise InputError(f"{path} cannot be used as MIDI: {trouble}.")
    return midi, data


def read_item(data: bytes) -> Item | Failure:
    """Make an item of a MIDI file's bytes; runs in a worker."""
    try:
        midi = _read(data)
    except ValueError as error:
        return Failure("parse", str(error))
    if trouble := _find_trouble(midi):
        return Failure("parse", trouble)
    described = describe_notes(NoteArrays.take(midi.notes))
    tables = {"notes": _tabulate_notes(midi), "events": _tabulate_events(midi)}
    tables |= tabulate_voices(described.voices)
    texts = midi.texts
    name = name_texts(texts.kind, texts.track.tolist(), texts.time_s.tolist(), texts.data)
    columns = {
        **_describe(midi),
        "chord_key": described.chord_key,
        "interval_key": described.interval_key,
    }
    return Item(columns, compute_midi_features(midi), name, tables)


def _read(data: bytes) -> MidiFile:
    midi = read_midi(data)
    return cut_at_gap(midi) if midi.duration_s > LONGEST_S else midi


def _find_trouble(midi: MidiFile) -> str | None:
    if not len(midi.notes):
        return "no notes" if midi.damage is None else f"no notes ({midi.damage})"
    if midi.duration_s > LONGEST_S:
        return f"lasts {midi.duration_s / 3600:.1f} hours; the limit is {LONGEST_S / 3600:.0f}"
    return None


def _describe(midi: MidiFile) -> dict[str, Any]:
    return {
        "duration_s": midi.duration_s,
        "n_notes": len(midi.notes),
        "n_tracks": midi.n_tracks,
        "n_instruments": midi.n_instruments,
        "has_drums": bool(midi.notes.is_drum.any()),
        "smf_format": midi.format,
        "damage": midi.damage,
    }


def _tabulate_notes(midi: MidiFile) -> pa.Table:
    schema = PART_SCHEMAS["notes"].remove(0)
    return pa.table([pa.array(getattr(midi.notes, name)) for name in schema.names], schema=schema)


def _tabulate_events(midi: MidiFile) -> pa.Table:
    metres, keys, texts = midi.time_signatures, midi.key_signatures, midi.texts
    metre_names = [f"{n}/{d}" for n, d in zip(metres.numerator, metres.denominator, strict=True)]
    key_names = [_name_key(int(n), bool(minor)) for n, minor in zip(keys.sharps, keys.is_minor, strict=True)]
    decoded = decode_texts(texts.data)
    return pa.concat_tables(
        [
            _tabulate("tempo", midi.tempos.time_s, value=6e7 / midi.tempos.us_per_quarter),
            _tabulate("time_signature", metres.time_s, text=metre_names),
            _tabulate("key_signature", keys.time_s, text=key_names),
            _tabulate(texts.kind, texts.time_s, track=texts.track, text=decoded, raw=texts.data),
        ]
    )


def _tabulate(kind: str | Sequence[str], time_s: npt.NDArray[np.float64], **columns: Any) -> pa.Table:
    columns |= {"kind": [kind] * len(time_s) if isinstance(kind, str) else kind, "time_s": time_s}
    schema = PART_SCHEMAS["events"].remove(0)
    empty = [None] * len(time_s)
    return pa.table([pa.array(columns.get(field.name, empty), field.type) for field in schema], schema=schema)


def _name_key(sharps: int, is_minor: bool) -> str | None:
    if not -7 <= sharps <= 7:
        return None
    return f"{MINOR_KEYS[sharps + 7]} minor" if is_minor else f"{MAJOR_KEYS[sharps + 7]} major"
