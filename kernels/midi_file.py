"""Reading Standard MIDI Files: bytes in, arrays of notes, tempos, signatures and texts out.

Tolerant: what is damaged is skipped, what is left is read, and `MidiFile.damage` says what happened. Time and
memory are linear in the number of bytes, whatever the bytes are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lakhdb.kernels import _smf

__all__ = [
    "TEXT_KINDS",
    "KeySignatures",
    "MidiFile",
    "Notes",
    "Tempos",
    "Texts",
    "TimeSignatures",
    "read_midi",
    "seconds_to_ticks",
    "ticks_to_seconds",
]

# Microseconds a quarter note until a file says otherwise (120 a minute), from the standard.
DEFAULT_TEMPO = 500_000

#: Kinds of text by their meta event type, 1 to 15; the standard names nine and reserves the others.
TEXT_KINDS = (
    "text",
    "copyright",
    "track_name",
    "instrument_name",
    "lyric",
    "marker",
    "cue",
    "program_name",
    "device_name",
    *("text",) * 6,
)


@dataclass(frozen=True, eq=False)
class Notes:
    """Notes as parallel arrays, by start_tick, track, channel, pitch and order in the file.

    `track` counts the file's track chunks from 0, `channel` is 0 to 15, `program` and `pitch` are 0 to 127,
    `velocity` is 1 to 127; `is_drum` marks the percussion channel (9). Ticks count from the
    start of the file. An end may equal its start, never precede it.
    """

    track: NDArray[np.int32]
    channel: NDArray[np.uint8]
    program: NDArray[np.uint8]
    is_drum: NDArray[np.bool_]
    pitch: NDArray[np.uint8]
    velocity: NDArray[np.uint8]
    start_tick: NDArray[np.int64]
    end_tick: NDArray[np.int64]
    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.pitch)


@dataclass(frozen=True, eq=False)
class Tempos:
    """Tempo events of all tracks, by tick; of several on one tick the last counts."""

    tick: NDArray[np.int64]
    time_s: NDArray[np.float64]
    us_per_quarter: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class TimeSignatures:
    """Time signatures of all tracks, by tick; `denominator` is the note value itself (4, 8, …)."""

    tick: NDArray[np.int64]
    time_s: NDArray[np.float64]
    numerator: NDArray[np.int32]
    denominator: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class KeySignatures:
    """Key signatures of all tracks, by tick; `sharps` is −7 to 7 (flats are negative), `is_minor` 0 or 1."""

    tick: NDArray[np.int64]
    time_s: NDArray[np.float64]
    sharps: NDArray[np.int32]
    is_minor: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Texts:
    """Text events of all tracks, by tick; `kind` is one of `TEXT_KINDS`, `data` the bytes as they stand."""

    tick: NDArray[np.int64]
    time_s: NDArray[np.float64]
    track: NDArray[np.int32]
    kind: tuple[str, ...]
    data: list[bytes]


@dataclass(frozen=True, eq=False)
class MidiFile:
    """What a Standard MIDI File holds; every time in seconds follows the tempo events of all its tracks.

    Attributes
    ----------
    notes, tempos, time_signatures, key_signatures, texts
        The events, as parallel arrays.
    format : int
        As in the header: 0, 1 or 2; 1 if it says anything else.
    division : int
        Ticks a quarter note, or, below 0, the header's SMPTE word as a signed number.
    seconds_per_tick : float
        Under SMPTE division; otherwise 0.
    n_tracks : int
        Track chunks found, whatever the header claims.
    n_instruments : int
        Distinct (track, channel, program) among the notes.
    duration_s : float
        Time of the last event of any kind, end of track included.
    damage : str or None
        What had to be skipped, guessed or salvaged.
    """

    notes: Notes
    tempos: Tempos
    time_signatures: TimeSignatures
    key_signatures: KeySignatures
    texts: Texts
    format: int
    division: int
    seconds_per_tick: float
    n_tracks: int
    n_instruments: int
    duration_s: float
    damage: str | None


def read_midi(data: bytes) -> MidiFile:
    """Read a Standard MIDI File, plain or wrapped in RIFF, damaged or not.

    Note for note equal to pretty_midi and symusic wherever these two agree. Where they do not:

    * Overlapping notes of one pitch on one track and channel are closed first in, first out (symusic), as
      long as every note-on has a note-off of its own: this keeps every length where two voices meet in
      unison. From where one is missing, a note-off closes all that are open, except those of its own tick
      (pretty_midi): first in, first out would give each later note the end of its predecessor.
    * A note-on and a note-off on one tick are a note of length zero (symusic keeps it, pretty_midi drops it):
      grace notes and percussion are written so. A note that is never closed is dropped (both).
    * `program` is the one in force at the note-on. A track keeps its own; where it has named none for the
      channel, the latest that any track set by that tick counts (both fall back to 0).
    * Tempo events count on every track (pretty_midi: on the first), the last of those on one tick wins
      (symusic: one of them). Format 2 is read like format 1, as both do: files that claim it are mislabelled.

    Reading salvages what it can. Running status outlives meta and system exclusive events; an event without
    status is skipped. A chunk length is believed where a chunk or the end of the file follows, or where the
    track ends just there; otherwise the track reaches to its end of track or to the next MTrk. A cut track
    keeps what lies before the cut. Division 0 is taken as 480, a tempo of 0 is ignored. Chunks of other
    kinds, events behind an end of track and files appended to the first one are skipped.

    Parameters
    ----------
    data : bytes
        The whole file. The interpreter lock is released while parsing.

    Returns
    -------
    MidiFile

    Raises
    ------
    ValueError
        If `data` holds neither an MThd nor an MTrk chunk, or is larger than 2 GiB.

    References
    ----------
    The Complete MIDI 1.0 Detailed Specification, Standard MIDI Files 1.0 (1996).
    """
    file = _smf.read_midi(data)
    notes = Notes(**file["notes"])
    texts = dict(file["texts"])
    kinds = [TEXT_KINDS[type_ - 1] for type_ in texts.pop("type").tolist()]
    return MidiFile(
        notes=notes,
        tempos=Tempos(**file["tempos"]),
        time_signatures=TimeSignatures(**file["time_signatures"]),
        key_signatures=KeySignatures(**file["key_signatures"]),
        texts=Texts(kind=tuple(kinds), **texts),
        format=file["format"],
        division=file["division"],
        seconds_per_tick=file["seconds_per_tick"],
        n_tracks=file["n_tracks"],
        n_instruments=_count_instruments(notes),
        duration_s=file["duration_s"],
        damage=file["damage"],
    )


def ticks_to_seconds(midi: MidiFile, ticks: ArrayLike) -> NDArray[np.float64]:
    """Times of ticks under the file's tempo map.

    Parameters
    ----------
    midi : MidiFile
    ticks : array_like
        Ticks, whole or not, 0 or later.

    Returns
    -------
    NDArray, shape of `ticks`, float64
        Seconds.
    """
    at = np.asarray(ticks, dtype=np.float64)
    starts, starts_s, s_per_tick = _list_stretches(midi)
    stretch = np.maximum(np.searchsorted(starts, at, side="right") - 1, 0)
    seconds: NDArray[np.float64] = starts_s[stretch] + (at - starts[stretch]) * s_per_tick[stretch]
    return seconds


def seconds_to_ticks(midi: MidiFile, seconds: ArrayLike) -> NDArray[np.float64]:
    """Ticks of times under the file's tempo map, the inverse of `ticks_to_seconds`.

    Parameters
    ----------
    midi : MidiFile
    seconds : array_like
        Times, 0 or later.

    Returns
    -------
    NDArray, shape of `seconds`, float64
        Ticks, not rounded.
    """
    at_s = np.asarray(seconds, dtype=np.float64)
    starts, starts_s, s_per_tick = _list_stretches(midi)
    stretch = np.maximum(np.searchsorted(starts_s, at_s, side="right") - 1, 0)
    ticks: NDArray[np.float64] = starts[stretch] + (at_s - starts_s[stretch]) / s_per_tick[stretch]
    return ticks


def _list_stretches(midi: MidiFile) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """First tick, first second and seconds per tick of each stretch of constant tempo."""
    if midi.seconds_per_tick:
        return np.zeros(1), np.zeros(1), np.array([midi.seconds_per_tick])
    starts = np.concatenate([[0.0], midi.tempos.tick])
    starts_s = np.concatenate([[0.0], midi.tempos.time_s])
    us_per_quarter = np.concatenate([[DEFAULT_TEMPO], midi.tempos.us_per_quarter])
    return starts, starts_s, us_per_quarter * (1e-6 / midi.division)


def _count_instruments(notes: Notes) -> int:
    """Distinct (track, channel, program) among the notes."""
    keys = notes.track.astype(np.int64) << 16 | notes.channel.astype(np.int64) << 8 | notes.program
    return len(np.unique(keys))
