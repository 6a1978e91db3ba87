"""What of a MIDI file and a recording belongs together, where verses were left out, repeated or put in."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.constant_q import FRAME_S
from lakhdb.kernels.segments import Stretch, find_stretches

__all__ = ["Segment", "find_pieces"]

Frames = npt.NDArray[np.uint8]

# Frames that are compared as one, 186 ms: enough to tell where a verse begins.
POOLED = 4
STEP_S = POOLED * FRAME_S

# Costs are cosine distances over the mean of all. A frame of the recording belongs to nothing if it costs
# more than this, and a stretch has to save what so many seconds of nothing cost.
APART = 0.75
ENTRY_S = 4.0
SLOPE = 0.2

# More pairs of pooled frames, of which each takes ten bytes, are not looked at: 21 minutes squared.
LARGEST_CELLS = 48_000_000

# Shorter stretches are chance.
LEAST_S = 8.0

# What lies between two stretches is a passage played otherwise, unless one side has so much more of it.
LEAST_MORE_S = 5.0
LEAST_MORE_SHARE = 0.3


@dataclass(frozen=True)
class Segment:
    """A part of a MIDI file and the part of a recording that it is.

    Attributes
    ----------
    midi_start_s, midi_end_s, audio_start_s, audio_end_s : float
        Seconds.
    is_aligned : bool
        The alignment goes through it. It does not where it would have to step back.
    confidence : float
        The probability that the two are the same music, by themselves.
    """

    midi_start_s: float
    midi_end_s: float
    audio_start_s: float
    audio_end_s: float
    is_aligned: bool
    confidence: float


def find_pieces(midi: Frames, audio: Frames) -> tuple[list[Stretch], list[Stretch]]:
    """Find what belongs together.

    Parameters
    ----------
    midi, audio : uint8, shape (n, d)
        Prepared frames, the MIDI about as fast as the recording.

    Returns
    -------
    aligned : list of Stretch
        What follows one another on both sides; less than two if nothing was left out or put in between. None
        if both are too long to tell.
    again : list of Stretch
        Of what is left of the recording, what is in the MIDI all the same: a verse that is played once more.
    """
    pooled = [_pool(one) for one in (midi, audio)]
    if len(pooled[0]) * len(pooled[1]) > LARGEST_CELLS:
        return [], []
    cost = 1 - pooled[0] @ pooled[1].T
    mean = float(cost.mean()) if cost.size else 0.0
    if mean <= 0:
        return [], []
    cost /= np.float32(mean)
    aligned: list[Stretch] = []
    for one in _find(cost, ordered=True):
        if aligned and _continues(aligned[-1], one):
            aligned[-1] = aligned[-1]._replace(midi_end=one.midi_end, audio_end=one.audio_end)
        else:
            aligned.append(one)
    aligned = [one for one in aligned if _is_long(one)]
    again = []
    bounds = [-1, *(end for one in aligned for end in (one.audio_start, one.audio_end)), cost.shape[1]]
    for end, start in zip(bounds[::2], bounds[1::2], strict=True):
        for one in _find(cost[:, end + 1 : start], ordered=False):
            moved = one._replace(audio_start=one.audio_start + end + 1, audio_end=one.audio_end + end + 1)
            again += [moved] if _is_long(moved) else []
    return [_widen(one) for one in aligned], [_widen(one) for one in again]


def _find(cost: npt.NDArray[np.float32], *, ordered: bool) -> list[Stretch]:
    return find_stretches(cost, apart=APART, entry=ENTRY_S / STEP_S, slope=SLOPE, ordered=ordered)


def _is_long(pooled: Stretch) -> bool:
    return (pooled.audio_end - pooled.audio_start) * STEP_S >= LEAST_S


def _pool(frames: Frames) -> npt.NDArray[np.float32]:
    whole = frames[: len(frames) // POOLED * POOLED].reshape(-1, POOLED, frames.shape[1])
    mean = whole.mean(axis=1, dtype=np.float32)
    return np.asarray(mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-6), np.float32)


def _continues(before: Stretch, after: Stretch) -> bool:
    midi, audio = after.midi_start - before.midi_end, after.audio_start - before.audio_end
    return abs(midi - audio) < max(LEAST_MORE_S / STEP_S, LEAST_MORE_SHARE * max(midi, audio))


def _widen(pooled: Stretch) -> Stretch:
    """Return the frames that a stretch of pooled ones covers."""
    midi_start, midi_end, audio_start, audio_end = pooled
    last = POOLED - 1
    return Stretch(
        POOLED * midi_start, POOLED * midi_end + last, POOLED * audio_start, POOLED * audio_end + last
    )
