"""Notes to constant-Q frames without synthesis, from templates of instrument families."""

from functools import cache
from typing import Any

import numpy as np
from lakhdb.kernels import _render
from lakhdb.kernels.constant_q import FRAME_S, N_BINS, count_frames, quantise
from numpy.typing import ArrayLike, NDArray

__all__ = ["render_notes"]


def render_notes(
    pitch: ArrayLike,
    velocity: ArrayLike,
    start_s: ArrayLike,
    end_s: ArrayLike,
    program: ArrayLike,
    is_drum: ArrayLike,
    duration_s: float,
) -> tuple[NDArray[np.uint8], float]:
    """Render notes to the quantised constant-Q that their sound would have.

    Parameters
    ----------
    pitch, velocity, program : ArrayLike, shape (n_notes,), integers 0 to 127
        Program is ignored where `is_drum`, pitch is then the drum.
    start_s, end_s : ArrayLike, shape (n_notes,), float
        Seconds, in any order of notes.
    is_drum : ArrayLike, shape (n_notes,), bool
    duration_s : float
        Seconds to render; notes beyond are dropped.

    Returns
    -------
    values : NDArray, shape (n_frames, 72), uint8
        As from `quantise`, with `count_frames(duration_s)` frames.
    reference_db : float
        The loudest bin, on a scale of its own (recordings have another).

    Raises
    ------
    ValueError
        If the arrays differ in length, hold values out of range or times that are not finite, or
        `duration_s` is negative or not finite.
    """
    n_frames = count_frames(duration_s)
    whole = [np.asarray(values).astype(np.int32).ravel() for values in (pitch, velocity, program)]
    times = [np.asarray(values, dtype=np.float64).ravel() for values in (start_s, end_s)]
    drum = np.asarray(is_drum, dtype=bool).ravel()
    if len({values.size for values in whole} | {values.size for values in times} | {drum.size}) != 1:
        raise ValueError("pitch, velocity, start_s, end_s, program and is_drum must have one length")
    if any(values.size and (values.min() < 0 or values.max() > 127) for values in whole):
        raise ValueError("pitch, velocity and program must be 0 to 127")
    if not all(np.isfinite(values).all() for values in times):
        raise ValueError("start_s and end_s must be finite")
    power = _render.render(
        whole[0], whole[1], times[0] / FRAME_S, times[1] / FRAME_S, whole[2], drum, n_frames, *_templates()
    )
    return quantise(np.float32(10.0) * np.log10(np.maximum(power, np.float32(1e-12))))


@cache
def _templates() -> tuple[Any, ...]:
    below = 3
    n_offsets = below + 52
    spectra = np.zeros((16, n_offsets), dtype=np.float32)
    decays = np.ones((16, n_offsets), dtype=np.float32)
    leak = {0: 1.0, -1: 0.25, 1: 0.25, -2: 1e-4, 2: 1e-4, -3: 1e-5, 3: 1e-5}
    for harmonic in range(1, 17):
        at = below + round(12 * np.log2(harmonic))
        for offset, share in leak.items():
            if at + offset < n_offsets:
                spectra[:, at + offset] += share * harmonic**-3.0
    sustained = (2, 5, 6, 7, 8, 9, 10, 11)
    for family in range(16):
        decays[family] = 10 ** (-FRAME_S * (0.2 if family in sustained else 1.5))
    releases = np.full(16, 10 ** (-FRAME_S * 10.0), dtype=np.float32)
    drums = np.full((128, N_BINS), 1e-3, dtype=np.float32)
    drum_decays = np.full(128, 10 ** (-FRAME_S * 6.0), dtype=np.float32)
    return spectra, decays, releases, below, drums, drum_decays
