"""Chords that the notes of a MIDI file make, beat by beat."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["CHORD_RULES", "NAMES", "Chords", "infer_chords", "name_chord"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Pitch classes as they are commonly written.
NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")

# A triad that is played as one of four notes of equal length has 3 / sqrt(3 · 4) = 0.87; a lone pitch 0.58,
# and a scale of seven, equally long, 0.65.
LEAST_COSINE = 0.7

# Cosines nearer than this are equal: a bare fifth is as much major as minor.
TIE = 1e-6

NO_CHORD = 24
_ROOTS = np.arange(12)
_TEMPLATES = np.zeros((24, 12))
for _shape, _rows in (((0, 4, 7), _TEMPLATES[:12]), ((0, 3, 7), _TEMPLATES[12:])):
    for _interval in _shape:
        _rows[_ROOTS, (_ROOTS + _interval) % 12] = 3**-0.5

CHORD_RULES = (
    "inferred, not annotated: for each beat the pitch classes of all notes but drums, weighted by how long "
    "they sound, are compared with the 24 major and minor triads by cosine; the best is taken, the chord of "
    f"the beat before where several are equally good, N below {LEAST_COSINE}; equal chords are joined; "
    "confidence is the mean cosine, 0 for N"
)


@dataclass(frozen=True, eq=False)
class Chords:
    """Chords in their order, without gaps.

    Attributes
    ----------
    start_s, end_s : float64, shape (n,)
        Seconds into the MIDI file.
    chord : int64, shape (n,)
        0 to 11 major triads from C upwards, 12 to 23 minor ones, 24 no chord.
    cosine : float64, shape (n,)
        Mean over the beats of a chord of how well it fits, 0 to 1; 0 for no chord.
    """

    start_s: Floats
    end_s: Floats
    chord: Ints
    cosine: Floats


def infer_chords(beats_s: Floats, start_s: Floats, end_s: Floats, pitch: Ints, last_s: float) -> Chords:
    """Infer major and minor triads, or none, by templates; see `CHORD_RULES`.

    Parameters
    ----------
    beats_s : float64, shape (n_beats,)
        Beats, seconds, rising; the last one ends at `last_s`.
    start_s, end_s : float64, shape (n_notes,)
        Notes with a pitch, seconds.
    pitch : int64, shape (n_notes,)
    last_s : float

    References
    ----------
    Binary templates after Fujishima (1999), on notes in the place of a chromagram.
    """
    bounds_s = np.append(beats_s, max(last_s, beats_s[-1])) if beats_s.size else np.empty(0)
    if bounds_s.size < 2:
        nothing = np.empty(0)
        return Chords(nothing, nothing, np.empty(0, np.int64), nothing)
    chord, cosine = _choose(_weigh_classes(bounds_s, start_s, end_s, pitch))
    firsts = np.flatnonzero(np.append(True, chord[1:] != chord[:-1]))
    lengths = np.diff(np.append(firsts, chord.size))
    return Chords(
        bounds_s[firsts],
        bounds_s[np.append(firsts[1:], chord.size)],
        chord[firsts],
        np.add.reduceat(cosine, firsts) / lengths,
    )


def name_chord(chord: int, transposition: int) -> str:
    """Name a chord as JAMS does, raised by some semitones."""
    if chord == NO_CHORD:
        return "N"
    return f"{NAMES[(chord + transposition) % 12]}:{'maj' if chord < 12 else 'min'}"


def _weigh_classes(bounds_s: Floats, start_s: Floats, end_s: Floats, pitch: Ints) -> Floats:
    """Sum how long each pitch class sounds between bounds, shape (n_bounds - 1, 12), seconds."""
    weights = np.zeros((bounds_s.size - 1, 12))
    for klass in range(12):
        mine = pitch % 12 == klass
        begun, over = _sum_elapsed(start_s[mine], bounds_s), _sum_elapsed(end_s[mine], bounds_s)
        weights[:, klass] = np.diff(begun - over)
    return np.maximum(weights, 0.0)


def _sum_elapsed(events_s: Floats, at_s: Floats) -> Floats:
    """Sum the time that has passed at each moment since each event before it."""
    ordered = np.sort(events_s)
    n_before = np.searchsorted(ordered, at_s)
    elapsed: Floats = n_before * at_s - np.append(0.0, np.cumsum(ordered))[n_before]
    return elapsed


def _choose(weights: Floats) -> tuple[Ints, Floats]:
    """Choose the chord of each beat and say how well it fits."""
    norms = np.linalg.norm(weights, axis=1)
    # Rounding leaves some 1e-12 of a second where nothing sounds.
    cosines = weights @ _TEMPLATES.T / np.maximum(norms, 1e-6)[:, None]
    best = cosines.max(axis=1)
    chosen = np.where(best >= LEAST_COSINE, cosines.argmax(axis=1), NO_CHORD)
    n_equal = (cosines > best[:, None] - TIE).sum(axis=1)
    for beat in np.flatnonzero((n_equal > 1) & (chosen != NO_CHORD)):
        before = chosen[beat - 1] if beat else NO_CHORD
        if before != NO_CHORD and cosines[beat, before] > best[beat] - TIE:
            chosen[beat] = before
    return chosen.astype(np.int64), np.where(chosen == NO_CHORD, 0.0, np.minimum(best, 1.0))
