"""What stands out of constant-Q frames: the common ground of recordings and rendered notes."""

import numpy as np
from numpy.typing import NDArray

from lakhdb.kernels import _whiten
from lakhdb.kernels.constant_q import N_BINS

__all__ = ["MEAN_SHARE", "REACH", "check_frames", "prepare_frames"]

# Both tuned on half of the open bench (benchmarks/open_bench.py). Taking away a bin's mean over time removes
# what a room, an equaliser or a held drone adds; most of it, not all, since long notes are music too. Taking
# away the mean over half an octave to either side removes timbre and noise and leaves the partials' peaks.
MEAN_SHARE = 0.8
REACH = 6


def check_frames(frames: NDArray[np.uint8]) -> None:
    """Refuse what is not quantised constant-Q.

    Raises
    ------
    ValueError
        If `frames` is not a uint8 array of shape (n, 72) with n of 1 or more.
    """
    if frames.ndim != 2 or frames.shape[0] < 1 or frames.shape[1] != N_BINS or frames.dtype != np.uint8:
        raise ValueError(f"frames must be (n, {N_BINS}) uint8, not {frames.shape} {frames.dtype}")


def prepare_frames(frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Whiten frames for comparison: both sides pass here before constant-Q DTW.

    Each value loses 0.8 of its bin's mean over the item, then the mean of what is left in its frame within
    six semitones; what is below either is silence. The root of the rest is kept.

    Parameters
    ----------
    frames : NDArray, shape (n_frames, 72), uint8
        Quantised constant-Q of a whole item.

    Returns
    -------
    NDArray, shape (n_frames, 72), uint8
        16 · √(what stands out). A frame in which nothing does is zero.

    Raises
    ------
    ValueError
        If `frames` is not (n, 72) uint8.
    """
    check_frames(frames)
    return _whiten.whiten(frames, MEAN_SHARE, REACH)
