"""Notes written as a Standard MIDI File come back as they were."""

import io

import numpy as np
import pretty_midi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakhdb.kernels.midi_file import read_midi
from lakhdb.kernels.midi_writer import write_notes

NOTE = st.tuples(
    st.integers(0, 127), st.integers(1, 127), st.floats(0, 3000), st.floats(0.01, 100), st.integers(0, 12)
)


@settings(deadline=None)
@given(st.lists(NOTE, max_size=40, unique_by=lambda note: (note[0], note[4])), st.integers(0, 12))
def test_notes_come_back(notes, drums):
    pitch, velocity, start_s, length_s, part = (
        (np.array(one) for one in zip(*notes, strict=True)) if notes else [np.empty(0)] * 5
    )
    data = write_notes(pitch, velocity, start_s, start_s + length_s, part + 20, part == drums, part)
    midi = read_midi(data)
    assert midi.damage is None
    found = midi.notes
    columns = (found.pitch, found.velocity, found.start_s.round(2), found.end_s.round(2), found.is_drum)
    expected = (pitch, velocity, start_s, start_s + length_s, part == drums)
    order, known = np.lexsort((found.track, found.pitch)), np.lexsort((part, pitch))
    for one, other in zip(columns, expected, strict=True):
        np.testing.assert_allclose(np.asarray(one, float)[order], np.asarray(other, float)[known], atol=0.006)


def test_others_read_it():
    data = write_notes(
        [60, 64, 36], [70, 80, 90], [0, 0.5, 1], [0.5, 20.0, 1.1], [5, 5, 0], [0, 0, 1], [0, 0, 1]
    )
    midi = pretty_midi.PrettyMIDI(io.BytesIO(data))
    assert [(one.program, one.is_drum, len(one.notes)) for one in midi.instruments] == [
        (5, False, 2),
        (0, True, 1),
    ]
    assert midi.instruments[0].notes[1].end == pytest.approx(20.0, abs=0.001)


def test_a_note_struck_again_ends_first_and_none_is_lost():
    data = write_notes([60, 60, 60], [9, 9, 9], [0, 1, 2], [1, 2, 2], [0] * 3, [False] * 3, [0] * 3)
    notes = read_midi(data).notes
    assert notes.start_s.tolist() == [0.0, 1.0, 2.0]
    assert notes.end_s == pytest.approx([1.0, 2.0, 2.0], abs=0.001)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pitch": [128]}, "pitch and program"),
        ({"velocity": [0]}, "velocity 1 to"),
        ({"program": [-1]}, "pitch and program"),
        ({"start_s": [np.nan]}, "finite"),
        ({"start_s": [-0.1]}, "from 0"),
        ({"end_s": [1e9]}, "below"),
        ({"part": [0, 1]}, "one length"),
    ],
)
def test_refuses_what_no_file_can_hold(change, message):
    notes = {
        "pitch": [60], "velocity": [80], "start_s": [0.0], "end_s": [1.0], "program": [0], "is_drum": [False],
        "part": [0],
    }  # fmt: skip
    with pytest.raises(ValueError, match=message):
        write_notes(**{**notes, **change})
