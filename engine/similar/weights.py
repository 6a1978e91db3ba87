"""How much pitch, rhythm, instruments and velocities count in a similarity."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from ..errors import InputError
from .relate import Relation

__all__ = ["Weights"]


@dataclass(frozen=True)
class Weights:
    """Shares of a similarity, from 0; only their ratios matter. By default pitch alone counts.

    For drums, pitch tells which drums are struck, and in which order.
    """

    pitch: float = 1.0
    rhythm: float = 0.0
    instruments: float = 0.0
    velocities: float = 0.0

    @classmethod
    def make(cls, given: Mapping[str, float] | None) -> "Weights":
        """Take weights by name; what is not named counts nothing.

        Raises
        ------
        InputError
            If there is no such name, or a weight is negative, or all are 0.
        """
        if given is None:
            return cls()
        names = [field.name for field in fields(cls)]
        for name, weight in given.items():
            if name not in names:
                raise InputError(f"there is no weight {name!r}; give some of {', '.join(names)}.")
            if not 0 <= weight < float("inf"):
                raise InputError(f"the weight of {name} is {weight}; give 0 or more.")
        if not any(given.values()):
            raise InputError("all weights are 0; give one that is more.")
        return cls(**{name: float(given.get(name, 0.0)) for name in names})

    @property
    def is_default(self) -> bool:
        """Whether pitch alone counts."""
        return not (self.rhythm or self.instruments or self.velocities)

    def weigh(self, relation: Relation) -> float:
        """Return the weighted mean of a relation's similarities."""
        names = [field.name for field in fields(self)]
        total = sum(getattr(self, name) for name in names)
        return float(sum(getattr(self, name) * getattr(relation, name) for name in names) / total)
