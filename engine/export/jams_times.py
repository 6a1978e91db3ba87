"""Times of a MIDI file as times of a recording, and nothing of what the recording leaves out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

__all__ = ["Part", "Placed", "Placement", "place_alignment"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

#: Of an alignment: midi_start_s, midi_end_s, audio_start_s, audio_end_s.
Part = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Placed:
    """What of some things lies within an alignment.

    Attributes
    ----------
    which : int64, shape (n,)
        Positions of the things; one that reaches over a gap may be there twice.
    start_s, end_s : float64, shape (n,)
        Seconds into the recording.
    piece : int64, shape (n,)
        The piece of the alignment that each lies in, from 0.
    """

    which: Ints
    start_s: Floats
    end_s: Floats
    piece: Ints

    def take(self, wanted: Mask) -> "Placed":
        """Return those that a mask marks."""
        return Placed(self.which[wanted], self.start_s[wanted], self.end_s[wanted], self.piece[wanted])


@dataclass(frozen=True, eq=False)
class Placement:
    """Pieces of an alignment, straight lines between the breakpoints of each.

    Attributes
    ----------
    pieces : tuple of (midi_s, audio_s)
        Breakpoints, seconds; `midi_s` rises or stands, and so does `audio_s`. In their order.
    """

    pieces: tuple[tuple[Floats, Floats], ...]

    @property
    def spans_s(self) -> Floats:
        """Beginning and end of each piece in the recording, seconds, shape (n_pieces, 2)."""
        return np.array([[audio_s[0], audio_s[-1]] for _, audio_s in self.pieces]).reshape(-1, 2)

    def place_moments(self, midi_s: Floats) -> Placed:
        """Place moments; those outside the pieces are left out."""
        return self._place(midi_s, midi_s, lambda first, last: (midi_s >= first) & (midi_s <= last))

    def place_notes(self, start_s: Floats, end_s: Floats) -> Placed:
        """Place what begins in a piece; it ends with the piece at the latest."""
        return self._place(start_s, end_s, lambda first, last: (start_s >= first) & (start_s < last))

    def place_spans(self, start_s: Floats, end_s: Floats) -> Placed:
        """Place what lasts, as a key does: of each span what lies in each piece and lasts there."""
        placed = self._place(start_s, end_s, lambda first, last: (start_s < last) & (end_s > first))
        return placed.take(placed.end_s > placed.start_s)

    def _place(self, start_s: Floats, end_s: Floats, lies_within: Callable[[float, float], Mask]) -> Placed:
        found = []
        for number, (midi_s, audio_s) in enumerate(self.pieces):
            which = np.flatnonzero(lies_within(midi_s[0], midi_s[-1]))
            # np.interp holds the ends, which cuts what reaches beyond them.
            ends = (np.interp(one[which], midi_s, audio_s) for one in (start_s, end_s))
            found.append((which, *ends, np.full(which.size, number)))
        if not found:
            return Placed(np.empty(0, np.int64), np.empty(0), np.empty(0), np.empty(0, np.int64))
        which, first_s, last_s, piece = (np.concatenate(column) for column in zip(*found, strict=True))
        return Placed(which, first_s, last_s, piece)


def place_alignment(midi_s: Floats, audio_s: Floats, parts: Sequence[Part], duration_s: float) -> Placement:
    """Cut an alignment into its pieces.

    Parameters
    ----------
    midi_s, audio_s : float64, shape (n,)
        Breakpoints, seconds, never falling.
    parts : sequence of (midi_start_s, midi_end_s, audio_start_s, audio_end_s)
        What the alignment goes through, in order; between two of them something was left out on one side or
        the other. None or one: the alignment is one piece.
    duration_s : float
        Of the recording; frames of 46 ms may reach a little beyond it.
    """
    # Two parts are seconds apart on one side at least, while breakpoints may be moved by less: the middle of
    # the gap, on the sum of both sides, is surely between them.
    cuts = [(before[1] + before[3] + after[0] + after[2]) / 2 for before, after in pairwise(parts)]
    heard_s = np.clip(audio_s, 0.0, duration_s)
    owner = np.searchsorted(np.asarray(cuts), midi_s + audio_s, side="right")
    pieces = (_trim(midi_s[owner == n], heard_s[owner == n]) for n in range(len(cuts) + 1))
    return Placement(tuple(one for one in pieces if one[0].size > 1 and one[1][-1] > one[1][0]))


def _trim(midi_s: Floats, audio_s: Floats) -> tuple[Floats, Floats]:
    """Drop the ends of a piece where a note is just there: the note's time is the one that was looked for."""
    keep = np.ones(midi_s.size, bool)
    if midi_s.size > 2:
        keep[0] = midi_s[1] > midi_s[0]
        keep[-1] = midi_s[-1] > midi_s[-2]
    return midi_s[keep], audio_s[keep]
