"""Decoding recordings block by block: bytes in, mono samples out, salvaging what is whole."""

import io
import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import soundfile

__all__ = ["LONGEST_S", "Decoder", "UnusableError"]

LONGEST_S = 4 * 3600.0

# Samples of all channels decoded at once. What a decoder gives up in the midst of a block is lost with it.
BLOCK_SAMPLES = 1 << 15

# From telephones slowed down to the highest rates sold; anything else is a damaged header, and resampling
# from it would take for ever.
LOWEST_RATE, HIGHEST_RATE = 1_000, 768_000

# Below the step of 16-bit samples, nothing is left that could be matched.
SILENCE = 2.0**-15

# How a recording may begin, sought where a file begins with something else.
BEGINNINGS = re.compile(rb"RIFF.{4}WAVE|fLaC|OggS\0\x02|FORM.{4}AIF[FC]|\xff[\xe2-\xff][^\xff]", re.DOTALL)
LARGEST_JUNK = 1 << 20
MOST_TRIES = 16

# Frames that a header may promise beyond those that come: encoders count their padding differently.
TOLERANCE_S = 1.0


class UnusableError(ValueError):
    """The bytes are no recording that could be matched; the message is the reason to record."""


TOO_LONG = f"longer than {LONGEST_S / 3600:.0f} hours"


class Decoder:
    """Decodes one recording, once; the attributes tell of what has been decoded so far.

    Parameters
    ----------
    data : bytes
        The whole file.

    Attributes
    ----------
    sample_rate : int
        Hertz, as in the file.
    n_channels : int
    codec : str
        libsndfile's name of the encoding.
    n_frames : int
        Samples of each channel, whatever the header says.
    damage : str or None
        What had to be skipped or is missing.

    Raises
    ------
    UnusableError
        If there is no recording in it.
    """

    def __init__(self, data: bytes) -> None:
        self._sound, n_junk = _open(data)
        self.sample_rate: int = self._sound.samplerate
        self.n_channels: int = self._sound.channels
        self.codec: str = self._sound.subtype
        self.n_frames = 0
        self.damage = f"{n_junk} bytes before its beginning" if n_junk else None
        if not LOWEST_RATE <= self.sample_rate <= HIGHEST_RATE:
            raise UnusableError(f"a sample rate of {self.sample_rate} Hz")
        # Told at once where it can be; headers that promise too much are not believed.
        longest = int(LONGEST_S * self.sample_rate)
        if self._sound.frames > longest and _reaches(data[n_junk:], longest):
            raise UnusableError(TOO_LONG)

    @property
    def duration_s(self) -> float:
        """Seconds that were really decoded."""
        return self.n_frames / self.sample_rate

    def decode(self) -> Iterator[npt.NDArray[np.float32]]:
        """Yield the mean of the channels, block after block, each of shape (n,).

        Raises
        ------
        UnusableError
            If the recording is empty, silent, longer than `LONGEST_S` or has samples that are not numbers.
        """
        peak = 0.0
        with self._sound:
            for block in self._read_blocks():
                self.n_frames += len(block)
                if self.duration_s > LONGEST_S:
                    raise UnusableError(TOO_LONG)
                mono: npt.NDArray[np.float32] = block.mean(axis=1)
                peak = max(peak, float(np.abs(mono).max()))
                if not np.isfinite(peak) or np.isnan(mono).any():
                    raise UnusableError("samples that are not numbers")
                yield mono
        if not self.n_frames:
            raise UnusableError(self.damage or "no samples")
        if peak < SILENCE:
            raise UnusableError("silence")

    def _read_blocks(self) -> Iterator[npt.NDArray[np.float32]]:
        n_wanted = max(BLOCK_SAMPLES // self.n_channels, 1)
        while True:
            try:
                block = self._sound.read(n_wanted, dtype="float32", always_2d=True)
            except soundfile.SoundFileError as error:
                self._note(f"cannot be decoded beyond {self.duration_s:.1f} s ({_explain(error)})")
                return
            if len(block):
                yield block
            if len(block) < n_wanted:
                break
        if self.duration_s + TOLERANCE_S < self._sound.frames / self.sample_rate:
            self._note(f"ends after {self.duration_s:.1f} s")

    def _note(self, damage: str) -> None:
        self.damage = f"{self.damage}; {damage}" if self.damage else damage


def _open(data: bytes) -> tuple[soundfile.SoundFile, int]:
    """Open the recording in `data`; also count the bytes before it."""
    try:
        return soundfile.SoundFile(io.BytesIO(data)), 0
    except (soundfile.SoundFileError, ValueError, TypeError) as error:
        reason = _explain(error)
    for _, match in zip(range(MOST_TRIES), BEGINNINGS.finditer(data, 1, LARGEST_JUNK), strict=False):
        try:
            return soundfile.SoundFile(io.BytesIO(data[match.start() :])), match.start()
        except (soundfile.SoundFileError, ValueError, TypeError):
            continue
    raise UnusableError(f"no recording of a kind that can be read: {reason}")


def _reaches(data: bytes, frame: int) -> bool:
    """Tell whether there is a frame of that number."""
    try:
        # Opened again, for decoders do not always find their way back to the beginning.
        with soundfile.SoundFile(io.BytesIO(data)) as sound:
            sound.seek(frame)
            return len(sound.read(1)) == 1
    except soundfile.SoundFileError:
        return False


def _explain(error: Exception) -> str:
    # The message proper: str(error) begins with the address of our buffer.
    text = error.error_string if isinstance(error, soundfile.LibsndfileError) else str(error)
    # libsndfile's words for bytes that look like nothing it knows.
    return "unknown format" if "regular file" in text else text.strip().rstrip(".").removeprefix("Error : ")
