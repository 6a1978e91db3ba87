"""The map from the times of a MIDI file to those of a recording."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Warp"]

# Alignments stall and jump where a player waits; no tempo can. Sixteen times slower than 60 quarters a minute
# still fits the 24 bits of a tempo event.
MAX_SLOPE = 16.0
# Outside the aligned part goes on the slope of this much music: a path's last frames alone are a coin's toss.
EDGE_S = 5.0
# Breakpoints nearer than this are one.
MIN_STEP_S = 1e-5
# Larger times, in ticks, would leave 64 bits.
MAX_S = 1e7

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Warp:
    """Piecewise linear, strictly rising map; make one with `through`.

    Attributes
    ----------
    midi_s, audio_s : NDArray, shape (n,), float64
        Breakpoints, strictly rising.
    slope_before, slope_after : float
        Audio seconds a MIDI second, before the first breakpoint and behind the last.
    """

    midi_s: Floats
    audio_s: Floats
    slope_before: float
    slope_after: float

    @classmethod
    def through(cls, midi_s: ArrayLike, audio_s: ArrayLike) -> "Warp":
        """Make a map through the breakpoints of an alignment.

        Of several breakpoints at one `midi_s` the first counts: there a note begins, and after it the player
        waits. Slopes are held between 1/16 and 16; what that leaves behind is caught up as soon as it can be.
        Before the first and behind the last breakpoint goes on the mean slope of the nearest 5 s of music (1
        where there is but one breakpoint).

        Parameters
        ----------
        midi_s, audio_s : array_like, shape (n_breakpoints,)
            Matching times in both, neither ever falling; at least one.

        Raises
        ------
        ValueError
            If the breakpoints are none, of unequal number, not finite, beyond 10 million seconds, or falling.
        """
        midi, audio = np.asarray(midi_s, dtype=np.float64), np.asarray(audio_s, dtype=np.float64)
        if midi.ndim != 1 or midi.shape != audio.shape or len(midi) == 0:
            raise ValueError(
                f"breakpoints must be two equal, non-empty rows, not {midi.shape} and {audio.shape}"
            )
        if not (np.abs([midi, audio]) <= MAX_S).all():
            raise ValueError("breakpoints must be finite, and no further out than 10 million seconds")
        if (np.diff(midi) < 0).any() or (np.diff(audio) < 0).any():
            raise ValueError("breakpoints must not fall")
        midi, audio = _bound_slopes(midi.tolist(), audio.tolist())
        edge_s = min(EDGE_S, midi[-1] - midi[0])
        if edge_s == 0.0:
            return cls(midi, audio, 1.0, 1.0)
        head = np.interp(midi[0] + edge_s, midi, audio) - audio[0]
        tail = audio[-1] - np.interp(midi[-1] - edge_s, midi, audio)
        return cls(midi, audio, float(head / edge_s), float(tail / edge_s))

    def forward(self, seconds: ArrayLike) -> Floats:
        """Times in the recording of times in the MIDI file; negative before the recording starts."""
        return _interpolate(seconds, self.midi_s, self.audio_s, self.slope_before, self.slope_after)

    def backward(self, seconds: ArrayLike) -> Floats:
        """Times in the MIDI file of times in the recording: the inverse of `forward`."""
        return _interpolate(seconds, self.audio_s, self.midi_s, 1 / self.slope_before, 1 / self.slope_after)


def _bound_slopes(midi: list[float], audio: list[float]) -> tuple[Floats, Floats]:
    """Drop repeated `midi` and hold the slopes between 1/`MAX_SLOPE` and `MAX_SLOPE`."""
    kept_midi, kept_audio = [midi[0]], [audio[0]]
    for at, wanted in zip(midi, audio, strict=True):
        step = at - kept_midi[-1]
        if step < MIN_STEP_S:
            continue
        last = kept_audio[-1]
        kept_midi.append(at)
        kept_audio.append(min(max(wanted, last + step / MAX_SLOPE), last + step * MAX_SLOPE))
    return np.array(kept_midi), np.array(kept_audio)


def _interpolate(at: ArrayLike, xs: Floats, ys: Floats, before: float, after: float) -> Floats:
    points = np.asarray(at, dtype=np.float64)
    outside = before * np.minimum(points - xs[0], 0.0) + after * np.maximum(points - xs[-1], 0.0)
    return np.asarray(np.interp(points, xs, ys) + outside, dtype=np.float64)
