"""Alignments of recordings that leave out, repeat or put in a part."""

import numpy as np
import pytest

from lakhdb.engine import segments as segments_module
from lakhdb.engine.align_pair import place_frames
from lakhdb.kernels.constant_q import FRAME_S


@pytest.fixture
def play(tunes):
    """Play parts of a tune one after the other, seconds of it, and align the tune with that."""

    def play(*parts, tempo_ratio=1.05):
        tune = tunes[3]
        played = [tune.perform(*part, tempo_ratio).render(noise=8, seed=1) for part in parts]
        return place_frames(tune.render(), np.concatenate(played))

    return play


def get_ends(segment):
    return [segment.midi_start_s, segment.midi_end_s, segment.audio_start_s, segment.audio_end_s]


def test_a_whole_recording_is_one_segment(play):
    placed = play((0, 60))
    (segment,) = placed.segments
    assert get_ends(segment) == pytest.approx([0, 60, 0, 63], abs=1.5)
    assert segment.is_aligned
    assert segment.confidence > 0.5
    assert placed.trace.starts == (0,)


def test_a_part_that_is_left_out_leaves_the_rest_in_place(play):
    placed = play((0, 20), (38, 60))
    assert [get_ends(one) for one in placed.segments] == [
        pytest.approx([0, 20, 0, 21], abs=0.6),
        pytest.approx([38, 60, 21, 44.1], abs=1.2),
    ]
    assert all(one.is_aligned and one.confidence > 0.5 for one in placed.segments)
    midi_s = np.concatenate([np.arange(1, 19.5), np.arange(39, 58)])
    expected_s = 1.05 * (midi_s - 18 * (midi_s > 30))
    error_s = np.abs(np.interp(midi_s, placed.trace.midi_s, placed.trace.audio_s) - expected_s)
    assert np.median(error_s) < FRAME_S
    assert error_s.max() < 0.5
    assert len(placed.trace.pieces) == 2
    assert float(placed.pair["midi_end"] * FRAME_S) == pytest.approx(60, abs=1.2)


def test_a_part_that_is_played_twice_is_told_though_the_path_cannot_step_back(play):
    placed = play((0, 40), (15, 60))
    again = [one for one in placed.segments if not one.is_aligned]
    assert sum(one.audio_end_s - one.audio_start_s for one in again) == pytest.approx(26.25, abs=4)
    for one in again:
        assert one.confidence > 0.5
        played_s = [one.audio_start_s, one.audio_end_s]
        first, second = ([1.05 * (at_s + shift) for at_s in get_ends(one)[:2]] for shift in (0, 25))
        assert played_s == pytest.approx(first, abs=0.6) or played_s == pytest.approx(second, abs=0.6)
    assert [one.is_aligned for one in placed.segments].count(True) == 2
    assert (np.diff(placed.trace.midi_s) >= 0).all()
    assert placed.trace.audio_s[[0, -1]] == pytest.approx([0, 89], abs=1.2)


def test_pairs_that_are_too_long_are_aligned_as_a_whole(play, monkeypatch):
    monkeypatch.setattr(segments_module, "LARGEST_CELLS", 10_000)
    assert len(play((0, 20), (38, 60)).segments) == 1


def test_other_music_in_the_middle_belongs_to_nothing(tunes):
    tune, other = tunes[3], tunes[5]
    parts = [tune.perform(0, 30, 1.0), other.perform(10, 30, 1.0), tune.perform(30, 60, 1.0)]
    placed = place_frames(tune.render(), np.concatenate([one.render(noise=8) for one in parts]))
    assert [get_ends(one) for one in placed.segments] == [
        pytest.approx([0, 30, 0, 30], abs=1.0),
        pytest.approx([30, 60, 50, 80], abs=1.0),
    ]


def test_two_files_that_have_nothing_in_common_have_one_segment_of_little_confidence(midi_frames, tunes):
    placed = place_frames(midi_frames["tune 1"], tunes[6].render(noise=8))
    assert len(placed.segments) == 1
    assert placed.segments[0].confidence < 0.5
