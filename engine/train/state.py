"""The state of a training: what is needed to go on as if it had not been stopped."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from lakhdb.kernels.networks import DIMENSION, PairNetwork

from ..errors import InputError

__all__ = ["FILE", "TrainingState", "load_state", "save_state"]

FILE = "state.safetensors"


@dataclass
class TrainingState:
    """All that a training step changes.

    Attributes
    ----------
    network : PairNetwork
    optimizer : torch.optim.Optimizer
        Adam's moments of every parameter.
    settings : dict
        What the training was started with: ``head``, ``seed``, ``batch``, ``steps``.
    step : int
        Steps done.
    best : dict of Tensor
        The network's state with the best validation so far.
    best_figures : dict
        Of that state; empty before the first validation.
    vectors : Tensor, shape (n_recordings, DIMENSION)
        By which hard groups are drawn; empty at first.
    """

    network: PairNetwork
    optimizer: torch.optim.Optimizer
    settings: dict[str, Any]
    step: int = 0
    best: dict[str, Tensor] = field(default_factory=dict)
    best_figures: dict[str, float] = field(default_factory=dict)
    vectors: Tensor = field(default_factory=lambda: torch.empty(0, DIMENSION))


def save_state(state: TrainingState, folder: Path) -> None:
    """Write the state into `folder`, whole or not at all."""
    tensors = {f"network.{name}": tensor for name, tensor in state.network.state_dict().items()}
    tensors |= {f"best.{name}": tensor for name, tensor in state.best.items()}
    tensors["vectors"] = state.vectors
    for number, moments in state.optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{number}.{name}": tensor for name, tensor in moments.items()}
    facts = {"settings": state.settings, "step": state.step, "best_figures": state.best_figures}
    temporary = folder / f".{FILE}.tmp"
    save_file(
        {name: one.contiguous() for name, one in tensors.items()}, temporary, {"facts": json.dumps(facts)}
    )
    temporary.replace(folder / FILE)


def load_state(state: TrainingState, folder: Path) -> bool:
    """Fill `state` from `folder`; return whether there was anything.

    Raises
    ------
    InputError
        If the folder holds a training with other settings, or a damaged one.
    """
    path = folder / FILE
    if not path.exists():
        return False
    try:
        with safe_open(path, "pt") as file:
            facts = json.loads(file.metadata()["facts"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path} is damaged ({error}); delete it to train anew.") from error
    other = sorted(name for name, value in state.settings.items() if facts["settings"].get(name) != value)
    if other:
        raise InputError(
            f"{folder} holds a training with another {', '.join(other)}; "
            "give the same options to go on, or another --output."
        )
    state.network.load_state_dict(_take(tensors, "network."))
    state.best, state.best_figures = _take(tensors, "best."), facts["best_figures"]
    state.settings, state.step = facts["settings"], facts["step"]
    state.vectors = tensors["vectors"]
    moments: dict[int, dict[str, Tensor]] = {}
    for name, tensor in _take(tensors, "optimizer.").items():
        number, kind = name.split(".")
        moments.setdefault(int(number), {})[kind] = tensor
    state.optimizer.load_state_dict({**state.optimizer.state_dict(), "state": moments})
    return True


def _take(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): one for name, one in tensors.items() if name.startswith(prefix)}
