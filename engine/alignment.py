"""The alignment of one MIDI file with one recording, as breakpoints in seconds."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.breakpoints import smooth_path, thin_path
from lakhdb.kernels.constant_q import COMPARED_BINS, FRAME_S
from lakhdb.kernels.dtw.path import find_path

from .pairs import GULLY, Variant

__all__ = ["TOLERANCE_S", "Trace", "trace_path"]

# On 12 excerpts of pop909 and asap with known warps, this leaves a quarter of the breakpoints and brings the
# median error, bias aside, from 23 ms to 16; anything from 10 to 30 frames does nearly the same.
SMOOTH_FRAMES = 15.0
# The curve keeps within one cell of the path, so that a pause or a jump stays one.
LIMIT_FRAMES = 1.5

# Straight lines between breakpoints stay this near to the curve: a fifth of a frame, less than is heard.
TOLERANCE_S = 0.01


@dataclass(frozen=True)
class Trace:
    """Breakpoints of an alignment.

    Attributes
    ----------
    midi_s, audio_s : float64, shape (n,)
        Seconds, never falling.
    refined : bool
        Breakpoints are beginnings of notes, see `lakhdb.engine.refine`; else they come of frames of 46 ms.
    """

    midi_s: npt.NDArray[np.float64]
    audio_s: npt.NDArray[np.float64]
    refined: bool = False


def trace_path(midi: npt.NDArray[np.uint8], audio: npt.NDArray[np.uint8], pair: Any) -> Trace:
    """Trace the path of a placed pair: prepared frames of shape (n, 72), and a record of dtype `PAIR`."""
    variant = Variant(int(pair["transposition"]), float(pair["slowing"]))
    path = find_path(variant.of(midi)[:, COMPARED_BINS], audio[:, COMPARED_BINS], gully=GULLY)
    midi_frame, audio_frame = smooth_path(path.midi_frame, path.audio_frame, SMOOTH_FRAMES, LIMIT_FRAMES)
    # Frames are centred on their times, the first on 0, on both sides.
    midi_s, audio_s = midi_frame * (FRAME_S / variant.slowing), audio_frame * FRAME_S
    kept = thin_path(midi_s, audio_s, TOLERANCE_S)
    return Trace(midi_s[kept], audio_s[kept])
