"""Tempo: the beat that a file has, and warps that stay warps when bent."""

import io

import numpy as np
import pretty_midi
import pytest
from numpy.testing import assert_allclose

from lakhdb.engine.train.tempo import add_rubato, add_swing, find_beats

RNG_SEED = 3


def write_file(bpm, end_s=30.0):
    midi = pretty_midi.PrettyMIDI(initial_tempo=bpm, resolution=480)
    piano = pretty_midi.Instrument(0)
    piano.notes = [pretty_midi.Note(90, 60, at_s, at_s + 0.2) for at_s in np.arange(0.0, end_s, 0.5)]
    midi.instruments.append(piano)
    file = io.BytesIO()
    midi.write(file)
    return file.getvalue()


def make_warp(start_s=12.0, length_s=40.0):
    audio_s = np.arange(0.0, length_s + 0.1, 0.5)
    slope = 1 + 0.2 * np.sin(audio_s[1:] / 3)
    return start_s + np.append(0.0, np.cumsum(slope * 0.5)), audio_s


def test_the_beats_are_the_files_quarters_and_reach_beyond_it():
    beats_s = find_beats(write_file(100.0), 20.0, 60.0, np.random.default_rng(RNG_SEED))
    assert beats_s[0] <= 16.0
    assert beats_s[-1] >= 64.0
    assert_allclose(beats_s / 0.6, np.rint(beats_s / 0.6), atol=1e-3)
    assert_allclose(np.diff(beats_s), 0.6, atol=1e-3)


def test_beats_before_the_file_go_on_backwards():
    beats_s = find_beats(write_file(120.0), 0.0, 20.0, np.random.default_rng(RNG_SEED))
    assert beats_s[0] <= -4.0
    assert_allclose(np.diff(beats_s), 0.5, atol=1e-6)


@pytest.mark.parametrize("bpm", [12.0, 900.0])
def test_a_beat_that_no_one_could_follow_is_replaced(bpm):
    beats_s = find_beats(write_file(bpm), 0.0, 30.0, np.random.default_rng(RNG_SEED))
    period_s = np.diff(beats_s)
    assert_allclose(period_s, period_s[0])
    assert 60 / 140 <= period_s[0] <= 60 / 80


def test_swing_delays_the_second_half_of_each_beat_and_nothing_else():
    midi_s, audio_s = make_warp()
    beats_s = np.arange(0.0, 80.0, 0.6)
    swung = add_swing(midi_s, audio_s, beats_s, 1 / 6)
    inside_s = beats_s[(beats_s > midi_s[0]) & (beats_s < midi_s[-1] - 0.6)]
    assert_allclose(np.interp(inside_s, *swung), np.interp(inside_s, midi_s, audio_s), atol=1e-9)
    halves_s = inside_s + 0.3
    assert_allclose(np.interp(halves_s, *swung), np.interp(halves_s + 0.1, midi_s, audio_s), atol=1e-9)


def test_rubato_varies_the_tempo_within_its_depth_and_within_seconds():
    midi_s = np.arange(5.0, 45.0, 0.5)
    bent_s, audio_s = add_rubato(midi_s, midi_s - 5.0, 0.2, np.random.default_rng(RNG_SEED))
    slope = np.diff(audio_s) / np.diff(bent_s)
    assert np.abs(slope - 1).max() <= 0.2 + 1e-6
    assert np.abs(slope - 1).max() > 0.15
    ahead_s = audio_s - (bent_s - bent_s[0])
    assert 0.03 < np.ptp(ahead_s) < 0.5  # it hurries and lingers, but does not run away


@pytest.mark.parametrize("seed", range(20))
def test_bent_warps_rise_and_keep_the_recordings_length(seed):
    rng = np.random.default_rng(seed)
    midi_s, audio_s = make_warp(start_s=rng.uniform(0, 100), length_s=rng.uniform(1.0, 60.0))
    beats_s = np.arange(midi_s[0] - 4 - rng.random(), midi_s[-1] + 5, rng.uniform(0.25, 1.5))
    bent = add_swing(*add_rubato(midi_s, audio_s, 0.3, rng), beats_s, 0.2)
    for column in bent:
        assert (np.diff(column) > 0).all()
    assert bent[1][0] == 0.0
    assert bent[1][-1] == audio_s[-1]
    slope = np.diff(bent[1]) / np.diff(bent[0])
    assert slope.min() > 0.3
    assert slope.max() < 4.0
