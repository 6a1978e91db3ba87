"""Piano rolls: velocity by frame and semitone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakhdb.kernels.constant_q import FRAME_S, LOWEST_NOTE, N_BINS
from lakhdb.kernels.piano_roll import render_piano_roll


def render(notes, n_frames):
    """Render (pitch, velocity, start, end) in frames."""
    pitch, velocity, start, end = (np.array(column) for column in zip(*notes, strict=True))
    drums = np.zeros(len(notes), bool)
    return render_piano_roll(pitch, velocity, start * FRAME_S, end * FRAME_S, drums, n_frames)


def test_a_note_fills_its_frames_in_proportion():
    roll = render([(60, 100, 1.5, 4.25)], 6)
    assert roll[:, 60 - LOWEST_NOTE].tolist() == [0, 50, 100, 100, 25, 0]
    assert roll.sum() == 275


def test_notes_of_one_pitch_add_up_to_255_at_most():
    assert render([(60, 100, 0.0, 2.0), (60, 27, 0.0, 2.0)], 2)[0, 60 - LOWEST_NOTE] == 127
    assert render([(60, 100, 0.0, 2.0)] * 3, 2)[0, 60 - LOWEST_NOTE] == 255


def test_drums_and_pitches_out_of_range_are_left_out():
    args = (np.array([60, 10, 120]), np.full(3, 90), np.zeros(3), np.ones(3))
    assert not render_piano_roll(*args, np.array([True, False, False]), 4).any()


@given(
    st.lists(
        st.tuples(st.integers(20, 100), st.integers(1, 40), st.floats(0, 12), st.floats(0, 12)),
        min_size=1,
        max_size=5,
    )
)
def test_agrees_with_a_loop_over_frames(notes):
    notes = [(pitch, velocity, min(a, b), max(a, b)) for pitch, velocity, a, b in notes]
    expected = np.zeros((10, N_BINS))
    for pitch, velocity, start, end in notes:
        for frame in range(10):
            if LOWEST_NOTE <= pitch < LOWEST_NOTE + N_BINS:
                share = max(0.0, min(end, frame + 1) - max(start, frame))
                expected[frame, pitch - LOWEST_NOTE] += velocity * share
    # A half may be rounded either way.
    np.testing.assert_allclose(render(notes, 10), expected, atol=0.501)


def test_refuses_arrays_of_other_lengths():
    with pytest.raises(ValueError, match="one length"):
        render_piano_roll([60], [90, 90], [0.0], [1.0], [False], 4)


def test_refuses_no_frames():
    with pytest.raises(ValueError, match="n_frames"):
        render_piano_roll([60], [90], [0.0], [1.0], [False], 0)
