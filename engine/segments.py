"""What of a MIDI file and a recording belongs together, where verses were left out, repeated or put in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.constant_q import FRAME_S
from lakhdb.kernels.segments import Stretch, find_stretches

__all__ = ["Segment", "choose_chain", "find_pieces"]

Frames = npt.NDArray[np.uint8]

# Frames that are compared as one, 186 ms: enough to tell where a verse begins.
POOLED = 4
STEP_S = POOLED * FRAME_S

# Costs are cosine distances over the mean of all. A frame of the recording belongs to nothing if it costs
# more than this, and a stretch has to save what so many seconds of nothing cost.
APART = 0.75
ENTRY_S = 4.0
SLOPE = 0.2

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
        The alignment goes through it. It does not where that would have to step back.
    confidence : float
        The probability that the two are the same music, by themselves.
    """

    midi_start_s: float
    midi_end_s: float
    audio_start_s: float
    audio_end_s: float
    is_aligned: bool
    confidence: float


def find_pieces(midi: Frames, audio: Frames) -> list[Stretch]:
    """Find what belongs together.

    Parameters
    ----------
    midi, audio : uint8, shape (n, d)
        Prepared frames, the MIDI about as fast as the recording.

    Returns
    -------
    list of Stretch
        In the order of the recording; less than two if nothing was left out, repeated or put in.
    """
    pooled = [_pool(one) for one in (midi, audio)]
    cost = 1 - pooled[0] @ pooled[1].T
    mean = float(cost.mean()) if cost.size else 0.0
    if mean <= 0:
        return []
    found = find_stretches(cost / np.float32(mean), apart=APART, entry=ENTRY_S / STEP_S, slope=SLOPE)
    joined: list[Stretch] = []
    for one in found:
        if joined and _continues(joined[-1], one):
            joined[-1] = Stretch(joined[-1].midi_start, one.midi_end, joined[-1].audio_start, one.audio_end)
        else:
            joined.append(one)
    return [_widen(one) for one in joined if (one.audio_end - one.audio_start) * STEP_S >= LEAST_S]


def choose_chain(stretches: Sequence[Stretch]) -> list[int]:
    """Choose the stretches that a path can go through, the most seconds: given in the recording's order."""
    best: list[tuple[int, list[int]]] = []
    for k, one in enumerate(stretches):
        before = [best[j] for j in range(k) if stretches[j].midi_end <= one.midi_start]
        length, chain = max(before, key=lambda found: found[0], default=(0, []))
        best.append((length + one.audio_end - one.audio_start, [*chain, k]))
    return max(best, key=lambda found: found[0], default=(0, []))[1]


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
