"""A model that needs no training: the first behind the interface, and the baseline of all that follow."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lakhdb.engine.models.protocols import Description, Side
from lakhdb.engine.workers import count_cores
from lakhdb.kernels.hash_sequence import compute_hash_sequence
from lakhdb.kernels.window_vector import DIMENSION, compute_window_vectors, place_windows

__all__ = ["TrainingFreeModel"]

# Frames between windows, at most: 10 s in MIDI files, so that some window lies near to any preview of the
# song, 15 s in long recordings. Halving it gained little on the open bench.
_HOPS: dict[Side, int] = {"midi": 215, "audio": 323}


@dataclass(frozen=True)
class TrainingFreeModel:
    """Hash sequences of `lakhdb.kernels.hash_sequence`, vectors of `lakhdb.kernels.window_vector`."""

    version: str = "training-free-1"
    dimension: int = DIMENSION
    slowings: tuple[float, ...] = (1.0,)  # the vectors have no order, the hashes stretch on the path

    def describe(self, items: Sequence[NDArray[np.uint8]], side: Side) -> list[Description]:
        """See `Model.describe`."""
        with ThreadPoolExecutor(count_cores()) as threads:
            return list(threads.map(lambda frames: _describe(frames, side), items))


def _describe(frames: NDArray[np.uint8], side: Side) -> Description:
    starts = place_windows(len(frames), _HOPS[side])
    return Description(compute_hash_sequence(frames), starts, compute_window_vectors(frames, starts))
