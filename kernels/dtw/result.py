"""What a DTW kernel answers, and the checks and choices that all of them share."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lakhdb.kernels import _dtw

__all__ = ["PathScores", "available_device", "compute_scores"]

# Products of uint8 frames stay below 2^24, exact in float32, up to this many bins.
MAX_BINS = 256

# The engine asks for the best set; tests ask for each.
BEST_INSTRUCTION_SET = _dtw.list_instruction_sets()[0]


@dataclass(frozen=True)
class PathScores:
    """The best path of one MIDI side against each of K recordings.

    Attributes
    ----------
    cost : NDArray, shape (K,), float32
        Accumulated along the path, penalties included.
    length : NDArray, shape (K,), int32
        Cells of the path.
    block_mean : NDArray, shape (K,), float64
        Mean cost of the block from the path's first to its last frame on both sides.
    score : NDArray, shape (K,), float64
        0 to 1, higher is better: clip(2·(1 − cost / length / block_mean), 0, 1).
    midi_start, midi_end, audio_start, audio_end : NDArray, shape (K,), int32
        First and last frame of the path on each side, inclusive.
    """

    cost: NDArray[np.float32]
    length: NDArray[np.int32]
    block_mean: NDArray[np.float64]
    score: NDArray[np.float64]
    midi_start: NDArray[np.int32]
    midi_end: NDArray[np.int32]
    audio_start: NDArray[np.int32]
    audio_end: NDArray[np.int32]


def compute_scores(
    cost: NDArray[np.float32], length: NDArray[np.int32], block_mean: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Map normalised path costs to scores.

    Parameters
    ----------
    cost, length, block_mean : NDArray, shape (K,)
        As in `PathScores`.

    Returns
    -------
    NDArray, shape (K,), float64
        0 to 1. A block without any cost tells nothing and scores 0, as one of equal costs does.

    References
    ----------
    Raffel (2016), chapter 4: the cost per cell over the mean of the block; the mapping to 0 to 1 is ours.
    """
    # Equal frames cost up to 1e-7 by rounding; a mean below that is none.
    told = block_mean > 1e-6
    normalised = np.ones_like(block_mean)
    np.divide(cost / length.astype(np.float64), block_mean, out=normalised, where=told)
    return np.clip(2.0 * (1.0 - normalised), 0.0, 1.0)


def available_device() -> Literal["cpu", "cuda"]:
    """Tell whether the GPU kernels can run here.

    Returns
    -------
    str
        "cuda" if there is an NVIDIA device and JAX can use it, else "cpu". JAX is imported only where there
        is such a device.
    """
    if not Path("/dev/nvidia0").exists():
        return "cpu"
    import jax

    try:
        jax.devices("cuda")
    except RuntimeError:
        return "cpu"
    return "cuda"


def count_threads() -> int:
    """Count the processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_scalars(gully: float, penalty: float | None) -> None:
    """Raise ValueError unless `gully` is 0 to 1 and `penalty` None or a finite number from 0."""
    if not 0.0 <= gully <= 1.0:
        raise ValueError(f"gully must be 0 to 1, not {gully}")
    if penalty is not None and not 0.0 <= penalty < np.inf:
        raise ValueError(f"penalty must be None or a finite number from 0, not {penalty}")


def check_frames(midi: NDArray[np.uint8], audio: Sequence[NDArray[np.uint8]]) -> None:
    """Raise ValueError unless all are uint8 (1 or more frames, d), d from 1 to 256 and the same."""
    _check_array(midi, np.uint8, 2, "midi")
    if not 1 <= midi.shape[1] <= MAX_BINS:
        raise ValueError(f"midi must have 1 to {MAX_BINS} bins, not {midi.shape[1]}")
    for k, one in enumerate(audio):
        _check_array(one, np.uint8, 2, f"audio[{k}]")
        if one.shape[1] != midi.shape[1]:
            raise ValueError(f"audio[{k}] has {one.shape[1]} bins, midi {midi.shape[1]}")


def check_hashes(midi: NDArray[np.uint32], audio: Sequence[NDArray[np.uint32]]) -> None:
    """Raise ValueError unless all are uint32 of one dimension and not empty."""
    _check_array(midi, np.uint32, 1, "midi")
    for k, one in enumerate(audio):
        _check_array(one, np.uint32, 1, f"audio[{k}]")


def _check_array(array: NDArray[Any], dtype: type, ndim: int, name: str) -> None:
    if array.dtype != dtype or array.ndim != ndim or array.shape[0] < 1:
        wanted = f"{np.dtype(dtype)} with {ndim} dimension(s) and 1 or more frames"
        raise ValueError(f"{name} must be {wanted}, not {array.dtype} {array.shape}")
