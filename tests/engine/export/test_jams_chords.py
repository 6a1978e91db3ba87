"""Chords by templates: triads are told, in every key, and what is no triad is none."""

import numpy as np
import pytest

from lakhdb.engine.export.jams_chords import infer_chords, name_chord

BEATS_S = np.arange(8.0)


def infer(*beats):
    """Infer the chords of beats of a second, given the pitches of each."""
    rows = [(at, at + 0.95, pitch) for at, pitches in enumerate(beats) for pitch in pitches]
    start_s, end_s, pitch = (np.array(column) for column in zip(*rows, strict=True))
    return infer_chords(BEATS_S[: len(beats)], start_s.astype(float), end_s, pitch, float(len(beats)))


@pytest.mark.parametrize("root", range(12))
@pytest.mark.parametrize(("third", "mode"), [(4, "maj"), (3, "min")])
def test_triads_of_all_keys_in_any_position(root, third, mode):
    names = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
    found = infer((48 + root, 60 + root + third, 67 + root), (36 + root + third, 60 + root, 67 + root - 12))
    assert found.start_s.tolist() == [0.0]
    assert found.end_s.tolist() == [2.0]
    assert name_chord(int(found.chord[0]), 0) == f"{names[root]}:{mode}"
    assert name_chord(int(found.chord[0]), 3) == f"{names[(root + 3) % 12]}:{mode}"
    assert found.cosine[0] == pytest.approx(1.0)


def test_chords_change_where_they_do_and_silence_is_none():
    found = infer((60, 64, 67), (60, 64, 67), (57, 60, 64), (), (60, 61, 62, 63))
    assert [name_chord(chord, 0) for chord in found.chord.tolist()] == ["C:maj", "A:min", "N"]
    assert found.start_s.tolist() == [0.0, 2.0, 3.0]
    assert found.cosine[-1] == 0


def test_a_bare_fifth_is_the_chord_before_where_that_fits():
    found = infer((57, 60, 64), (57, 64), (55, 59, 62))
    assert [name_chord(chord, 0) for chord in found.chord.tolist()] == ["A:min", "G:maj"]


def test_what_sounds_longer_counts_for_more():
    # A chord that sounds on into a beat outweighs a short passing note.
    start_s, end_s = np.array([0.0, 0.0, 0.0, 1.4]), np.array([2.0, 2.0, 2.0, 1.6])
    found = infer_chords(np.array([0.0, 1.0]), start_s, end_s, np.array([60, 64, 67, 65]), 2.0)
    assert found.chord.tolist() == [0]
    assert 0.9 < found.cosine[0] < 1


def test_no_chord_has_one_name():
    assert name_chord(24, 5) == "N"


def test_nothing_has_no_chords():
    found = infer_chords(np.empty(0), np.empty(0), np.empty(0), np.empty(0, np.int64), 0.0)
    assert found.chord.size == 0
