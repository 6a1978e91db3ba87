"""What matching asks of a model, trained or not."""

from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Embedder", "Hasher", "Side"]

Side = Literal["midi", "audio"]


class Embedder(Protocol):
    """Turns quantised constant-Q frames into one unit vector per 30 s window.

    Attributes
    ----------
    version : str
        Name and number, stored beside the vectors; vectors of another version are never compared.
    dimension : int
        128 at most.
    """

    @property
    def version(self) -> str: ...
    @property
    def dimension(self) -> int: ...

    def embed(self, frames: NDArray[np.uint8], side: Side) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Embed an item.

        Parameters
        ----------
        frames : NDArray, shape (n_frames, 72), uint8
            One frame or more; shifted by `shift_bins` to embed a transposition.
        side : {"midi", "audio"}
            Sides may differ in how densely windows lie.

        Returns
        -------
        start_frames : NDArray, shape (n_windows,), int32
            Ascending, the first 0; the windows cover the item.
        vectors : NDArray, shape (n_windows, dimension), float32
            Unit length; their inner product is the similarity.
        """
        ...


class Hasher(Protocol):
    """Turns quantised constant-Q frames into 32-bit hashes, one per 8 frames.

    Attributes
    ----------
    version : str
        Name and number, stored beside the sequences; sequences of another version are never compared.
    """

    @property
    def version(self) -> str: ...

    def hash(self, frames: NDArray[np.uint8]) -> NDArray[np.uint32]:
        """Hash an item.

        Parameters
        ----------
        frames : NDArray, shape (n_frames, 72), uint8

        Returns
        -------
        NDArray, shape (ceil(n_frames / 8),), uint32
        """
        ...
