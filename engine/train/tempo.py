"""Beats of MIDI files, and warps bent by swing and rubato."""

import numpy as np
from numpy.typing import NDArray

from lakhdb.kernels.midi_file import read_midi, ticks_to_seconds

__all__ = ["add_rubato", "add_swing", "find_beats"]

Floats = NDArray[np.float64]

MARGIN_S = 4.0  # beyond the excerpt, so that a bent warp still finds where its ends came from
BEAT_S = (0.25, 1.5)  # quarters outside it are a tempo map's whim, not a beat
TEMPO_BPM = (80.0, 140.0)  # drawn where a file has no beat
RUBATO_PERIOD_S = (1.0, 4.0)
RUBATO_STEP_S = 0.125
MIN_STEP_S = 1e-6  # breakpoints nearer than this are one


def find_beats(midi: bytes, first_s: float, last_s: float, rng: np.random.Generator) -> Floats:
    """Return the quarters of a MIDI file, or those of a tempo drawn where its tempo map has none that fit.

    Parameters
    ----------
    midi : bytes
        A Standard MIDI File.
    first_s, last_s : float
        The beats reach beyond these times.
    rng : numpy.random.Generator
        Draws the tempo where that is needed.

    Returns
    -------
    NDArray[np.float64], shape (n_beats,)
        Seconds in the MIDI file, strictly rising.
    """
    file = read_midi(midi)
    first_s, last_s = first_s - MARGIN_S, last_s + MARGIN_S
    if file.division > 0:
        n_quarters = int(np.ceil(file.notes.end_tick.max() / file.division)) + 1
        beats_s = ticks_to_seconds(file, np.arange(n_quarters) * file.division)
        beats_s = beats_s[(beats_s >= first_s) & (beats_s <= last_s)]
        period_s = np.diff(beats_s)
        if period_s.size and BEAT_S[0] <= period_s.min() and period_s.max() <= BEAT_S[1]:
            before_s = beats_s[0] - period_s[0] * np.arange(
                np.ceil((beats_s[0] - first_s) / period_s[0]), 0, -1
            )
            after_s = beats_s[-1] + period_s[-1] * np.arange(
                1, 1 + np.ceil((last_s - beats_s[-1]) / period_s[-1])
            )
            return np.concatenate([before_s, beats_s, after_s])
    period = 60.0 / rng.uniform(*TEMPO_BPM)
    return np.arange(first_s - rng.uniform(0, period), last_s + period, period)


def add_swing(midi_s: Floats, audio_s: Floats, beats_s: Floats, delay: float) -> tuple[Floats, Floats]:
    """Play the second half of every beat later.

    Parameters
    ----------
    midi_s, audio_s : NDArray[np.float64], shape (n_breakpoints,)
        A warp, strictly rising.
    beats_s : NDArray[np.float64], shape (n_beats,)
        As from `find_beats`.
    delay : float
        In beats, below 0.5: 1/6 makes two eighths a quarter and an eighth of a triplet.

    Returns
    -------
    midi_s, audio_s : NDArray[np.float64], shape (n_new_breakpoints,)
    """
    halves_s, lengths_s = (beats_s[1:] + beats_s[:-1]) / 2, np.diff(beats_s)
    written_s, played_s = np.empty((2, 2 * beats_s.size - 1))
    written_s[::2] = played_s[::2] = beats_s
    written_s[1::2], played_s[1::2] = halves_s, halves_s + delay * lengths_s
    return _bend(midi_s, audio_s, written_s, played_s)


def add_rubato(
    midi_s: Floats, audio_s: Floats, depth: float, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Let the tempo hurry and linger within seconds.

    Parameters
    ----------
    midi_s, audio_s : NDArray[np.float64], shape (n_breakpoints,)
        A warp, strictly rising.
    depth : float
        The tempo varies within this share, either way; below 1.
    rng : numpy.random.Generator
        Draws how.

    Returns
    -------
    midi_s, audio_s : NDArray[np.float64], shape (n_new_breakpoints,)
    """
    written_s = np.arange(midi_s[0] - MARGIN_S, midi_s[-1] + MARGIN_S + RUBATO_STEP_S, RUBATO_STEP_S)
    middle_s = (written_s[1:] + written_s[:-1]) / 2
    period_s, phase = rng.uniform(*RUBATO_PERIOD_S, 3), rng.uniform(0, 2 * np.pi, 3)
    sway = np.sin(2 * np.pi * middle_s[:, None] / period_s + phase).sum(axis=1)
    sway /= np.abs(sway).max()
    played_s = written_s[0] + np.append(0.0, np.cumsum((1 + depth * sway) * RUBATO_STEP_S))
    return _bend(midi_s, audio_s, written_s, played_s)


def _bend(midi_s: Floats, audio_s: Floats, written_s: Floats, played_s: Floats) -> tuple[Floats, Floats]:
    """Return the warp that sends `written_s` where (midi_s, audio_s) sends `played_s`.

    The recording keeps its times 0 to end; both curves are linear between points, and so is the result
    between the points of both.
    """
    kept_s = np.interp(midi_s, played_s, written_s)
    inner_s = written_s[(written_s > kept_s[0]) & (written_s < kept_s[-1] - MIN_STEP_S)]
    bent_s = np.union1d(kept_s, inner_s)
    bent_s = bent_s[np.append(True, np.diff(bent_s) > MIN_STEP_S)]
    bent_audio_s = np.interp(np.interp(bent_s, written_s, played_s), midi_s, audio_s)
    bent_audio_s[[0, -1]] = audio_s[[0, -1]]
    return bent_s, bent_audio_s
