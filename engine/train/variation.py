"""Recordings of MIDI files that differ from them in as many ways as records do, drawn by seed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lakhdb.kernels.wear import compress, limit_band, saturate, shift_speed

from ..recordings import SAMPLE_RATE, Notes, Recording, draw_warp, list_sounding, play_notes, read_notes
from .arrangement import (
    add_bass,
    add_drums,
    add_pad,
    double_part,
    drop_drums,
    drop_notes,
    drop_parts,
    keep_melody,
)
from .codec import lose_quality
from .tempo import add_rubato, add_swing, find_beats

__all__ = ["Variation", "draw_variation", "record_variant", "record_variation"]

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]

DRIFTS = (0.02, 0.10, 0.10, 0.25)
PLAIN = 0.25  # the share of recordings that nothing below touches
INF = float("inf")


@dataclass(frozen=True)
class Variation:
    """How a recording differs from its MIDI file, apart from what every recording has drawn.

    A field's default leaves the recording as it is. What is drawn in carrying it out (which part is doubled,
    what the drummer plays) comes from the recording's seed.

    Attributes
    ----------
    drift : float
        As in `make_recording`.
    swing : float
        By what share of a beat its second half is late.
    rubato : float
        Share by which the tempo varies within seconds.
    melody_only : bool
        One part or voice alone, where that is not too little.
    dropped_parts, dropped_notes : float
        Shares.
    octaves : int
        A part is doubled so many octaves higher.
    bass, pad, drums : bool
        Parts are added.
    no_drums : bool
        Drums are left out.
    cents : float
        The recording runs so much too fast.
    low_hz, high_hz, slope : float, float, int
        What lies outside is weakened, by 6 dB an octave times the slope.
    threshold_db, ratio : float
        Compression above this level.
    drive_db, hardness : float
        Saturation by so much.
    codec : str
        ``mp3``, ``ogg`` or none.
    loss : float
        The codec's, from 0 to below 1.
    """

    drift: float = 0.10
    swing: float = 0.0
    rubato: float = 0.0
    melody_only: bool = False
    dropped_parts: float = 0.0
    dropped_notes: float = 0.0
    octaves: int = 0
    bass: bool = False
    pad: bool = False
    drums: bool = False
    no_drums: bool = False
    cents: float = 0.0
    low_hz: float = 0.0
    high_hz: float = INF
    slope: int = 3
    threshold_db: float = 0.0
    ratio: float = 1.0
    drive_db: float = -INF
    hardness: float = 0.0
    codec: str = ""
    loss: float = 0.0


def record_variant(
    midi: bytes, seed: Sequence[int], *, excerpt_s: float, soundfonts: Sequence[Path | None]
) -> Recording:
    """Record an excerpt of a MIDI file, its renderer, arrangement, tempo and sound drawn by seed.

    Parameters
    ----------
    midi : bytes
        A Standard MIDI File.
    seed : sequence of int
        The same seed, file and sound fonts give the same recording.
    excerpt_s : float
        Length in seconds; a piece that is shorter is recorded whole.
    soundfonts : sequence of Path or None
        One of them plays; None is additive synthesis.

    Raises
    ------
    InputError, MissingPackageError
        As `make_recording`.
    ValueError
        If `excerpt_s` is not positive or there are no sound fonts.
    """
    if not soundfonts:
        raise ValueError("soundfonts must name at least one, or None for additive synthesis")
    rng = np.random.default_rng(seed)
    soundfont = soundfonts[int(rng.integers(len(soundfonts)))]
    return record_variation(midi, draw_variation(rng), rng, excerpt_s, soundfont)


def draw_variation(rng: np.random.Generator) -> Variation:
    """Draw what a recording has; about a quarter of them have nothing but the drift."""
    plain = Variation(drift=float(rng.choice(DRIFTS)))
    if rng.random() < PLAIN:
        return plain
    return _draw_sound(_draw_arrangement(_draw_tempo(plain, rng), rng), rng)


def _draw_tempo(variation: Variation, rng: np.random.Generator) -> Variation:
    if rng.random() < 0.15:
        variation = replace(variation, swing=rng.uniform(0.05, 0.20))
    if rng.random() < 0.30:
        variation = replace(variation, rubato=rng.uniform(0.05, 0.30))
    return variation


def _draw_arrangement(variation: Variation, rng: np.random.Generator) -> Variation:
    if rng.random() < 0.08:
        variation = replace(variation, melody_only=True)
    elif rng.random() < 0.25:
        variation = replace(variation, dropped_parts=rng.uniform(0.2, 0.7))
    if rng.random() < 0.30:
        variation = replace(variation, dropped_notes=rng.uniform(0.0, 0.10))
    if rng.random() < 0.20:
        variation = replace(variation, octaves=int(rng.choice([-1, 1])))
    chance = rng.random(4)
    return replace(
        variation,
        bass=bool(chance[0] < 0.12),
        pad=bool(chance[1] < 0.10),
        no_drums=bool(chance[2] < 0.30),
        drums=bool(chance[3] < 0.25),
    )


def _draw_sound(variation: Variation, rng: np.random.Generator) -> Variation:
    if rng.random() < 0.35:
        variation = replace(variation, cents=rng.uniform(-50, 50))
    if rng.random() < 0.20:
        # A telephone or small radio; a dull tape or shellac; a thin loudspeaker.
        low_hz, high_hz = (
            (rng.uniform(200, 400), rng.uniform(2500, 4500)),
            (0.0, rng.uniform(1200, 6000)),
            (rng.uniform(80, 400), INF),
        )[int(rng.integers(3))]
        variation = replace(variation, low_hz=low_hz, high_hz=high_hz, slope=int(rng.integers(1, 5)))
    if rng.random() < 0.30:
        ratio = float(rng.choice([2.0, 4.0, 20.0]))
        variation = replace(variation, threshold_db=rng.uniform(-30, -10), ratio=ratio)
    if rng.random() < 0.15:
        variation = replace(variation, drive_db=rng.uniform(0, 12), hardness=rng.random())
    if rng.random() < 0.10:
        codec = str(rng.choice(["mp3", "ogg"]))
        variation = replace(variation, codec=codec, loss=rng.uniform(0.6, 0.95))
    return variation


def record_variation(
    midi: bytes, variation: Variation, rng: np.random.Generator, excerpt_s: float, soundfont: Path | None
) -> Recording:
    """Record an excerpt of a MIDI file with the differences given; the rest is drawn by `rng`.

    Parameters and errors are those of `record_variant`.
    """
    if not excerpt_s > 0:
        raise ValueError("excerpt_s must be positive")
    notes = read_notes(midi)
    speed = 2.0 ** (variation.cents / 1200)
    midi_s, audio_s = draw_warp(notes, excerpt_s * speed, variation.drift, rng)
    if variation.rubato:
        midi_s, audio_s = add_rubato(midi_s, audio_s, variation.rubato, rng)
    beats_s = np.empty(0)
    if variation.swing or variation.bass or variation.pad or variation.drums:
        beats_s = find_beats(midi, float(midi_s[0]), float(midi_s[-1]), rng)
    if variation.swing:
        midi_s, audio_s = add_swing(midi_s, audio_s, beats_s, variation.swing)
    notes = _arrange(list_sounding(notes, midi_s), beats_s, variation, rng)
    recording = play_notes(notes, midi_s, audio_s, rng, soundfont)
    samples = _wear(recording.samples, variation)
    return replace(recording, samples=samples, audio_s=audio_s / speed)


def _arrange(written: Notes, beats_s: Floats, variation: Variation, rng: np.random.Generator) -> Notes:
    notes = written
    if variation.melody_only:
        notes = keep_melody(notes)
    if variation.dropped_parts:
        notes = drop_parts(notes, variation.dropped_parts, rng)
    if variation.dropped_notes:
        notes = drop_notes(notes, variation.dropped_notes, rng)
    if variation.octaves:
        notes = double_part(notes, variation.octaves, rng)
    if variation.bass:
        notes = add_bass(notes, written, beats_s, rng)
    if variation.pad:
        notes = add_pad(notes, written, beats_s, rng)
    if variation.no_drums:
        notes = drop_drums(notes)
    if variation.drums:
        notes = add_drums(notes, beats_s, rng)
    return notes


def _wear(samples: Samples, variation: Variation) -> Samples:
    """Send samples through the machines, at the peak that they came with."""
    peak = float(np.abs(samples).max(initial=0.0))
    if variation.cents:
        samples = shift_speed(samples, variation.cents)
    if variation.ratio > 1:
        samples = compress(samples, SAMPLE_RATE, variation.threshold_db, variation.ratio)
    if variation.drive_db > -INF:
        samples = saturate(samples, variation.drive_db, variation.hardness)
    if variation.low_hz > 0 or variation.high_hz < INF:
        samples = limit_band(samples, SAMPLE_RATE, variation.low_hz, variation.high_hz, variation.slope)
    samples = _scale(samples, peak)
    if variation.codec:
        samples = _scale(lose_quality(samples, SAMPLE_RATE, variation.codec, variation.loss), peak)
    return samples


def _scale(samples: Samples, peak: float) -> Samples:
    loudest = float(np.abs(samples).max(initial=0.0))
    return samples * np.float32(peak / loudest) if loudest > 0 else samples
