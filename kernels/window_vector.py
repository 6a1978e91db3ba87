"""Vectors of 30 s windows without training: which pitch classes sound together, and which follow which."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from lakhdb.kernels import _whiten
from lakhdb.kernels.whitening import MEAN_SHARE, REACH, check_frames

__all__ = ["DIMENSION", "WINDOW_FRAMES", "compute_window_vectors", "place_windows"]

# 30 s, the length of a preview: 1 + 30 · 22 050 // 1024 frames.
WINDOW_FRAMES = 646
DIMENSION = 128
# Pairs of the 12 pitch classes, each with itself too; the rest is for the 144 changes, projected.
_N_PAIRS = 78
_N_CHANGES = DIMENSION - _N_PAIRS
# Changes are seen between means of 4 frames (0.19 s): shorter than most notes, longer than most attacks.
_FRAMES_PER_STEP = 4


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

    A window is whitened as by `lakhdb.kernels.whitening`, on its own mean over time, and folded to pitch
    classes. Of these the vector holds how often each two sound together, and how often one fades while
    another grows; roots are taken and the mean is taken off, so that no common chord rules the similarity.

    Parameters
    ----------
    frames : NDArray, shape (n_frames, 72), uint8
        Quantised constant-Q.
    starts : NDArray, shape (n_windows,), int32
        First frames, as from `place_windows`; a window that overhangs the end is filled with silence.

    Returns
    -------
    NDArray, shape (n_windows, DIMENSION), float32
        Unit length. Silence has a direction of its own, which music hardly has a share in.

    Raises
    ------
    ValueError
        If `frames` is not (n, 72) uint8 or a start is outside of it.
    """
    check_frames(frames)
    if starts.size and (starts.min() < 0 or starts.max() >= frames.shape[0]):
        raise ValueError(f"starts must be 0 to {frames.shape[0] - 1}")
    pairs, changes = _whiten.describe_windows(
        frames, starts, WINDOW_FRAMES, MEAN_SHARE, REACH, _FRAMES_PER_STEP
    )
    vectors = np.concatenate(
        [_normalise(_centre(pairs)), _normalise(_centre(changes) @ _compute_projection())], axis=1
    )
    silent = ~vectors.any(axis=1)
    vectors[silent] = 1.0
    return _normalise(vectors)


def _centre(amounts: NDArray[np.float32]) -> NDArray[np.float32]:
    roots = np.sqrt(amounts)
    return np.asarray(roots - roots.mean(axis=1, keepdims=True), dtype=np.float32)


def _normalise(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.sqrt(np.square(vectors).sum(axis=1, keepdims=True, dtype=np.float32))
    return np.asarray(vectors / np.maximum(lengths, np.float32(1e-6)), dtype=np.float32)


@cache
def _compute_projection() -> NDArray[np.float32]:
    """A fixed matrix of random signs, (144, 50): keeps inner products nearly (Achlioptas, 2003)."""
    words = np.random.PCG64(0).random_raw(144 * _N_CHANGES)
    return np.where(words >> np.uint64(63), 1.0, -1.0).reshape(144, _N_CHANGES).astype(np.float32)
