"""Music that nobody has written: MIDI files turned upside down or back to front, to train on more of it."""

import struct

import numpy as np
from numpy.typing import NDArray

from ..ingest.scan import Archives, read_bytes
from ..recordings import read_notes

__all__ = ["MIRRORS", "mirror_midi", "read_midi_bytes"]

# Behind the path of a file, each says how it is mirrored.
INVERTED, REVERSED, BOTH = "#inverted", "#reversed", "#inverted+reversed"
MIRRORS = (INVERTED, REVERSED, BOTH)

MIDI_LIMIT = 16 << 20  # bytes

# Ticks of mirrored files: 960 a beat, 120 beats a minute.
DIVISION = 960
TICKS_PER_S = 2 * DIVISION
DRUM_CHANNEL = 9
MELODIC_CHANNELS = (*range(9), *range(10, 16))

Whole = NDArray[np.int64]
Floats = NDArray[np.float64]


def read_midi_bytes(path: str, archives: Archives) -> bytes:
    """Read a MIDI file, or a mirrored one: its path ends in one of `MIRRORS`.

    Raises
    ------
    UnreadableError
        If it cannot be read or is larger than 16 MiB.
    InputError
        If it is to be mirrored and has no notes.
    """
    for mirror in MIRRORS:
        if path.endswith(mirror):
            return mirror_midi(read_bytes(path.removesuffix(mirror), MIDI_LIMIT, archives), mirror)
    return read_bytes(path, MIDI_LIMIT, archives)


def mirror_midi(data: bytes, mirror: str) -> bytes:
    """Turn a MIDI file into another piece: intervals upside down, or the order of notes back to front.

    Both keep what makes music of notes (chords, steps, repeats, rhythm), and give harmonies and melodies that
    are not in the file. Notes end as they are heard under the pedal. Drums keep their instruments.

    Parameters
    ----------
    data : bytes
        A Standard MIDI File.
    mirror : str
        One of `MIRRORS`.

    Returns
    -------
    bytes
        A Standard MIDI File at 120 beats a minute.

    Raises
    ------
    InputError
        If it cannot be read or has no notes.
    """
    notes = read_notes(data)
    pitch, start_s, length_s = notes.pitch, notes.start_s, notes.held_s - notes.start_s
    if mirror != REVERSED:
        # About the middle of the file's compass, so that it stays what it was.
        tonal = pitch[~notes.is_drum]
        axis = int(tonal.min()) + int(tonal.max()) if tonal.size else 0
        pitch = np.where(notes.is_drum, pitch, axis - pitch)
    if mirror != INVERTED:
        # By their beginnings, for chords to begin together.
        start_s = start_s.max() - start_s
    tracks: list[bytes] = []
    for number in np.unique(notes.instrument):
        mine = np.flatnonzero(notes.instrument == number)
        drums, program = bool(notes.is_drum[mine[0]]), int(notes.program[mine[0]])
        channel = DRUM_CHANNEL if drums else MELODIC_CHANNELS[len(tracks) % len(MELODIC_CHANNELS)]
        first, last = start_s[mine], start_s[mine] + length_s[mine]
        tracks.append(_write_track(channel, program, pitch[mine], notes.velocity[mine], first, last))
    return _write_chunk(b"MThd", struct.pack(">HHH", 1, len(tracks), DIVISION)) + b"".join(tracks)


def _write_track(
    channel: int, program: int, pitch: Whole, velocity: Whole, start_s: Floats, end_s: Floats
) -> bytes:
    """Write the notes of a part as a track."""
    begins = np.rint(start_s * TICKS_PER_S).astype(np.int64)
    ends = np.maximum(np.rint(end_s * TICKS_PER_S).astype(np.int64), begins + 1)
    n = pitch.size
    tick = np.concatenate([begins, ends])
    status = np.repeat([0x90 | channel, 0x80 | channel], n)
    both, touch = np.tile(pitch, 2), np.concatenate([velocity, np.zeros(n, np.int64)])
    order = np.lexsort((status, tick))  # ends first, for a note that is struck again
    delta = np.diff(tick[order], prepend=0)
    track = bytearray([0, 0xC0 | channel, program])
    for wait, kind, key, force in zip(
        delta.tolist(), status[order].tolist(), both[order].tolist(), touch[order].tolist(), strict=True
    ):
        for shift in (21, 14, 7):
            if wait >> shift:
                track.append(wait >> shift & 0x7F | 0x80)
        track += bytes((wait & 0x7F, kind, key, force))
    return _write_chunk(b"MTrk", bytes(track) + b"\0\xff\x2f\0")


def _write_chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack(">I", len(content)) + content
