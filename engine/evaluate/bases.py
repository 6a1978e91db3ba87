"""What distractors are made from: frames of recordings, and MIDI files that are rendered each time anew."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol
from zlib import crc32

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.constant_q import DYNAMIC_RANGE_DB, N_BINS, count_frames, shift_bins
from lakhdb.kernels.midi_file import read_midi

from ..errors import InputError
from ..features import read_frames
from ..ingest.scan import Archives, UnreadableError
from ..store import Store
from ..train.mirror import read_midi_bytes
from ..train.pieces import list_pieces
from .hard_cases import transpose
from .music import Music, from_midi
from .truth import find_items, read_truth

__all__ = [
    "Base",
    "MidiBase",
    "RecordingBase",
    "list_midi_bases",
    "list_pool_bases",
    "list_recording_bases",
]

Frames = npt.NDArray[np.uint8]
Rng = np.random.Generator

# More of a MIDI file is not used: whole operas would outweigh all songs.
LONGEST_S = 900.0

STEPS_PER_DB = 255 / DYNAMIC_RANGE_DB
# Programs that parts are given: all of General MIDI but effects and percussion.
PROGRAMS = np.r_[0:96, 104:112]
# A part keeps its own program with this chance.
OWN_PROGRAM = 1 / 3
# Noise of a recording, below its loudest bin, falling towards high semitones by so much.
NOISE_DB = (-70.0, -45.0)
NOISE_TILT_DB = (0.0, 15.0)


class Base(Protocol):
    """Music of a known composition that can be played in another key and tempo.

    Attributes
    ----------
    name : str
        No two bases share one.
    composition : str
        In the words of the truth; what bears a query's is no base of a distractor.
    checksum : int
        Of what it is made from: where it differs, so do its distractors.
    """

    @property
    def name(self) -> str: ...
    @property
    def composition(self) -> str: ...
    @property
    def checksum(self) -> int: ...

    def count_frames(self, scale: float) -> int:
        """Count the frames of the music when it takes `scale` times as long."""
        ...

    def play(self, semitones: int, scale: float, rng: Rng) -> Frames:
        """Play it, shape (`count_frames(scale)`, 72).

        Parameters
        ----------
        semitones : int
            Upwards.
        scale : float
            Times as long.
        rng : Generator
            For whatever else the base varies.
        """
        ...


@dataclass(frozen=True, eq=False)
class RecordingBase:
    """A recording's own constant-Q, shifted by bins and stretched from frame to frame.

    Attributes
    ----------
    name, composition : str
    frames : uint8, shape (n_frames, 72)
    """

    name: str
    composition: str
    frames: Frames

    @cached_property
    def checksum(self) -> int:
        """See `Base`."""
        return crc32(self.frames.tobytes())

    def count_frames(self, scale: float) -> int:
        """See `Base`."""
        return max(1, round(len(self.frames) * scale))

    def play(self, semitones: int, scale: float, rng: Rng) -> Frames:
        """See `Base`; nothing else is varied."""
        return _stretch(shift_bins(self.frames, semitones), self.count_frames(scale))


@dataclass(frozen=True, eq=False)
class MidiBase:
    """Notes of a MIDI file, rendered into the constant-Q plane on instruments drawn anew, with noise.

    Attributes
    ----------
    name, composition : str
    music : Music
    """

    name: str
    composition: str
    music: Music

    @cached_property
    def checksum(self) -> int:
        """See `Base`."""
        music, checksum = self.music, 0
        for column in (music.track, music.program, music.is_drum, music.pitch, music.velocity):
            checksum = crc32(column.tobytes(), checksum)
        return crc32(np.stack([music.start_s, music.end_s]).tobytes(), checksum)

    def count_frames(self, scale: float) -> int:
        """See `Base`."""
        return count_frames(self.music.duration_s * scale)

    def play(self, semitones: int, scale: float, rng: Rng) -> Frames:
        """See `Base`; instruments, the balance of the parts and the noise are varied."""
        music = transpose(_arrange(self.music, rng), semitones)
        slowed = replace(
            music,
            start_s=music.start_s * scale,
            end_s=music.end_s * scale,
            duration_s=music.duration_s * scale,
        )
        return _add_noise(slowed.render(), rng)


def list_midi_bases(
    paths: Sequence[Path], compositions: Path | None
) -> tuple[list[MidiBase], dict[str, str]]:
    """Read the MIDI files of folders and archives.

    Parameters
    ----------
    paths : sequence of Path
        Folders, archives, files.
    compositions : Path or None
        Table of their compositions, see `list_pieces`: what it does not name is left out. Without one, each
        file is a composition of its own.

    Returns
    -------
    bases : list of MidiBase
    failures : dict
        Why a file cannot be read, by its path.

    Raises
    ------
    InputError
        If a path or the table cannot be read.
    """
    archives, bases, failures = Archives(), [], {}
    try:
        for piece in list_pieces(paths, compositions):
            try:
                music = from_midi(read_midi(read_midi_bytes(piece.path, archives)))
            except (UnreadableError, ValueError) as error:
                failures[piece.path] = str(error)
                continue
            bases.append(MidiBase(f"midi/{piece.name}", piece.composition, _shorten(music)))
    finally:
        archives.close()
    return bases, failures


def list_pool_bases(folder: Path) -> list[RecordingBase]:
    """Read the recordings that a training has left in a folder, see `lakhdb.engine.train.pool`.

    Raises
    ------
    InputError
        If there are none, or one is damaged.
    """
    bases = []
    for file in sorted(folder.glob("*.npz")):
        try:
            with np.load(file, allow_pickle=False) as stored:
                composition, frames = str(stored["composition"]), stored["frames"]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise InputError(f"{file} is damaged ({error}); delete it and train again.") from error
        bases.append(RecordingBase(f"pool/{file.stem}", composition, frames))
    if not bases:
        raise InputError(f"{folder} holds no recordings of a training; name its folder `recordings`.")
    return bases


def list_recording_bases(store: Store, truth: Sequence[Path]) -> list[RecordingBase]:
    """Read the recordings of a database whose composition a table tells.

    Raises
    ------
    InputError
        If the truth cannot be used.
    """
    rows = read_truth(truth)
    with store.reading() as con:
        items = [item for item in find_items(con, "audio", None, rows) if item.composition]
        frames = read_frames(con, "audio", [item.seq for item in items])
    return [RecordingBase(f"audio/{item.item_id}", item.composition, frames[item.seq]) for item in items]


def _shorten(music: Music) -> Music:
    """Leave off what lies beyond `LONGEST_S`."""
    if music.duration_s <= LONGEST_S:
        return music
    inside = music.keep(music.start_s < LONGEST_S)
    return replace(inside, end_s=np.minimum(inside.end_s, LONGEST_S), duration_s=LONGEST_S)


def _stretch(frames: Frames, n_frames: int) -> Frames:
    """Interpolate between frames, in whole numbers so that it comes out the same everywhere."""
    if n_frames == len(frames):
        return frames
    at = np.arange(n_frames) * (256 * (len(frames) - 1)) // max(n_frames - 1, 1)
    before, share = at >> 8, (at & 255).astype(np.uint16)[:, None]
    after = np.minimum(before + 1, len(frames) - 1)
    mixed = frames[before] * (256 - share) + frames[after] * share + 128
    return np.asarray(mixed >> 8, np.uint8)


def _arrange(music: Music, rng: Rng) -> Music:
    """Give the parts other instruments and another balance."""
    _, part = np.unique(np.stack([music.track, music.program]), axis=1, return_inverse=True)
    part = part.reshape(-1)
    n_parts = int(part.max(initial=0)) + 1
    drawn = rng.choice(PROGRAMS, n_parts)
    is_kept = rng.random(n_parts) < OWN_PROGRAM
    loudness = rng.uniform(0.5, 1.2, n_parts)
    return replace(
        music,
        program=np.where(is_kept[part], music.program, drawn[part]),
        velocity=np.clip(np.rint(music.velocity * loudness[part]), 1, 127).astype(np.int64),
    )


def _add_noise(frames: Frames, rng: Rng) -> Frames:
    """Lay noise under frames: magnitudes as Rayleigh's, the louder of the two counts."""
    level_db = rng.uniform(*NOISE_DB) - np.linspace(0.0, rng.uniform(*NOISE_TILT_DB), N_BINS)
    level = np.rint((level_db + DYNAMIC_RANGE_DB) * STEPS_PER_DB).astype(np.int16)
    # Quantiles of the noise, to be drawn from by bytes.
    spread_db = 10 * np.log10(-np.log(1 - (np.arange(256) + 0.5) / 256))
    spread = np.rint(spread_db * STEPS_PER_DB).astype(np.int16)
    drawn = spread[rng.integers(0, 256, frames.shape, dtype=np.uint8)]
    return np.asarray(np.maximum(frames, np.clip(level + drawn, 0, 255)), np.uint8)
