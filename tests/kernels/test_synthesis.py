"""Additive synthesis: right pitches at right times, in voices that differ."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakhdb.kernels.synthesis import synthesise

RATE = 22_050


def play(notes, duration_s=1.0, sample_rate=RATE, seed=0):
    """Sound (pitch, velocity, start_s, end_s, program, is_drum) tuples."""
    columns = list(zip(*notes, strict=True)) if notes else [[]] * 6
    return synthesise(*columns, duration_s=duration_s, sample_rate=sample_rate, seed=seed)


def find_energy_near(samples, frequencies_hz):
    """Return the share of energy within a third of a semitone of any of the frequencies."""
    power = np.abs(np.fft.rfft(samples * np.hanning(samples.size))) ** 2
    grid_hz = np.fft.rfftfreq(samples.size, 1 / RATE)
    frequencies_hz = np.asarray(frequencies_hz)
    near = (np.abs(grid_hz[:, None] - frequencies_hz) < 2 + 0.02 * frequencies_hz).any(axis=1)
    return power[near].sum() / power.sum()


numbers = st.integers(0, 127)
notes = st.tuples(numbers, numbers, st.floats(-1, 2), st.floats(-1, 3), numbers, st.booleans())


@pytest.mark.parametrize("program", range(0, 128, 8))
@pytest.mark.parametrize("pitch", [57, 69, 93])
def test_every_family_sounds_the_harmonics_of_its_pitch(program, pitch):
    pitch_hz = 440 * 2 ** ((pitch - 69) / 12)
    samples = play([(pitch, 100, 0.0, 1.0, program, False)])
    assert find_energy_near(samples, pitch_hz * np.arange(1, 30)) > 0.9
    assert find_energy_near(samples, [pitch_hz]) > 0.05  # no octave above it
    assert find_energy_near(samples, [pitch_hz / 2, pitch_hz * 2 ** (1 / 12)]) < 0.05


def test_a_note_sounds_from_its_start_to_its_end():
    samples = play([(60, 100, 0.25, 0.5, 19, False)])
    loud = np.flatnonzero(np.abs(samples) > 1e-3) / RATE
    assert 0.25 <= loud[0] < 0.28
    assert 0.48 < loud[-1] < 0.6  # an organ falls silent within 50 ms


def test_a_struck_note_dies_away_and_a_blown_one_does_not():
    def loudness_s(program, start_s):
        samples = play([(60, 100, 0.0, 4.0, program, False)], duration_s=4.0)
        return np.sqrt((samples[round(start_s * RATE) :][: RATE // 2] ** 2).mean())

    assert loudness_s(0, 2.0) < 0.3 * loudness_s(0, 0.2)
    assert loudness_s(56, 2.0) == pytest.approx(loudness_s(56, 0.2), rel=0.1)


def test_the_fundamental_of_a_piano_halves_within_its_half_life():
    samples = play([(60, 127, 0.0, 3.0, 0, False)], duration_s=3.0)
    t_s = np.arange(samples.size) / RATE
    envelope = samples * np.exp(-2j * np.pi * 261.6256 * t_s)
    early, late = (abs(envelope[round(at * RATE) :][:RATE].mean()) for at in (0.5, 0.5 + 0.6))
    assert late / early == pytest.approx(0.5, rel=0.05)


@settings(max_examples=30, deadline=None)
@given(st.lists(notes, max_size=8), st.lists(notes, max_size=8))
def test_notes_add_up(some, others):
    together = play(some + others)
    assert together.dtype == np.float32
    assert together.shape == (RATE,)
    np.testing.assert_allclose(together, play(some) + play(others), atol=1e-4)


@given(notes, st.integers(1, RATE // 2))
@settings(max_examples=30, deadline=None)
def test_a_later_note_is_the_same_note_later(note, shift):
    pitch, velocity, start, end, program, is_drum = note
    at = round(start * RATE)
    length = max(1, round(abs(end - start) * RATE))

    def place(offset):
        return (pitch, velocity, (at + offset) / RATE, (at + offset + length) / RATE, program, is_drum)

    np.testing.assert_allclose(play([place(shift)])[shift:], play([place(0)])[:-shift], atol=1e-4)


def test_a_drum_sounds_its_own_length_and_place_in_the_spectrum():
    def centre_hz(key):
        samples = play([(key, 100, 0.1, 0.1, 0, True)])
        assert np.abs(samples[: RATE // 11]).max() == 0
        power = np.abs(np.fft.rfft(samples)) ** 2
        return (power * np.fft.rfftfreq(samples.size, 1 / RATE)).sum() / power.sum()

    assert centre_hz(36) < 300 < centre_hz(38) < 5000 < centre_hz(42)


def test_the_seed_decides_the_voice():
    tune = [(60, 100, 0.0, 1.0, 0, False), (38, 100, 0.5, 0.6, 0, True)]
    np.testing.assert_array_equal(play(tune, seed=1), play(tune, seed=1))
    assert np.abs(play(tune, seed=1) - play(tune, seed=2)).max() > 0.01


def test_velocity_is_loudness():
    soft, loud = (np.abs(play([(60, v, 0.0, 1.0, 0, False)])).max() for v in (32, 127))
    assert loud / soft == pytest.approx((127 / 32) ** 2, rel=1e-3)


def test_nothing_aliases_at_a_low_rate():
    power = (
        np.abs(np.fft.rfft(play([(96, 127, 0.0, 1.0, 40, False)], sample_rate=8000) * np.hanning(8000))) ** 2
    )
    assert power[:2000].sum() < 1e-3 * power.sum()  # 2093 Hz and no harmonic below 4000 Hz
    assert not play([(108, 127, 0.0, 1.0, 0, False)], sample_rate=8000).any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pitch": [60, 61]}, "one length"),
        ({"start_s": [np.nan]}, "finite"),
        ({"velocity": [128]}, "0 to 127"),
        ({"pitch": [-1]}, "0 to 127"),
        ({"duration_s": 0.0}, "duration_s"),
        ({"sample_rate": 0}, "sample_rate"),
    ],
)
def test_refuses(change, message):
    good = {
        "pitch": [60],
        "velocity": [90],
        "start_s": [0.0],
        "end_s": [1.0],
        "program": [0],
        "is_drum": [False],
    }
    with pytest.raises(ValueError, match=message):
        synthesise(**{**good, "duration_s": 1.0, **change})
