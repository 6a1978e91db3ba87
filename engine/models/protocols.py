"""What matching asks of a model, trained or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Description", "Model", "Side"]

Side = Literal["midi", "audio"]


@dataclass(frozen=True, eq=False)
class Description:
    """What a model says of an item.

    Attributes
    ----------
    hashes : NDArray, shape (ceil(n_frames / 8),), uint32
        32 bits for each 8 frames.
    window_starts : NDArray, shape (n_windows,), int32
        First frames of windows of 30 s, ascending, the first 0; together they cover the item.
    window_vectors : NDArray, shape (n_windows, dimension), float32
        Unit length; their inner product is the similarity.
    """

    hashes: NDArray[np.uint32]
    window_starts: NDArray[np.int32]
    window_vectors: NDArray[np.float32]


class Model(Protocol):
    """Turns quantised constant-Q frames into hash sequences and window vectors.

    Attributes
    ----------
    version : str
        Name for what it computes, stored beside it; what another version computed is never compared.
    dimension : int
        Of the window vectors, 128 at most.
    slowings : tuple of float
        Times by which a MIDI file that is searched for is slowed down on trial, since a recording may be
        played at another tempo; 1 first.
    """

    @property
    def version(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    @property
    def slowings(self) -> tuple[float, ...]: ...

    def describe(self, items: Sequence[NDArray[np.uint8]], side: Side) -> list[Description]:
        """Describe items.

        Parameters
        ----------
        items : sequence of NDArray, shape (n_frames, 72), uint8
            One frame or more; shifted by `shift_bins` to describe a transposition.
        side : {"midi", "audio"}
            Sides may differ in how densely windows lie.

        Returns
        -------
        list of Description
            Of each item, whatever the others are.

        Raises
        ------
        LakhDBError
            If the model's files are not as they should be.
        """
        ...
