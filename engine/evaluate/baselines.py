"""The thesis's networks: their recipes, and their weights on disk."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from lakhdb.kernels.thesis_features import normalise_frames, normalise_roll
from lakhdb.kernels.thesis_networks import EmbeddingNetwork, HashNetwork

from ..errors import ModelError
from ..models import Side

__all__ = [
    "RECIPES",
    "Baseline",
    "BaselineName",
    "Networks",
    "Recipe",
    "load_baseline",
    "read_tensors",
    "scale_frames",
    "write_tensors",
]

Frames = npt.NDArray[np.uint8]
BaselineName = Literal["dhs", "dhs-piano", "pse"]


@dataclass(frozen=True)
class Recipe:
    """How a pair of networks is trained.

    Attributes
    ----------
    kind : {"hash", "embedding"}
    learning_rate, decay : float
        Of RMSProp.
    alpha, margin, penalty : float
        Of `compute_loss`.
    batch_size : int
    crop_frames : int or None
        Frames of each item in a batch; None for as many as the shortest of its side has.
    validate_every : int
        Steps.
    """

    kind: Literal["hash", "embedding"]
    learning_rate: float
    decay: float
    alpha: float
    margin: float
    penalty: float
    batch_size: int
    crop_frames: int | None
    validate_every: int


# Raffel (2016): the best of each search for hyper-parameters, chapters 5 (twice) and 6.
RECIPES: dict[BaselineName, Recipe] = {
    "dhs": Recipe("hash", 1e-5, 0.26, 5.33, 4.0, 0.05, 50, 100, 100),
    "dhs-piano": Recipe("hash", 1.1e-4, 0.90, 5.72, 5.0, 0.036, 50, 100, 100),
    "pse": Recipe("embedding", 5e-6, 0.999, 3.342, 1.055, 0.0, 20, None, 200),
}


class Networks(torch.nn.Module):
    """One network for each side."""

    def __init__(self, recipe: Recipe, seed: int = 0) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        network = HashNetwork if recipe.kind == "hash" else EmbeddingNetwork
        self.midi, self.audio = network(generator), network(generator)


@dataclass(frozen=True, eq=False)
class Baseline:
    """A trained pair of networks.

    Attributes
    ----------
    name : str
    version : str
        No two sets of weights share one.
    networks : Networks
    """

    name: BaselineName
    version: str
    networks: Networks = field(repr=False)

    def compute(self, frames: Frames, side: Side) -> npt.NDArray[np.float32]:
        """Compute outputs: shape (n_steps, 32) of a hash network, (128,) of an embedding network.

        Parameters
        ----------
        frames : uint8, shape (n_frames, 72)
            Constant-Q; for the MIDI side of ``dhs-piano`` a piano roll.
        side : {"midi", "audio"}
        """
        network = self.networks.midi if side == "midi" else self.networks.audio
        with torch.inference_mode():
            output: torch.Tensor = network(torch.from_numpy(scale_frames(self.name, frames, side))[None])
        values: npt.NDArray[np.float32] = output[0].numpy()
        return values

    def hash(self, frames: Frames, side: Side) -> npt.NDArray[np.uint32]:
        """Compute a hash sequence, shape (ceil(n_frames / 8),)."""
        packed = np.packbits(self.compute(frames, side) > 0, axis=1, bitorder="little")
        return packed.view("<u4")[:, 0].astype(np.uint32)


def scale_frames(name: BaselineName, frames: Frames, side: Side) -> npt.NDArray[np.float32]:
    """Scale what a network of one side takes, shape (n_frames, 48)."""
    return normalise_roll(frames) if name == "dhs-piano" and side == "midi" else normalise_frames(frames)


def load_baseline(name: BaselineName, folder: Path | None) -> Baseline:
    """Load trained networks.

    Raises
    ------
    ModelError
        If they are not there or cannot be used.
    """
    if folder is None:
        raise ModelError(f"{name} needs trained networks; name their folder with --baselines.")
    file = folder / f"{name}.safetensors"
    tensors, facts = read_tensors(file)
    networks = Networks(RECIPES[name])
    try:
        networks.load_state_dict(tensors)
    except RuntimeError as error:
        raise ModelError(f"{file} holds other networks than {name} has; train them anew.") from error
    return Baseline(name, f"{name}-{facts['sha256'][:8]}", networks.eval())


def read_tensors(file: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Read tensors, and the facts beside them with the file's own sha256.

    Raises
    ------
    ModelError
        If the file is missing or damaged.
    """
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        with safe_open(file, "pt") as stored:
            tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
            facts = dict(stored.metadata() or {})
    except (OSError, SafetensorError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ModelError(
            f"{file} cannot be read ({reason}); train the network, or name its folder."
        ) from error
    return tensors, facts | {"sha256": digest}


def write_tensors(
    file: Path, tensors: Mapping[str, torch.Tensor], recipe: Recipe, facts: Mapping[str, object]
) -> None:
    """Write tensors with their recipe and some facts; whoever reads meanwhile sees the old file."""
    metadata = {"recipe": json.dumps(asdict(recipe)), **{name: str(fact) for name, fact in facts.items()}}
    data = save(
        {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, metadata=metadata
    )
    temporary = file.with_suffix(".new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        os.replace(temporary, file)
    except OSError as error:
        raise ModelError(f"{file} cannot be written: {error.strerror}.") from error
