"""Which MIDI files have the same melody as another: a truth by file name needs files without twins."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["compare_melodies", "cut_melody", "pick_melody"]

GRAM = 6  # intervals in a row: two or three bars of a tune
Gram = tuple[int, ...]


def pick_melody(track: NDArray[Any], pitch: NDArray[Any], start_s: NDArray[np.float64]) -> list[int]:
    """Return the pitches of the track with the highest mean pitch, in time; of a chord, the highest note.

    Parameters
    ----------
    track, pitch, start_s : NDArray, shape (n_notes,)
        At least one note; drums left out.
    """
    tracks = np.unique(track)
    highest = max(tracks, key=lambda number: float(pitch[track == number].mean()))
    mine = track == highest
    order = np.lexsort((-pitch[mine].astype(np.int64), start_s[mine]))
    pitches, starts = pitch[mine][order], start_s[mine][order]
    first_of_chord = np.append(True, np.diff(starts) > 0.01)
    melody: list[int] = pitches[first_of_chord].tolist()
    return melody


def cut_melody(pitches: Sequence[int]) -> frozenset[Gram]:
    """Return the runs of `GRAM` intervals in a melody: the same in any key and at any speed."""
    intervals = np.diff(np.asarray(pitches, dtype=np.int64)).tolist()
    return frozenset(_slide(intervals))


def _slide(intervals: list[int]) -> Iterator[Gram]:
    for start in range(len(intervals) - GRAM + 1):
        yield tuple(intervals[start : start + GRAM])


def compare_melodies(one: frozenset[Gram], other: frozenset[Gram]) -> float:
    """Return the share of the shorter melody's runs that the longer has too, 0 to 1; 0 where one has none."""
    shorter = min(len(one), len(other))
    return len(one & other) / shorter if shorter else 0.0
