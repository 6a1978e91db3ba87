"""Codecs: the sound suffers, its time does not."""

import numpy as np
import pytest

from lakhdb.engine.train.codec import lose_quality

RATE = 22_050


def make_bursts(duration_s, seed=0):
    """Return decaying bursts of noise at uneven times, which no other offset makes agree with themselves."""
    rng = np.random.default_rng(seed)
    samples = np.zeros(round(duration_s * RATE), dtype=np.float32)
    shape = 0.5 ** (np.arange(4000) / 1000)
    for at in rng.integers(0, samples.size - 4000, round(3 * duration_s)).tolist():
        samples[at : at + 4000] += rng.standard_normal(4000) * shape
    return samples * np.float32(0.8 / np.abs(samples).max())


def measure_db(samples):
    return 10 * np.log10(np.mean(samples.astype(np.float64) ** 2))


def find_lag(first, second):
    """Return by how many samples `second` is late."""
    n_fft = 2 * first.size
    correlation = np.fft.irfft(np.fft.rfft(first, n_fft).conj() * np.fft.rfft(second, n_fft), n_fft)
    lag = int(correlation.argmax())
    return lag if lag < first.size else lag - n_fft


@pytest.mark.parametrize("codec", ["mp3", "ogg"])
@pytest.mark.parametrize("loss", [0.6, 0.8, 0.95])
@pytest.mark.parametrize("n_samples", [20 * RATE, 3 * RATE + 1, 12_345])
def test_a_codec_changes_the_sound_but_not_its_time(codec, loss, n_samples):
    bursts = make_bursts(n_samples / RATE)[:n_samples]
    coded = lose_quality(bursts, RATE, codec, loss)
    assert coded.shape == bursts.shape
    assert find_lag(bursts, coded) == 0
    assert not np.array_equal(coded, bursts)
    np.testing.assert_array_equal(lose_quality(bursts, RATE, codec, loss), coded)


def test_a_worse_quality_loses_more():
    bursts = make_bursts(5.0)
    for codec in ("mp3", "ogg"):
        lost = [measure_db(lose_quality(bursts, RATE, codec, loss) - bursts) for loss in (0.0, 0.5, 0.95)]
        assert lost == sorted(lost)


def test_silence_stays_silent():
    silence = np.zeros(RATE, dtype=np.float32)
    for codec in ("mp3", "ogg"):
        coded = lose_quality(silence, RATE, codec, 0.9)
        assert coded.shape == silence.shape
        assert np.abs(coded).max() < 1e-4
