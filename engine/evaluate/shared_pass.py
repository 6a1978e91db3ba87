"""Describing many windows of one long item with a single pass of the trained network."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch

from lakhdb.kernels.networks import FRAMES_PER_STEP, STEPS_PER_WINDOW, average_frames, pack_bits

from ..device import Device, choose_torch_device
from ..models import SHIPPED, TRAINING_FREE
from ..models.files import CARD, load_network, read_card
from ..workers import count_cores

__all__ = ["SharedPass", "WindowPass", "choose_pass", "single_threads"]

Frames = npt.NDArray[np.uint8]
Vectors = npt.NDArray[np.float32]
Hashes = npt.NDArray[np.uint32]


class WindowPass(Protocol):
    """Describes windows of long items.

    Attributes
    ----------
    key : str
        That of the `Describer` which describes recordings one by one.
    """

    @property
    def key(self) -> str: ...

    def describe(self, frames: Frames, steps: npt.NDArray[np.int64]) -> tuple[Vectors, Hashes]:
        """Describe the windows of 30 s that begin at some steps of 8 frames.

        Returns
        -------
        vectors : float32, shape (n_windows, 128)
            Of unit length.
        hashes : uint32, shape (n_windows, 81)
        """
        ...


class SharedPass:
    """The network of a model's folder.

    A window sees the music around it, where a recording of 30 s has silence.

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

    def describe(self, frames: Frames, steps: npt.NDArray[np.int64]) -> tuple[Vectors, Hashes]:
        """See `WindowPass`; as exact on every machine as the network itself."""
        missing = -len(frames) % FRAMES_PER_STEP
        padded = np.pad(frames, ((0, missing), (0, 0)))
        within = torch.from_numpy(steps[:, None] + np.arange(STEPS_PER_WINDOW))
        with torch.inference_mode():
            features, logits = self._network(average_frames(torch.from_numpy(padded)[None].to(self._device)))
            windows = features[0][:, within.to(self._device)].transpose(0, 1)
            vectors = self._network.pool(windows).cpu().numpy()
        hashes = pack_bits(logits[0].cpu()).numpy().astype(np.uint32)
        return vectors, hashes[within.numpy()]


def choose_pass() -> SharedPass | None:
    """Return a pass of the model in use, see `choose_model`; None where that has no network.

    Raises
    ------
    ModelError
        If the folder named by ``LMDB_MODEL`` holds no model.
    """
    named = os.environ.get("LMDB_MODEL")
    if named == TRAINING_FREE or (not named and not (SHIPPED / CARD).exists()):
        return None
    return SharedPass(Path(named).expanduser() if named else SHIPPED, choose_torch_device())


@contextmanager
def single_threads() -> Iterator[ThreadPoolExecutor]:
    """Hand out a thread for each core, none of which has torch start more."""
    before = torch.get_num_threads()
    try:
        with ThreadPoolExecutor(count_cores(), initializer=torch.set_num_threads, initargs=(1,)) as threads:
            yield threads
    finally:
        torch.set_num_threads(before)  # what was set last is where other threads begin
