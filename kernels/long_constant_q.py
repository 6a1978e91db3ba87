"""The constant-Q transform of recordings of any length, in memory that grows only with the frames kept."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lakhdb.kernels.constant_q import HOP, SAMPLE_RATE, compute_constant_q

__all__ = ["stream_constant_q"]

# Frames transformed at once (6.3 minutes), which takes about 200 MiB; anything shorter is one block.
_BLOCK_FRAMES = 8192

# Frames of sound on either side of a block: the longest filter reaches over 11 frames, and the filters that
# halve the rate five times over some more. With 64, bytes differ from those of one transform by 1 at most.
_CONTEXT_FRAMES = 64


def stream_constant_q(blocks: Iterable[NDArray[np.floating[Any]]], sample_rate: int) -> NDArray[np.float32]:
    """Compute the log magnitude of the constant-Q transform of samples that come in blocks.

    Parameters
    ----------
    blocks : iterable of NDArray, shape (n,)
        Mono audio, full scale at ±1; together at least one sample.
    sample_rate : int
        Hertz; anything but `SAMPLE_RATE` is resampled.

    Returns
    -------
    NDArray, shape (n_frames, N_BINS), float32
        As `compute_constant_q` gives for all blocks together: the very same up to about 6 minutes.

    Raises
    ------
    ValueError
        As `compute_constant_q` does.
    """
    if sample_rate <= 0:
        raise ValueError(f"sample_rate must be positive, not {sample_rate}")
    if sample_rate != SAMPLE_RATE:
        blocks = _resample(blocks, sample_rate)
    return np.concatenate(list(_transform(blocks)))


def _resample(
    blocks: Iterable[NDArray[np.floating[Any]]], sample_rate: int
) -> Iterator[NDArray[np.floating[Any]]]:
    # Comes with librosa, and gives the same samples as librosa's own call, which wants them all at once.
    import soxr

    stream = soxr.ResampleStream(sample_rate, SAMPLE_RATE, 1, dtype="float32", quality="HQ")
    n_given = n_made = 0
    for block in blocks:
        made = stream.resample_chunk(np.asarray(block, dtype=np.float32))
        n_given, n_made = n_given + block.size, n_made + made.size
        yield made
    made = stream.resample_chunk(np.empty(0, np.float32), last=True)
    # librosa rounds lengths up, soxr to the nearest: the last sample is cut off or silent.
    n_missing = math.ceil(n_given * (SAMPLE_RATE / sample_rate)) - n_made
    yield np.pad(made[:n_missing], (0, max(n_missing - made.size, 0)))


def _transform(blocks: Iterable[NDArray[np.floating[Any]]]) -> Iterator[NDArray[np.float32]]:
    """Log magnitudes, block after block; `held` begins `n_before` frames before the next to be given."""
    waiting: list[NDArray[np.floating[Any]]] = []
    n_waiting = n_before = 0
    for block in blocks:
        waiting.append(block)
        n_waiting += block.size
        while n_waiting >= (n_before + _BLOCK_FRAMES + _CONTEXT_FRAMES) * HOP:
            held = np.concatenate(waiting)
            n_taken = n_before + _BLOCK_FRAMES
            frames = compute_constant_q(held[: (n_taken + _CONTEXT_FRAMES) * HOP], SAMPLE_RATE)
            yield frames[n_before:n_taken]
            rest = held[(n_taken - _CONTEXT_FRAMES) * HOP :].copy()
            waiting, n_waiting, n_before = [rest], rest.size, _CONTEXT_FRAMES
    yield compute_constant_q(np.concatenate([np.empty(0, np.float32), *waiting]), SAMPLE_RATE)[n_before:]
