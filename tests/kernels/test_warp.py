import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakhdb.kernels.warp import Warp

STEPS = st.floats(0, 4) | st.sampled_from([0.0, 0.0464])
TIMES = st.lists(st.floats(-100, 100), min_size=1, max_size=20).map(np.sort)


@st.composite
def breakpoints(draw, steps=STEPS):
    n_steps = draw(st.integers(0, 20))
    rows = []
    for _ in range(2):
        start = draw(st.floats(-20, 20))
        rows.append(start + np.cumsum([0.0, *(draw(steps) for _ in range(n_steps))]))
    return rows


@given(breakpoints(st.floats(0.5, 2)))
def test_gentle_breakpoints_are_met(rows):
    midi_s, audio_s = rows
    np.testing.assert_allclose(Warp.through(midi_s, audio_s).forward(midi_s), audio_s, rtol=0, atol=1e-9)


@given(breakpoints(st.floats(0.5, 2)), st.floats(0, 1))
def test_between_breakpoints_it_is_straight(rows, share):
    midi_s, audio_s = rows
    times = midi_s[0] + share * (midi_s[-1] - midi_s[0])
    assert Warp.through(midi_s, audio_s).forward(times) == pytest.approx(np.interp(times, midi_s, audio_s))


@given(breakpoints(), TIMES)
def test_slopes_stay_within_bounds(rows, times):
    moved = Warp.through(*rows).forward(times)
    assert (np.diff(moved) >= np.diff(times) / 16 - 1e-9).all()
    assert (np.diff(moved) <= np.diff(times) * 16 + 1e-9).all()


@given(breakpoints(), TIMES)
def test_back_and_forth_is_where_it_was(rows, times):
    warp = Warp.through(*rows)
    np.testing.assert_allclose(warp.backward(warp.forward(times)), times, rtol=0, atol=1e-6)


def test_one_breakpoint_is_a_shift():
    assert Warp.through([3.0], [5.0]).forward([-1.0, 3.0, 10.0]).tolist() == [1.0, 5.0, 12.0]


def test_outside_goes_on_the_slope_of_the_nearest_music():
    warp = Warp.through([0, 4, 5, 6, 7, 14], [0, 8, 9, 10, 11, 25])
    # 5 s from the start: 8 + 1; the last frames before the end count as little.
    assert warp.slope_before == pytest.approx(9 / 5)
    assert warp.slope_after == pytest.approx(2)
    assert warp.forward([-1.0, 15.0]).tolist() == pytest.approx([-9 / 5, 27.0])


def test_of_several_at_one_time_the_first_counts():
    warp = Warp.through([0, 1, 1, 1, 2], [0, 1, 2, 3, 4])
    assert warp.forward([0.0, 1.0, 2.0]).tolist() == [0.0, 1.0, 4.0]


def test_a_flat_stretch_is_caught_up():
    warp = Warp.through([0, 1, 2, 3], [0, 1, 1, 2])
    assert warp.forward([1.0, 2.0, 3.0]).tolist() == [1.0, 1.0 + 1 / 16, 2.0]


@pytest.mark.parametrize(
    ("midi_s", "audio_s", "told"),
    [
        ([], [], "non-empty"),
        ([0, 1], [0], "equal"),
        ([[0]], [[0]], "rows"),
        ([0, np.nan], [0, 1], "finite"),
        ([0, 1], [0, np.inf], "finite"),
        ([0], [2e7], "10 million"),
        ([1, 0], [0, 1], "fall"),
        ([0, 1], [1, 0], "fall"),
    ],
)
def test_refuses_what_is_no_alignment(midi_s, audio_s, told):
    with pytest.raises(ValueError, match=told):
        Warp.through(midi_s, audio_s)
