"""Score one MIDI side against many recordings by their constant-Q frames."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lakhdb.kernels import _dtw
from lakhdb.kernels.dtw.result import (
    BEST_INSTRUCTION_SET,
    PathScores,
    available_device,
    check_frames,
    check_scalars,
    compute_scores,
    count_threads,
)

__all__ = ["PathScores", "available_device", "score_pairs"]


def score_pairs(
    midi: NDArray[np.uint8],
    audio: Sequence[NDArray[np.uint8]],
    *,
    gully: float = 0.96,
    penalty: float | None = None,
    device: Literal["cpu", "cuda"] = "cpu",
) -> PathScores:
    """Find the best warping path of one MIDI file to each of K recordings and score it.

    A path starts anywhere in the first frame of either side and ends in the last frame of either side, at or
    beyond `gully` times the shorter side's length. A cell costs 1 − cosine of the raw uint8 frames; a frame
    of zeros has cosine 0 with every frame, and so costs 1. A step that is not diagonal costs `penalty` more.
    Among equal ways into a cell the diagonal one wins, then that from the MIDI frame before; among equal
    ends the earliest, and one on the last MIDI frame before one on the last audio frame.

    Parameters
    ----------
    midi : NDArray, shape (n, d), uint8
        Quantised constant-Q, d from 1 to 256.
    audio : sequence of K NDArray, shape (m_k, d), uint8
        Slices of wider arrays are welcome (transposition).
    gully : float
        0 to 1.
    penalty : float or None
        In units of cost, from 0; None means the mean cost of each pair's whole matrix.
    device : {"cpu", "cuda"}
        Where to compute: compiled code on all processors this process may use, or JAX on a GPU. Costs agree
        to rounding (float32); where that turns a tie, so may the paths.

    Returns
    -------
    PathScores
        Arrays of shape (K,).

    Raises
    ------
    ValueError
        If a shape, dtype or scalar is not as above, or there is no such device.

    Notes
    -----
    Time is O(n · Σ m_k), memory O(n + m) a thread: cells carry the start and length of their path.

    References
    ----------
    Raffel (2016), chapter 4. There the block of the mean leaves out the last frames; here it is inclusive.
    """
    check_scalars(gully, penalty)
    check_frames(midi, audio)
    if device == "cuda":
        from lakhdb.kernels.dtw.jax_score import score_frames

        return score_frames(midi, audio, gully, penalty, platform="cuda")
    if device != "cpu":
        raise ValueError(f"device must be cpu or cuda, not {device}")
    cost, mean, length, *ends = _dtw.score_cosine(
        midi, audio, gully, penalty, count_threads(), BEST_INSTRUCTION_SET
    )
    return PathScores(cost, length, mean, compute_scores(cost, length, mean), *ends)
