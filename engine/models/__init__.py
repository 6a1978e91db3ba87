"""Models of windows and sequences, behind the interface that matching knows, and the choice among them."""

import os
from functools import lru_cache
from pathlib import Path

from lakhdb.engine.models.files import CARD
from lakhdb.engine.models.learned import LearnedModel
from lakhdb.engine.models.protocols import Description, Model, Side
from lakhdb.engine.models.training_free import TrainingFreeModel

__all__ = ["TRAINING_FREE", "Description", "Model", "Side", "choose_model", "find_folder"]

# The value of LMDB_MODEL that is no folder.
TRAINING_FREE = "training-free"

SHIPPED = Path(__file__).parent / "weights"


def choose_model() -> Model:
    """Return the model named by ``LMDB_MODEL``, else that which comes with lakhdb.

    The variable names a folder that `lmdb train` wrote, or is the word training-free.

    Raises
    ------
    ModelError
        If the folder holds none.
    """
    folder = find_folder()
    return TrainingFreeModel() if folder is None else _open_model(folder, _read_age(folder / CARD))


def find_folder() -> Path | None:
    """Return the folder of the network in use, or None where none is: see `choose_model`."""
    named = os.environ.get("LMDB_MODEL")
    if named == TRAINING_FREE or (not named and not (SHIPPED / CARD).exists()):
        return None
    return Path(named).expanduser().absolute() if named else SHIPPED


@lru_cache(maxsize=2)
def _open_model(folder: Path, age_ns: int | None) -> Model:
    """Open the model in a folder, once for each state that its card was in."""
    return LearnedModel(folder)


def _read_age(file: Path) -> int | None:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return None
