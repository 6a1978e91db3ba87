"""Where kernels and networks compute."""

import os
from typing import Literal

from .errors import InputError

__all__ = ["Device", "choose_device", "choose_torch_device"]

Device = Literal["cpu", "cuda"]


def choose_device() -> Device:
    """Return the device named by ``LMDB_DEVICE`` for kernels, else the best there is.

    Raises
    ------
    InputError
        If the variable names no device, or one that is not there.
    """
    if _is_cpu_wanted():
        return "cpu"
    from lakhdb.kernels.dtw.score import available_device

    return _choose(available_device(), "JAX finds no such device; install `lakhdb[cuda]`")


def choose_torch_device() -> Device:
    """Return the device named by ``LMDB_DEVICE`` for networks, else the best there is.

    Raises
    ------
    InputError
        If the variable names no device, or one that is not there.
    """
    if _is_cpu_wanted():
        return "cpu"
    import torch

    best: Device = "cuda" if torch.cuda.is_available() else "cpu"
    return _choose(best, "torch finds no such device; install its build for CUDA")


def _is_cpu_wanted() -> bool:
    return os.environ.get("LMDB_DEVICE") == "cpu"


def _choose(best: Device, remedy: str) -> Device:
    wanted = os.environ.get("LMDB_DEVICE")
    if wanted is None or wanted == best:
        return best
    if wanted == "cuda":
        raise InputError(f"LMDB_DEVICE is cuda, but {remedy} or unset it.")
    raise InputError(f"LMDB_DEVICE is {wanted}; set it to cpu or cuda, or not at all.")
