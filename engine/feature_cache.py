"""Features of many items, kept within bounded memory."""

from collections import OrderedDict
from typing import Generic, Protocol, TypeVar

__all__ = ["FeatureCache"]

# Some 10 000 previews, slices of as many MIDI files, or 2 000 songs.
CACHE_BYTES = 512 << 20


class _Sized(Protocol):
    @property
    def nbytes(self) -> int: ...


Value = TypeVar("Value", bound=_Sized)


class FeatureCache(Generic[Value]):
    """The most recently used features of a kind, up to `max_bytes`.

    Items are known by a word, their side or voice, and a number.
    """

    def __init__(self, max_bytes: int = CACHE_BYTES) -> None:
        self._max_bytes = max_bytes
        self._n_bytes = 0
        self._values: OrderedDict[tuple[str, int], Value] = OrderedDict()

    @property
    def n_bytes(self) -> int:
        """Bytes held now."""
        return self._n_bytes

    def get(self, word: str, seq: int) -> Value | None:
        """Return an item's features if they are held."""
        value = self._values.get((word, seq))
        if value is not None:
            self._values.move_to_end((word, seq))
        return value

    def put(self, word: str, seq: int, value: Value) -> None:
        """Hold an item's features, letting go of those unused for longest."""
        self._values[word, seq] = value
        self._n_bytes += value.nbytes
        while self._n_bytes > self._max_bytes:
            _, dropped = self._values.popitem(last=False)
            self._n_bytes -= dropped.nbytes
