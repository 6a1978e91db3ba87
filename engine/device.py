"""Where kernels compute."""

import os

from .errors import InputError

__all__ = ["choose_device"]

DEVICES = ("cpu", "gpu")


def choose_device() -> str:
    """Return the device named by ``LMDB_DEVICE``, else the best there is.

    Raises
    ------
    InputError
        If the variable names no device.
    """
    wanted = os.environ.get("LMDB_DEVICE")
    if wanted is None:
        return "cpu"
    if wanted not in DEVICES:
        raise InputError(f"LMDB_DEVICE is {wanted}; set it to one of {', '.join(DEVICES)}, or not at all.")
    return wanted
