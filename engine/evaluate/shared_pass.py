"""Describing many windows of one long item by the trained network, with a single pass or one by one."""

from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lakhdb.kernels.networks import (
    FRAMES_PER_STEP,
    MARGIN_STEPS,
    STEPS_PER_WINDOW,
    average_frames,
    pack_bits,
)

from ..device import Device, choose_torch_device
from ..models import find_folder
from ..models.files import load_network, read_card
from .recipes import N_FRAMES

__all__ = ["LonePass", "SharedPass", "WindowPass", "choose_pass"]

Frames = npt.NDArray[np.uint8]
Vectors = npt.NDArray[np.float32]
Hashes = npt.NDArray[np.uint32]
Steps = npt.NDArray[np.int64]

# Windows that pass at once by themselves.
AT_ONCE = 8


class WindowPass(Protocol):
    """Describes windows of long items.

    Attributes
    ----------
    key : str
        That of the `Describer` which describes recordings one by one.
    kind : str
        Tells passes of one key apart that say something else.
    """

    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> str: ...

    def describe(self, frames: Frames, steps: Steps) -> tuple[Vectors, Hashes]:
        """Describe the windows of 30 s that begin at some steps of 8 frames.

        Returns
        -------
        vectors : float32, shape (n_windows, 128)
            Of unit length.
        hashes : uint32, shape (n_windows, 81)
        """
        ...


class _NetworkPass:
    """The network of a model's folder.

    Parameters
    ----------
    folder : Path
    device : {"cpu", "cuda"}

    Raises
    ------
    ModelError
        If it holds no model.
    """

    def __init__(self, folder: Path, device: Device) -> None:
        self.key = read_card(folder).version
        self._device = device
        self._network = load_network(folder)[0].to(device)

    def _run(self, items: Frames) -> tuple[Tensor, npt.NDArray[np.uint32]]:
        """Compute features and hashes of items of whole steps, between the silence that the model is used to.

        Parameters
        ----------
        items : uint8, shape (n_items, 8 · n_steps, 72)

        Returns
        -------
        features : Tensor, shape (n_items, n_features, n_steps)
        hashes : uint32, shape (n_items, n_steps)
        """
        margin = MARGIN_STEPS * FRAMES_PER_STEP
        padded = torch.from_numpy(np.pad(items, ((0, 0), (margin, margin), (0, 0)))).to(self._device)
        features, logits = self._network(average_frames(padded))
        inside = slice(MARGIN_STEPS, -MARGIN_STEPS)
        bits = torch.stack([pack_bits(one) for one in logits[:, :, inside].cpu()])
        return features[:, :, inside], bits.numpy().astype(np.uint32)


class SharedPass(_NetworkPass):
    """One pass over the whole item: quick, but a window sees the music around it instead of silence.

    Parameters
    ----------
    folder : Path
        Of a model.
    device : {"cpu", "cuda"}

    Raises
    ------
    ModelError
        If the folder holds none.
    """

    kind = "shared"

    def describe(self, frames: Frames, steps: Steps) -> tuple[Vectors, Hashes]:
        """See `WindowPass`."""
        missing = -len(frames) % FRAMES_PER_STEP
        within = torch.from_numpy(steps[:, None] + np.arange(STEPS_PER_WINDOW))
        with torch.inference_mode():
            features, hashes = self._run(np.pad(frames, ((0, missing), (0, 0)))[None])
            windows = features[0][:, within.to(self._device)].transpose(0, 1)
            vectors: Vectors = self._network.pool(windows).cpu().numpy()
        return vectors, hashes[0][within.numpy()]


class LonePass(_NetworkPass):
    """Each window by itself: exactly as recordings of 30 s are described, at several times the cost.

    Parameters
    ----------
    folder : Path
        Of a model.
    device : {"cpu", "cuda"}

    Raises
    ------
    ModelError
        If the folder holds none.
    """

    kind = "alone"

    def describe(self, frames: Frames, steps: Steps) -> tuple[Vectors, Hashes]:
        """See `WindowPass`."""
        cut = np.zeros((steps.size, STEPS_PER_WINDOW * FRAMES_PER_STEP, frames.shape[1]), np.uint8)
        for one, step in zip(cut, steps.tolist(), strict=True):
            one[:N_FRAMES] = frames[step * FRAMES_PER_STEP :][:N_FRAMES]
        vectors, hashes = [], []
        with torch.inference_mode():
            for first in range(0, steps.size, AT_ONCE):
                features, some_hashes = self._run(cut[first : first + AT_ONCE])
                vectors.append(self._network.pool(features).cpu().numpy())
                hashes.append(some_hashes)
        return np.concatenate(vectors), np.concatenate(hashes)


def choose_pass(*, shared: bool = True) -> WindowPass | None:
    """Return a pass of the model in use, see `choose_model`; None where that has no network.

    Raises
    ------
    ModelError
        If the folder named by ``LMDB_MODEL`` holds no model.
    """
    folder = find_folder()
    if folder is None:
        return None
    return (SharedPass if shared else LonePass)(folder, choose_torch_device())
