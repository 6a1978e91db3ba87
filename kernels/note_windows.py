"""Vectors of windows of notes, the same in all keys; of slices, also at all tempi."""

import numpy as np
from numpy.typing import NDArray

from lakhdb.kernels.note_slices import N_CLASSES

__all__ = ["DIMENSION", "HOP", "WINDOW", "compute_note_vectors", "place_note_windows"]

# Slices, or steps in time, of a window and between windows.
WINDOW = 64
HOP = 32

# Steps that a window is resampled to.
N_STEPS = 32

# Frequencies along time, both ways, and along pitch classes, whose others mirror these.
N_SLOW = 8
N_PITCH = 6
DIMENSION = (2 * N_SLOW + 1) * N_PITCH


def place_note_windows(n_steps: int, stretch: float = 1.0) -> NDArray[np.int64]:
    """Return where windows begin, shape (n_windows,), `HOP` apart; half of the last one may be silent.

    With `stretch`, windows and hops are so many times as long.
    """
    if n_steps < 1:
        raise ValueError(f"n_steps must be 1 or more, not {n_steps}")
    width = round(WINDOW * stretch)
    return np.arange(0, max(1, n_steps - width // 2), max(1, round(HOP * stretch)))


def compute_note_vectors(classes: NDArray[np.uint8], stretch: float = 1.0) -> NDArray[np.float32]:
    """Compute a unit vector for each window of a file.

    A window is resampled to 32 steps; the vector holds the roots of the magnitudes of its two-dimensional
    Fourier transform, slow changes only. A shift along pitch classes (another key) or in time (another
    beginning of the window) changes the phases alone.

    Parameters
    ----------
    classes : NDArray, shape (n, 12), uint8
        Pitch classes, or kinds of drums, of slices or of steps in time.
    stretch : float
        Take windows that are so many times as long: a slower file has more steps for the same music, and one
        in which notes are missing fewer slices.

    Returns
    -------
    NDArray, shape (n_windows, DIMENSION), float32

    Raises
    ------
    ValueError
        If `classes` is not as above.

    References
    ----------
    Bertin-Mahieux and Ellis, "Large-scale cover song recognition using the 2D Fourier transform magnitude"
    (ISMIR 2012), who take beats for steps.
    """
    if classes.ndim != 2 or classes.shape[1] != N_CLASSES or classes.dtype != np.uint8:
        raise ValueError(f"classes must be (n, {N_CLASSES}) uint8, not {classes.shape} {classes.dtype}")
    windows = _resample(_cut(classes, place_note_windows(len(classes), stretch), round(WINDOW * stretch)))
    spectra = np.fft.fft2(windows - windows.mean(axis=2, keepdims=True))
    slow = np.concatenate([spectra[:, : N_SLOW + 1], spectra[:, -N_SLOW:]], axis=1)
    vectors = np.sqrt(np.abs(slow[:, :, 1 : N_PITCH + 1])).reshape(len(spectra), DIMENSION)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


def _cut(classes: NDArray[np.uint8], starts: NDArray[np.int64], width: int) -> NDArray[np.float32]:
    """Cut windows, shape (n_windows, width, 12); silence follows the end."""
    padded = np.zeros((int(starts[-1]) + width, N_CLASSES), np.float32)
    padded[: len(classes)] = classes[: len(padded)]
    return np.asarray(padded[starts[:, None] + np.arange(width)], np.float32)


def _resample(windows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Average over `N_STEPS` equal parts of each window."""
    n_before = windows.shape[1]
    edges = np.linspace(0, n_before, N_STEPS + 1)
    before = np.floor(edges).astype(np.int64)
    share = (edges - before).astype(np.float32)[:, None]
    sums = np.pad(np.cumsum(windows, axis=1), ((0, 0), (1, 0), (0, 0)))
    at_edges = sums[:, before] * (1 - share) + sums[:, np.minimum(before + 1, n_before)] * share
    return np.asarray(np.diff(at_edges, axis=1), np.float32)
