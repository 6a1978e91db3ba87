"""Cutting windows from a recording as it is decoded, block by block."""

import hashlib
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import soxr

from ..errors import InputError
from ..ingest.audio import LARGEST_BYTES
from ..ingest.decode import Decoder, UnusableError
from ..ingest.scan import Archives, UnreadableError, read_bytes
from .frames_pair import FramePair

__all__ = ["cut_windows"]

# Resampling may end so many samples before the length that was reckoned with.
TOLERANCE = 64


def cut_windows(
    pair: FramePair, starts: npt.NDArray[np.int64], size: int, rate: int, out: npt.NDArray[np.float32]
) -> None:
    """Read windows of a recording: mono, at a rate, divided by the largest sample of the whole recording.

    Parameters
    ----------
    pair : FramePair
        Says where the recording lies; the first of its files that has its bytes is read.
    starts : int64, shape (n_windows,)
        Samples at `rate`, ascending.
    size, rate : int
        Samples, hertz.
    out : float32, shape (n_windows, size)
        Is filled.

    Raises
    ------
    InputError
        If no file is there that still has the recording's bytes.
    """
    data = _read_recording(pair)
    decoder = Decoder(data)
    peak, row, first = 0.0, 0, 0  # `held` begins with sample number `first`
    held = np.empty(0, np.float32)
    try:
        for block in _resample(decoder, rate):
            peak = max(peak, float(np.abs(block).max(initial=0.0)))
            held = np.concatenate([held, block])
            past = int(np.searchsorted(starts, first + held.size - size, side="right"))
            if past > row:
                windows = np.lib.stride_tricks.sliding_window_view(held, size)
                out[row:past] = windows[starts[row:past] - first]
                row = past
            n_done = min(held.size, int(starts[row]) - first) if row < starts.size else held.size
            held, first = held[max(n_done, 0) :], first + max(n_done, 0)
    except UnusableError as error:
        raise InputError(f"{pair.audio_paths[0]} cannot be used: {error}.") from error
    for at in range(row, starts.size):
        rest = held[int(starts[at]) - first :]
        if rest.size + TOLERANCE < size:
            raise InputError(
                f"{pair.audio_paths[0]} is shorter than {pair.duration_s:.1f} s; ingest it again."
            )
        out[at] = np.pad(rest, (0, size - rest.size))
    out /= np.float32(peak or 1.0)


def _read_recording(pair: FramePair) -> bytes:
    archives = Archives()
    trouble = "it is missing"
    try:
        for path in pair.audio_paths:
            try:
                data = read_bytes(path, LARGEST_BYTES, archives)
            except UnreadableError as error:
                trouble = str(error)
                continue
            if hashlib.md5(data, usedforsecurity=False).hexdigest() == pair.audio_id:
                return data
            trouble = "its bytes have changed"
    finally:
        archives.close()
    where = pair.audio_paths[0] if pair.audio_paths else pair.audio_id
    raise InputError(
        f"the recording {where} cannot be read ({trouble}); bring it back, then run the same command again: "
        "it goes on where it stopped."
    )


def _resample(decoder: Decoder, rate: int) -> Iterator[npt.NDArray[np.float32]]:
    if decoder.sample_rate == rate:
        yield from decoder.decode()
        return
    stream = soxr.ResampleStream(decoder.sample_rate, rate, 1, dtype="float32")
    for block in decoder.decode():
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.empty(0, np.float32), last=True)
