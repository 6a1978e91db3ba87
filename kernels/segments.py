"""Finding the stretches of two versions of a piece that belong together, if some are left out or repeated."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Stretch", "find_stretches"]

Floats = NDArray[np.float32]

# Ways into a cell: both sides by one frame, the MIDI by two, the recording by two, or at the beginning.
ENTERS = 3


class Stretch(NamedTuple):
    """First and last frames of a stretch on both sides, inclusive."""

    midi_start: int
    midi_end: int
    audio_start: int
    audio_end: int

    @property
    def of_midi(self) -> slice:
        """Its frames of the MIDI."""
        return slice(self.midi_start, self.midi_end + 1)

    @property
    def of_audio(self) -> slice:
        """Its frames of the recording."""
        return slice(self.audio_start, self.audio_end + 1)


def find_stretches(cost: Floats, *, apart: float, entry: float, slope: float, ordered: bool) -> list[Stretch]:
    """Find the stretches that are worth aligning, in the order of the recording.

    Each frame of the recording either belongs to a frame of the MIDI or to none. Within a stretch, both sides
    go on by one frame, or one of them by two; between stretches the MIDI may go on anywhere. The sum of all
    costs is the least there is.

    Parameters
    ----------
    cost : NDArray, shape (n_midi, n_audio), float32
        0 for frames that are alike.
    apart : float
        Cost of a frame of the recording that belongs to none.
    entry : float
        Cost of beginning a stretch.
    slope : float
        Cost of going on by two frames on one side.
    ordered : bool
        A stretch begins behind all before it in the MIDI, too; else anywhere.

    Returns
    -------
    list of Stretch

    References
    ----------
    Fremerey, Müller and Clausen (2010), "Handling repeats and jumps in score-performance synchronization";
    a state of its own for what belongs to nothing is that of local alignment, Smith and Waterman (1981).
    """
    n_midi, n_audio = cost.shape
    steps = np.empty((n_audio, n_midi), np.int8)
    origins = np.empty((n_audio, n_midi), np.int32)
    ends = np.zeros((n_audio, n_midi + 1), np.bool_)
    # What it costs to be between stretches, by the number of frames of the MIDI that are behind.
    outside = np.full(n_midi + 1, np.inf, np.float32)
    outside[0] = 0
    before = last = np.full(n_midi, np.inf, np.float32)
    numbers = np.arange(n_midi + 1, dtype=np.int32)
    for n in range(n_audio):
        if ordered:
            least = np.minimum.accumulate(outside)
            origins[n] = np.maximum.accumulate(np.where(outside == least, numbers, 0))[:n_midi]
            reached = least[:n_midi]
        else:
            origins[n] = outside.argmin()
            reached = np.full(n_midi, outside.min(), np.float32)
        ways = np.full((4, n_midi), np.inf, np.float32)
        ways[0, 1:] = last[:-1]
        ways[1, 2:] = last[:-2] + slope
        ways[2, 1:] = before[:-1] + cost[1:, n] + slope
        ways[ENTERS] = reached + entry
        steps[n] = ways.argmin(axis=0)
        before, last = last, ways.min(axis=0) + cost[:, n]
        outside = outside + np.float32(apart)
        ends[n, 1:] = last < outside[1:]
        outside[1:] = np.minimum(outside[1:], last)
    return _trace_back(steps, origins, ends, int(outside.argmin()))


def _trace_back(
    steps: NDArray[np.int8], origins: NDArray[np.int32], ends: NDArray[np.bool_], behind: int
) -> list[Stretch]:
    stretches: list[Stretch] = []
    n = len(steps)
    while n > 0:
        if not ends[n - 1, behind]:
            n -= 1
            continue
        m, at = behind - 1, n - 1
        while steps[at, m] != ENTERS:
            m, at = m - (2 if steps[at, m] == 1 else 1), at - (2 if steps[at, m] == 2 else 1)
        stretches.append(Stretch(m, behind - 1, at, n - 1))
        n, behind = at, int(origins[at, m])
    return stretches[::-1]
