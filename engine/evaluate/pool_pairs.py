"""The pairs that our networks are trained on, as the thesis's networks take them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.constant_q import FRAME_S
from lakhdb.kernels.midi_file import read_midi

from ..ingest.scan import Archives
from ..train.mirror import read_midi_bytes
from ..train.pool import PoolRecording, Source
from .baselines import BaselineName
from .music import Music, from_midi

__all__ = ["PoolPairs"]

Frames = npt.NDArray[np.uint8]


class PoolPairs:
    """Recordings of a pool, each with every MIDI file that it can be found with: a `PairSource`.

    For ``dhs`` and ``dhs-piano`` the notes are moved to where the recording plays them, and rendered to
    frames or a piano roll; for ``pse`` the MIDI file is whole, as queries are. What was made is kept: some
    60 kB a pair, for ``pse`` 300 kB.

    Parameters
    ----------
    recordings : sequence of PoolRecording
        As from `read_pool`.
    name : {"dhs", "dhs-piano", "pse"}
    """

    def __init__(self, recordings: Sequence[PoolRecording], name: BaselineName) -> None:
        self._pairs = [(recording, source) for recording in recordings for source in recording.sources]
        self._name = name
        self._music: dict[str, Music] = {}
        self._made: dict[int, tuple[Frames, Frames]] = {}
        self._archives = Archives()

    def __len__(self) -> int:
        return len(self._pairs)

    def __getitem__(self, number: int, /) -> tuple[Frames, Frames]:
        if number not in self._made:
            self._made[number] = self._make(*self._pairs[number])
        return self._made[number]

    def _make(self, recording: PoolRecording, source: Source) -> tuple[Frames, Frames]:
        if source.path not in self._music:
            midi = read_midi(read_midi_bytes(source.path, self._archives))
            self._music[source.path] = from_midi(midi)
        music = self._music[source.path]
        if self._name == "pse":
            return music.render(), recording.frames
        warped = _warp(music, source.midi_s, recording.audio_s, len(recording.frames) * FRAME_S)
        midi_frames = warped.render_roll() if self._name == "dhs-piano" else warped.render()
        n_frames = min(len(midi_frames), len(recording.frames))
        return midi_frames[:n_frames], recording.frames[:n_frames]


def _warp(
    music: Music,
    midi_s: npt.NDArray[np.float64],
    audio_s: npt.NDArray[np.float64],
    duration_s: float,
) -> Music:
    """Move notes to the time of a recording; those that it does not hold are left out."""
    heard = music.keep((music.end_s > midi_s[0]) & (music.start_s < midi_s[-1]))
    return replace(
        heard,
        start_s=np.interp(heard.start_s, midi_s, audio_s),
        end_s=np.interp(heard.end_s, midi_s, audio_s),
        duration_s=duration_s,
    )
