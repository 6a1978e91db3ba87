"""Notes of a MIDI file in the time of a recording: which sound at a sample, and as MusicNet has them."""

import csv
import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .frames_pair import FramePair, Score
from .frames_settings import N_PITCHES

__all__ = ["PlacedNotes", "format_notes", "label_samples", "place_notes"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HEADER = ("start_time", "end_time", "instrument", "note", "start_beat", "end_beat", "note_value")

# What MIDI files say until they name a tempo, quarter notes a minute.
DEFAULT_TEMPO = 120.0

# Names of note values as MusicNet has them, and their lengths in quarter notes.
NOTE_VALUES = (
    ("Whole", 4.0),
    ("Dotted Half", 3.0),
    ("Half", 2.0),
    ("Dotted Quarter", 1.5),
    ("Quarter", 1.0),
    ("Dotted Eighth", 0.75),
    ("Eighth", 0.5),
    ("Triplet", 1 / 3),
    ("Sixteenth", 0.25),
    ("Thirty Second", 0.125),
    ("Sixty Fourth", 0.0625),
)


@dataclass(frozen=True, eq=False)
class PlacedNotes:
    """Notes as they sound in a recording, by start, pitch and end.

    Attributes
    ----------
    start, end : int64, shape (n_notes,)
        Samples; a note sounds from `start` to before `end`.
    pitch, program : int64, shape (n_notes,)
        0 to 127, transposed.
    start_beat, n_beats : float64, shape (n_notes,)
        In the MIDI file, quarter notes from its beginning.
    """

    start: Ints
    end: Ints
    pitch: Ints
    program: Ints
    start_beat: Floats
    n_beats: Floats


def place_notes(score: Score, pair: FramePair, rate: int) -> PlacedNotes:
    """Place the notes of a MIDI file in a recording.

    Drums are left out, as are notes beyond the 128 pitches; notes are cut to the aligned parts.

    Parameters
    ----------
    score : Score
    pair : FramePair
        Alignment, aligned parts and transposition.
    rate : int
        Hertz, of the samples that are counted.
    """
    raised = score.pitch + pair.transposition
    wanted = np.flatnonzero(~score.is_drum & (raised >= 0) & (raised < N_PITCHES))
    # Of several breakpoints at one time of the MIDI file the last counts: a held chord goes on in a pause.
    start_s, end_s = (
        np.interp(times_s[wanted], pair.midi_s, pair.audio_s) for times_s in (score.start_s, score.end_s)
    )
    beats = [_count_beats(times_s[wanted], score) for times_s in (score.start_s, score.end_s)]
    raised, program = raised[wanted], score.program[wanted]
    parts = [np.empty((3, 0), np.int64)]
    for low_s, high_s in pair.spans:
        start, end = (
            np.rint(np.clip(times_s, low_s, high_s) * rate).astype(np.int64) for times_s in (start_s, end_s)
        )
        kept = np.flatnonzero(end > start)
        parts.append(np.stack([kept, start[kept], end[kept]]))
    kept, start, end = np.concatenate(parts, axis=1)
    order = np.lexsort((end, raised[kept], start))
    kept = kept[order]
    return PlacedNotes(
        start=start[order],
        end=end[order],
        pitch=raised[kept],
        program=program[kept],
        start_beat=beats[0][kept],
        n_beats=(beats[1] - beats[0])[kept],
    )


def label_samples(notes: PlacedNotes, samples: Ints) -> npt.NDArray[np.uint8]:
    """Tell which notes sound at samples, ascending: shape (n_samples, 128), 1 where a pitch sounds."""
    labels = np.zeros((samples.size, N_PITCHES), np.uint8)
    first = np.searchsorted(samples, notes.start)
    past = np.searchsorted(samples, notes.end)
    for low, high, pitch in zip(first.tolist(), past.tolist(), notes.pitch.tolist(), strict=True):
        labels[low:high, pitch] = 1
    return labels


def format_notes(notes: PlacedNotes) -> str:
    """Write notes as CSV like MusicNet's labels.

    As there, ``start_time`` and ``end_time`` are samples, ``instrument`` is the General MIDI program counted
    from 1, beats are quarter notes, and ``end_beat`` is how many of them the note lasts.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    names = [NOTE_VALUES[at][0] for at in _find_values(notes.n_beats).tolist()]
    writer.writerows(
        zip(
            notes.start.tolist(),
            notes.end.tolist(),
            (notes.program + 1).tolist(),
            notes.pitch.tolist(),
            np.round(notes.start_beat, 4).tolist(),
            np.round(notes.n_beats, 4).tolist(),
            names,
            strict=True,
        )
    )
    return out.getvalue()


def _find_values(n_beats: Floats) -> Ints:
    """Return the number of the nearest of `NOTE_VALUES`, by ratio."""
    lengths = np.log([length for _, length in NOTE_VALUES])
    own = np.log(np.maximum(n_beats, 1e-6))
    return np.asarray(np.abs(own[:, None] - lengths).argmin(axis=1), np.int64)


def _count_beats(times_s: Floats, score: Score) -> Floats:
    """Count the quarter notes from the beginning of a MIDI file to times in it."""
    starts_s = np.concatenate([[0.0], score.tempo_s])
    tempi = np.concatenate([[DEFAULT_TEMPO], score.beats_per_minute])
    before = np.concatenate([[0.0], np.cumsum(np.diff(starts_s) * tempi[:-1] / 60)])
    at = np.searchsorted(starts_s, times_s, side="right") - 1
    at = np.maximum(at, 0)
    return np.asarray(before[at] + (times_s - starts_s[at]) * tempi[at] / 60, np.float64)
