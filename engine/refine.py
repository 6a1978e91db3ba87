"""Bringing an alignment from frames of 46 ms to the beginnings of notes."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d

from lakhdb.kernels.onsets import DRUMS, LOWEST_PITCH, ONSET_S

from .alignment import Trace, join_pieces

__all__ = ["ALIGNMENT", "refine_trace"]

# Raised whenever the same pair would be aligned otherwise.
ALIGNMENT = "onsets-2"

Floats = npt.NDArray[np.float64]

# Notes that begin within this of each other are one chord: nobody plays them closer.
CHORD_S = 0.03

# What the best chords' evidence counts beside the costs of moving: natural logarithms of odds.
EVIDENCE = 4.0

# How far the time from one chord to the next may be off what the path before said: a standard deviation of so
# much, and of a share of that time. Pauses and slips cost no more than `PAUSE` and a little for their length.
SLACK_S = 0.012
PAUSE = 8.0
PAUSE_S = 0.05

# What a chord at the end of its reach loses: where nothing is heard, the path stays.
HABIT = 0.05


class _Chord(NamedTuple):
    """Notes that begin together: when, and the columns of onsets that tell of them."""

    midi_s: float
    columns: npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Pass:
    """One look around a path: how far, at which steps (in onset frames), and how free the tempo is."""

    reach_s: float
    step: int
    freedom: float


# Far and coarsely first, where a path of 46 ms has lost its way in a ritardando; then ever nearer.
PASSES = (_Pass(3.0, 4, 0.3), _Pass(0.5, 1, 0.12), _Pass(0.25, 1, 0.12))


def refine_trace(
    start_s: Floats,
    pitch: npt.NDArray[np.integer[Any]],
    is_drum: npt.NDArray[np.bool_],
    trace: Trace,
    onsets: npt.NDArray[np.float32],
) -> Trace:
    """Move an alignment to where the notes begin in the recording.

    The time of each chord is chosen so that the energy of its pitches rises there and the tempo stays as even
    as it can: the best sequence of all (Viterbi), among times near to the path.

    Parameters
    ----------
    start_s, pitch, is_drum : shape (n_notes,)
        Notes of the MIDI file, as they sound in the recording (transposed).
    trace : Trace
    onsets : float32, shape (n_frames, N_COLUMNS)
        As from `compute_onsets`.

    Returns
    -------
    Trace
        A breakpoint for each chord, and the two ends of each piece; a piece stays as it is if no note lies
        within it.
    """
    return join_pieces([_refine(_gather(start_s, pitch, is_drum, one), one, onsets) for one in trace.pieces])


def _refine(chords: list[_Chord], trace: Trace, onsets: npt.NDArray[np.float32]) -> Trace:
    """Move the breakpoints of one piece to its chords."""
    if not chords:
        return trace
    midi_s = np.array([one.midi_s for one in chords])
    audio_s = np.interp(midi_s, trace.midi_s, trace.audio_s)
    for one in PASSES:
        wide = onsets if one.step == 1 else maximum_filter1d(onsets, one.step + 1, axis=0)
        audio_s = _place(chords, audio_s, wide, one)
    placed = np.clip(audio_s, 0.0, (len(onsets) - 1) * ONSET_S)
    return Trace(
        np.concatenate([trace.midi_s[:1], midi_s, trace.midi_s[-1:]]),
        # The ends stay, unless a chord was found beyond them.
        np.concatenate(
            [np.minimum(trace.audio_s[:1], placed[0]), placed, np.maximum(trace.audio_s[-1:], placed[-1])]
        ),
        refined=True,
    )


def _gather(
    start_s: Floats, pitch: npt.NDArray[np.integer[Any]], is_drum: npt.NDArray[np.bool_], trace: Trace
) -> list[_Chord]:
    """Gather the notes of a path that begin together, in order."""
    key = pitch.astype(np.int64) - LOWEST_PITCH
    column = np.where(is_drum, DRUMS, key)
    within = (start_s >= trace.midi_s[0]) & (start_s <= trace.midi_s[-1])
    wanted = within & (is_drum | ((key >= 0) & (key < DRUMS)))
    order = np.flatnonzero(wanted)[np.argsort(start_s[wanted], kind="stable")]
    if not order.size:
        return []
    cuts = np.flatnonzero(np.diff(start_s[order]) > CHORD_S) + 1
    return [_Chord(float(start_s[one].mean()), np.unique(column[one])) for one in np.split(order, cuts)]


def _place(chords: list[_Chord], audio_s: Floats, onsets: npt.NDArray[np.float32], settings: _Pass) -> Floats:
    """Choose a time for each chord, within reach of `audio_s`; never falling."""
    step_s = settings.step * ONSET_S
    n_steps = round(settings.reach_s / step_s)
    offsets = step_s * np.arange(-n_steps, n_steps + 1, dtype=np.float64)
    moved = offsets[:, None] - offsets  # from the second to the first
    evidence = _weigh(chords, audio_s, offsets, onsets) - HABIT * (offsets / settings.reach_s) ** 2
    came_from = np.zeros(evidence.shape, np.int16)
    best = evidence[0]
    everywhere = np.arange(offsets.size)
    for k in range(1, len(chords)):
        passed_s = audio_s[k] - audio_s[k - 1]
        slack = SLACK_S + settings.freedom * passed_s
        cost = np.minimum(moved**2 / (2 * slack**2), PAUSE + np.abs(moved) / PAUSE_S)
        reached = best - np.where(moved < -passed_s - 1e-9, np.inf, cost)
        came_from[k] = reached.argmax(axis=1)
        best = reached[everywhere, came_from[k]] + evidence[k]
    at = int(best.argmax())
    chosen = np.empty(len(chords), np.int64)
    for k in range(len(chords) - 1, -1, -1):
        chosen[k] = at
        at = int(came_from[k, at])
    return np.maximum.accumulate(audio_s + offsets[chosen])


def _weigh(
    chords: list[_Chord], audio_s: Floats, offsets: Floats, onsets: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Compute what speaks for each chord at each offset, shape (n_chords, n_offsets)."""
    frames = np.rint((audio_s[:, None] + offsets) / ONSET_S).astype(np.int64)
    frames = np.clip(frames, 0, len(onsets) - 1)
    evidence = np.stack(
        [onsets[at][:, one.columns].sum(axis=1) for one, at in zip(chords, frames, strict=True)]
    )
    # Three quarters of the chords have less than this at their best.
    scale = np.quantile(evidence.max(axis=1), 0.75)
    return np.asarray(evidence * np.float32(EVIDENCE / max(scale, 1e-9)), np.float32)
