"""The thesis's features, against what their formulas say."""

import numpy as np
import pytest

from lakhdb.kernels.constant_q import shift_bins
from lakhdb.kernels.thesis_features import (
    FOURIER_SIZE,
    average_frames,
    compute_fourier_magnitude,
    compute_statistics,
    normalise_frames,
    normalise_roll,
    threshold_means,
)


@pytest.fixture
def frames():
    """Thirty seconds of chords that change every half second, in the middle semitones."""
    rng = np.random.default_rng(1)
    chords = np.zeros((60, 72), np.uint8)
    for chord in chords:
        chord[rng.choice(np.arange(24, 48), 3, replace=False)] = rng.integers(150, 255, 3)
    return np.repeat(chords, 11, axis=0)


def test_scaled_frames_have_unit_length_and_48_semitones(frames):
    scaled = normalise_frames(frames)
    assert scaled.shape == (660, 48)
    np.testing.assert_allclose(np.linalg.norm(scaled, axis=1), 1, rtol=1e-6)


def test_silence_is_scaled_to_nothing():
    silence = np.zeros((3, 72), np.uint8)
    assert not normalise_frames(silence).any()
    assert not normalise_roll(silence).any()


def test_statistics_are_mean_and_deviation(frames):
    scaled = normalise_frames(frames)
    expected = [*scaled.mean(axis=0), *scaled.std(axis=0)]
    np.testing.assert_allclose(compute_statistics(frames), expected, rtol=1e-6)


def test_averages_are_of_whole_blocks_of_eight(frames):
    means = average_frames(frames[:23])
    assert means.shape == (2, 48)
    np.testing.assert_allclose(means[1], normalise_frames(frames)[8:16].mean(axis=0), rtol=1e-6)


def test_what_is_shorter_than_a_block_is_averaged_whole(frames):
    np.testing.assert_allclose(
        average_frames(frames[:5])[0], normalise_frames(frames)[:5].mean(axis=0), rtol=1e-6
    )


def test_bits_tell_which_of_the_middle_semitones_reach_their_thresholds():
    means = np.zeros((2, 48), np.float32)
    means[0, [8, 10, 39]] = 0.5
    means[1, [7, 40]] = 0.5  # outside of the middle
    assert threshold_means(means, np.full(48, 0.5, np.float32)).tolist() == [1 | 1 << 2 | 1 << 31, 0]


def test_fourier_magnitudes_hardly_change_with_transposition(frames):
    magnitude = compute_fourier_magnitude(frames)
    assert magnitude.shape == (FOURIER_SIZE,)
    shifted = compute_fourier_magnitude(shift_bins(frames, 3))
    np.testing.assert_allclose(shifted, magnitude, rtol=1e-3, atol=1e-3)


def test_fourier_magnitudes_tell_other_music(frames):
    rng = np.random.default_rng(2)
    other = np.repeat(frames[rng.permutation(60) * 11], 11, axis=0)
    own, shifted, apart = map(compute_fourier_magnitude, (frames, shift_bins(frames, -2), other))
    assert np.linalg.norm(own - shifted) < 0.1 * np.linalg.norm(own - apart)


def test_fourier_magnitudes_of_very_little_music_are_finite():
    for n_frames in (1, 2, 40):
        assert np.isfinite(compute_fourier_magnitude(np.full((n_frames, 72), 9, np.uint8))).all()


def test_refuses_frames_of_another_width():
    with pytest.raises(ValueError, match="72"):
        normalise_frames(np.zeros((3, 48), np.uint8))
