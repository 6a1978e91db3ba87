import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lakhdb.kernels.whitening import MEAN_SHARE, REACH, prepare_frames

frames = arrays(np.uint8, st.tuples(st.integers(1, 40), st.just(72)))


def slow_prepare(values):
    above = np.maximum(values - MEAN_SHARE * values.mean(axis=0), 0)
    prepared = np.zeros(values.shape)
    for k in range(72):
        around = above[:, max(k - REACH, 0) : k + REACH + 1].mean(axis=1)
        prepared[:, k] = 16 * np.sqrt(np.maximum(above[:, k] - around, 0))
    return prepared


@given(frames)
def test_agrees_with_the_slow_loop(values):
    prepared = prepare_frames(values)
    assert prepared.dtype == np.uint8
    assert prepared.flags.c_contiguous
    # Below 1/16 of a step, rounding decides what the root makes of it.
    np.testing.assert_allclose(prepared, np.minimum(slow_prepare(values), 255), atol=0.6)


def test_what_never_changes_hardly_counts():
    values = np.zeros((100, 72), dtype=np.uint8)
    values[:, 30] = 200
    values[40:50, 50] = 200
    prepared = prepare_frames(values)
    assert prepared[45, 50] > 1.9 * prepared[45, 30]


def test_a_flat_spectrum_leaves_nothing():
    values = np.repeat(np.arange(50, 250, 10, dtype=np.uint8)[:, None], 72, axis=1)
    assert prepare_frames(values).max() <= 1


@pytest.mark.parametrize(
    "values",
    [np.zeros((0, 72), np.uint8), np.zeros((5, 48), np.uint8), np.zeros((5, 72)), np.zeros(72, np.uint8)],
)
def test_refuses_what_is_no_frames(values):
    with pytest.raises(ValueError, match="frames must be"):
        prepare_frames(values)
