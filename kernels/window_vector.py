"""Vectors of 30 s windows without training."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["DIMENSION", "WINDOW_FRAMES", "compute_window_vectors", "place_windows"]

# 30 s, the length of a preview: 1 + 30 · 22 050 // 1024 frames.
WINDOW_FRAMES = 646
DIMENSION = 128


def place_windows(n_frames: int, hop: int) -> NDArray[np.int32]:
    """Place windows over an item so that each frame is in one, the last window ending with the item.

    Parameters
    ----------
    n_frames : int
        Length of the item, 1 or more.
    hop : int
        Frames between starts, at most; 1 to `WINDOW_FRAMES`.

    Returns
    -------
    NDArray, shape (n_windows,), int32
        First frames, ascending; just [0] for an item no longer than a window.

    Raises
    ------
    ValueError
        If `n_frames` or `hop` is out of range.
    """
    if n_frames < 1:
        raise ValueError(f"n_frames must be 1 or more, not {n_frames}")
    if not 1 <= hop <= WINDOW_FRAMES:
        raise ValueError(f"hop must be 1 to {WINDOW_FRAMES}, not {hop}")
    last = max(n_frames - WINDOW_FRAMES, 0)
    n_windows = 1 + -(-last // hop)
    return np.rint(np.linspace(0, last, n_windows)).astype(np.int32)


def compute_window_vectors(frames: NDArray[np.uint8], starts: NDArray[np.int32]) -> NDArray[np.float32]:
    """Compute a unit vector for each window of an item.

    Parameters
    ----------
    frames : NDArray, shape (n_frames, 72), uint8
        Quantised constant-Q.
    starts : NDArray, shape (n_windows,), int32
        First frames, as from `place_windows`; a window that overhangs the end is filled with silence.

    Returns
    -------
    NDArray, shape (n_windows, DIMENSION), float32
        Unit length.

    Raises
    ------
    ValueError
        If `frames` is not (n, 72).
    """
    if frames.ndim != 2 or frames.shape[0] < 1 or frames.shape[1] != 72:
        raise ValueError(f"frames must be (n, 72), not {frames.shape}")
    values = np.zeros((max(frames.shape[0], int(starts.max()) + WINDOW_FRAMES), 72), dtype=np.float32)
    values[: frames.shape[0]] = frames
    sums = np.zeros((values.shape[0] + 1, 72))
    np.cumsum(values, axis=0, out=sums[1:])
    means = (sums[starts + WINDOW_FRAMES] - sums[starts]) / WINDOW_FRAMES
    vectors = np.zeros((starts.size, DIMENSION), dtype=np.float32)
    vectors[:, :72] = means - means.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[norms[:, 0] < 1e-6, 0] = 1.0
    unit: NDArray[np.float32] = vectors / np.where(norms < 1e-6, 1.0, norms).astype(np.float32)
    return unit
