"""Notes as a row of slices: what begins together, in the order of beginning, whatever the tempo."""

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BEGINNING",
    "N_BINS",
    "N_CLASSES",
    "SOUNDING",
    "Slices",
    "hold_slices",
    "raise_slices",
    "slice_drums",
    "slice_notes",
]

# Notes that begin within so many seconds of the first of them are one slice. Pianists spread a chord over
# 30 ms and more; sixteenth notes at 180 beats a minute are 83 ms apart.
SPREAD_S = 0.035

# Four groups of twelve: what sounds, what begins, the highest and the lowest note that begins.
N_CLASSES = 12
SOUNDING, BEGINNING, HIGHEST, LOWEST = (slice(at, at + N_CLASSES) for at in range(0, 48, N_CLASSES))
N_BINS = 48

# A held note is heard for so many slices, each time weaker by this factor.
LONGEST_HELD = 8
FADING = 0.8

# How much the outer voices count, the melody being one of them as a rule, and how much of a slice's
# beginnings is lent to the slices after and before it: the order within a chord or an ornament is a matter
# of taste.
OUTER = 1.5
LENT_AFTER, LENT_BEFORE = 0.5, 0.3

# A chord of eight notes that all begin in one slice stays below 255.
SCALE = 90.0

# Slices that are compared, at most: an hour of four a second. What comes later is left out.
MOST_SLICES = 16_384

# Kinds of drums by General MIDI note: bass, side stick and blocks, snare, clap, toms low and high, hi-hats
# closed and open, crash, ride, tambourine and shakers; all others are the twelfth.
_KINDS = {
    0: (35, 36),
    1: (37, 75, 76, 77),
    2: (38, 40),
    3: (39,),
    4: (41, 43, 45),
    5: (47, 48, 50),
    6: (42, 44),
    7: (46,),
    8: (49, 52, 55, 57),
    9: (51, 53, 59),
    10: (54, 69, 70, 82),
}
_DRUM_CLASSES: NDArray[np.int64] = np.full(128, 11)
for _kind, _pitches in _KINDS.items():
    _DRUM_CLASSES[list(_pitches)] = _kind


@dataclass(frozen=True, eq=False)
class Slices:
    """Notes of a file, by slices.

    Attributes
    ----------
    time_s : float64, shape (n_slices,)
        When each begins, ascending.
    frames : uint8, shape (n_slices, 48)
        What sounds, what begins, the highest and the lowest beginning: twelve pitch classes each.
    slice_of_note : int64, shape (n_notes,)
        The slice in which each note begins; -1 for those left out.
    """

    time_s: NDArray[np.float64]
    frames: NDArray[np.uint8]
    slice_of_note: NDArray[np.int64]


def slice_notes(
    start_s: NDArray[np.float64], end_s: NDArray[np.float64], pitch: NDArray[np.integer]
) -> Slices:
    """Cut notes into slices.

    Parameters
    ----------
    start_s, end_s : NDArray, shape (n_notes,)
        Seconds, in any order; n_notes of 1 or more.
    pitch : NDArray, shape (n_notes,)
        MIDI note numbers.

    Raises
    ------
    ValueError
        If there are no notes, or the shapes differ.
    """
    if not start_s.size or not start_s.shape == end_s.shape == pitch.shape:
        raise ValueError("notes must be one or more, with a start, an end and a pitch each")
    owner, time_s = _group(start_s)
    kept = owner >= 0
    at, klass, height = owner[kept], pitch[kept].astype(np.int64) % N_CLASSES, pitch[kept].astype(np.int64)
    # The first slice at or after its end, less a little: notes of a legato do not reach into the next slice.
    last = np.maximum(np.searchsorted(time_s, end_s[kept] - SPREAD_S) - 1, at)
    frames = np.zeros((time_s.size, N_BINS), np.float32)
    for step in range(LONGEST_HELD + 1):
        held = at + step <= last
        np.add.at(frames[:, SOUNDING], (at[held] + step, klass[held]), np.float32(FADING**step))
    np.add.at(frames[:, BEGINNING], (at, klass), np.float32(1))
    order = np.lexsort((height, at))
    firsts = np.searchsorted(at[order], np.arange(time_s.size))
    lasts = np.append(firsts[1:], order.size) - 1
    rows = np.arange(time_s.size)
    frames[:, HIGHEST][rows, klass[order[lasts]]] = OUTER
    frames[:, LOWEST][rows, klass[order[firsts]]] = OUTER
    return Slices(time_s, _finish(frames), owner)


def slice_drums(start_s: NDArray[np.float64], pitch: NDArray[np.integer]) -> Slices:
    """Cut drum notes into slices as `slice_notes` does, with kinds of drums in the place of pitch classes."""
    return slice_notes(start_s, start_s, _DRUM_CLASSES[np.clip(pitch, 0, 127)])


def hold_slices(
    slices_s: NDArray[np.float64], frames: NDArray[np.uint8], at_s: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """Take what sounds at some moments: each slice until the next one begins.

    Parameters
    ----------
    slices_s : NDArray, shape (n_slices,)
        When slices begin, ascending.
    frames : NDArray, shape (n_slices, n_bins)
    at_s : NDArray, shape (n_steps,)
        From the beginning of the first slice on.
    """
    return frames[np.searchsorted(slices_s, at_s, side="right") - 1]


def raise_slices(frames: NDArray[np.uint8], semitones: int) -> NDArray[np.uint8]:
    """Transpose the frames of slices: shape (..., 48)."""
    groups = frames.reshape(*frames.shape[:-1], -1, N_CLASSES)
    return np.ascontiguousarray(np.roll(groups, semitones, axis=-1).reshape(frames.shape))


def _group(start_s: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the slice of each note, -1 beyond the last that is kept, and when slices begin."""
    order = np.argsort(start_s, kind="stable")
    ordered = start_s[order].tolist()
    firsts: list[int] = []
    at = 0
    while at < len(ordered) and len(firsts) < MOST_SLICES:
        firsts.append(at)
        at = bisect_left(ordered, ordered[at] + SPREAD_S, at + 1)
    owner = np.full(start_s.size, -1, np.int64)
    sizes = np.diff(np.append(firsts, at))
    owner[order[:at]] = np.repeat(np.arange(len(firsts)), sizes)
    return owner, np.asarray(start_s[order[firsts]], np.float64)


def _finish(frames: NDArray[np.float32]) -> NDArray[np.uint8]:
    lent = frames.copy()
    lent[1:, N_CLASSES:] += LENT_AFTER * frames[:-1, N_CLASSES:]
    lent[:-1, N_CLASSES:] += LENT_BEFORE * frames[1:, N_CLASSES:]
    return np.minimum(SCALE * np.sqrt(lent), 255).astype(np.uint8)
