"""What machines do to a finished recording: speed, band, compression and saturation."""

from itertools import accumulate

import numpy as np
import soxr
from numpy.typing import NDArray

__all__ = ["compress", "limit_band", "saturate", "shift_speed"]

Samples = NDArray[np.float32]

BLOCK = 128  # samples between two values of a compressor's gain: 6 ms at 22050 Hz
ATTACK_S = 0.01  # textbook values for a programme compressor
RELEASE_S = 0.15
KNEE_DB = 12.0
FLOOR_DB = -120.0


def shift_speed(samples: Samples, cents: float) -> Samples:
    """Play samples faster, and so higher, as a tape or record that runs at another speed does.

    Parameters
    ----------
    samples : Samples, shape (n,), float32
    cents : float
        Hundredths of a semitone; below 0 it is slower and lower.

    Returns
    -------
    Samples, shape (about n / 2 ** (cents / 1200),), float32
        A sound at time t is now at t / 2 ** (cents / 1200).
    """
    shifted: Samples = soxr.resample(samples, 1.0, 2.0 ** (-cents / 1200))
    return shifted


def limit_band(samples: Samples, sample_rate: int, low_hz: float, high_hz: float, order: int = 3) -> Samples:
    """Weaken what lies outside a band, without moving anything in time.

    Parameters
    ----------
    samples : Samples, shape (n,), float32
    sample_rate : int
        In Hz.
    low_hz, high_hz : float
        Where 3 dB are lost; 0 and infinity leave that side open.
    order : int
        6 dB an octave each.

    Returns
    -------
    Samples, shape (n,), float32

    Raises
    ------
    ValueError
        If `low_hz` is not below `high_hz`.

    Notes
    -----
    The magnitude of a Butterworth filter, without its phase.
    """
    if not 0 <= low_hz < high_hz:
        raise ValueError(f"low_hz must be at least 0 and below high_hz, not {low_hz} and {high_hz}")
    n_fft = 1 << (samples.size + sample_rate - 1).bit_length()
    spectrum = np.fft.rfft(samples, n_fft)
    frequency_hz = np.fft.rfftfreq(n_fft, 1 / sample_rate).astype(np.float32)
    spectrum /= np.sqrt(1 + (frequency_hz / np.float32(high_hz)) ** (2 * order))
    if low_hz:
        frequency_hz[0] = frequency_hz[1] / 2  # of 0 Hz all but nothing is left
        spectrum /= np.sqrt(1 + (np.float32(low_hz) / frequency_hz) ** (2 * order))
    return np.fft.irfft(spectrum, n_fft)[: samples.size].astype(np.float32)


def compress(samples: Samples, sample_rate: int, threshold_db: float, ratio: float) -> Samples:
    """Turn down what is loud, with a soft knee; a high ratio makes it a limiter.

    Parameters
    ----------
    samples : Samples, shape (n,), float32
    sample_rate : int
        In Hz.
    threshold_db : float
        Level of the middle of the knee, against the peak of `samples`.
    ratio : float
        Above the knee, the level rises by 1 dB where it rose by so many; at least 1.

    Returns
    -------
    Samples, shape (n,), float32

    Raises
    ------
    ValueError
        If `ratio` is below 1.

    References
    ----------
    Giannoulis, Massberg and Reiss (2012), the feed-forward compressor with a branching smooth detector; here
    the detector hears the peak of each block of 128 samples.
    """
    if ratio < 1:
        raise ValueError(f"ratio must be at least 1, not {ratio}")
    n_blocks = -(-samples.size // BLOCK)
    padded = np.zeros(n_blocks * BLOCK, dtype=np.float32)
    np.abs(samples, out=padded[: samples.size])
    peak = padded.reshape(n_blocks, BLOCK).max(axis=1)
    floor = 10 ** (FLOOR_DB / 20)
    level_db = 20 * np.log10(np.maximum(peak / max(float(peak.max()), floor), floor))
    over_db = level_db - threshold_db
    knee_db = np.clip(over_db + KNEE_DB / 2, 0, KNEE_DB) ** 2 / (2 * KNEE_DB)
    above_db = np.where(over_db > KNEE_DB / 2, over_db, knee_db)
    block_s = BLOCK / sample_rate
    rise, fall = (float(np.exp(-block_s / time_s)) for time_s in (ATTACK_S, RELEASE_S))

    def follow(now: float, wanted: float) -> float:
        return wanted + (now - wanted) * (rise if wanted > now else fall)

    smooth_db = np.fromiter(accumulate((above_db * (1 - 1 / ratio)).tolist(), follow), np.float64, n_blocks)
    gain = (10 ** (-smooth_db / 20)).astype(np.float32)
    # Straight lines between the blocks' middles: steps would click.
    ramp = np.interp(np.arange(samples.size), (np.arange(n_blocks) + 0.5) * BLOCK, gain)
    return samples * ramp.astype(np.float32)


def saturate(samples: Samples, drive_db: float, hardness: float) -> Samples:
    """Overload a stage that has no room for the peaks; peaks come out as high as they went in.

    Parameters
    ----------
    samples : Samples, shape (n,), float32
    drive_db : float
        By how much the peak would pass full scale.
    hardness : float
        From 0, a tube's smooth bend, to 1, cutting straight.

    Returns
    -------
    Samples, shape (n,), float32
    """
    peak = float(np.abs(samples).max(initial=0.0))
    if peak == 0.0:
        return samples
    driven = samples * np.float32(10 ** (drive_db / 20) / peak)
    bent = (1 - hardness) * np.tanh(driven) + hardness * np.clip(driven, -1, 1)
    result: Samples = (bent * (peak / np.abs(bent).max())).astype(np.float32)
    return result
