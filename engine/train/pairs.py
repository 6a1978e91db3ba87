"""Pairs of windows to train on: a stretch of a recording, and the MIDI file's 30 s around it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from lakhdb.kernels.constant_q import FRAME_S, N_BINS
from lakhdb.kernels.midi_file import read_midi
from lakhdb.kernels.networks import (
    FRAMES_PER_MEAN,
    FRAMES_PER_STEP,
    MARGIN_STEPS,
    STEPS_PER_WINDOW,
    average_frames,
)
from lakhdb.kernels.render import render_notes

from ..ingest.scan import Archives
from ..models.learned import SLOWINGS
from .mirror import read_midi_bytes
from .pool import PoolRecording

__all__ = ["NO_STEP", "WINDOW_FRAMES", "NoteReader", "PairMaker", "WindowPair"]

Floats = NDArray[np.float64]
Frames = NDArray[np.uint8]
Means = NDArray[np.float32]

WINDOW_FRAMES = STEPS_PER_WINDOW * FRAMES_PER_STEP
WINDOW_S = WINDOW_FRAMES * FRAME_S
MARGIN_FRAMES = MARGIN_STEPS * FRAMES_PER_STEP
MARGIN_S = MARGIN_FRAMES * FRAME_S
# Where a step of the recording has no counterpart.
NO_STEP = -1

MOST_SHIFT = 6  # semitones either way, both sides together
# Both sides are shown at nearly one tempo, as a search that tries several shows them: standard deviation of
# the logarithm of what is left.
TEMPO_JITTER = 0.08
# How far a window's middle may lie from the recording's: more than half the hop between windows.
OFFSET_S = 2.5
SHORT_SHARE = 0.15  # of the recordings last less than a window
SHORTEST_FRAMES = 215
AMID_SHARE = 0.5  # of the others stand amid their music, like most windows of a long recording


@dataclass(frozen=True, eq=False)
class WindowPair:
    """A recording's window and a MIDI file's.

    Attributes
    ----------
    audio, midi : float32, shape (2 · (STEPS_PER_WINDOW + 2 · MARGIN_STEPS), 72)
        Means of frames as the network takes them: a window, and what is before and after it.
    midi_step : int64, shape (STEPS_PER_WINDOW,)
        For each step of the recording that of the MIDI file's window, or `NO_STEP`.
    """

    audio: Means
    midi: Means
    midi_step: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Notes:
    """Notes as `render_notes` takes them, and the part that each belongs to."""

    pitch: NDArray[np.int32]
    velocity: NDArray[np.int32]
    start_s: Floats
    end_s: Floats
    program: NDArray[np.int32]
    is_drum: NDArray[np.bool_]
    part: NDArray[np.int64]
    duration_s: float


class NoteReader:
    """Reads the notes of MIDI files, each file once."""

    def __init__(self) -> None:
        self._archives = Archives()
        self._notes: dict[str, _Notes] = {}

    def read_all(self, paths: Iterable[str]) -> None:
        """Read files in order, so that each archive is opened once."""
        for path in sorted(set(paths)):
            self.read(path)

    def read(self, path: str) -> _Notes:
        """Read a file or a member of an archive, mirrored if its path says so."""
        if path not in self._notes:
            midi = read_midi(read_midi_bytes(path, self._archives))
            notes = midi.notes
            parts = np.stack([notes.track, notes.channel, notes.program], axis=1)
            self._notes[path] = _Notes(
                notes.pitch.astype(np.int32),
                notes.velocity.astype(np.int32),
                np.asarray(notes.start_s, np.float64),
                np.asarray(notes.end_s, np.float64),
                notes.program.astype(np.int32),
                np.asarray(notes.is_drum, bool),
                np.unique(parts, axis=0, return_inverse=True)[1].reshape(-1),
                midi.duration_s,
            )
        return self._notes[path]


class PairMaker:
    """Draws pairs of windows from recordings.

    Parameters
    ----------
    notes : NoteReader
    vary : bool
        Change what a recording may have that its MIDI file has not, and the other way round; without it,
        windows are as they are searched.
    """

    def __init__(self, notes: NoteReader, vary: bool) -> None:
        self._notes, self._vary = notes, vary

    def make(self, recording: PoolRecording, rng: np.random.Generator) -> WindowPair:
        """Draw a pair of windows from one recording."""
        start, n_frames, lead = self._choose(len(recording.frames), rng)
        audio = recording.frames[start - lead : start + n_frames + (MARGIN_FRAMES if lead else 0)]
        source = recording.sources[int(rng.integers(len(recording.sources)))]
        notes = self._notes.read(source.path)
        # Where the recording's steps are in the MIDI file, at their middles.
        step = np.arange(STEPS_PER_WINDOW)
        middle = start + FRAMES_PER_STEP * step + (FRAMES_PER_STEP - 1) / 2
        midi_s = np.interp(middle * FRAME_S, recording.audio_s, source.midi_s)
        sounding = FRAMES_PER_STEP * step < n_frames
        tempo = _measure_tempo(midi_s[sounding])
        if self._vary:
            tempo *= float(np.exp(rng.normal(0, TEMPO_JITTER)))
        else:
            tempo = min(SLOWINGS, key=lambda one: abs(math.log(one / tempo)))
        span_s = WINDOW_S * tempo
        centre_s = float(midi_s[sounding].mean()) + rng.uniform(-OFFSET_S, OFFSET_S)
        first_s = max(0.0, min(centre_s - span_s / 2, notes.duration_s - span_s))
        midi = self._render(notes, first_s, tempo, rng)
        found = np.rint(((midi_s - first_s) / tempo / FRAME_S - (FRAMES_PER_STEP - 1) / 2) / FRAMES_PER_STEP)
        inside = sounding & (found >= 0) & (found < STEPS_PER_WINDOW)
        means = [average_frames(torch.from_numpy(one[None]))[0].numpy() for one in (audio, midi)]
        if self._vary:
            shift = int(rng.integers(-MOST_SHIFT, MOST_SHIFT + 1))
            means = [_transpose(one, shift) for one in means]
            means[0] = _wear(means[0], rng)
        window = np.zeros_like(means[1])
        first = (MARGIN_FRAMES - lead) // FRAMES_PER_MEAN
        window[first : first + len(means[0])] = means[0][: len(window) - first]
        return WindowPair(window, means[1], np.where(inside, found, NO_STEP).astype(np.int64))

    def _choose(self, n_frames: int, rng: np.random.Generator) -> tuple[int, int, int]:
        """Choose the first frame of a recording's window, its length, and how much before it is heard."""
        n = WINDOW_FRAMES
        if self._vary and rng.random() < SHORT_SHARE:
            n = int(rng.integers(SHORTEST_FRAMES, WINDOW_FRAMES))
        start = int(rng.integers(0, max(1, n_frames - n + 1)))
        lead = 0
        if self._vary and n == WINDOW_FRAMES and rng.random() < AMID_SHARE:
            lead = min(start, MARGIN_FRAMES) // FRAMES_PER_MEAN * FRAMES_PER_MEAN
        return start, min(n, n_frames - start), lead

    def _render(self, notes: _Notes, first_s: float, tempo: float, rng: np.random.Generator) -> Frames:
        """Render a window and what is around it; `tempo` seconds of the file become one."""
        earliest_s, latest_s = first_s - MARGIN_S * tempo, first_s + (WINDOW_S + MARGIN_S) * tempo
        kept = (notes.end_s > earliest_s) & (notes.start_s < latest_s)
        program, velocity = notes.program, notes.velocity
        if self._vary and kept.any():
            kept &= _draw_parts(notes.part, kept, rng)
            if rng.random() < 0.5:
                program = rng.integers(0, 80, notes.part.max() + 1, dtype=np.int32)[notes.part]
            if rng.random() < 0.5:
                loudness = np.clip(velocity + rng.normal(0, 12, velocity.size), 8, 127)
                velocity = loudness.astype(np.int32)
        n_frames = WINDOW_FRAMES + 2 * MARGIN_FRAMES
        frames, _ = render_notes(
            notes.pitch[kept],
            velocity[kept],
            np.maximum((notes.start_s[kept] - earliest_s) / tempo, 0.0),
            (notes.end_s[kept] - earliest_s) / tempo,
            program[kept],
            notes.is_drum[kept],
            n_frames * FRAME_S,
        )
        return frames[:n_frames]


def _measure_tempo(midi_s: Floats) -> float:
    """Return how many seconds of the MIDI file pass in one of the recording, as far as a search looks."""
    if len(midi_s) < 2:
        return 1.0
    passed_s = (len(midi_s) - 1) * FRAMES_PER_STEP * FRAME_S
    return float(np.clip((midi_s[-1] - midi_s[0]) / passed_s, min(SLOWINGS), max(SLOWINGS)))


def _draw_parts(
    part: NDArray[np.int64], sounding: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Leave out up to half of the parts of one file in three."""
    parts = np.unique(part[sounding])
    if len(parts) == 1 or rng.random() > 0.35:
        return np.ones(part.size, bool)
    dropped = rng.choice(parts, int(rng.integers(1, max(2, len(parts) // 2 + 1))), replace=False)
    kept: NDArray[np.bool_] = ~np.isin(part, dropped)
    return kept if (kept & sounding).sum() >= 8 else np.ones(part.size, bool)


def _transpose(means: Means, shift: int) -> Means:
    shifted = np.zeros_like(means)
    if shift >= 0:
        shifted[:, shift:] = means[:, : N_BINS - shift]
    else:
        shifted[:, :shift] = means[:, -shift:]
    return shifted


def _wear(means: Means, rng: np.random.Generator) -> Means:
    """Equalise, add a floor of noise, cut bands off: what rooms and records do, in units of 0.31 dB."""
    x = means.copy()
    bins = np.arange(N_BINS)
    if rng.random() < 0.7:
        x += np.interp(bins, np.linspace(0, N_BINS - 1, 6), rng.normal(0, 14, 6)) * (x > 0)
    if rng.random() < 0.5:
        floor = rng.uniform(20, 110) + np.interp(bins, np.linspace(0, N_BINS - 1, 4), rng.normal(0, 20, 4))
        np.maximum(x, floor + 5 * rng.standard_normal(x.shape, np.float32), out=x)
    if rng.random() < 0.2:
        x[:, int(rng.integers(50, N_BINS)) :] = 0
    if rng.random() < 0.1:
        x[:, : int(rng.integers(4, 24))] = 0
    return np.clip(x, 0, 255, out=x)
