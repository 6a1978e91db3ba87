"""Find the warping path of one pair, cell by cell."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lakhdb.kernels import _dtw
from lakhdb.kernels.dtw.result import BEST_INSTRUCTION_SET, check_frames, check_scalars, compute_scores

__all__ = ["AlignedPath", "find_path"]


@dataclass(frozen=True)
class AlignedPath:
    """The best path of a pair.

    Attributes
    ----------
    midi_frame, audio_frame : NDArray, shape (length,), int32
        The path's cells in order; neither side ever steps back or by more than one frame.
    cost : float
        Accumulated along the path, penalties included.
    block_mean : float
        Mean cost of the block from the path's first to its last frame on both sides.
    score : float
        0 to 1, higher is better, as in `lakhdb.kernels.dtw.score.PathScores`.
    """

    midi_frame: NDArray[np.int32]
    audio_frame: NDArray[np.int32]
    cost: float
    block_mean: float
    score: float


def find_path(
    midi: NDArray[np.uint8],
    audio: NDArray[np.uint8],
    *,
    gully: float = 0.96,
    penalty: float | None = None,
) -> AlignedPath:
    """Find the best warping path of one MIDI file to one recording.

    The path whose ends, cost and score `lakhdb.kernels.dtw.score.score_pairs` gives, to the last bit.

    Parameters
    ----------
    midi : NDArray, shape (n, d), uint8
        Quantised constant-Q, d from 1 to 256.
    audio : NDArray, shape (m, d), uint8
    gully : float
        0 to 1.
    penalty : float or None
        In units of cost, from 0; None means the mean cost of the whole matrix.

    Returns
    -------
    AlignedPath

    Raises
    ------
    ValueError
        If a shape, dtype or scalar is not as above.
    MemoryError
        If the moves do not fit: they take n · m / 4 bytes (20 minutes squared: 170 MB), and two or four times
        as much on processors without AVX-512 and AVX2.
    """
    check_scalars(gully, penalty)
    check_frames(midi, [audio])
    midi_frame, audio_frame, cost, mean = _dtw.trace_cosine(midi, audio, gully, penalty, BEST_INSTRUCTION_SET)
    score = compute_scores(
        np.array([cost], np.float32), np.array([midi_frame.size], np.int32), np.array([mean])
    )
    return AlignedPath(midi_frame, audio_frame, cost, mean, float(score[0]))
