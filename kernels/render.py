"""Notes to constant-Q frames without synthesis, from templates of instrument families."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lakhdb.kernels import _render
from lakhdb.kernels.constant_q import DYNAMIC_RANGE_DB, FRAME_S, LOWEST_NOTE, count_frames
from lakhdb.kernels.timbres import (
    BINS_BELOW,
    DRUM_TIMBRES,
    FLOOR,
    ONSET_DELAY,
    compute_smear,
    compute_templates,
)

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
    pitches, velocities, programs = (_check_whole(values) for values in (pitch, velocity, program))
    starts, ends = (_check_times(values) for values in (start_s, end_s))
    drum = np.asarray(is_drum, dtype=bool).ravel()
    if len({part.shape for part in (pitches, velocities, programs, starts, ends, drum)}) != 1:
        raise ValueError("pitch, velocity, start_s, end_s, program and is_drum must have one length")
    timbres = np.where(drum, DRUM_TIMBRES[pitches], programs // 8)
    templates = compute_templates()
    return _render.render(
        # A drum's template lies where it lies, whatever its note.
        np.where(drum, LOWEST_NOTE + BINS_BELOW, pitches),
        velocities,
        timbres,
        starts / FRAME_S + ONSET_DELAY,
        ends / FRAME_S + ONSET_DELAY,
        n_frames,
        templates.spectra,
        templates.decays,
        templates.releases,
        templates.attacks,
        BINS_BELOW,
        compute_smear(),
        FLOOR,
        DYNAMIC_RANGE_DB,
    )


def _check_whole(values: ArrayLike) -> NDArray[np.int32]:
    whole = np.asarray(values).astype(np.int32, copy=False).ravel()
    if whole.size and (whole.min() < 0 or whole.max() > 127):
        raise ValueError("pitch, velocity and program must be 0 to 127")
    return whole


def _check_times(values: ArrayLike) -> NDArray[np.float64]:
    times = np.asarray(values, dtype=np.float64).ravel()
    if not np.isfinite(times).all():
        raise ValueError("start_s and end_s must be finite")
    return times
