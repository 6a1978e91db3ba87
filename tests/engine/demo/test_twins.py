"""Melodies that are the same are found to be, in any key and at any speed."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lakhdb.engine.demo.twins import compare_melodies, cut_melody, pick_melody

melodies = st.lists(st.integers(40, 90), min_size=8, max_size=60)


@given(melodies, st.integers(-12, 12))
def test_a_transposed_melody_is_the_same(melody, semitones):
    assert compare_melodies(cut_melody(melody), cut_melody([pitch + semitones for pitch in melody])) == 1.0


@given(melodies, melodies)
def test_comparison_is_a_share_and_symmetric(one, other):
    share = compare_melodies(cut_melody(one), cut_melody(other))
    assert 0 <= share <= 1
    assert share == compare_melodies(cut_melody(other), cut_melody(one))


def test_an_excerpt_is_the_same_and_another_tune_is_not():
    rng = np.random.default_rng(0)
    tune, other = rng.integers(55, 80, (2, 100))
    assert compare_melodies(cut_melody(tune), cut_melody(tune[30:60])) == 1.0
    assert compare_melodies(cut_melody(tune), cut_melody(other)) < 0.1
    assert compare_melodies(cut_melody(tune), cut_melody(tune[:4])) == 0.0  # too short to tell


def test_the_melody_is_the_top_of_the_highest_track():
    track = np.array([0, 0, 1, 1, 1, 1], dtype=np.int32)
    pitch = np.array([40, 71, 72, 76, 74, 60], dtype=np.uint8)
    start_s = np.array([0.0, 0.5, 0.0, 0.0, 1.0, 0.5])
    assert pick_melody(track, pitch, start_s) == [76, 60, 74]
