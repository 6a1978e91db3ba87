"""A trained model on disk: weights as safetensors, and beside them a card that says what they are."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakhdb.engine.errors import ModelError

if TYPE_CHECKING:
    from lakhdb.kernels.networks import PairNetwork

__all__ = [
    "CARD",
    "NETWORK",
    "WEIGHTS",
    "ModelCard",
    "load_network",
    "load_weights",
    "read_card",
    "save_model",
]

WEIGHTS = "model.safetensors"
CARD = "model.json"

# Raised whenever `PairNetwork` would compute something else from the same weights.
NETWORK = "pair-network-2"

# Digits of the checksum in a version: enough to tell all models apart that anyone will train.
VERSION_DIGITS = 8


@dataclass(frozen=True)
class ModelCard:
    """What a model is.

    Attributes
    ----------
    network : str
        Name of the network that the weights are for.
    dimension : int
        Of its window vectors.
    sha256 : str
        Of the file of weights.
    facts : dict
        Where it comes from and how good it is, as its training wrote it down.
    """

    network: str
    dimension: int
    sha256: str
    facts: dict[str, Any]

    @property
    def version(self) -> str:
        """Name for what this model computes: no two models share one."""
        return f"{self.network}-{self.sha256[:VERSION_DIGITS]}"


def save_model(network: "PairNetwork", folder: Path, facts: Mapping[str, Any]) -> Path:
    """Write the weights of a network and its card.

    Parameters
    ----------
    network : PairNetwork
        On any device, in training or not.
    folder : Path
        Made if it is not there; a model in it is replaced.
    facts : mapping
        What JSON can hold: data, seed, commit, figures, licence.

    Returns
    -------
    Path
        The file of weights.

    Raises
    ------
    ModelError
        If it cannot be written.
    """
    # Torch takes more than a second to import, and most commands need none.
    from safetensors.torch import save

    from lakhdb.kernels.networks import DIMENSION

    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}
    # One entry: several would be written in any order, and the checksum would name the same weights twice.
    data = save(tensors, metadata={"network": NETWORK})
    card = {
        "network": NETWORK,
        "dimension": DIMENSION,
        "sha256": hashlib.sha256(data).hexdigest(),
        "facts": dict(facts),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / WEIGHTS, data)
        _write(folder / CARD, (json.dumps(card, indent=2, ensure_ascii=False) + "\n").encode())
    except OSError as error:
        raise ModelError(
            f"the model cannot be written to {folder} ({error.strerror}); make room or name another folder."
        ) from error
    return folder / WEIGHTS


def read_card(folder: Path) -> ModelCard:
    """Read what the model in a folder is, without its weights.

    Raises
    ------
    ModelError
        If there is none, or its card is damaged.
    """
    file = folder / CARD
    try:
        card = json.loads(file.read_text(encoding="utf-8"))
        return ModelCard(
            network=str(card["network"]),
            dimension=int(card["dimension"]),
            sha256=str(card["sha256"]),
            facts=dict(card["facts"]),
        )
    except OSError as error:
        raise ModelError(
            f"there is no model in {folder} ({file.name}: {error.strerror}); name a folder that `lmdb train` "
            "wrote, or unset LMDB_MODEL."
        ) from error
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{file} is no card of a model; train or install it again.") from error


def load_network(folder: Path) -> "tuple[PairNetwork, dict[str, Any]]":
    """Load a model, once its checksum is proved, ready to compute.

    Parameters
    ----------
    folder : Path
        As `save_model` wrote it.

    Returns
    -------
    network : PairNetwork
        On the CPU, in evaluation mode.
    facts : dict
        Of its card.

    Raises
    ------
    ModelError
        If a file is missing, the weights differ from their checksum, or they are for another network.
    """
    card = read_card(folder)
    return load_weights(folder, card), card.facts


def load_weights(folder: Path, card: ModelCard) -> "PairNetwork":
    """Load the network that a card was read for; see `load_network`."""
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load

    from lakhdb.kernels.networks import PairNetwork

    file = folder / WEIGHTS
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ModelError(
            f"{file} cannot be read ({error.strerror}); train or install the model again."
        ) from error
    if hashlib.sha256(data).hexdigest() != card.sha256:
        raise ModelError(f"{file} differs from its checksum in {CARD}; train or install the model again.")
    if card.network != NETWORK:
        raise ModelError(
            f"{file} is for the network {card.network}, this lakhdb has {NETWORK}; train the model again, or "
            "install the lakhdb that it was made with."
        )
    # Nothing of the weights made at random, which would also disturb the caller's random numbers.
    with torch.device("meta"):
        network = PairNetwork()
    try:
        network.load_state_dict(load(data), assign=True)
    except (SafetensorError, RuntimeError) as error:
        raise ModelError(f"{file} does not fit {NETWORK}; train or install the model again.") from error
    return network.eval()


def _write(file: Path, data: bytes) -> None:
    temporary = file.with_name(f"{file.name}.tmp")
    with temporary.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(file)
