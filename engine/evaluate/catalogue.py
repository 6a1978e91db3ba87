"""What queries are ranked against: recordings of which frames and features can be had, one or a million."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ..features import read_frames
from ..store import Store

__all__ = [
    "NO_COMPOSITION",
    "Catalogue",
    "DatabaseCatalogue",
    "Describer",
    "JoinedCatalogue",
    "KeptCatalogue",
    "Positions",
    "Ragged",
    "collect",
    "describe_all",
    "describe_in_chunks",
]

Frames = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.int64]
Array = npt.NDArray[Any]

# What `Catalogue.compositions` holds for a recording that is right for no query.
NO_COMPOSITION = -1

# Recordings described at once: their frames take some 12 MB.
CHUNK = 256


@dataclass(frozen=True, eq=False)
class Ragged:
    """Arrays of different lengths, one after the other.

    Attributes
    ----------
    values : shape (total, …)
        May be mapped from a file.
    lengths : int64, shape (n_items,)
        Rows of each item, 1 or more.
    """

    values: Array
    lengths: npt.NDArray[np.int64]

    @property
    def n_items(self) -> int:
        """How many arrays there are."""
        return self.lengths.size

    @cached_property
    def starts(self) -> npt.NDArray[np.int64]:
        """First row of each item."""
        return np.asarray(np.cumsum(self.lengths) - self.lengths)

    def split(self, positions: Positions | None = None) -> list[Array]:
        """Return the arrays of some items, or of all."""
        wanted = slice(None) if positions is None else positions
        starts = self.starts[wanted]
        ends = starts + self.lengths[wanted]
        return [self.values[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]


def collect(arrays: Sequence[Array]) -> Ragged:
    """Put arrays one after the other."""
    return Ragged(np.concatenate(arrays), np.array([len(array) for array in arrays], np.int64))


class Describer(Protocol):
    """Turns the frames of recordings into what a method compares.

    Attributes
    ----------
    key : str
        Name and version: what else is computed has another key, so that features can be kept by it.
    """

    @property
    def key(self) -> str: ...

    def describe(self, items: Sequence[Frames]) -> Sequence[tuple[Array, ...]]:
        """Describe recordings by their quantised constant-Q, shape (n_frames, 72) each.

        Returns
        -------
        sequence of tuple
            For each recording one array or more, always as many, of shape (n_rows, …): windows of the
            recording, or steps of a sequence; one row or more.
        """
        ...


class Catalogue(Protocol):
    """Recordings by position, 0 to n_items - 1."""

    @property
    def n_items(self) -> int:
        """How many recordings there are."""
        ...

    @property
    def compositions(self) -> npt.NDArray[np.int32]:
        """Number of each one's composition, shape (n_items,); `NO_COMPOSITION` for one of no query's."""
        ...

    def read_frames(self, positions: Positions) -> list[Frames]:
        """Read or make the constant-Q frames of some recordings, in the order asked for."""
        ...

    def describe(self, describer: Describer) -> Iterator[tuple[Ragged, ...]]:
        """Describe all recordings, in chunks that follow each other; or read what was kept under the key."""
        ...


def describe_in_chunks(catalogue: Catalogue, describer: Describer) -> Iterator[tuple[Ragged, ...]]:
    """Describe all recordings of a catalogue from their frames."""
    for start in range(0, catalogue.n_items, CHUNK):
        chunk = np.arange(start, min(start + CHUNK, catalogue.n_items))
        described = describer.describe(catalogue.read_frames(chunk))
        yield tuple(collect(arrays) for arrays in zip(*described, strict=True))


def describe_all(catalogue: Catalogue, describer: Describer) -> tuple[Ragged, ...]:
    """Describe a whole catalogue at once."""
    return tuple(_join(chunks) for chunks in zip(*catalogue.describe(describer), strict=True))


def _join(chunks: Sequence[Ragged]) -> Ragged:
    if len(chunks) == 1:  # which may be mapped from a file
        return chunks[0]
    return Ragged(
        np.concatenate([chunk.values for chunk in chunks]),
        np.concatenate([chunk.lengths for chunk in chunks]),
    )


class DatabaseCatalogue:
    """Recordings of a database.

    Parameters
    ----------
    store : Store
    audio_seqs : int64, shape (n_items,)
        Numbers of items that have constant-Q frames.
    compositions : int32, shape (n_items,)
    """

    def __init__(
        self, store: Store, audio_seqs: npt.NDArray[np.int64], compositions: npt.NDArray[np.int32]
    ) -> None:
        self._store, self._audio_seqs, self._compositions = store, audio_seqs, compositions

    @property
    def n_items(self) -> int:
        """See `Catalogue`."""
        return self._audio_seqs.size

    @property
    def compositions(self) -> npt.NDArray[np.int32]:
        """See `Catalogue`."""
        return self._compositions

    def read_frames(self, positions: Positions) -> list[Frames]:
        """See `Catalogue`."""
        seqs = self._audio_seqs[positions].tolist()
        with self._store.reading() as con:
            found = read_frames(con, "audio", seqs)
        return [found[seq] for seq in seqs]

    def describe(self, describer: Describer) -> Iterator[tuple[Ragged, ...]]:
        """See `Catalogue`."""
        return describe_in_chunks(self, describer)


class KeptCatalogue:
    """A catalogue that describes itself once for each key, and keeps that in memory."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._kept: dict[str, tuple[Ragged, ...]] = {}

    @property
    def n_items(self) -> int:
        """See `Catalogue`."""
        return self._catalogue.n_items

    @property
    def compositions(self) -> npt.NDArray[np.int32]:
        """See `Catalogue`."""
        return self._catalogue.compositions

    def read_frames(self, positions: Positions) -> list[Frames]:
        """See `Catalogue`."""
        return self._catalogue.read_frames(positions)

    def describe(self, describer: Describer) -> Iterator[tuple[Ragged, ...]]:
        """See `Catalogue`."""
        if describer.key not in self._kept:
            self._kept[describer.key] = describe_all(self._catalogue, describer)
        yield self._kept[describer.key]


class JoinedCatalogue:
    """Several catalogues, the positions of each after those of the one before."""

    def __init__(self, parts: Sequence[Catalogue]) -> None:
        self._parts = parts
        self._ends = np.cumsum([part.n_items for part in parts])
        self._compositions = np.concatenate([part.compositions for part in parts])

    @property
    def n_items(self) -> int:
        """See `Catalogue`."""
        return int(self._ends[-1])

    @property
    def compositions(self) -> npt.NDArray[np.int32]:
        """See `Catalogue`."""
        return self._compositions

    def read_frames(self, positions: Positions) -> list[Frames]:
        """See `Catalogue`."""
        frames: list[Frames | None] = [None] * positions.size
        owners = np.searchsorted(self._ends, positions, side="right")
        for owner in np.unique(owners).tolist():
            rows = np.flatnonzero(owners == owner)
            own = positions[rows] - (self._ends[owner] - self._parts[owner].n_items)
            for row, one in zip(rows.tolist(), self._parts[owner].read_frames(own), strict=True):
                frames[row] = one
        return [one for one in frames if one is not None]

    def describe(self, describer: Describer) -> Iterator[tuple[Ragged, ...]]:
        """See `Catalogue`."""
        for part in self._parts:
            yield from part.describe(describer)
