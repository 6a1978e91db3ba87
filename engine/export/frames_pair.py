"""A recording with the MIDI file whose notes label it, as a set of windows takes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Collected", "FramePair", "Score", "Span"]

Floats = npt.NDArray[np.float64]
Span = tuple[float, float]  # seconds, from and to


@dataclass(frozen=True, eq=False)
class Score:
    """Notes and tempi of a MIDI file, in its own time.

    Attributes
    ----------
    start_s, end_s : float64, shape (n_notes,)
        As written: the damper pedal is left out.
    pitch, program : int64, shape (n_notes,)
    is_drum : bool, shape (n_notes,)
    tempo_s, beats_per_minute : float64, shape (n_tempi,)
        Quarter notes a minute from each time on.
    """

    start_s: Floats
    end_s: Floats
    pitch: npt.NDArray[np.int64]
    program: npt.NDArray[np.int64]
    is_drum: npt.NDArray[np.bool_]
    tempo_s: Floats
    beats_per_minute: Floats


@dataclass(frozen=True, eq=False)
class FramePair:
    """A recording and the MIDI file that labels it.

    Attributes
    ----------
    audio_id, midi_id : str
        MD5 of their bytes.
    name : str
        Of the file with the recording's labels: safe for every file system, and of no other recording.
    composition : str
        The least id among all that are known to be the same composition.
    audio_paths : tuple of str
        Where the recording lies, as the file system spells it; any of them will do.
    midi : int or str
        Number or path of the MIDI item, by which its notes are read.
    duration_s : float
        Of the recording as decoded.
    transposition : int
        Semitones by which the MIDI file is raised to fit.
    midi_s, audio_s : float64, shape (n,)
        Breakpoints of the alignment, never falling.
    spans : tuple of (float, float)
        Parts of the recording that the alignment goes through, in order.
    """

    audio_id: str
    midi_id: str
    name: str
    composition: str
    audio_paths: tuple[str, ...]
    midi: int | str
    duration_s: float
    transposition: int
    midi_s: Floats
    audio_s: Floats
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Collected:
    """The recordings to take windows from.

    Attributes
    ----------
    pairs : list of FramePair
        One a recording.
    n_left_out : int
        Recordings whose best pair is not confident enough.
    read_scores : callable
        Reads the scores of some pairs, in their order.
    """

    pairs: list[FramePair]
    n_left_out: int
    read_scores: Callable[[Sequence[FramePair]], list[Score]]
