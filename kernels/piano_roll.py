"""Notes to a piano roll on the time base and semitones of constant-Q frames."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lakhdb.kernels.constant_q import FRAME_S, LOWEST_NOTE, N_BINS

__all__ = ["render_piano_roll"]


def render_piano_roll(
    pitch: ArrayLike,
    velocity: ArrayLike,
    start_s: ArrayLike,
    end_s: ArrayLike,
    is_drum: ArrayLike,
    n_frames: int,
) -> NDArray[np.uint8]:
    """Render the velocity that each semitone has in each frame.

    Parameters
    ----------
    pitch, velocity : ArrayLike, shape (n_notes,), integers 0 to 127
    start_s, end_s : ArrayLike, shape (n_notes,), float
        Seconds, no end before its start.
    is_drum : ArrayLike, shape (n_notes,), bool
        Drums have no pitch and are left out.
    n_frames : int
        Frames to render; what sounds later is dropped.

    Returns
    -------
    NDArray, shape (n_frames, 72), uint8
        Velocities of the notes sounding, summed and averaged over the frame's time, 255 at most.

    Raises
    ------
    ValueError
        If the arrays differ in length or `n_frames` is below 1.

    References
    ----------
    Raffel (2016), chapter 5, "Adapting to multimodal data". There sums are not cut off; frames are scaled to
    unit length before use, so that it matters only where more than two loud notes double each other.
    """
    pitches, velocities, drums = np.asarray(pitch), np.asarray(velocity), np.asarray(is_drum, bool)
    starts, ends = np.asarray(start_s, np.float64), np.asarray(end_s, np.float64)
    if len({part.shape for part in (pitches, velocities, drums, starts, ends)}) != 1:
        raise ValueError("pitch, velocity, start_s, end_s and is_drum must have one length")
    if n_frames < 1:
        raise ValueError(f"n_frames must be 1 or more, not {n_frames}")
    wanted = ~drums & (pitches >= LOWEST_NOTE) & (pitches < LOWEST_NOTE + N_BINS)
    rows = pitches[wanted].astype(np.int64) - LOWEST_NOTE
    changes = np.zeros((n_frames + 2, N_BINS))
    for times, sign in ((starts, 1.0), (ends, -1.0)):
        _add_steps(changes, times[wanted] / FRAME_S, rows, sign * velocities[wanted])
    roll = np.cumsum(changes, axis=0)[:n_frames]
    return np.ascontiguousarray(np.clip(np.rint(roll), 0, 255).astype(np.uint8))


def _add_steps(
    changes: NDArray[np.float64],
    frames: NDArray[np.float64],
    rows: NDArray[np.int64],
    heights: NDArray[np.float64],
) -> None:
    """Add what steps of these heights change from frame to frame, each frame the mean over its time."""
    frames = np.clip(frames, 0, len(changes) - 2)
    first = frames.astype(np.int64)
    share = frames - first
    np.add.at(changes, (first, rows), heights * (1 - share))
    np.add.at(changes, (first + 1, rows), heights * share)
