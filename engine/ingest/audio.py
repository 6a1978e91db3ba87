"""Ingest of recordings."""

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mutagen
import numpy as np
import numpy.typing as npt
import soundfile

from ..errors import InputError
from ..features import compute_audio_features
from ..progress import Progress
from ..store import Store
from .collect import IngestSummary, Kind, collect
from .items import Failure, Item
from .scan import AUDIO_SUFFIXES, Archives, UnreadableError, read_bytes

__all__ = ["Recording", "ingest_audio", "load_audio", "read_item"]

LONGEST_S = 4 * 3600.0
LARGEST_BYTES = 2 << 30

# Frames decoded at once: only the mono mix of them is kept.
BLOCK_FRAMES = 1 << 20

# Below the step of 16-bit samples, nothing is left that could be matched.
SILENCE = 2.0**-15

KIND = Kind(
    side="audio",
    suffixes=AUDIO_SUFFIXES,
    largest_bytes=LARGEST_BYTES,
    time_limit_s=300.0,
    target="lakhdb.engine.ingest.audio:read_item",
)

TAGS = {"artist": "artist", "title": "title", "album": "album"}


@dataclass(frozen=True)
class Recording:
    """A decoded recording.

    Attributes
    ----------
    samples : float32, shape (n,)
        Mean of the channels.
    sample_rate : int
        Hertz, as in the file.
    n_channels : int
    codec : str
        libsndfile's name of the encoding.
    tags : dict
        artist, title and album, where the file has them.
    """

    samples: npt.NDArray[np.float32]
    sample_rate: int
    n_channels: int
    codec: str
    tags: dict[str, str | None]

    @property
    def duration_s(self) -> float:
        """Seconds that were really decoded, whatever the header says."""
        return len(self.samples) / self.sample_rate


class _UnusableError(ValueError):
    """The bytes are no recording that could be matched."""


def ingest_audio(
    store: Store,
    paths: Sequence[Path],
    *,
    corpus: str | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> IngestSummary:
    """Bring recordings into the database: tags and features. See `collect`."""
    return collect(store, KIND, paths, corpus=corpus, jobs=jobs, progress=progress)


def load_audio(path: Path) -> Recording:
    """Read one recording, or a member of an archive (``a.zip!/x.mp3``), without a database.

    Raises
    ------
    InputError
        If it cannot be read or used.
    """
    try:
        return _decode(read_bytes(os.path.abspath(path.expanduser()), LARGEST_BYTES, Archives()))
    except (UnreadableError, _UnusableError) as error:
        raise InputError(f"{path} cannot be used as audio: {error}.") from error


def read_item(data: bytes) -> Item | Failure:
    """Make an item of a recording's bytes; runs in a worker."""
    try:
        recording = _decode(data)
    except _UnusableError as error:
        return Failure("parse", str(error))
    try:
        features = compute_audio_features(recording.samples, recording.sample_rate)
    except ValueError as error:
        return Failure("features", str(error))
    return Item(_describe(recording), features, recording.tags or None)


def _describe(recording: Recording) -> dict[str, Any]:
    return {
        "duration_s": recording.duration_s,
        "sample_rate": recording.sample_rate,
        "n_channels": recording.n_channels,
        "codec": recording.codec,
    }


def _decode(data: bytes) -> Recording:
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as sound:
            samples = _mix_down(sound)
            recording = Recording(samples, sound.samplerate, sound.channels, sound.subtype, _read_tags(data))
    except (soundfile.LibsndfileError, ValueError, RuntimeError) as error:
        raise error if isinstance(error, _UnusableError) else _UnusableError(str(error)) from error
    if not len(samples):
        raise _UnusableError("no samples")
    if not np.isfinite(samples).all():
        raise _UnusableError("samples that are not numbers")
    if np.abs(samples).max() < SILENCE:
        raise _UnusableError("silence")
    return recording


def _mix_down(sound: soundfile.SoundFile) -> npt.NDArray[np.float32]:
    blocks = []
    n_frames = 0
    for block in sound.blocks(BLOCK_FRAMES, dtype="float32", always_2d=True):
        blocks.append(block.mean(axis=1))
        n_frames += len(block)
        if n_frames > LONGEST_S * sound.samplerate:
            raise _UnusableError(f"longer than {LONGEST_S / 3600:.0f} hours")
    return np.concatenate(blocks) if blocks else np.empty(0, np.float32)


def _read_tags(data: bytes) -> dict[str, str | None]:
    try:
        tagged = mutagen.File(io.BytesIO(data), easy=True)
    except mutagen.MutagenError:
        return {}  # damaged tags are no reason to lose the recording
    tags = tagged.tags if tagged is not None else None
    if tags is None:
        return {}
    return {name: str(tags[tag][0]) for name, tag in TAGS.items() if tags.get(tag)}
