"""Lossy codecs: what a recording has lost by the time that it is heard."""

import io

import numpy as np
import soundfile
from numpy.typing import NDArray

__all__ = ["lose_quality"]

Samples = NDArray[np.float32]

PROBE = 1 << 16  # samples compared to find a codec's delay
LONGEST_DELAY = 4096  # an MP3 by LAME is 1105 late, by others up to two frames


def lose_quality(samples: Samples, sample_rate: int, codec: str, loss: float) -> Samples:
    """Encode and decode samples, and give back as many at the same times.

    Parameters
    ----------
    samples : Samples, shape (n,), float32
        Within -1 to 1.
    sample_rate : int
        In Hz, one that the codec has.
    codec : str
        ``mp3`` or ``ogg``.
    loss : float
        From 0, the best quality, to below 1, the worst; MP3 is at constant bit rate (16 kbit/s at 0.95).

    Returns
    -------
    Samples, shape (n,), float32
    """
    how = {"format": codec.upper(), "compression_level": loss}
    if codec == "mp3":
        how["bitrate_mode"] = "CONSTANT"
    file = io.BytesIO()
    soundfile.write(file, samples, sample_rate, **how)
    file.seek(0)
    decoded, _ = soundfile.read(file, dtype="float32")
    late = _find_delay(samples, decoded)
    result = np.zeros_like(samples)
    kept = decoded[late : late + samples.size]
    result[: kept.size] = kept
    return result


def _find_delay(samples: Samples, decoded: Samples) -> int:
    """Return by how many samples `decoded` is late.

    At low rates an MP3's frames have no room for the note that tells its reader how much padding to cut off.
    """
    middle = int(np.abs(samples).argmax())
    first = max(0, min(middle - PROBE // 2, samples.size - PROBE))
    n_fft = 2 * (PROBE + LONGEST_DELAY)
    original = np.fft.rfft(samples[first : first + PROBE], n_fft)
    copy = np.fft.rfft(decoded[first : first + PROBE + LONGEST_DELAY], n_fft)
    return int(np.fft.irfft(original.conj() * copy, n_fft)[:LONGEST_DELAY].argmax())
