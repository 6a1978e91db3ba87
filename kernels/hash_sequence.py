"""Hash sequences without training: which semitones stand out of their surroundings."""

import numpy as np
from numpy.typing import NDArray

from lakhdb.kernels.whitening import prepare_frames

__all__ = ["FRAMES_PER_HASH", "compute_hash_sequence"]

# A hash covers 8 frames (0.37 s), as in Raffel (2016), chapter 5.
FRAMES_PER_HASH = 8


def compute_hash_sequence(frames: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Hash each 8 frames to 32 bits, a bit set where a semitone stands out more than the mean of its frame.

    Parameters
    ----------
    frames : NDArray, shape (n_frames, 72), uint8
        Quantised constant-Q of a whole item.

    Returns
    -------
    NDArray, shape (ceil(n_frames / 8),), uint32
        The last one may stand for fewer frames. Silence is 0.

    Raises
    ------
    ValueError
        If `frames` is not (n, 72) uint8.
    """
    folded = _fold(prepare_frames(frames))
    edges = np.arange(0, frames.shape[0], FRAMES_PER_HASH)
    sums = np.add.reduceat(folded, edges, axis=0, dtype=np.int32)
    bits = sums * sums.shape[1] > sums.sum(axis=1, keepdims=True)
    return np.packbits(bits, axis=1, bitorder="little").view("<u4")[:, 0].astype(np.uint32)


def _fold(frames: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Fold 72 semitones to 32: the lower three octaves to 12 classes, the upper three to 20 semitones."""
    folded = np.zeros((frames.shape[0], 32), dtype=np.uint16)
    for octave in range(3):
        folded[:, :12] += frames[:, 12 * octave : 12 * octave + 12]
    folded[:, 12:] = frames[:, 36:56]
    folded[:, 16:] += frames[:, 52:68]
    return folded
