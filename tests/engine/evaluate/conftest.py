"""Music to edit, catalogues in memory, and a truth for the small collection."""

import csv

import numpy as np
import pytest

from lakhdb.engine.evaluate.catalogue import describe_in_chunks
from lakhdb.engine.evaluate.methods.protocols import Query
from lakhdb.engine.evaluate.music import Music
from lakhdb.engine.evaluate.train_baseline import train_baseline


class MemoryCatalogue:
    """Recordings given as frames."""

    def __init__(self, frames, compositions):
        self._frames = frames
        self.compositions = np.array(compositions, np.int32)
        self.n_items = len(frames)

    def read_frames(self, positions):
        """See `Catalogue`."""
        return [self._frames[position] for position in positions.tolist()]

    def describe(self, describer):
        """See `Catalogue`."""
        return describe_in_chunks(self, describer)


def make_music(tune, track=0, program=0):
    """Make music of a tune as `tests/engine/conftest.py` writes it."""
    n_notes = tune.pitch.size
    return Music(
        track=np.where(tune.pitch < 60, track, track + 1).astype(np.int64),
        program=np.full(n_notes, program),
        is_drum=np.zeros(n_notes, bool),
        pitch=tune.pitch.astype(np.int64),
        velocity=np.full(n_notes, 90),
        start_s=tune.start_s.astype(np.float64),
        end_s=tune.end_s.astype(np.float64),
        tempo_s=np.zeros(1),
        beats_per_minute=np.full(1, 120.0),
        duration_s=tune.duration_s,
    )


@pytest.fixture(scope="session")
def music(tunes):
    """The tunes as music: chords on one track, melody on another."""
    return [make_music(tune) for tune in tunes]


@pytest.fixture(scope="session")
def queries(music):
    """A query for each tune."""
    return [Query(f"id {n}", n, one) for n, one in enumerate(music)]


@pytest.fixture(scope="session")
def catalogue(tunes):
    """Thirty seconds of each tune, on another instrument and 5 % slower, in reversed order."""
    excerpts = [
        tune.perform(15, 45, 1.05).render(program=48, noise=8, seed=n) for n, tune in enumerate(tunes)
    ]
    return MemoryCatalogue(excerpts[::-1], range(len(tunes))[::-1])


@pytest.fixture(scope="session")
def baselines(tmp_path_factory, queries):
    """A folder of the thesis's networks, hardly trained: one step each on a few pairs of the tunes."""
    folder = tmp_path_factory.mktemp("baselines")
    pairs = [(query.frames[:64], query.frames[:64]) for query in queries[:4]]
    rolls = [(query.roll[:64], query.frames[:64]) for query in queries[:4]]
    for name, own in (("dhs", pairs), ("dhs-piano", rolls), ("pse", pairs)):
        train_baseline(name, own, steps=1, seed=0, folder=folder)
    return folder


@pytest.fixture(scope="session")
def make_catalogue():
    """Return the class of catalogues in memory."""
    return MemoryCatalogue


@pytest.fixture
def write_truth(tmp_path):
    """Return a function that writes a truth table."""

    def write(rows, name="truth.csv", header=("file", "composition")):
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(header)
            writer.writerows(rows)
        return tmp_path / name

    return write


@pytest.fixture
def truth(write_truth):
    """The truth of the small collection: six MIDI files, recordings of the first four."""
    midi = [(f"midi/tune{n}.mid", f"tune {n}") for n in range(6)]
    return write_truth([*midi, *((f"tune{n}.flac", f"tune {n}") for n in range(4))])
