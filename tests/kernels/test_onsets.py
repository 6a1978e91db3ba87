"""Onset strength: it rises where notes begin, in the columns of their pitches, at their times."""

import numpy as np
import pytest

from lakhdb.kernels.onsets import DRUMS, LOWEST_PITCH, N_COLUMNS, ONSET_S, compute_onsets
from lakhdb.kernels.synthesis import synthesise

RATE = 22050


def play(pitch, start_s, program=0, is_drum=False, duration_s=6.0, sample_rate=RATE):
    """Play notes of a quarter of a second."""
    n = len(pitch)
    start_s = np.asarray(start_s, float)
    return synthesise(
        np.asarray(pitch),
        np.full(n, 80),
        start_s,
        start_s + 0.25,
        np.full(n, program),
        np.full(n, is_drum),
        duration_s=duration_s,
        sample_rate=sample_rate,
        seed=0,
    )


def test_a_note_is_strongest_in_its_column_where_it_begins():
    pitch, start_s = [43, 50, 59, 61, 65, 68, 75, 90], np.arange(1.0, 5.0, 0.5)
    onsets = compute_onsets(play(pitch, start_s), RATE)
    assert onsets.dtype == np.float32
    assert onsets.shape == (1 + 6 * RATE // 128, N_COLUMNS)
    assert onsets.min() >= 0
    own = onsets[:, np.array(pitch) - LOWEST_PITCH]
    assert own.argmax(axis=0) * ONSET_S == pytest.approx(start_s, abs=0.03)


def test_the_end_of_a_note_is_no_beginning():
    onsets = compute_onsets(play([64], [1.0], program=16), RATE)[:, 64 - LOWEST_PITCH]
    end = slice(round(1.2 / ONSET_S), round(1.6 / ONSET_S))
    assert onsets[end].max() < 0.3 * onsets.max()


def test_drums_sound_in_their_column():
    onsets = compute_onsets(play([38, 38], [1.0, 3.0], is_drum=True), RATE)[:, DRUMS]
    peaks = [
        onsets[: round(2 / ONSET_S)].argmax(),
        round(2 / ONSET_S) + onsets[round(2 / ONSET_S) :].argmax(),
    ]
    assert np.array(peaks) * ONSET_S == pytest.approx([1.0, 3.0], abs=0.02)


def test_loudness_does_not_matter():
    samples = play([60, 67], [1.0, 2.0])
    np.testing.assert_allclose(
        compute_onsets(samples / 50, RATE), compute_onsets(samples, RATE), rtol=1e-3, atol=1e-3
    )


def test_another_rate_gives_the_same_times():
    onsets = compute_onsets(play([60], [2.0], sample_rate=44100), 44100)
    assert onsets[:, 60 - LOWEST_PITCH].argmax() * ONSET_S == pytest.approx(2.0, abs=0.015)


@pytest.mark.parametrize("n_samples", [1, 100, 1000])
def test_the_shortest_sounds_have_no_beginnings_or_some(n_samples):
    onsets = compute_onsets(np.ones(n_samples, np.float32), RATE)
    assert onsets.shape == (1 + n_samples // 128, N_COLUMNS)
    assert np.isfinite(onsets).all()


def test_silence_has_none():
    assert not compute_onsets(np.zeros(5000, np.float32), RATE).any()


@pytest.mark.parametrize(
    ("samples", "rate"),
    [
        (np.empty(0, np.float32), RATE),
        (np.zeros((2, 9), np.float32), RATE),
        (np.array([0.0, np.nan], np.float32), RATE),
        (np.zeros(9, np.float32), 0),
    ],
)
def test_refuses_what_is_no_sound(samples, rate):
    with pytest.raises(ValueError, match=r"samples must be|sample_rate must be"):
        compute_onsets(samples, rate)
