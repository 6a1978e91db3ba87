"""A trained model: a network whose weights lie in a folder, loaded when it is first used."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lakhdb.engine.models.files import load_weights, read_card
from lakhdb.engine.models.protocols import Description, Side

if TYPE_CHECKING:
    from lakhdb.engine.models.inference import Inference

__all__ = ["LearnedModel"]

# Training changes tempi by some 8 %: steps of twice that, to 1.7 times as fast and as slow. Of 83 scores from
# asap, at a constant tempo, an early network had a performance of 43 % first at their own tempo alone, of
# 54 % at these.
SLOWINGS = tuple(2.0 ** (step / 4) for step in (0, -1, 1, -2, 2, -3, 3))


class LearnedModel:
    """The model in a folder that `lmdb train` wrote, or that comes with lakhdb.

    Parameters
    ----------
    folder : Path
        Only its card is read at once.

    Raises
    ------
    ModelError
        If there is no model.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._card = read_card(folder)

    @property
    def version(self) -> str:
        """See `Model.version`."""
        return self._card.version

    @property
    def dimension(self) -> int:
        """See `Model.dimension`."""
        return self._card.dimension

    @property
    def slowings(self) -> tuple[float, ...]:
        """See `Model.slowings`."""
        return SLOWINGS

    def describe(self, items: Sequence[NDArray[np.uint8]], side: Side) -> list[Description]:
        """See `Model.describe`."""
        return self._inference.describe(items, side)

    @cached_property
    def _inference(self) -> "Inference":
        # Torch takes more than a second to import; who only reads the version needs none.
        from lakhdb.engine.device import choose_torch_device
        from lakhdb.engine.models.inference import Inference

        return Inference(load_weights(self._folder, self._card), choose_torch_device())
