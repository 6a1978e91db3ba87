"""Beats by tempos and time signatures in seconds: those that pretty_midi finds by ticks."""

import io

import mido
import numpy as np
import pretty_midi
import pytest

from lakhdb.engine.export.jams_beats import MOST_BEATS, find_beats
from lakhdb.kernels.midi_file import read_midi

TICKS = 480


def write_file(events, n_quarters):
    """Write tempos and time signatures, at quarter notes, and one long note."""
    file = mido.MidiFile(ticks_per_beat=TICKS)
    track = mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.Message("note_on", note=60, velocity=90, time=0))
    now = 0
    for at, value in events:
        tick = round(at * TICKS)
        if isinstance(value, tuple):
            message = mido.MetaMessage("time_signature", numerator=value[0], denominator=value[1])
        else:
            message = mido.MetaMessage("set_tempo", tempo=round(6e7 / value))
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.Message("note_off", note=60, velocity=0, time=n_quarters * TICKS - now))
    data = io.BytesIO()
    file.save(file=data)
    return data.getvalue()


@pytest.mark.parametrize(
    "events",
    [
        [],
        [(0, (4, 4)), (0, 97.3), (5.5, 143), (9, 61.7)],
        [(0, (3, 4)), (0, 100), (12, (4, 4)), (20, 77)],
        [(0, (6, 8)), (0, 90), (12, (2, 2)), (20, (5, 8))],
        [(0, (4, 4)), (8, (12, 8)), (20, (3, 8)), (26, (9, 8))],
    ],
)
def test_beats_are_those_of_pretty_midi(events):
    data = write_file(events, 40)
    midi = read_midi(data)
    tempos = list(zip(midi.tempos.time_s.tolist(), (6e7 / midi.tempos.us_per_quarter).tolist(), strict=True))
    signatures = midi.time_signatures
    metres = [
        (at_s, f"{numerator}/{denominator}")
        for at_s, numerator, denominator in zip(
            signatures.time_s.tolist(), signatures.numerator, signatures.denominator, strict=True
        )
    ]
    beats = find_beats(tempos, metres, midi.duration_s)
    pretty = pretty_midi.PrettyMIDI(io.BytesIO(data))
    inside_s = pretty.get_beats()
    np.testing.assert_allclose(beats.time_s, inside_s[inside_s < midi.duration_s - 1e-6], atol=1e-6)
    downbeats_s = pretty.get_downbeats()
    np.testing.assert_allclose(
        beats.time_s[beats.position == 1], downbeats_s[downbeats_s < midi.duration_s - 1e-6], atol=1e-6
    )


def test_positions_count_the_beats_of_a_bar():
    beats = find_beats([(0.0, 60.0)], [(0.0, "3/4"), (6.0, "6/8")], 12.0)
    assert beats.position.tolist() == [1, 2, 3, 1, 2, 3, 1, 2, 1, 2]
    assert beats.time_s.tolist() == [0, 1, 2, 3, 4, 5, 6, 7.5, 9, 10.5]


def test_a_time_signature_within_a_bar_begins_a_new_one():
    beats = find_beats([(0.0, 60.0)], [(2.0, "4/4")], 5.0)
    assert beats.position.tolist() == [1, 2, 1, 2, 3]


@pytest.mark.parametrize("damaged", ["0/4", "4/0", "4/3", "", "x/4", "-3/4"])
def test_what_is_no_time_signature_counts_for_nothing(damaged):
    beats = find_beats([(0.0, 60.0)], [(0.0, damaged)], 5.0)
    assert beats.position.tolist() == [1, 2, 3, 4, 1]


def test_of_two_at_one_time_the_last_counts():
    beats = find_beats([(0.0, 60.0), (0.0, 30.0)], [(0.0, "4/4"), (0.0, "2/4")], 7.0)
    assert beats.time_s.tolist() == [0, 2, 4, 6]
    assert beats.position.tolist() == [1, 2, 1, 2]


def test_refuses_more_beats_than_music_has():
    with pytest.raises(ValueError, match=f"more than {MOST_BEATS} beats"):
        find_beats([(0.0, 6e7)], [], 4 * 3600.0)


def test_nothing_has_no_beats():
    assert find_beats([], [], 0.0).time_s.size == 0
