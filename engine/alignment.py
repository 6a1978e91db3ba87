"""The alignment of one MIDI file with one recording, as breakpoints in seconds."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.breakpoints import thin_path
from lakhdb.kernels.constant_q import COMPARED_BINS, FRAME_S, shift_bins
from lakhdb.kernels.dtw.path import find_path

from .cascade import GULLY

__all__ = ["TOLERANCE_S", "Trace", "trace_path"]

# Straight lines between breakpoints stay this near to the path: below what is heard as not together, and a
# fifth of a frame.
TOLERANCE_S = 0.01


@dataclass(frozen=True)
class Trace:
    """Breakpoints of an alignment.

    Attributes
    ----------
    midi_s, audio_s : float64, shape (n,)
        Seconds, never falling.
    """

    midi_s: npt.NDArray[np.float64]
    audio_s: npt.NDArray[np.float64]


def trace_path(midi: npt.NDArray[np.uint8], audio: npt.NDArray[np.uint8], transposition: int) -> Trace:
    """Trace the path of an accepted pair: frames of shape (n, 72), the MIDI raised so many semitones."""
    path = find_path(
        np.ascontiguousarray(shift_bins(midi, transposition)[:, COMPARED_BINS]),
        np.ascontiguousarray(audio[:, COMPARED_BINS]),
        gully=GULLY,
    )
    midi_s, audio_s = path.midi_frame * FRAME_S, path.audio_frame * FRAME_S
    kept = thin_path(midi_s, audio_s, TOLERANCE_S)
    return Trace(midi_s[kept], audio_s[kept])
