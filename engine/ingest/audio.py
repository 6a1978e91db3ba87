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

from ..errors import InputError
from ..features import compute_streamed_features
from ..progress import Progress
from ..stderr import mute_stderr
from ..store import Store
from .collect import IngestSummary, Kind, collect
from .decode import Decoder, UnusableError
from .items import Failure, Item
from .scan import AUDIO_SUFFIXES, Archives, UnreadableError, read_bytes

__all__ = ["Recording", "ingest_audio", "load_audio", "read_item"]

# Some hours of the least compressed kind. They are in memory while they are read.
LARGEST_BYTES = 2 << 30

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
        data = read_bytes(os.path.abspath(path.expanduser()), LARGEST_BYTES, Archives())
        with mute_stderr():
            decoder = Decoder(data)
            samples = np.concatenate(list(decoder.decode()))
    except (UnreadableError, UnusableError) as error:
        raise InputError(f"{path} cannot be used as audio: {error}.") from error
    return Recording(samples, decoder.sample_rate, decoder.n_channels, decoder.codec, _read_tags(data))


def read_item(data: bytes) -> Item | Failure:
    """Make an item of a recording's bytes; runs in a worker, block by block."""
    try:
        decoder = Decoder(data)
        features = compute_streamed_features(decoder.decode(), decoder.sample_rate)
    except UnusableError as error:
        return Failure("parse", str(error))
    except ValueError as error:
        return Failure("features", str(error))
    return Item(_describe(decoder), features, _read_tags(data) or None)


def _describe(decoder: Decoder) -> dict[str, Any]:
    return {
        "duration_s": decoder.duration_s,
        "sample_rate": decoder.sample_rate,
        "n_channels": decoder.n_channels,
        "codec": decoder.codec,
        "damage": decoder.damage,
    }


def _read_tags(data: bytes) -> dict[str, str | None]:
    try:
        tagged = mutagen.File(io.BytesIO(data), easy=True)
    except mutagen.MutagenError:
        return {}  # damaged tags are no reason to lose the recording
    tags = tagged.tags if tagged is not None else None
    if tags is None:
        return {}
    return {name: str(tags[tag][0]) for name, tag in TAGS.items() if tags.get(tag)}
