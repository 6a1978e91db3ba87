"""The methods by their names."""

from collections.abc import Callable, Sequence

from ...errors import InputError
from .dtw import Exhaustive
from .ours import Cascade, Embedding, Hashes
from .protocols import Method, Settings
from .training_free import FourierMagnitude, Statistics, ThresholdedMeans

__all__ = ["METHODS", "make_methods"]


def _make_hash_sequences(settings: Settings, *, piano: bool) -> Method:
    # Torch takes more than a second to import.
    from .thesis import HashSequences

    return HashSequences(settings, piano=piano)


def _make_embedding(settings: Settings) -> Method:
    from .thesis import SequenceEmbedding

    return SequenceEmbedding(settings)


def _make_cascade(settings: Settings) -> Method:
    from .thesis import ThesisCascade

    return ThesisCascade(settings)


METHODS: dict[str, Callable[[Settings], Method]] = {
    "stats": lambda settings: Statistics(),
    "2dftm": lambda settings: FourierMagnitude(),
    "tpaa": lambda settings: ThresholdedMeans(),
    "dhs": lambda settings: _make_hash_sequences(settings, piano=False),
    "dhs-piano": lambda settings: _make_hash_sequences(settings, piano=True),
    "pse": _make_embedding,
    "cascade-thesis": _make_cascade,
    "dtw-thesis": lambda settings: Exhaustive(settings, thesis=True),
    "dtw": lambda settings: Exhaustive(settings, thesis=False),
    "embedding": Embedding,
    "hash": Hashes,
    "cascade": Cascade,
}


def make_methods(names: Sequence[str], settings: Settings) -> list[Method]:
    """Make methods by name, each once.

    Raises
    ------
    InputError
        If there is no such method, or none is named.
    ModelError
        If one needs networks that are not there.
    """
    if not names:
        raise InputError(f"no method is named; choose from {', '.join(METHODS)}.")
    for name in names:
        if name not in METHODS:
            raise InputError(f"there is no method {name}; choose from {', '.join(METHODS)}.")
    return [METHODS[name](settings) for name in dict.fromkeys(names)]
