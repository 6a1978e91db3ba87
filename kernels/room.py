"""What a room, a desk and a tape do to sound: equaliser, reverberation, noise and level, in one pass."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["colour"]

Samples = NDArray[np.float32]

EQUALISER_DB = 6.0  # either way, drawn at each octave below
OCTAVES_HZ = 62.5 * 2.0 ** np.arange(8)
DECAY_S = (0.3, 1.5)  # time to fall by 60 dB: from a dry studio to a hall
WET_DB = (-20.0, -8.0)  # energy of the reverberation against the direct sound
NOISE_DB = (-50.0, -25.0)  # against the music
PEAK_DB = (-9.0, -0.5)  # full scale is 0
DAMPING_HZ = 4000.0  # walls and air swallow what is above


def colour(samples: Samples, sample_rate: int, rng: np.random.Generator) -> Samples:
    """Let dry samples sound recorded: equalised, in a room, with noise, at some level.

    The direct sound keeps its place in time.

    Parameters
    ----------
    samples : Samples, shape (n,), float32
        At least one sample; all-silent input stays silent.
    sample_rate : int
        In Hz.
    rng : numpy.random.Generator
        Draws equaliser, room, noise and level.

    Returns
    -------
    Samples, shape (n,), float32
        Peak below 1.

    Raises
    ------
    ValueError
        If `samples` is not one-dimensional or is empty, or `sample_rate` is not positive.
    """
    if samples.ndim != 1 or samples.size == 0:
        raise ValueError("samples must be one-dimensional and not empty")
    if sample_rate <= 0:
        raise ValueError("sample_rate must be positive")
    peak = float(np.abs(samples).max())
    if peak == 0.0:
        return samples.astype(np.float32)
    decay_s = float(rng.uniform(*DECAY_S))
    n_fft = _next_smooth(samples.size + round(decay_s * sample_rate))
    frequency_hz = np.fft.rfftfreq(n_fft, 1 / sample_rate).astype(np.float32)
    spectrum = np.fft.rfft((samples / peak).astype(np.float32), n_fft)
    spectrum *= _draw_equaliser(frequency_hz, rng)
    spectrum *= 1 + _draw_room(frequency_hz, n_fft, decay_s, sample_rate, rng)
    spectrum += _draw_noise(frequency_hz, float((np.abs(spectrum) ** 2).sum()), rng)
    result = np.fft.irfft(spectrum, n_fft)[: samples.size].astype(np.float32)
    result *= np.float32(10 ** (rng.uniform(*PEAK_DB) / 20) / np.abs(result).max())
    return result


def _next_smooth(n: int) -> int:
    """Return the least length of at least `n` that is 1, 3, 5 or 9 times a power of two, for a fast FFT."""
    return min(k << max(0, (-(-n // k) - 1).bit_length()) for k in (1, 3, 5, 9))


def _draw_equaliser(frequency_hz: Samples, rng: np.random.Generator) -> Samples:
    gains_db = rng.uniform(-EQUALISER_DB, EQUALISER_DB, OCTAVES_HZ.size)
    octave = np.log2(np.maximum(frequency_hz, OCTAVES_HZ[0]) / OCTAVES_HZ[0])
    curve_db = np.interp(octave, np.arange(OCTAVES_HZ.size), gains_db).astype(np.float32)
    curve: Samples = np.power(np.float32(10), curve_db / 20)
    return curve


def _draw_room(
    frequency_hz: Samples, n_fft: int, decay_s: float, sample_rate: int, rng: np.random.Generator
) -> NDArray[np.complex64]:
    """Return the spectrum of a tail of exponentially decaying noise, which lacks the direct sound."""
    t_s = np.arange(round(decay_s * sample_rate)) / sample_rate
    tail = rng.standard_normal(t_s.size) * 10 ** (-3 * t_s / decay_s)
    tail[: round(rng.uniform(0.002, 0.02) * sample_rate)] = 0.0
    tail *= 10 ** (rng.uniform(*WET_DB) / 20) / max(float(np.sqrt((tail**2).sum())), 1e-9)
    damping = np.hypot(np.float32(1), frequency_hz / np.float32(DAMPING_HZ))
    damped: NDArray[np.complex64] = (np.fft.rfft(tail, n_fft) / damping).astype(np.complex64)
    return damped


def _draw_noise(frequency_hz: Samples, energy: float, rng: np.random.Generator) -> NDArray[np.complex64]:
    """Return the spectrum of pink noise, its energy so many dB below `energy`."""
    pair = rng.standard_normal((frequency_hz.size, 2), dtype=np.float32)
    noise: NDArray[np.complex64] = pair.view(np.complex64)[:, 0]
    noise /= np.sqrt(np.maximum(frequency_hz, np.float32(20)))
    wanted = energy * 10 ** (rng.uniform(*NOISE_DB) / 10)
    noise *= np.sqrt(wanted / (np.abs(noise) ** 2).sum())
    return noise
