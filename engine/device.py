"""Where kernels compute."""

import os
from typing import Literal

from lakhdb.kernels.dtw.score import available_device

from .errors import InputError

__all__ = ["Device", "choose_device"]

Device = Literal["cpu", "cuda"]


def choose_device() -> Device:
    """Return the device named by ``LMDB_DEVICE``, else the best there is.

    Raises
    ------
    InputError
        If the variable names no device, or one that is not there.
    """
    wanted = os.environ.get("LMDB_DEVICE")
    if wanted == "cpu":
        return "cpu"
    best = available_device()
    if wanted is None or wanted == best:
        return best
    if wanted == "cuda":
        raise InputError(
            "LMDB_DEVICE is cuda, but JAX finds no such device; install `lakhdb[cuda]` or unset it."
        )
    raise InputError(f"LMDB_DEVICE is {wanted}; set it to cpu or cuda, or not at all.")
