"""Pairs whose moments are known, such as beats that were marked in a score and in its performances."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...ingest.audio import load_audio
from ...ingest.scan import MIDI_SUFFIXES, Archives, UnreadableError, read_bytes
from ...recordings import SAMPLE_RATE, play_dry, read_notes
from ...train.mirror import MIDI_LIMIT
from ..tables import read_rows
from .tasks import TAIL_S, AlignmentTask

__all__ = ["KnownPair", "make_known_task", "read_pairs"]

Floats = NDArray[np.float64]

COLUMNS = ("midi", "recording", "midi_times", "recording_times")
LARGEST_TIMES = 16 << 20  # bytes


@dataclass(frozen=True)
class KnownPair:
    """A row of a table of pairs.

    Attributes
    ----------
    midi, recording, midi_times, recording_times : str
        Paths, or ``a.zip!/x.mid``.
    group : str
    place : str
        The row's, for errors.
    """

    midi: str
    recording: str
    midi_times: str
    recording_times: str
    group: str
    place: str


def read_pairs(table: Path) -> list[KnownPair]:
    """Read a table of pairs.

    Parameters
    ----------
    table : Path
        CSV with a header: ``midi``, ``recording`` (or a MIDI file that is played), ``midi_times`` and
        ``recording_times`` (text files: a moment a line, in seconds, first column; the n-th lines belong
        together), perhaps ``group``. Paths are relative to the table's folder, or members of archives.

    Raises
    ------
    InputError
        If it cannot be read, lacks a column or has no rows.
    """
    pairs = []
    rows = read_rows(table, COLUMNS, "a table of pairs", "MIDI files, recordings and their moments")
    for place, row in rows:
        paths = {name: os.path.join(table.parent, row[name] or "") for name in COLUMNS if row[name]}
        if len(paths) < len(COLUMNS):
            raise InputError(f"{place}: a column is empty; fill {', '.join(COLUMNS)}.")
        pairs.append(KnownPair(**paths, group=row.get("group") or table.stem, place=place))
    return pairs


def make_known_task(
    pair: KnownPair, longest_s: float | None, soundfont: Path | None, rng: np.random.Generator
) -> AlignmentTask:
    """Read a pair; a performance in MIDI is played.

    Parameters
    ----------
    pair : KnownPair
    longest_s : float or None
        So many seconds from the beginning of the recording, and what is known to be in them of the MIDI file.
    soundfont : Path or None
        Plays performances; None is additive synthesis.
    rng : Generator
        For additive synthesis.

    Raises
    ------
    InputError
        If a file cannot be read, or the two lists of moments are not of one length or fall.
    """
    archives = Archives()
    try:
        midi = read_bytes(pair.midi, MIDI_LIMIT, archives)
        midi_s, audio_s = (_read_times(path, archives) for path in (pair.midi_times, pair.recording_times))
        if len(midi_s) != len(audio_s):
            raise InputError(
                f"{pair.place}: {len(midi_s)} moments in the MIDI file, {len(audio_s)} in the recording; "
                "give as many lines in both."
            )
        samples, sample_rate = _load_recording(pair.recording, longest_s, soundfont, rng, archives)
    except UnreadableError as error:
        raise InputError(f"{pair.place}: a file cannot be read: {error}.") from error
    finally:
        archives.close()
    kept = audio_s < min(len(samples) / sample_rate, longest_s or np.inf)
    if longest_s is not None and not kept.all():
        notes = read_notes(midi)
        midi = notes.take(notes.start_s <= midi_s[kept].max(initial=0.0)).to_midi()
    return AlignmentTask(pair.recording, pair.group, midi, samples, sample_rate, midi_s[kept], audio_s[kept])


def _read_times(path: str, archives: Archives) -> Floats:
    lines = read_bytes(path, LARGEST_TIMES, archives).decode("utf-8", "replace").splitlines()
    try:
        times = np.array([float(line.split()[0].rstrip(",;")) for line in lines if line.strip()])
    except ValueError as error:
        raise InputError(f"{path} holds no moments: {error}; give seconds, one a line.") from error
    if not np.isfinite(times).all() or (np.diff(times) < 0).any():
        raise InputError(f"the moments in {path} fall; give them in their order.")
    return times


def _load_recording(
    path: str,
    longest_s: float | None,
    soundfont: Path | None,
    rng: np.random.Generator,
    archives: Archives,
) -> tuple[NDArray[np.float32], int]:
    if os.path.splitext(path)[1].lower() not in MIDI_SUFFIXES:
        recording = load_audio(Path(path))
        n = None if longest_s is None else round(longest_s * recording.sample_rate)
        return recording.samples[:n], recording.sample_rate
    notes = read_notes(read_bytes(path, MIDI_LIMIT, archives))
    last_s = min(float(notes.held_s.max()), longest_s or np.inf)
    notes = notes.take(notes.start_s < last_s)
    played = notes._replace(end_s=np.minimum(notes.held_s, last_s))  # the pedal is heard
    return play_dry(played, last_s + TAIL_S, SAMPLE_RATE, soundfont, rng), SAMPLE_RATE
