"""Constant-Q magnitudes of audio, their quantisation, and transposition as a slice of bins."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "COMPARED_BINS",
    "DYNAMIC_RANGE_DB",
    "FRAME_S",
    "HOP",
    "LOWEST_NOTE",
    "MAX_TRANSPOSITION",
    "N_BINS",
    "SAMPLE_RATE",
    "compute_constant_q",
    "count_frames",
    "dequantise",
    "quantise",
    "resample",
    "shift_bins",
]

# Hop and rate are those of Raffel (2016), chapter 4; 72 bins from C1 hold his 48 (from MIDI note 36) and an
# octave to either side.
SAMPLE_RATE = 22050
HOP = 1024
FRAME_S = HOP / SAMPLE_RATE
LOWEST_NOTE = 24
N_BINS = 72
DYNAMIC_RANGE_DB = 80.0
# The bins that alignment compares; whatever lies outside is there to be shifted in.
COMPARED_BINS = slice(12, 60)
MAX_TRANSPOSITION = 12

# Digital silence must stay finite, and far below any sound: full scale is near +30 dB on this scale.
_SILENCE_DB = -120.0
# The transform halves the rate five times and still wants a filter's length of samples; silence makes it up.
_SHORTEST = 32768


def count_frames(duration_s: float) -> int:
    """Count the constant-Q frames of a sound, the first centred on its start.

    Parameters
    ----------
    duration_s : float
        Seconds, finite and not negative.

    Returns
    -------
    int
        At least 1.

    Raises
    ------
    ValueError
        If `duration_s` is negative or not finite.
    """
    if not np.isfinite(duration_s) or duration_s < 0:
        raise ValueError(f"duration_s must be finite and not negative, not {duration_s}")
    return 1 + int(duration_s * SAMPLE_RATE + 1e-6) // HOP


def compute_constant_q(samples: NDArray[np.floating[Any]], sample_rate: int) -> NDArray[np.float32]:
    """Compute the log magnitude of the constant-Q transform.

    Parameters
    ----------
    samples : NDArray, shape (n_samples,)
        Mono audio, full scale at ±1.
    sample_rate : int
        Hertz; anything but `SAMPLE_RATE` is resampled.

    Returns
    -------
    NDArray, shape (n_frames, N_BINS), float32
        Decibels, relative to an arbitrary but fixed level; silence is -120.

    Raises
    ------
    ValueError
        If `samples` is not one-dimensional, is empty or not finite, or `sample_rate` is not positive.

    References
    ----------
    Schoerkhuber and Klapuri (2010), as in librosa.
    """
    # Importing librosa takes over a second and its first transform compiles: not for who only reads MIDI.
    import librosa

    samples = resample(samples, sample_rate)
    n_frames = 1 + samples.size // HOP
    padded = np.pad(samples, (0, max(0, _SHORTEST - samples.size)))
    transform = librosa.cqt(
        padded,
        sr=SAMPLE_RATE,
        hop_length=HOP,
        fmin=librosa.midi_to_hz(LOWEST_NOTE),
        n_bins=N_BINS,
        tuning=0.0,
    )
    magnitude = np.abs(transform[:, :n_frames]).T
    log_magnitude = 20.0 * np.log10(np.maximum(magnitude, np.finfo(np.float32).tiny))
    return np.ascontiguousarray(np.maximum(log_magnitude, _SILENCE_DB), dtype=np.float32)


def resample(samples: NDArray[np.floating[Any]], sample_rate: int) -> NDArray[np.float32]:
    """Bring audio to the rate of the features.

    Parameters
    ----------
    samples : NDArray, shape (n_samples,)
        Mono audio.
    sample_rate : int
        Hertz.

    Returns
    -------
    NDArray, shape (n,), float32
        At `SAMPLE_RATE`.

    Raises
    ------
    ValueError
        If `samples` is not one-dimensional, is empty or not finite, or `sample_rate` is not positive.
    """
    samples = np.asarray(samples, dtype=np.float32)
    if samples.ndim != 1 or samples.size == 0:
        raise ValueError(f"samples must be one-dimensional and not empty, not of shape {samples.shape}")
    if not np.isfinite(samples).all():
        raise ValueError("samples must be finite")
    if sample_rate <= 0:
        raise ValueError(f"sample_rate must be positive, not {sample_rate}")
    if sample_rate == SAMPLE_RATE:
        return samples
    import librosa

    return np.asarray(librosa.resample(samples, orig_sr=sample_rate, target_sr=SAMPLE_RATE), np.float32)


def quantise(log_magnitude: NDArray[np.float32]) -> tuple[NDArray[np.uint8], float]:
    """Quantise log magnitudes to bytes over the 80 dB below the loudest bin.

    Parameters
    ----------
    log_magnitude : NDArray, shape (n_frames, n_bins), float32
        Decibels.

    Returns
    -------
    values : NDArray, shape (n_frames, n_bins), uint8
        255 is `reference_db`, 0 is 80 dB below it or less.
    reference_db : float
        The loudest bin.

    Raises
    ------
    ValueError
        If `log_magnitude` is not two-dimensional, is empty or not finite.
    """
    if log_magnitude.ndim != 2 or log_magnitude.size == 0:
        raise ValueError(f"log_magnitude must be two-dimensional and not empty, not {log_magnitude.shape}")
    reference_db = float(log_magnitude.max())
    if not np.isfinite(reference_db) or not np.isfinite(log_magnitude.min()):
        raise ValueError("log_magnitude must be finite")
    if reference_db <= _SILENCE_DB:
        return np.zeros(log_magnitude.shape, dtype=np.uint8), reference_db
    steps = (log_magnitude - (reference_db - DYNAMIC_RANGE_DB)) * (255.0 / DYNAMIC_RANGE_DB)
    return np.ascontiguousarray(np.clip(np.rint(steps), 0, 255).astype(np.uint8)), reference_db


def dequantise(values: NDArray[np.uint8], reference_db: float) -> NDArray[np.float32]:
    """Turn quantised magnitudes back into decibels, to within half a step (0.16 dB) above the floor.

    Parameters
    ----------
    values : NDArray, shape (n_frames, n_bins), uint8
    reference_db : float
        As given by `quantise`.

    Returns
    -------
    NDArray, shape (n_frames, n_bins), float32
        Decibels.
    """
    return values.astype(np.float32) * np.float32(DYNAMIC_RANGE_DB / 255.0) + np.float32(
        reference_db - DYNAMIC_RANGE_DB
    )


def shift_bins(frames: NDArray[np.uint8], semitones: int) -> NDArray[np.uint8]:
    """Transpose frames: content moves up by so many bins, and the outermost bin is repeated behind it.

    An edge of silence would be heard: of 32 bits of a hash, four or five change with it, at most one without.

    Parameters
    ----------
    frames : NDArray, shape (n_frames, n_bins), uint8
    semitones : int
        Upwards; negative downwards.

    Returns
    -------
    NDArray, shape (n_frames, n_bins), uint8
        A new array, or `frames` itself for 0.

    Raises
    ------
    ValueError
        If `semitones` exceeds `MAX_TRANSPOSITION` either way.
    """
    if abs(semitones) > MAX_TRANSPOSITION:
        raise ValueError(f"semitones must be within ±{MAX_TRANSPOSITION}, not {semitones}")
    if semitones == 0:
        return frames
    bins = np.arange(frames.shape[1]) - semitones
    return np.ascontiguousarray(frames[:, np.clip(bins, 0, frames.shape[1] - 1)])
