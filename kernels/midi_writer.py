"""Notes as a Standard MIDI File."""

import struct

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["write_notes"]

Whole = NDArray[np.int64]

# 960 ticks a beat, 120 beats a minute.
DIVISION = 960
TICKS_PER_S = 2 * DIVISION
LAST_TICK = (1 << 28) - 1
DRUM_CHANNEL = 9
MELODIC_CHANNELS = (*range(9), *range(10, 16))
END_OF_TRACK = b"\0\xff\x2f\0"


def write_notes(
    pitch: ArrayLike,
    velocity: ArrayLike,
    start_s: ArrayLike,
    end_s: ArrayLike,
    program: ArrayLike,
    is_drum: ArrayLike,
    part: ArrayLike,
) -> bytes:
    """Write notes as a Standard MIDI File: a track for each part, 120 beats a minute, 0.52 ms a tick.

    Parameters
    ----------
    pitch, velocity, program : ArrayLike, shape (n_notes,), integers
        0 to 127; velocity from 1.
    start_s, end_s : ArrayLike, shape (n_notes,), float
        Seconds from 0; a note lasts a tick at least.
    is_drum : ArrayLike, shape (n_notes,), bool
    part : ArrayLike, shape (n_notes,), integers
        Parts by rising number; the first note of each says its program and whether it is drums. More than
        fifteen melodic parts share channels, and then the program of the last of them.

    Raises
    ------
    ValueError
        If the arrays differ in length, or hold values out of range or times that are not finite.
    """
    numbers = [np.asarray(one).astype(np.int64).ravel() for one in (pitch, velocity, program, part)]
    times = [np.asarray(one, np.float64).ravel() for one in (start_s, end_s)]
    drums = np.asarray(is_drum, bool).ravel()
    if len({one.shape for one in (*numbers, *times, drums)}) != 1:
        raise ValueError("pitch, velocity, start_s, end_s, program, is_drum and part must have one length")
    keys, touch, programs, parts = numbers
    if keys.size and (
        min(keys.min(), programs.min()) < 0 or touch.min() < 1 or max(map(np.max, numbers[:3])) > 127
    ):
        raise ValueError("pitch and program must be 0 to 127, velocity 1 to 127")
    if not all(
        np.isfinite(one).all() and (one >= 0).all() and (one < LAST_TICK / TICKS_PER_S).all() for one in times
    ):
        raise ValueError(f"times must be finite, from 0, and below {LAST_TICK // TICKS_PER_S} s")
    begin, end = (np.rint(one * TICKS_PER_S).astype(np.int64) for one in times)
    tracks: list[bytes] = []
    for number in np.unique(parts):
        mine = np.flatnonzero(parts == number)
        channel = DRUM_CHANNEL if drums[mine[0]] else MELODIC_CHANNELS[len(tracks) % len(MELODIC_CHANNELS)]
        tracks.append(
            _write_track(channel, int(programs[mine[0]]), keys[mine], touch[mine], begin[mine], end[mine])
        )
    header = struct.pack(">HHH", 1, len(tracks), DIVISION)
    return b"".join([_write_chunk(b"MThd", header), *tracks])


def _write_track(
    channel: int, program: int, pitch: Whole, velocity: Whole, begin: Whole, end: Whole
) -> bytes:
    n = pitch.size
    tick = np.concatenate([begin, np.maximum(end, begin + 1)])
    status = np.repeat([0x90 | channel, 0x80 | channel], n)
    key, touch = np.tile(pitch, 2), np.concatenate([velocity, np.zeros(n, np.int64)])
    order = np.lexsort((status, tick))  # ends first, for a note that is struck again
    wait = np.diff(tick[order], prepend=0)
    track = bytearray([0, 0xC0 | channel, program])
    columns = (one.tolist() for one in (wait, status[order], key[order], touch[order]))
    for ticks, *event in zip(*columns, strict=True):
        for shift in (21, 14, 7):
            if ticks >> shift:
                track.append(ticks >> shift & 0x7F | 0x80)
        track += bytes((ticks & 0x7F, *event))
    return _write_chunk(b"MTrk", bytes(track) + END_OF_TRACK)


def _write_chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack(">I", len(content)) + content
