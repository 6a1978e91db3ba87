"""Beats of a MIDI file, by its tempos and time signatures in seconds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Beats", "find_beats"]

Floats = npt.NDArray[np.float64]

# Until a file says otherwise, from the standard: 120 quarter notes a minute, 4/4.
DEFAULT_TEMPO = 120.0
DEFAULT_METRE = (4, 4)

# Note values that a time signature may count; others are damage.
DENOMINATORS = (1, 2, 4, 8, 16, 32, 64)

# Of a quarter note: nearer than this to the next time signature a beat is that signature's own. A tick is
# more than that.
TOLERANCE = 1e-4

# Four hours of twenty a second; only files that were made to do harm have more.
MOST_BEATS = 288_000


@dataclass(frozen=True, eq=False)
class Beats:
    """Beats of a MIDI file.

    Attributes
    ----------
    time_s : float64, shape (n,)
        Seconds into the MIDI file, rising.
    position : int64, shape (n,)
        Within the bar, from 1: the downbeat.
    """

    time_s: Floats
    position: npt.NDArray[np.int64]


def find_beats(
    tempos: Sequence[tuple[float, float]], metres: Sequence[tuple[float, str]], end_s: float
) -> Beats:
    """Find the beats from 0 to `end_s`.

    A beat is a note of the time signature's denominator: a quarter in 3/4, a half in 2/2, an eighth in 5/8
    and 3/8. In compound metres, whose numerator is a multiple of 3 above 3 (6/8, 9/8, 12/8, also 6/4), it is
    three of them. That is pretty_midi's rule (Raffel and Ellis, 2014). Each time signature begins a bar;
    before the first the metre is 4/4, as the standard says (pretty_midi takes the first to be in force from
    the beginning on), and before the first tempo there are 120 quarter notes a minute.

    The beats are counted along the tempos in seconds, as the database keeps no ticks. Files that count
    frames of film (SMPTE division) have tempos that count for nothing, and so have wrong beats here.

    Parameters
    ----------
    tempos : sequence of (time_s, quarter notes a minute)
        By time; of several at one time the last counts.
    metres : sequence of (time_s, text such as ``3/4``)
        By time, likewise. What is no time signature, such as ``0/4``, is left out.
    end_s : float

    Raises
    ------
    ValueError
        If there are more than `MOST_BEATS`.
    """
    knots_s, knots = _count_quarters(tempos, end_s)
    known = {0.0: DEFAULT_METRE, **{at_s: metre for at_s, text in metres if (metre := _read_metre(text))}}
    starts_s = np.array(sorted(known))
    starts_s = starts_s[starts_s <= end_s]
    bounds = np.append(np.interp(starts_s, knots_s, knots), knots[-1])
    at, position, total = [], [], 0
    for start_s, first, last in zip(starts_s.tolist(), bounds[:-1], bounds[1:], strict=True):
        numerator, denominator = known[start_s]
        grouped = 3 if numerator % 3 == 0 and numerator > 3 else 1
        step = 4.0 / denominator * grouped
        n_beats = int(np.ceil(max((last - first - TOLERANCE) / step, 0.0)))
        total += n_beats
        if total > MOST_BEATS:
            raise ValueError(f"more than {MOST_BEATS} beats")
        at.append(first + step * np.arange(n_beats))
        position.append(np.arange(n_beats) % (numerator // grouped) + 1)
    return Beats(np.interp(np.concatenate(at), knots, knots_s), np.concatenate(position))


def _count_quarters(tempos: Sequence[tuple[float, float]], end_s: float) -> tuple[Floats, Floats]:
    """Count quarter notes up to each change of tempo and to the end: seconds and quarters, both rising."""
    known = {0.0: DEFAULT_TEMPO, **{at_s: tempo for at_s, tempo in tempos if tempo > 0 and at_s < end_s}}
    starts_s = sorted(known)
    lengths_s = np.diff([*starts_s, end_s])
    quarters = np.cumsum([0.0, *(lengths_s * [known[at_s] / 60 for at_s in starts_s])])
    return np.array([*starts_s, end_s]), quarters


def _read_metre(text: str) -> tuple[int, int] | None:
    numerator, _, denominator = text.partition("/")
    if not (numerator.isdecimal() and denominator.isdecimal()):
        return None
    metre = int(numerator), int(denominator)
    return metre if metre[0] > 0 and metre[1] in DENOMINATORS else None
