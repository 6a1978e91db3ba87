"""What evaluation asks of a method, whoever's it is."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from ...device import Device
from ...options import DEFAULT_CANDIDATES
from ..catalogue import Catalogue
from ..music import Music

__all__ = ["STAGES", "Method", "Outcome", "Query", "Ranker", "Settings", "StageName", "Stopwatch"]

Frames = npt.NDArray[np.uint8]

# Whatever a method does for a query falls under one of these.
StageName = Literal["describe", "embedding", "hash", "dtw"]
STAGES: tuple[StageName, ...] = ("describe", "embedding", "hash", "dtw")


@dataclass(frozen=True, eq=False)
class Query:
    """A MIDI file, edited or not, whose composition is known.

    Attributes
    ----------
    midi_id : str
    composition : int
        As in `Catalogue.compositions`.
    music : Music
    collection : str
        What the truth table says; may be empty.
    """

    midi_id: str
    composition: int
    music: Music
    collection: str = ""

    @cached_property
    def frames(self) -> Frames:
        """Quantised constant-Q, shape (n_frames, 72)."""
        return self.music.render()

    @cached_property
    def roll(self) -> Frames:
        """Piano roll, shape (n_frames, 72)."""
        return self.music.render_roll()


@dataclass(frozen=True)
class Settings:
    """What methods may depend on.

    Attributes
    ----------
    candidates : int or None
        Recordings that our pruning leaves to constant-Q DTW; None for all.
    transpose : int
        Semitones both ways that our methods try.
    device : {"cpu", "cuda"}
        Where constant-Q frames are compared.
    baselines : Path or None
        Folder of the thesis's networks.
    """

    candidates: int | None = DEFAULT_CANDIDATES
    transpose: int = 0
    device: Device = "cpu"
    baselines: Path | None = None


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a method says to a query.

    Attributes
    ----------
    distance : float64, shape (n_items,)
        Of each recording, by position: lower is better; infinite where the method let go of it.
    ms : dict
        Milliseconds by stage.
    """

    distance: npt.NDArray[np.float64]
    ms: dict[StageName, float]


class Ranker(Protocol):
    """A method that knows its catalogue.

    Attributes
    ----------
    n_kept : int or None
        Recordings that it hands on to the next stage of its cascade; None where nothing is ever lost.
    """

    @property
    def n_kept(self) -> int | None: ...

    def rank(self, query: Query) -> Outcome:
        """Give each recording a distance from the query."""
        ...


class Method(Protocol):
    """Something that ranks recordings for MIDI files."""

    @property
    def name(self) -> str: ...

    def prepare(self, catalogue: Catalogue, queries: Sequence[Query]) -> Ranker:
        """Describe the catalogue.

        Parameters
        ----------
        catalogue : Catalogue
        queries : sequence of Query
            Unedited: methods that centre their features may take the mean of these, never look at which
            composition they are.

        Raises
        ------
        InputError
            If what the method needs is not there.
        """
        ...


@dataclass
class Stopwatch:
    """Milliseconds spent in each stage."""

    ms: dict[StageName, float] = field(default_factory=dict)

    @contextmanager
    def time(self, stage: StageName) -> Iterator[None]:
        """Count the time of the block for a stage."""
        started = time.perf_counter()
        yield
        self.ms[stage] = self.ms.get(stage, 0.0) + 1e3 * (time.perf_counter() - started)
