"""The room keeps the direct sound in its place and everything within full scale."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakhdb.kernels.room import colour


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 30_000), st.sampled_from([8_000, 22_050, 44_100]), st.integers(0, 2**32))
def test_keeps_length_and_full_scale(n_samples, sample_rate, seed):
    dry = np.random.default_rng(seed).standard_normal(n_samples).astype(np.float32)
    wet = colour(dry, sample_rate, np.random.default_rng(seed))
    assert wet.shape == dry.shape
    assert wet.dtype == np.float32
    assert 0.3 < np.abs(wet).max() < 1


@pytest.mark.parametrize("seed", range(5))
def test_a_click_stays_where_it_was_and_rings(seed):
    dry = np.zeros(44_100, dtype=np.float32)
    dry[10_000] = 1.0
    wet = np.abs(colour(dry, 22_050, np.random.default_rng(seed)))
    assert abs(int(wet.argmax()) - 10_000) <= 1
    assert wet[10_200:12_000].mean() > 2 * wet[:9_000].mean()  # before it, there is only noise


def test_there_is_noise_and_it_is_faint():
    dry = np.zeros(44_100, dtype=np.float32)
    dry[22_050:] = np.sin(2 * np.pi * 440 / 22_050 * np.arange(22_050))
    wet = colour(dry, 22_050, np.random.default_rng(3))
    before, during = (np.sqrt((part**2).mean()) for part in (wet[:20_000], wet[23_000:43_000]))
    assert 0.001 < before / during < 0.08  # 25 to 50 dB, and half of the time is silent


def test_the_generator_decides_the_room():
    dry = np.random.default_rng(0).standard_normal(5000).astype(np.float32)
    first, again, other = (colour(dry, 22_050, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.01


def test_silence_stays_silent():
    assert not colour(np.zeros(100, dtype=np.float32), 22_050, np.random.default_rng(0)).any()


@pytest.mark.parametrize(
    ("samples", "sample_rate", "message"),
    [
        (np.zeros((2, 3), np.float32), 22_050, "one-dimensional"),
        (np.zeros(0, np.float32), 22_050, "empty"),
        (np.ones(9, np.float32), 0, "sample_rate"),
    ],
)
def test_refuses(samples, sample_rate, message):
    with pytest.raises(ValueError, match=message):
        colour(samples, sample_rate, np.random.default_rng(0))
