"""Music of a MIDI file in the time and key of a recording."""

import numpy as np
import pytest

from lakhdb.engine.export.jams_content import place_song
from lakhdb.engine.export.jams_song import Song, SongNotes
from lakhdb.engine.export.jams_times import place_alignment


def make_song(**events):
    """Make a song of a note and a stroke each second, twenty seconds."""
    start_s = np.repeat(np.arange(20.0), 2)
    numbers = np.zeros(40, np.int64)
    is_drum = np.tile([False, True], 20)
    notes = SongNotes(start_s, start_s + 0.5, np.tile([60, 38], 20), numbers, numbers, is_drum)
    return Song(notes, **({"tempos": [(0.0, 60.0)]} | events))


@pytest.fixture
def placement():
    """Twice as fast from second 4 to 16 of the file, at 1 to 7 of the recording."""
    return place_alignment(np.array([4.0, 16.0]), np.array([1.0, 7.0]), [], 30.0)


def test_notes_are_raised_and_drums_are_not(placement):
    notes = place_song(make_song(), placement, -3).notes
    assert set(notes.pitch[~notes.is_drum].tolist()) == {57}
    assert set(notes.pitch[notes.is_drum].tolist()) == {38}
    np.testing.assert_allclose(notes.start_s[~notes.is_drum], np.arange(1.0, 7.0, 0.5))
    np.testing.assert_allclose(notes.end_s - notes.start_s, 0.25)


def test_notes_of_no_length_last_a_little(placement):
    song = make_song()
    song.notes.end_s[:] = song.notes.start_s
    notes = place_song(song, placement, 0).notes
    np.testing.assert_allclose(notes.end_s - notes.start_s, 0.001)


@pytest.mark.parametrize(
    ("key", "transposition", "expected"),
    [
        ("C major", 0, "C:major"),
        ("C major", 2, "D:major"),
        ("F# minor", 0, "F#:minor"),
        ("F# minor", 1, "G:minor"),
        ("Cb major", 0, "Cb:major"),
        ("Cb major", -1, "Bb:major"),
        ("Ab minor", 12, "Ab:minor"),
        ("Bb minor", -2, "G#:minor"),
        ("C# major", 5, "F#:major"),
    ],
)
def test_keys_are_raised(placement, key, transposition, expected):
    content = place_song(make_song(keys=[(0.0, key)]), placement, transposition)
    assert content.keys.values == (expected,)
    assert (content.keys.start_s.tolist(), content.keys.end_s.tolist()) == ([1.0], [7.0])
    assert content.is_c_major == (key == "C major",)


def test_a_key_holds_until_another_one_and_what_comes_later_is_left_out(placement):
    keys = [(0.0, "G major"), (6.0, "G major"), (8.0, "E minor"), (17.0, "D major")]
    content = place_song(make_song(keys=keys), placement, 0)
    assert content.keys.values == ("G:major", "E:minor")
    assert content.keys.end_s.tolist() == [3.0, 7.0]


def test_beats_that_the_recording_skips_are_one(placement):
    midi_s, audio_s = np.array([0.0, 6.0, 10.0, 20.0]), np.array([0.0, 6.0, 6.0, 16.0])
    content = place_song(make_song(), place_alignment(midi_s, audio_s, [], 30.0), 0)
    assert content.beats_s.tolist() == [*np.arange(7.0), *np.arange(7.0, 16.0)]


def test_tempos_are_of_bars_and_not_over_gaps():
    parts = [(0.0, 10.0, 0.0, 10.0), (10.1, 20.0, 30.0, 34.95)]
    midi_s, audio_s = np.array([0.0, 10.0, 10.1, 20.0]), np.array([0.0, 10.0, 30.0, 34.95])
    content = place_song(make_song(), place_alignment(midi_s, audio_s, parts, 40.0), 0)
    np.testing.assert_allclose(content.tempo_start_s, [0, 4, 8, 30.45, 30.95, 32.95])
    np.testing.assert_allclose(content.tempo_end_s, [4, 8, 10, 30.95, 32.95, 34.45])
    np.testing.assert_allclose(content.tempos, [60, 60, 60, 120, 120, 120])


def test_a_song_of_drums_has_no_chords(placement):
    song = make_song()
    drums = Song(song.notes.take(song.notes.is_drum))
    content = place_song(drums, placement, 0)
    assert content.chords.values == ()
    assert content.keys.values == ()
    assert content.lyrics == []
