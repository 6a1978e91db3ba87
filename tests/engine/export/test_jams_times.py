"""Times of MIDI files as times of recordings: straight lines, and nothing from gaps."""

import numpy as np
import pytest

from lakhdb.engine.export.jams_times import place_alignment

# Twice as slow from second 10 to 20 of the file, at 3 to 23 of the recording …
FIRST = (10.0, 20.0, 3.0, 23.0)
# … then thirty seconds of the file are left out.
SECOND = (50.0, 60.0, 23.5, 33.5)


@pytest.fixture
def gapped():
    midi_s, audio_s = np.array([10.0, 15.0, 20.0, 50.0, 60.0]), np.array([3.0, 13.0, 23.0, 23.5, 33.5])
    return place_alignment(midi_s, audio_s, [FIRST, SECOND], 100.0)


def test_moments_go_through_the_pieces_and_others_are_left_out(gapped):
    placed = gapped.place_moments(np.array([9.9, 10.0, 12.5, 20.0, 35.0, 49.9, 50.0, 55.0, 60.1]))
    assert placed.which.tolist() == [1, 2, 3, 6, 7]
    np.testing.assert_allclose(placed.start_s, [3.0, 8.0, 23.0, 23.5, 28.5])
    assert placed.piece.tolist() == [0, 0, 0, 1, 1]
    np.testing.assert_allclose(gapped.spans_s, [[3.0, 23.0], [23.5, 33.5]])


def test_notes_begin_in_a_piece_and_end_with_it(gapped):
    start_s, end_s = np.array([9.0, 18.0, 30.0, 51.0, 60.0]), np.array([12.0, 55.0, 52.0, 52.0, 61.0])
    placed = gapped.place_notes(start_s, end_s)
    assert placed.which.tolist() == [1, 3]
    np.testing.assert_allclose(placed.start_s, [19.0, 24.5])
    np.testing.assert_allclose(placed.end_s, [23.0, 25.5])


def test_spans_are_cut_at_the_gap_and_are_on_both_sides_of_it(gapped):
    placed = gapped.place_spans(np.array([0.0, 18.0, 25.0]), np.array([12.0, 55.0, 45.0]))
    assert placed.which.tolist() == [0, 1, 1]
    np.testing.assert_allclose(placed.start_s, [3.0, 19.0, 23.5])
    np.testing.assert_allclose(placed.end_s, [7.0, 23.0, 28.5])


def test_what_the_recording_puts_in_belongs_to_no_piece():
    midi_s, audio_s = np.array([0.0, 20.0, 20.1, 40.0]), np.array([0.0, 20.0, 35.0, 54.9])
    parts = [(0.0, 20.0, 0.0, 20.0), (20.1, 40.0, 35.0, 54.9)]
    placement = place_alignment(midi_s, audio_s, parts, 60.0)
    np.testing.assert_allclose(placement.spans_s, [[0.0, 20.0], [35.0, 54.9]])
    placed = placement.place_notes(np.array([19.0]), np.array([22.0]))
    assert (placed.start_s.tolist(), placed.end_s.tolist()) == ([19.0], [20.0])


def test_an_end_that_is_a_note_has_the_time_of_the_note():
    midi_s, audio_s = np.array([0.0, 0.0, 5.0, 10.0, 10.0]), np.array([0.5, 0.7, 5.7, 10.7, 11.0])
    placement = place_alignment(midi_s, audio_s, [], 60.0)
    np.testing.assert_allclose(placement.place_moments(np.array([0.0, 10.0])).start_s, [0.7, 10.7])


def test_nothing_lies_beyond_the_recording():
    placement = place_alignment(np.array([0.0, 10.0]), np.array([0.0, 10.04]), [], 10.0)
    assert placement.place_moments(np.array([10.0])).start_s.tolist() == [10.0]


@pytest.mark.parametrize(("midi_s", "audio_s"), [([], []), ([1.0], [1.0]), ([0.0, 1.0], [2.0, 2.0])])
def test_an_alignment_without_length_has_no_pieces(midi_s, audio_s):
    placement = place_alignment(np.array(midi_s, float), np.array(audio_s, float), [], 10.0)
    assert placement.pieces == ()
    assert placement.spans_s.shape == (0, 2)
    assert placement.place_moments(np.array([0.5])).which.size == 0
