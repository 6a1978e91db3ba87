"""Notes under the damper pedal, against a walk from tick to tick."""

import io

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakhdb.kernels.midi_file import read_midi
from lakhdb.kernels.pedal import hold_notes

TICK_S = 0.5 / 480  # at 120 quarters a minute, which a file without tempo has


def write_midi(notes, pedal, channel=0):
    """Write notes (pitch, start, end) and pedal events (tick, value), in ticks, as a file."""
    messages = [
        (tick, 1, mido.Message("control_change", control=64, value=v, channel=channel)) for tick, v in pedal
    ]
    for pitch, start, end in notes:
        messages.append((start, 2, mido.Message("note_on", note=pitch, velocity=80, channel=channel)))
        messages.append((end, 0, mido.Message("note_off", note=pitch, velocity=0, channel=channel)))
    track, now = mido.MidiTrack(), 0
    for tick, _, message in sorted(messages, key=lambda item: item[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    file = io.BytesIO()
    mido.MidiFile(ticks_per_beat=480, tracks=[track]).save(file=file)
    return file.getvalue()


def hold_slowly(notes, pedal):
    """Return the end of each note, in ticks: let time run until the string is damped or struck again."""
    final = max(end for _, _, end in notes)
    final = max([final, *(tick for tick, _ in pedal)])

    def is_down(tick):
        values = [value for at, value in pedal if at <= tick]
        return bool(values) and values[-1] >= 64

    ends = []
    for pitch, start, end in notes:
        now = end
        while (
            is_down(now)
            and now < final
            and not any(p == pitch and s == now and s > start for p, s, _ in notes)
        ):
            now += 1
        ends.append(now)
    return ends


@st.composite
def performances(draw):
    """Draw notes that do not overlap within a pitch, and pedal events on ticks of their own."""
    notes = []
    for pitch in draw(st.sets(st.integers(60, 63), min_size=1)):
        edges = sorted(draw(st.sets(st.integers(0, 60), min_size=2, max_size=8)))
        notes += [(pitch, a, b) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    ticks = sorted(draw(st.sets(st.integers(0, 70), max_size=8)))
    return notes, [(tick, draw(st.sampled_from([0, 63, 64, 127]))) for tick in ticks]


@settings(max_examples=200, deadline=None)
@given(performances())
def test_agrees_with_the_walk(performance):
    notes, pedal = performance
    data = write_midi(notes, pedal)
    midi = read_midi(data)
    found = dict(
        zip(
            zip(midi.notes.pitch.tolist(), midi.notes.start_tick.tolist(), strict=True),
            hold_notes(data, midi),
            strict=True,
        )
    )
    for (pitch, start, _), end in zip(notes, hold_slowly(notes, pedal), strict=True):
        assert found[pitch, start] == pytest.approx(end * TICK_S)


def test_drums_have_no_pedal():
    data = write_midi([(38, 0, 100)], [(0, 127), (400, 0)], channel=9)
    midi = read_midi(data)
    np.testing.assert_array_equal(hold_notes(data, midi), midi.notes.end_s)


def test_refuses_what_is_no_midi():
    with pytest.raises(ValueError, match="MThd"):
        hold_notes(b"RIFF", read_midi(write_midi([(60, 0, 10)], [])))
