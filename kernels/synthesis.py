"""Additive synthesis of notes into samples: a small orchestra that needs no sound font."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["synthesise"]

Samples = NDArray[np.float32]

# Beyond this a wave is all but gone or has settled; a longer note costs more memory, not more sound.
LONGEST_NOTE_S = 20.0
# Harmonics above this are inaudible beside the others; those near half the sample rate would alias.
HIGHEST_HARMONIC_HZ = 9000.0
SHORTEST_NOTE_S = 0.02


class Timbre(NamedTuple):
    """How one General MIDI family sounds; amplitudes fall as harmonic ** -slope."""

    n_harmonics: int
    slope: float
    even_gain: float  # 0.3 is a clarinet, 1.0 a string
    attack_s: float
    half_life_s: float  # of the fundamental; infinite for a blown or bowed sound
    damping: float  # how much faster each harmonic decays than the one below, in units of the fundamental's
    vibrato_cents: float
    release_s: float


INF = float("inf")
# Ours, by ear and by the shape of textbook spectra: one row for each eight programs of General MIDI.
DRUM_FAMILY = 16
FAMILIES = (
    Timbre(10, 1.3, 1.0, 0.004, 0.60, 0.45, 0, 0.10),  # pianos
    Timbre(5, 1.8, 0.5, 0.002, 0.30, 1.00, 0, 0.15),  # chromatic percussion
    Timbre(8, 0.7, 1.2, 0.020, INF, 0.00, 0, 0.05),  # organs
    Timbre(10, 1.1, 0.9, 0.003, 0.40, 0.60, 0, 0.08),  # guitars
    Timbre(8, 1.2, 0.9, 0.006, 0.50, 0.80, 0, 0.06),  # basses
    Timbre(12, 1.0, 1.0, 0.080, INF, 0.00, 12, 0.12),  # solo strings
    Timbre(10, 1.2, 1.0, 0.120, INF, 0.00, 6, 0.25),  # ensembles
    Timbre(12, 0.8, 1.0, 0.040, INF, 0.00, 5, 0.08),  # brass
    Timbre(10, 0.9, 0.6, 0.030, INF, 0.00, 8, 0.07),  # reeds
    Timbre(5, 1.9, 0.7, 0.040, INF, 0.00, 10, 0.06),  # pipes
    Timbre(10, 1.0, 0.4, 0.010, INF, 0.00, 6, 0.06),  # synthetic leads
    Timbre(7, 1.4, 1.0, 0.250, INF, 0.00, 8, 0.40),  # synthetic pads
    Timbre(6, 1.3, 0.8, 0.060, 1.50, 0.30, 4, 0.40),  # synthetic effects
    Timbre(10, 1.0, 0.9, 0.003, 0.30, 0.70, 0, 0.06),  # ethnic, mostly plucked
    Timbre(4, 1.6, 0.8, 0.002, 0.15, 0.80, 0, 0.05),  # percussive
    Timbre(6, 1.0, 0.9, 0.050, 0.80, 0.20, 20, 0.20),  # sound effects
)


class Drum(NamedTuple):
    """A burst of noise within a band, with an optional falling tone below it."""

    low_hz: float
    high_hz: float
    half_life_s: float
    tone_hz: float  # 0 for none
    gain: float


KICK = Drum(30, 400, 0.06, 55, 1.6)
SNARE = Drum(300, 6000, 0.06, 190, 1.0)
CLAP = Drum(800, 4000, 0.05, 0, 0.9)
TOM = Drum(80, 800, 0.10, 110, 1.1)
CLOSED_HAT = Drum(6000, 11000, 0.02, 0, 0.4)
OPEN_HAT = Drum(5000, 11000, 0.15, 0, 0.4)
CYMBAL = Drum(3000, 11000, 0.50, 0, 0.5)
SMALL = Drum(1500, 7000, 0.03, 0, 0.5)
# General MIDI's percussion map; what it lacks here sounds as SMALL.
DRUMS = (
    dict.fromkeys((35, 36), KICK)
    | dict.fromkeys((37, 38, 40), SNARE)
    | {39: CLAP}
    | dict.fromkeys((41, 43, 45, 47, 48, 50, 60, 61, 62, 63, 64), TOM)
    | dict.fromkeys((42, 44), CLOSED_HAT)
    | {46: OPEN_HAT}
    | dict.fromkeys((49, 51, 52, 53, 55, 57, 59), CYMBAL)
)
LONGEST_RELEASE_S = max(timbre.release_s for timbre in FAMILIES)
BURST_HALF_LIVES = 8
LONGEST_BURST_S = BURST_HALF_LIVES * CYMBAL.half_life_s


def synthesise(
    pitch: ArrayLike,
    velocity: ArrayLike,
    start_s: ArrayLike,
    end_s: ArrayLike,
    program: ArrayLike,
    is_drum: ArrayLike,
    *,
    duration_s: float,
    sample_rate: int = 22_050,
    seed: int = 0,
) -> Samples:
    """Sound notes by additive synthesis, drums by filtered bursts of noise.

    Each (pitch, timbre) is computed once, as long as its longest note, and every note takes a prefix of it:
    the cost is that of the distinct sounds plus one multiply-add per sounding sample.

    Parameters
    ----------
    pitch, velocity, program : array_like, shape (n_notes,)
        MIDI numbers, 0 to 127; the program decides the timbre by its General MIDI family.
    start_s, end_s : array_like, shape (n_notes,)
        Seconds, finite; notes before 0 or after `duration_s` are cut. Any order of notes.
    is_drum : array_like of bool, shape (n_notes,)
        Such a note sounds the percussion of its pitch, whatever its program and end.
    duration_s : float
        Length of the result.
    sample_rate : int
        In Hz.
    seed : int
        Shapes the timbres (harmonics differ by up to 3 dB) and the noise of the drums.

    Returns
    -------
    Samples, shape (round(duration_s · sample_rate),), float32
        Sum of all notes, not normalised: a note of full velocity peaks near 1, one above 9 kHz is silent.

    Raises
    ------
    ValueError
        If the arrays differ in length, a time is not finite, a MIDI number is out of range, or the duration
        or the sample rate is not positive.
    """
    numbers = [np.asarray(values, dtype=np.int64) for values in (pitch, velocity, program)]
    starts, ends = (np.asarray(values, dtype=np.float64) for values in (start_s, end_s))
    drums = np.asarray(is_drum, dtype=bool)
    _check(numbers, starts, ends, drums, duration_s, sample_rate)
    ends = np.maximum(ends, starts + SHORTEST_NOTE_S)
    out = np.zeros(round(duration_s * sample_rate), dtype=np.float32)
    # Loudness follows the square of velocity, as the MIDI Manufacturers Association recommends.
    gain = (numbers[1] / 127.0) ** 2
    sounds = np.where(drums, DRUM_FAMILY * 128 + numbers[0], numbers[2] // 8 * 128 + numbers[0])
    fallen_silent = np.where(drums, starts + LONGEST_BURST_S, ends + LONGEST_RELEASE_S)
    audible = (fallen_silent > 0) & (starts < duration_s) & (gain > 0)
    order = np.flatnonzero(audible)[np.argsort(sounds[audible], kind="stable")]
    groups = np.split(order, np.flatnonzero(np.diff(sounds[order])) + 1) if order.size else []
    for notes in groups:
        family, key = divmod(int(sounds[notes[0]]), 128)
        if family == DRUM_FAMILY:
            wave = _strike(key, sample_rate, seed)
            lengths, release = np.full(notes.size, wave.size), 0
        else:
            lengths_s = np.minimum(ends[notes] - starts[notes], LONGEST_NOTE_S)
            lengths = np.rint(lengths_s * sample_rate).astype(np.int64)
            release = round(FAMILIES[family].release_s * sample_rate)
            wave = _sound(family, key, int(lengths.max()) + release, sample_rate, seed)
        onsets = np.rint(starts[notes] * sample_rate).astype(np.int64)
        _add_notes(out, wave, onsets, lengths, gain[notes], release)
    return out


def _check(
    numbers: list[NDArray[np.int64]],
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
    drums: NDArray[np.bool_],
    duration_s: float,
    sample_rate: int,
) -> None:
    shapes = {array.shape for array in (*numbers, starts, ends, drums)}
    if len(shapes) != 1 or starts.ndim != 1:
        raise ValueError("pitch, velocity, start_s, end_s, program and is_drum must be of one length")
    if not (np.isfinite(starts).all() and np.isfinite(ends).all()):
        raise ValueError("start_s and end_s must be finite")
    if any(((array < 0) | (array > 127)).any() for array in numbers):
        raise ValueError("pitch, velocity and program must lie within 0 to 127")
    if not (0 < duration_s < INF and sample_rate > 0):
        raise ValueError("duration_s and sample_rate must be positive")


def _add_notes(
    out: Samples,
    wave: Samples,
    onsets: NDArray[np.int64],
    lengths: NDArray[np.int64],
    gains: NDArray[np.float64],
    release: int,
) -> None:
    """Add a prefix of `wave` at each onset, faded out over `release` samples after its length."""
    fade = np.linspace(1, 0, release, dtype=np.float32) ** 2
    for onset, length, gain in zip(onsets.tolist(), lengths.tolist(), gains.tolist(), strict=True):
        skip, stop = max(0, -onset), min(length, out.size - onset)
        if stop > skip:
            out[onset + skip : onset + stop] += np.float32(gain) * wave[skip:stop]
        skip, stop = max(0, -onset - length), min(release, out.size - onset - length)
        if stop > skip:
            tail = wave[length + skip : length + stop] * fade[skip:stop]
            out[onset + length + skip : onset + length + stop] += np.float32(gain) * tail


def _sound(family: int, pitch: int, n_samples: int, sample_rate: int, seed: int) -> Samples:
    """Return the wave of one pitch in one timbre, held for all its length, shape (n_samples,).

    Each harmonic decays `damping` faster than the one below: the sum is then a polynomial in one complex
    exponential, which Horner's rule evaluates without a sine for each harmonic.
    """
    timbre = FAMILIES[family]
    pitch_hz = 440.0 * 2.0 ** ((pitch - 69) / 12)
    rng = np.random.default_rng(
        (seed, family)
    )  # by family alone: an instrument keeps its voice across its keys
    coefficients = _draw_harmonics(timbre, rng)
    highest_hz = min(HIGHEST_HARMONIC_HZ, 0.45 * sample_rate)
    coefficients = coefficients[: int(highest_hz / pitch_hz)]
    if coefficients.size == 0:
        return np.zeros(n_samples, dtype=np.float32)
    t_s = np.arange(n_samples, dtype=np.float64) / sample_rate
    carrier = _rotate(pitch_hz, t_s, timbre.vibrato_cents, rng.uniform(4.5, 6.5))
    # Higher strings and bars ring shorter: half as long each two octaves, from C4.
    decay_per_s = np.log(2) / timbre.half_life_s * 2.0 ** ((pitch - 60) / 24)
    decay = np.exp(-decay_per_s * t_s).astype(np.float32)
    step = carrier * decay**timbre.damping if timbre.damping else carrier
    wave = np.full(n_samples, coefficients[-1], dtype=np.complex64)
    for coefficient in coefficients[-2::-1]:
        wave *= step
        wave += coefficient
    wave *= carrier
    sound: Samples = wave.imag * decay * _attack(n_samples, timbre.attack_s, sample_rate)
    return sound


def _draw_harmonics(timbre: Timbre, rng: np.random.Generator) -> NDArray[np.complex64]:
    """Return the harmonics of one instrument of this timbre, amplitudes summing to 1."""
    harmonic = np.arange(1, timbre.n_harmonics + 1)
    amplitude = harmonic**-timbre.slope * np.where(harmonic % 2 == 0, timbre.even_gain, 1.0)
    amplitude *= 10 ** (rng.uniform(-3, 3, amplitude.size) / 20)
    phase = np.exp(1j * rng.uniform(0, 2 * np.pi, amplitude.size))
    harmonics: NDArray[np.complex64] = (amplitude / amplitude.sum() * phase).astype(np.complex64)
    return harmonics


def _rotate(
    pitch_hz: float, t_s: NDArray[np.float64], vibrato_cents: float, vibrato_hz: float
) -> NDArray[np.complex64]:
    """Return exp(i · phase) of a tone with vibrato, shape (n_samples,)."""
    turns = pitch_hz * t_s
    if vibrato_cents:
        depth = 2 ** (vibrato_cents / 1200) - 1
        turns += depth * pitch_hz / (2 * np.pi * vibrato_hz) * (1 - np.cos(2 * np.pi * vibrato_hz * t_s))
    # Turns are wrapped in double precision: single precision alone loses the phase within a second.
    angle = (2 * np.pi * (turns - np.floor(turns))).astype(np.float32)
    carrier = np.empty(t_s.size, dtype=np.complex64)
    carrier.real, carrier.imag = np.cos(angle), np.sin(angle)
    return carrier


def _attack(n_samples: int, attack_s: float, sample_rate: int) -> Samples:
    rise = np.ones(n_samples, dtype=np.float32)
    n_rise = min(n_samples, max(1, round(attack_s * sample_rate)))
    rise[:n_rise] = np.sin(np.linspace(0, np.pi / 2, n_rise, dtype=np.float32)) ** 2
    return rise


def _strike(key: int, sample_rate: int, seed: int) -> Samples:
    """Return the burst of one percussion key, shape (n_samples,)."""
    drum = DRUMS.get(key, SMALL)
    rng = np.random.default_rng((seed, DRUM_FAMILY, key))
    n_samples = max(1, round(BURST_HALF_LIVES * drum.half_life_s * sample_rate))
    spectrum = np.fft.rfft(rng.standard_normal(n_samples))
    frequency_hz = np.fft.rfftfreq(n_samples, 1 / sample_rate)
    band = (frequency_hz >= min(drum.low_hz, 0.4 * sample_rate)) & (frequency_hz <= drum.high_hz)
    noise = np.fft.irfft(spectrum * band, n_samples)
    noise /= np.abs(noise).max() + 1e-9
    t_s = np.arange(n_samples) / sample_rate
    if drum.tone_hz:
        # The skin's tone starts an octave too high and falls within 30 ms.
        turns = drum.tone_hz * (t_s + 0.03 * (1 - np.exp(-t_s / 0.03)))
        noise = 0.4 * noise + np.sin(2 * np.pi * turns)
    burst: Samples = (drum.gain * noise * 0.5 ** (t_s / drum.half_life_s)).astype(np.float32)
    burst *= _attack(n_samples, 0.001, sample_rate)
    return burst
