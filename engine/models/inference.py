"""Running a trained network over items: one pass for hashes and windows, the same wherever an item comes."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lakhdb.engine.device import Device
from lakhdb.engine.models.protocols import Description, Side
from lakhdb.engine.torch_threads import single_threads
from lakhdb.kernels.networks import (
    FRAMES_PER_STEP,
    MARGIN_STEPS,
    STEPS_PER_WINDOW,
    PairNetwork,
    average_frames,
    pack_bits,
)
from lakhdb.kernels.whitening import check_frames

__all__ = ["CHUNK_STEPS", "OVERLAP_STEPS", "Inference", "place_windows"]

# Steps between windows, at most: 3 s in MIDI files, 7.5 s in recordings. Their pass of the network is shared,
# so that windows cost little but space. Where a quarter begins has to be met: of 419 files 0.97 have their
# recording first at 3 s, 0.945 at 6 s.
HOPS: dict[Side, int] = {"midi": 8, "audio": 20}

# Longer items pass in pieces of 25 min, which take some 100 MB.
CHUNK_STEPS = 4096

# What a step is computed from lies within 40 steps to either side for the mean over time, and 18 for the
# convolutions.
OVERLAP_STEPS = 64

# Windows that are pooled at once; they take 20 MB.
WINDOWS_AT_ONCE = 256


class Inference:
    """A network at work on a device.

    Parameters
    ----------
    network : PairNetwork
        In evaluation mode.
    device : {"cpu", "cuda"}
    """

    def __init__(self, network: PairNetwork, device: Device) -> None:
        self._network = network.to(device)
        self._device = device

    def describe(self, items: Sequence[NDArray[np.uint8]], side: Side) -> list[Description]:
        """Describe items, each in a pass of its own; see `Model.describe`."""
        for frames in items:
            check_frames(frames)
        if self._device == "cuda":
            # Else convolutions may be rounded to 10 bits, and other ways to compute them be tried each time.
            with torch.backends.cudnn.flags(
                enabled=True, benchmark=False, deterministic=True, allow_tf32=False
            ):
                return [self._describe(frames, side) for frames in items]
        with single_threads(len(items)) as threads:
            return list(threads.map(lambda frames: self._describe(frames, side), items))

    @torch.inference_mode()
    def _describe(self, frames: NDArray[np.uint8], side: Side) -> Description:
        n_hashes = -(-len(frames) // FRAMES_PER_STEP)
        starts = place_windows(n_hashes, HOPS[side])
        # Silence before and after, and up to the length of a window, as in training.
        n_steps = max(n_hashes, STEPS_PER_WINDOW) + 2 * MARGIN_STEPS
        padded = np.zeros((n_steps * FRAMES_PER_STEP, frames.shape[1]), np.uint8)
        padded[MARGIN_STEPS * FRAMES_PER_STEP :][: len(frames)] = frames
        means = average_frames(torch.from_numpy(padded)[None].to(self._device))
        features, logits = self._pass(means)
        n_inside = min(n_hashes, STEPS_PER_WINDOW)
        vectors = self._pool(features, torch.from_numpy(starts + MARGIN_STEPS), n_inside)
        return Description(
            pack_bits(logits[:, MARGIN_STEPS:][:, :n_hashes].cpu()).numpy().astype(np.uint32),
            (starts * FRAMES_PER_STEP).astype(np.int32),
            vectors.cpu().numpy(),
        )

    def _pass(self, means: Tensor) -> tuple[Tensor, Tensor]:
        """Compute features and hash logits of an item, each (n, n_steps), piece by piece if it is long."""
        n_steps = means.shape[1] // 2
        pieces = []
        for first in range(0, n_steps, CHUNK_STEPS):
            begin = max(first - OVERLAP_STEPS, 0)
            end = min(first + CHUNK_STEPS + OVERLAP_STEPS, n_steps)
            both = self._network(means[:, 2 * begin : 2 * end])
            pieces.append([one[0, :, first - begin :][:, :CHUNK_STEPS] for one in both])
        features, logits = (torch.cat(column, dim=1) for column in zip(*pieces, strict=True))
        return features, logits

    def _pool(self, features: Tensor, starts: Tensor, n_steps: int) -> Tensor:
        """Compute the vectors of windows of `n_steps` from some steps on, shape (n_windows, dimension)."""
        within = torch.arange(n_steps)
        pooled = []
        for some in torch.split(starts, WINDOWS_AT_ONCE):
            windows = features[:, (some[:, None] + within).to(features.device)]
            pooled.append(self._network.pool(windows.transpose(0, 1)))
        return torch.cat(pooled)


def place_windows(n_steps: int, hop: int) -> NDArray[np.int64]:
    """Place windows over an item so that each step is in one, the last window ending with the item.

    Parameters
    ----------
    n_steps : int
        Length of the item, 1 or more.
    hop : int
        Steps between starts, at most.

    Returns
    -------
    NDArray, shape (n_windows,), int64
        First steps, ascending; just [0] for an item no longer than a window.
    """
    last = max(n_steps - STEPS_PER_WINDOW, 0)
    return np.rint(np.linspace(0, last, 1 + -(-last // hop))).astype(np.int64)
