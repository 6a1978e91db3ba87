"""Pairs for the thesis's networks, made of the recordings that ours are trained on."""

import numpy as np
import pytest

from lakhdb.engine.evaluate.music import from_midi
from lakhdb.engine.evaluate.pool_pairs import PoolPairs
from lakhdb.engine.evaluate.train_baseline import train_baseline
from lakhdb.engine.train.pool import PoolRecording, Source
from lakhdb.kernels import thesis_networks
from lakhdb.kernels.constant_q import FRAME_S
from lakhdb.kernels.midi_file import read_midi
from lakhdb.kernels.thesis_features import normalise_frames
from lakhdb.kernels.whitening import prepare_frames

START_S, TEMPO, LENGTH_S = 6.0, 1.25, 10.0


@pytest.fixture(scope="module")
def recordings(collection):
    """Ten seconds of three tunes from second 6 on, a quarter slower; the first is found with another, too."""
    made = []
    for n in range(3):
        path = str(collection / "midi" / f"tune{n}.mid")
        music = from_midi(read_midi((collection / "midi" / f"tune{n}.mid").read_bytes()))
        whole = music.render()
        # Frames of the recording, taken from where they are in the tune.
        at = START_S + np.arange(0, LENGTH_S, FRAME_S) / TEMPO
        frames = whole[np.minimum(np.rint(at / FRAME_S).astype(int), len(whole) - 1)]
        audio_s = np.array([0.0, LENGTH_S])
        midi_s = START_S + audio_s / TEMPO
        sources = (Source(path, midi_s),)
        if n == 0:
            sources += (Source(str(collection / "midi" / "tune5.mid"), midi_s),)
        made.append(PoolRecording(f"tune {n}", "train", frames, audio_s, sources))
    return made


def measure(one, other):
    """Mean cosine of frames."""
    return float((normalise_frames(one) * normalise_frames(other)).sum(axis=1).mean())


@pytest.mark.parametrize("name", ["dhs", "dhs-piano"])
def test_notes_sound_when_the_recording_plays_them(recordings, name):
    pairs = PoolPairs(recordings, name)
    assert len(pairs) == 4
    for number in (0, 2, 3):
        midi, audio = pairs[number]
        assert midi.shape == audio.shape
        assert midi.dtype == np.uint8
        own, heard = midi if name == "dhs-piano" else prepare_frames(midi), prepare_frames(audio)
        shifted = max(measure(own[40:], heard[:-40]), measure(own[:-40], heard[40:]))
        assert measure(own, heard) > shifted + 0.15


def test_every_source_makes_a_pair(recordings):
    pairs = PoolPairs(recordings, "dhs")
    np.testing.assert_array_equal(pairs[0][1], pairs[1][1])
    assert not np.array_equal(pairs[0][0], pairs[1][0])
    assert pairs[0] is pairs[0]


def test_whole_files_for_whole_embeddings(recordings):
    midi, audio = PoolPairs(recordings, "pse")[2]
    assert len(midi) > 1.5 * len(audio)


@pytest.mark.parametrize("name", ["dhs", "dhs-piano", "pse"])
def test_networks_can_be_trained_on_them(recordings, name, tmp_path, monkeypatch):
    monkeypatch.setattr(thesis_networks, "DENSE", 16)
    report = train_baseline(name, PoolPairs(recordings, name), steps=1, seed=0, folder=tmp_path)
    assert np.isfinite(report.loss)
