"""Hash sequences without training: which semitones sound above their local mean."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["FRAMES_PER_HASH", "compute_hash_sequence"]

# A hash covers 8 frames (0.37 s), as in Raffel (2016), chapter 5.
FRAMES_PER_HASH = 8
# Hashes to either side that make the local mean: ±3 s.
_REACH = 8


def compute_hash_sequence(frames: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Hash each 8 frames to 32 bits, a bit set where a semitone is louder than around that time.

    Parameters
    ----------
    frames : NDArray, shape (n_frames, 72), uint8
        Quantised constant-Q.

    Returns
    -------
    NDArray, shape (ceil(n_frames / 8),), uint32
        The last one may stand for fewer frames.

    Raises
    ------
    ValueError
        If `frames` is not (n, 72) with n of 1 or more.
    """
    if frames.ndim != 2 or frames.shape[0] < 1 or frames.shape[1] != 72:
        raise ValueError(f"frames must be (n, 72), not {frames.shape}")
    edges = np.arange(0, frames.shape[0], FRAMES_PER_HASH)
    sums = np.add.reduceat(frames, edges, axis=0, dtype=np.float32)
    means = sums / np.diff(edges, append=frames.shape[0]).astype(np.float32)[:, None]
    folded = _fold(means)
    running = np.zeros((folded.shape[0] + 1, 32))
    np.cumsum(folded, axis=0, out=running[1:])
    at = np.arange(folded.shape[0])
    low, high = np.maximum(at - _REACH, 0), np.minimum(at + _REACH + 1, folded.shape[0])
    local = (running[high] - running[low]) / (high - low)[:, None]
    bits = folded > local
    return np.packbits(bits, axis=1, bitorder="little").view("<u4")[:, 0].astype(np.uint32)


def _fold(means: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fold 72 semitones by octaves into the 32 around middle C, where melodies lie."""
    folded = means[:, 20:52].copy()
    folded[:, 4:24] += means[:, 0:20]
    folded[:, 8:28] += means[:, 52:72]
    return folded
