"""A small database of tunes and excerpts of them, made without files: rendered notes on both sides."""

import hashlib
import shutil
from dataclasses import dataclass

import numpy as np
import pytest
import torch

from lakhdb.engine.features import Features
from lakhdb.engine.ingest.audio import ingest_audio
from lakhdb.engine.ingest.items import NUMBERED, Item
from lakhdb.engine.ingest.midi import ingest_midi
from lakhdb.engine.ingest.names import refresh_names
from lakhdb.engine.ingest.scan import Source
from lakhdb.engine.ingest.write import Outcome, read_known, write_batch
from lakhdb.engine.models.files import save_model
from lakhdb.engine.store import open_store
from lakhdb.kernels.networks import PairNetwork
from lakhdb.kernels.render import render_notes
from lakhdb.schema import PART_SCHEMAS

TUNE_S = 60.0


@dataclass(frozen=True)
class Tune:
    """Notes as parallel arrays; `duration_s` seconds long."""

    pitch: np.ndarray
    start_s: np.ndarray
    end_s: np.ndarray
    duration_s: float

    def perform(self, start_s, end_s, tempo_ratio, semitones=0):
        """Play from `start_s` to `end_s`, taking `tempo_ratio` seconds for each."""
        inside = (self.end_s > start_s) & (self.start_s < end_s)
        return Tune(
            self.pitch[inside] + semitones,
            np.maximum(self.start_s[inside] - start_s, 0) * tempo_ratio,
            (np.minimum(self.end_s[inside], end_s) - start_s) * tempo_ratio,
            (end_s - start_s) * tempo_ratio,
        )

    def render(self, program=0, noise=0.0, seed=0):
        """Render to quantised constant-Q, shape (n_frames, 72)."""
        n_notes = self.pitch.size
        frames, _ = render_notes(
            self.pitch, np.full(n_notes, 90), self.start_s, self.end_s, np.full(n_notes, program),
            np.zeros(n_notes, bool), self.duration_s,
        )  # fmt: skip
        rough = frames + noise * np.random.default_rng(seed).standard_normal(frames.shape)
        return np.clip(rough, 0, 255).astype(np.uint8)


def write_tune(seed):
    """Write a tune of chords and melody, other for every seed."""
    rng = np.random.default_rng(seed)
    scale = np.array([0, 2, 4, 5, 7, 9, 11]) + rng.integers(0, 12)
    pitch, start_s, end_s = [], [], []
    at = 0.0
    while at < TUNE_S - 2:
        root = rng.integers(0, 7)
        length = rng.choice([1.0, 1.5, 2.0])
        for third in (0, 2, 4):
            pitch.append(36 + scale[(root + third) % 7])
            start_s.append(at)
            end_s.append(at + length)
        for step in np.arange(0, length, rng.choice([0.25, 0.5])):
            pitch.append(60 + scale[rng.integers(0, 7)])
            start_s.append(at + step)
            end_s.append(at + step + 0.25)
        at += length
    return Tune(np.array(pitch), np.array(start_s), np.array(end_s), TUNE_S)


def add_items(store, side, frames_by_name, corpus="tunes"):
    """Bring items into a database as ingest does, given their frames; return their ids by name."""
    outcomes, ids = [], {}
    for name, frames in frames_by_name.items():
        features = Features(frames, 0.0)
        columns = {"duration_s": len(frames) * 1024 / 22050}
        if side == "midi":
            columns |= {"n_notes": 9, "n_tracks": 1, "n_instruments": 1, "has_drums": False, "smf_format": 1}
        else:
            columns |= {"sample_rate": 22050, "n_channels": 1, "codec": "PCM_16"}
        own_name = {"artist": "Nobody", "title": name, "album": None}
        ids[name] = hashlib.md5(f"{side}/{name}".encode()).hexdigest()
        source = Source(f"/music/{corpus}/{name}.{'mid' if side == 'midi' else 'wav'}", corpus, 1, 1)
        outcomes.append(
            Outcome(source, ids[name], Item(columns, features, own_name, _empty_tables(side)), None)
        )
    write_batch(store, side, outcomes, read_known(store, side))
    with store.writing() as con:
        refresh_names(con)
    return ids


def _empty_tables(side):
    kinds = NUMBERED if side == "midi" else ()
    return {kind: PART_SCHEMAS[kind].empty_table().drop_columns(["midi_seq"]) for kind in kinds}


@pytest.fixture
def store(tmp_path):
    """An empty database."""
    return open_store(tmp_path / "test.lmdb", create=True)


@pytest.fixture(scope="session")
def tunes():
    """Eight tunes."""
    return [write_tune(seed) for seed in range(8)]


@pytest.fixture(scope="session")
def midi_frames(tunes):
    """The tunes as MIDI files, by name."""
    return {f"tune {n}": tune.render() for n, tune in enumerate(tunes)}


@pytest.fixture(scope="session")
def audio_frames(tunes):
    """Twenty seconds of each tune from second 15 on, 5 % slower, on another instrument, with noise."""
    return {
        f"excerpt {n}": tune.perform(15, 35, 1.05).render(program=48, noise=8, seed=n)
        for n, tune in enumerate(tunes)
    }


@pytest.fixture(scope="session")
def _both(tmp_path_factory, midi_frames, audio_frames):
    folder = tmp_path_factory.mktemp("both") / "both.lmdb"
    store = open_store(folder, create=True)
    add_items(store, "midi", midi_frames)
    add_items(store, "audio", audio_frames)
    return folder


@pytest.fixture
def both(store, _both):
    """A database of all tunes (numbers 1 to 8) and their excerpts (1 to 8), not yet matched."""
    shutil.copytree(_both, store.folder, dirs_exist_ok=True)
    return store


@pytest.fixture
def add(store):
    """Bring items into the database: `add(side, frames_by_name, corpus)`."""
    return lambda side, frames, corpus="tunes": add_items(store, side, frames, corpus)


@pytest.fixture(scope="session")
def _ingested(collection, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ingested") / "whole.lmdb"
    store = open_store(folder, create=True)
    for n in range(6):  # an ingest each, for parts of their own
        ingest_midi(store, [collection / "midi" / f"tune{n}.mid"], jobs=1)
    ingest_audio(store, [collection / "audio"], jobs=1)
    return folder


@pytest.fixture
def ingested(store, _ingested):
    """A database of the six MIDI files and the recordings of the small collection, in many parts."""
    shutil.copytree(_ingested, store.folder, dirs_exist_ok=True)
    return store


@pytest.fixture(scope="session")
def network():
    """A network with random weights, some of them in its statistics."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = PairNetwork()
        for _ in range(3):
            network(torch.rand(4, 32, 72) * 255)
    return network.eval()


@pytest.fixture
def model_folder(tmp_path, network):
    """A folder with that network as a model."""
    save_model(network, tmp_path / "model", {"seed": 0, "licence": "MIT"})
    return tmp_path / "model"
