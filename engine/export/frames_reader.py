"""Reading a set of labelled windows back, without taking memory for it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import InputError
from .frames_folder import name_array
from .frames_settings import SPLITS

__all__ = ["Frames", "load_frames"]


@dataclass(frozen=True, eq=False)
class Frames:
    """Windows and their labels.

    Attributes
    ----------
    folder : Path
    size, rate : int
        Samples of a window; hertz.
    audio : dict of float32, shape (n_windows, size)
        By split; on the disk until it is asked for. Within -1 to 1.
    labels : dict of uint8, shape (n_windows, 128)
        By split; 1 where a pitch sounds in the middle of the window.
    table : pyarrow.Table
        split, row, audio_id, midi_id, centre_s and composition of every window.
    description : dict
        What ``frames.json`` says: settings, counts, versions.
    """

    folder: Path
    size: int
    rate: int
    audio: dict[str, npt.NDArray[np.float32]]
    labels: dict[str, npt.NDArray[np.uint8]]
    table: pa.Table
    description: dict[str, Any]


def load_frames(folder: str | Path) -> Frames:
    """Open a set of labelled windows.

    Raises
    ------
    InputError
        If there is none, or a file of it is missing, damaged or not as long as it should be.
    """
    root = Path(folder).expanduser()
    try:
        description = json.loads((root / "frames.json").read_text(encoding="utf-8"))
        audio = {split: np.load(root / name_array("audio", split), mmap_mode="r") for split in SPLITS}
        labels = {split: np.load(root / name_array("labels", split), mmap_mode="r") for split in SPLITS}
        table = pq.read_table(root / "frames.parquet")
        size, rate = (int(description["settings"][name]) for name in ("size", "rate"))
        windows = description["windows"]
        for split in SPLITS:
            if audio[split].shape != (windows[split], size) or len(labels[split]) != windows[split]:
                raise ValueError(
                    f"the arrays of {split} do not hold {windows[split]} windows of {size} samples"
                )
    except (OSError, ValueError, LookupError, TypeError, pa.ArrowException) as error:
        raise InputError(
            f"{root} is no set of labelled windows: {error}; see `lmdb export frames`."
        ) from error
    return Frames(root, size, rate, audio, labels, table, description)
