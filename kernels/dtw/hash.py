"""Score one MIDI side against many recordings by their hash sequences."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lakhdb.kernels import _dtw
from lakhdb.kernels.dtw.result import (
    BEST_INSTRUCTION_SET,
    PathScores,
    check_hashes,
    check_scalars,
    compute_scores,
    count_threads,
)

__all__ = ["score_hashes"]


def score_hashes(
    midi: NDArray[np.uint32],
    audio: Sequence[NDArray[np.uint32]],
    *,
    gully: float = 0.96,
    penalty: float | None = None,
) -> PathScores:
    """Find the best warping path of one hash sequence to each of K others and score it.

    As `lakhdb.kernels.dtw.score.score_pairs`, but a cell costs the Hamming distance of its hashes, over 32.

    Parameters
    ----------
    midi : NDArray, shape (n,), uint32
    audio : sequence of K NDArray, shape (m_k,), uint32
    gully : float
        0 to 1.
    penalty : float or None
        In units of cost, from 0; None means the mean cost of each pair's whole matrix.

    Returns
    -------
    PathScores
        Arrays of shape (K,), frames counted in hashes.

    Raises
    ------
    ValueError
        If a shape, dtype or scalar is not as above.

    References
    ----------
    Raffel (2016), chapter 5.
    """
    check_scalars(gully, penalty)
    check_hashes(midi, audio)
    cost, mean, length, *ends = _dtw.score_hamming(
        midi, audio, gully, penalty, count_threads(), BEST_INSTRUCTION_SET
    )
    return PathScores(cost, length, mean, compute_scores(cost, length, mean), *ends)
