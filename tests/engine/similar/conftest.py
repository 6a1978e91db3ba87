"""A few tunes and what becomes of tunes in the wild, as MIDI files."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from lakhdb import engine
from lakhdb.kernels.midi_writer import write_notes


@dataclass(frozen=True)
class Notes:
    """Notes of one part as parallel arrays."""

    pitch: np.ndarray
    start_s: np.ndarray
    end_s: np.ndarray
    velocity: np.ndarray
    program: int = 0
    is_drum: bool = False

    def write(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        n_notes = self.pitch.size
        path.write_bytes(
            write_notes(
                self.pitch, self.velocity, self.start_s, self.end_s, np.full(n_notes, self.program),
                np.full(n_notes, self.is_drum), np.zeros(n_notes, int),
            )
        )  # fmt: skip
        return path

    def write_tracks(self, path, lowest):
        """Write the notes from pitch `lowest` on as a second track."""
        path.parent.mkdir(parents=True, exist_ok=True)
        upper = (self.pitch >= lowest).astype(int)
        path.write_bytes(
            write_notes(
                self.pitch, self.velocity, self.start_s, self.end_s, np.zeros_like(upper),
                np.zeros(upper.size, bool), upper,
            )
        )  # fmt: skip
        return path

    def transpose(self, semitones):
        return replace(self, pitch=self.pitch + semitones)

    def play(self, times_as_fast):
        return replace(self, start_s=self.start_s / times_as_fast, end_s=self.end_s / times_as_fast)

    def keep(self, wanted):
        return replace(
            self, pitch=self.pitch[wanted], start_s=self.start_s[wanted], end_s=self.end_s[wanted],
            velocity=self.velocity[wanted],
        )  # fmt: skip

    def perform(self, seed):
        """Play as people do: tempo and onsets waver."""
        rng = np.random.default_rng(seed)
        beats = np.arange(0, self.end_s.max() + 2)
        at = np.cumsum(rng.normal(1.1, 0.15, beats.size).clip(0.6, 1.6))
        late = rng.normal(0, 0.012, self.pitch.size)
        start_s = np.maximum(np.interp(self.start_s, beats, at) + late, 0)
        return replace(
            self, start_s=start_s, end_s=np.maximum(np.interp(self.end_s, beats, at), start_s + 0.05)
        )


def compose(seed, n_bars=40):
    """Write a tune of its own: a melody of short notes over chords."""
    rng = np.random.default_rng(seed)
    scale = np.array([0, 2, 4, 5, 7, 9, 11]) + rng.integers(0, 12)
    pitch, start_s, length_s = [], [], []
    for bar in range(n_bars):
        root = rng.integers(0, 7)
        for third in (0, 2, 4):
            pitch.append(43 + scale[(root + third) % 7])
            start_s.append(bar * 2.0)
            length_s.append(1.9)
        for step in np.flatnonzero(rng.random(8) < 0.7):
            pitch.append(64 + scale[rng.integers(0, 7)])
            start_s.append(bar * 2.0 + step * 0.25)
            length_s.append(0.2)
    start = np.array(start_s)
    return Notes(np.array(pitch), start, start + length_s, rng.integers(40, 110, start.size))


def drum(seed, n_bars=30):
    """Write a drum part of its own: a pattern of two bars, repeated."""
    rng = np.random.default_rng(seed)
    pattern = [
        (step * 0.25, kind) for step in range(16) for kind in (36, 38, 42, 46, 45) if rng.random() < 0.3
    ]
    start_s = np.array([bar * 4.0 + at for bar in range(n_bars // 2) for at, _ in pattern])
    pitch = np.array([kind for _ in range(n_bars // 2) for _, kind in pattern])
    return Notes(pitch, start_s, start_s + 0.1, np.full(start_s.size, 90), is_drum=True)


@pytest.fixture(scope="session")
def tunes():
    """Eight tunes."""
    return [compose(seed) for seed in range(8)]


@pytest.fixture(scope="session")
def midi_folder(tmp_path_factory, tunes):
    """The tunes; of tune 0 a copy in another key, of tune 1 a performance; three drum parts."""
    folder = tmp_path_factory.mktemp("similar") / "tunes"
    for n, tune in enumerate(tunes):
        tune.write(folder / f"tune{n}.mid")
    tunes[0].transpose(3).play(1.2).write(folder / "copy0.mid")
    tunes[1].perform(1).write(folder / "performance1.mid")
    for n in range(3):
        drum(n).write(folder / f"drums{n}.mid")
    return folder


@pytest.fixture(scope="module")
def db(midi_folder, tmp_path_factory):
    """A database of the folder."""
    db = engine.open(tmp_path_factory.mktemp("similar") / "test.lmdb")
    db.ingest_midi([midi_folder], jobs=1)
    return db
