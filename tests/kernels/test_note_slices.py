"""Notes cut into slices."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakhdb.kernels.note_slices import (
    BEGINNING,
    HIGHEST,
    LOWEST,
    MOST_SLICES,
    SOUNDING,
    hold_slices,
    raise_slices,
    slice_drums,
    slice_notes,
)


def slice_some(start_s, pitch, length_s=0.4):
    start_s = np.array(start_s, float)
    return slice_notes(start_s, start_s + length_s, np.array(pitch))


def test_notes_that_begin_within_35_ms_of_the_first_are_one_slice():
    sliced = slice_some([1.0, 1.02, 1.034, 1.036, 2.0], [60, 64, 67, 72, 60])
    assert sliced.time_s.tolist() == [1.0, 1.036, 2.0]
    assert sliced.slice_of_note.tolist() == [0, 0, 0, 1, 2]


def test_a_run_of_near_notes_does_not_become_one_slice():
    sliced = slice_some(np.arange(100) * 0.02, np.full(100, 60))
    assert len(sliced.time_s) == 50


def test_a_slice_knows_what_begins_what_sounds_and_the_outer_voices():
    sliced = slice_notes(np.array([0.0, 0.0, 1.0]), np.array([3.0, 0.5, 2.0]), np.array([48, 64, 67]))
    first, second = sliced.frames
    assert set(np.flatnonzero(first[BEGINNING] > 60)) == {0, 4}
    assert first[HIGHEST].argmax() == 4
    assert first[LOWEST].argmax() == 0
    assert second[SOUNDING][0] > 0  # held
    assert second[SOUNDING][4] == 0  # ended


def test_the_order_of_notes_does_not_matter():
    rng = np.random.default_rng(3)
    start_s, pitch = rng.integers(0, 40, 60) * 0.2, rng.integers(30, 90, 60)
    order = rng.permutation(60)
    ours, other = (
        slice_some(start_s, pitch),
        slice_some(start_s[order], pitch[order]),
    )
    assert np.array_equal(ours.frames, other.frames)
    assert np.array_equal(ours.slice_of_note[order], other.slice_of_note)


@given(st.integers(-30, 30))
def test_raised_slices_are_the_slices_of_raised_notes(semitones):
    rng = np.random.default_rng(5)
    start_s, pitch = np.sort(rng.random(50) * 20), rng.integers(40, 80, 50)
    raised = slice_some(start_s, pitch + semitones)
    assert np.array_equal(raise_slices(slice_some(start_s, pitch).frames, semitones), raised.frames)


def test_drums_are_told_by_kind():
    kick, other_kick, snare = slice_drums(np.array([0.0, 1.0, 2.0]), np.array([35, 36, 38])).frames
    assert kick[BEGINNING].argmax() == other_kick[BEGINNING].argmax() != snare[BEGINNING].argmax()


def test_slices_are_held_until_the_next():
    frames = np.arange(3, dtype=np.uint8)[:, None]
    held = hold_slices(np.array([0.0, 1.0, 1.5]), frames, np.array([0.0, 0.9, 1.0, 1.4, 9.0]))
    assert held[:, 0].tolist() == [0, 0, 1, 1, 2]


def test_what_comes_after_the_last_slice_is_left_out():
    n_notes = MOST_SLICES + 10
    sliced = slice_some(np.arange(n_notes) * 0.1, np.full(n_notes, 60))
    assert len(sliced.frames) == MOST_SLICES
    assert (sliced.slice_of_note[-10:] == -1).all()


def test_nothing_is_refused():
    with pytest.raises(ValueError, match="one or more"):
        slice_some([], [])
    with pytest.raises(ValueError, match="a start, an end and a pitch each"):
        slice_notes(np.zeros(2), np.zeros(2), np.zeros(3, int))
