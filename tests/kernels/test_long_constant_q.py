"""Long recordings, transformed block by block, give the frames of one transform over all of them."""

import numpy as np
import pytest

from lakhdb.kernels.constant_q import compute_constant_q, quantise
from lakhdb.kernels.long_constant_q import stream_constant_q

MINUTES = 9  # two blocks


def make_sound(n_samples, rate):
    at = np.arange(n_samples) / rate
    rough = np.random.default_rng(0).standard_normal(n_samples) * np.sin(at / 3) ** 8
    return (0.3 * np.sin(2 * np.pi * (220 + 50 * np.sin(at / 7)) * at) + 0.02 * rough).astype(np.float32)


def split(samples, size):
    return [samples[at : at + size] for at in range(0, len(samples), size)]


@pytest.mark.parametrize("rate", [22_050, 44_100, 8_000])
@pytest.mark.parametrize("n_samples", [1, 7, 1024, 99_999])
def test_short_recordings_are_the_very_same(rate, n_samples):
    samples = make_sound(n_samples, rate)
    streamed = stream_constant_q(split(samples, 10_000), rate)
    np.testing.assert_array_equal(streamed, compute_constant_q(samples, rate))


@pytest.mark.parametrize("extra", [0, 1, 5555])
def test_long_recordings_differ_by_one_step_at_most(extra):
    samples = make_sound(MINUTES * 60 * 22_050 + extra, 22_050)
    whole, loudest = quantise(compute_constant_q(samples, 22_050))
    streamed, same = quantise(stream_constant_q(split(samples, 1 << 16), 22_050))
    assert streamed.shape == whole.shape
    assert same == pytest.approx(loudest, abs=1e-3)
    differences = np.abs(streamed.astype(int) - whole)
    assert differences.max() <= 1
    assert (differences > 0).mean() < 1e-3


def test_a_sample_that_resampling_swallows_is_a_frame():
    assert stream_constant_q([np.ones(1, np.float32)], 192_000).shape == (1, 72)


@pytest.mark.parametrize("blocks", [[], [np.empty(0, np.float32)]])
def test_refuses_nothing(blocks):
    for rate in (22_050, 44_100):
        with pytest.raises(ValueError, match="empty"):
            stream_constant_q(blocks, rate)


def test_refuses_an_impossible_rate():
    with pytest.raises(ValueError, match="sample_rate"):
        stream_constant_q([np.ones(9, np.float32)], 0)
