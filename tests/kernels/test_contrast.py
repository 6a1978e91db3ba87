"""Contrast: the top of each frame, and nothing else, whatever the level."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lakhdb.kernels.contrast import CONTRAST_DB, sharpen

STEPS = round(CONTRAST_DB * 255 / 80)

frames = hnp.arrays(np.uint8, st.tuples(st.integers(1, 6), st.integers(1, 8)))


@given(frames)
def test_agrees_with_the_slow_loop(values):
    slow = [[max(0, int(one) - max(0, int(frame.max()) - STEPS)) for one in frame] for frame in values]
    assert sharpen(values).tolist() == slow


@given(hnp.arrays(np.uint8, (4, 5), elements=st.integers(STEPS, 200)), st.integers(0, 55))
def test_the_level_does_not_matter_above_the_floor(values, louder):
    assert (sharpen(values + np.uint8(louder)) == sharpen(values)).all()


def test_silence_stays_silence_and_nothing_stays_nothing():
    assert not sharpen(np.zeros((3, 72), np.uint8)).any()
    assert sharpen(np.zeros((0, 72), np.uint8)).shape == (0, 72)


def test_refuses_other_shapes():
    with pytest.raises(ValueError, match="two-dimensional"):
        sharpen(np.zeros(5, np.uint8))
