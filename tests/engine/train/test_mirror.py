"""Mirrored MIDI files: other music made of the same notes."""

import io

import numpy as np
import pretty_midi
import pytest

from lakhdb.engine.errors import InputError
from lakhdb.engine.ingest.scan import Archives, UnreadableError
from lakhdb.engine.train.mirror import MIRRORS, mirror_midi, read_midi_bytes
from lakhdb.kernels.midi_file import read_midi

INVERTED, REVERSED, BOTH = MIRRORS


def write(parts, pedal=()):
    """A MIDI file of parts: (program, is_drum, [(pitch, start_s, end_s)])."""
    midi = pretty_midi.PrettyMIDI(resolution=960)
    for program, is_drum, notes in parts:
        part = pretty_midi.Instrument(program, is_drum)
        part.notes = [pretty_midi.Note(50 + k, *note) for k, note in enumerate(notes)]
        part.control_changes = [pretty_midi.ControlChange(64, value, time_s) for value, time_s in pedal]
        midi.instruments.append(part)
    out = io.BytesIO()
    midi.write(out)
    return out.getvalue()


def list_notes(data):
    notes = read_midi(data).notes
    columns = (notes.pitch, notes.start_s.round(3), notes.end_s.round(3), notes.velocity, notes.program)
    return sorted(zip(*(one.tolist() for one in columns), strict=True))


MELODY = (40, False, [(60, 0.0, 0.5), (64, 0.5, 1.0), (72, 1.0, 2.0)])
DRUMS = (0, True, [(36, 0.0, 0.1), (38, 1.5, 1.6)])


def test_intervals_are_turned_upside_down_about_the_middle_of_the_compass():
    notes = list_notes(mirror_midi(write([MELODY, DRUMS]), INVERTED))
    assert [note[:3] for note in notes] == [
        (36, 0.0, 0.1),
        (38, 1.5, 1.6),
        (60, 1.0, 2.0),
        (68, 0.5, 1.0),
        (72, 0.0, 0.5),
    ]
    assert {note[4] for note in notes if note[0] >= 60} == {40}


def test_notes_come_back_to_front_by_their_beginnings():
    notes = read_midi(mirror_midi(write([MELODY, DRUMS]), REVERSED)).notes
    found = sorted(
        zip(notes.start_s.round(3).tolist(), notes.end_s.round(3).tolist(), notes.pitch.tolist(), strict=True)
    )
    assert found == [(0.0, 0.1, 38), (0.5, 1.5, 72), (1.0, 1.5, 64), (1.5, 1.6, 36), (1.5, 2.0, 60)]
    assert notes.is_drum[notes.pitch < 40].all()
    assert not notes.is_drum[notes.pitch > 40].any()


@pytest.mark.parametrize("mirror", [INVERTED, BOTH])
def test_twice_mirrored_is_the_file_again(mirror):
    data = write([MELODY, (0, False, [(48, 0.0, 2.0), (52, 0.0, 2.0)])])
    assert list_notes(mirror_midi(mirror_midi(data, mirror), mirror)) == list_notes(data)


def test_many_parts_keep_their_programs_and_notes():
    parts = [(program, False, [(50 + program, 0.25 * program, 5.0)]) for program in range(14)]
    assert list_notes(mirror_midi(write(parts), INVERTED)) != list_notes(write(parts))
    notes = read_midi(mirror_midi(write(parts), INVERTED)).notes
    assert sorted(notes.program.tolist()) == list(range(14))
    assert np.unique(notes.track).size == 14


def test_notes_end_as_they_are_heard_under_the_pedal():
    data = write([(0, False, [(60, 0.0, 0.2), (67, 2.0, 3.0)])], pedal=[(127, 0.1), (0, 1.5)])
    (short, *_) = list_notes(mirror_midi(data, INVERTED))[::-1]
    assert short[:3] == (67, 0.0, pytest.approx(1.5, abs=0.01))


def test_a_file_without_notes_is_refused():
    with pytest.raises(InputError, match="no notes"):
        mirror_midi(write([(0, False, [])]), REVERSED)


def test_paths_say_whether_a_file_is_mirrored(tmp_path):
    path = tmp_path / "tune.mid"
    path.write_bytes(write([MELODY]))
    archives = Archives()
    assert read_midi_bytes(str(path), archives) == path.read_bytes()
    for mirror in MIRRORS:
        assert read_midi_bytes(f"{path}{mirror}", archives) == mirror_midi(path.read_bytes(), mirror)
    with pytest.raises(UnreadableError):
        read_midi_bytes(f"{path}#sideways", archives)
