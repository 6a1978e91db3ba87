"""Models that need no training: the first behind the interfaces, and the baseline of all that follow."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lakhdb.engine.models.protocols import Side
from lakhdb.kernels.hash_sequence import compute_hash_sequence
from lakhdb.kernels.window_vector import DIMENSION, compute_window_vectors, place_windows

__all__ = ["LocalMeanHasher", "WindowEmbedder"]

# Frames between windows, at most: 10 s in MIDI files, so that some window lies near to any preview of the
# song, 15 s in long recordings. Halving it gained little on the open bench.
_HOPS: dict[Side, int] = {"midi": 215, "audio": 323}


@dataclass(frozen=True)
class WindowEmbedder:
    """Window vectors of `lakhdb.kernels.window_vector`."""

    version: str = "pitch-class-pairs-1"
    dimension: int = DIMENSION

    def embed(self, frames: NDArray[np.uint8], side: Side) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """See `Embedder.embed`."""
        starts = place_windows(len(frames), _HOPS[side])
        return starts, compute_window_vectors(frames, starts)


@dataclass(frozen=True)
class LocalMeanHasher:
    """Hash sequences of `lakhdb.kernels.hash_sequence`."""

    version: str = "local-mean-2"

    def hash(self, frames: NDArray[np.uint8]) -> NDArray[np.uint32]:
        """See `Hasher.hash`."""
        return compute_hash_sequence(frames)
