"""Wear: what machines do to a recording, each checked on a sound that shows it."""

import numpy as np
import pytest

from lakhdb.kernels.wear import compress, limit_band, saturate, shift_speed

RATE = 22_050


def make_tone(pitch_hz, duration_s=2.0, amplitude=0.5):
    t_s = np.arange(round(duration_s * RATE)) / RATE
    return (amplitude * np.sin(2 * np.pi * pitch_hz * t_s)).astype(np.float32)


def measure_db(samples):
    return 10 * np.log10(np.mean(samples.astype(np.float64) ** 2))


def measure_pitch(samples):
    n_fft = 1 << 20
    power = np.abs(np.fft.rfft(samples * np.hanning(samples.size), n_fft))
    return power.argmax() * RATE / n_fft


@pytest.mark.parametrize("cents", [-50.0, -7.0, 31.0, 50.0])
def test_another_speed_moves_pitch_and_time_alike(cents):
    speed = 2 ** (cents / 1200)
    assert measure_pitch(shift_speed(make_tone(440.0), cents)) == pytest.approx(440 * speed, abs=0.05)
    click = np.zeros(30 * RATE, dtype=np.float32)
    click[25 * RATE] = 1.0
    shifted = shift_speed(click, cents)
    assert shifted.size == pytest.approx(click.size / speed, abs=1)
    assert np.abs(shifted).argmax() == pytest.approx(25 * RATE / speed, abs=1)


@pytest.mark.parametrize(("low_hz", "high_hz"), [(300.0, 3400.0), (0.0, 2000.0), (200.0, np.inf)])
def test_a_band_keeps_what_lies_within_and_its_place(low_hz, high_hz):
    def pass_tone(pitch_hz):
        tone = make_tone(pitch_hz)
        middle = slice(RATE // 2, -RATE // 2)
        return measure_db(limit_band(tone, RATE, low_hz, high_hz)[middle]) - measure_db(tone[middle])

    assert pass_tone(800.0) == pytest.approx(0.0, abs=0.1)
    if low_hz:
        assert pass_tone(low_hz) == pytest.approx(-3.0, abs=0.1)
        assert pass_tone(low_hz / 4) < -30
    if high_hz < np.inf:
        assert pass_tone(high_hz) == pytest.approx(-3.0, abs=0.1)
        assert pass_tone(high_hz * 3) < -25
    click = np.zeros(RATE, dtype=np.float32)
    click[5000] = 1.0
    assert np.abs(limit_band(click, RATE, low_hz, high_hz)).argmax() == 5000


def test_compression_narrows_the_range_above_its_threshold_only():
    loud, soft, faint = (make_tone(300.0, 2.0, amplitude) for amplitude in (0.8, 0.8 / 4, 0.8 / 100))
    pressed = compress(np.concatenate([loud, soft, faint]), RATE, threshold_db=-24.0, ratio=4.0)
    # The last second of each: attack and release are over.
    levels = [measure_db(pressed[second * RATE : (second + 1) * RATE]) for second in (1, 3, 5)]
    assert levels[0] - levels[1] == pytest.approx(20 * np.log10(4) / 4, abs=0.3)
    assert levels[2] == pytest.approx(measure_db(faint), abs=0.1)
    assert levels[0] == pytest.approx(measure_db(loud) - 24 * (1 - 1 / 4), abs=0.3)


def test_a_high_ratio_limits():
    pressed = compress(np.concatenate([make_tone(300.0), make_tone(300.0) / 2]), RATE, -20.0, 1000.0)
    levels = [measure_db(pressed[second * RATE : (second + 1) * RATE]) for second in (1, 3)]
    assert levels[0] == pytest.approx(levels[1], abs=0.1)


@pytest.mark.parametrize("hardness", [0.0, 0.5, 1.0])
def test_saturation_adds_odd_harmonics_and_keeps_the_peak(hardness):
    tone = make_tone(441.0)
    bent = saturate(tone, 9.0, hardness)
    assert np.abs(bent).max() == pytest.approx(np.abs(tone).max(), rel=1e-5)
    power = np.abs(np.fft.rfft(bent))
    base = 441 * 2
    assert power[3 * base] > 0.02 * power[base]
    assert power[2 * base] < 1e-3 * power[base]
    assert measure_db(bent) > measure_db(tone) + 1


def test_silence_stays_silent():
    silence = np.zeros(RATE, dtype=np.float32)
    for worn in (
        compress(silence, RATE, -20.0, 4.0),
        saturate(silence, 6.0, 0.5),
        limit_band(silence, RATE, 300.0, 3400.0),
        shift_speed(silence, 0.0),
    ):
        assert worn.dtype == np.float32
        assert worn.size == silence.size
        assert np.abs(worn).max() < 1e-4


def test_refuses_what_makes_no_sense():
    with pytest.raises(ValueError, match="ratio"):
        compress(make_tone(440.0), RATE, -20.0, 0.5)
    with pytest.raises(ValueError, match="low_hz"):
        limit_band(make_tone(440.0), RATE, 500.0, 400.0)
