"""Which note-off ends which note-on."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakhdb.kernels.midi_file import read_midi


def on(delta, pitch, velocity=80, channel=0):
    return bytes([delta, 0x90 | channel, pitch, velocity])


def off(delta, pitch, channel=0):
    return bytes([delta, 0x80 | channel, pitch, 0])


def read_spans(*tracks):
    """(start, end) in ticks of the notes that `tracks`, lists of events, make."""
    bodies = [b"".join(events) + b"\0\xff\x2f\0" for events in tracks]
    chunks = [b"MTrk" + struct.pack(">I", len(body)) + body for body in bodies]
    midi = read_midi(b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), 480) + b"".join(chunks))
    assert midi.damage is None
    return list(zip(midi.notes.start_tick.tolist(), midi.notes.end_tick.tolist(), strict=True))


PAIRS = {
    "first in, first out": ([on(0, 60), on(10, 60), off(10, 60), off(10, 60)], [(0, 20), (10, 30)]),
    "one note-off for two": ([on(0, 60), on(10, 60), off(10, 60)], [(0, 20), (10, 20)]),
    "a missing one does not shift the next": (
        [on(0, 60), on(10, 60), off(10, 60), on(10, 60), off(10, 60)],
        [(0, 20), (10, 20), (30, 40)],
    ),
    "a missing one leaves earlier ones alone": (
        [on(0, 60), on(10, 60), off(10, 60), off(10, 60), on(10, 60), on(10, 60), off(10, 60)],
        [(0, 20), (10, 30), (40, 60), (50, 60)],
    ),
    "note-on before note-off on a tick": (
        [on(0, 60), on(10, 60), off(0, 60), off(10, 60)],
        [(0, 10), (10, 20)],
    ),
    "the same where one is missing": (
        [on(0, 60), on(5, 60), on(5, 60), off(0, 60), off(10, 60)],
        [(0, 10), (5, 10), (10, 20)],
    ),
    "length zero": ([on(0, 60), off(0, 60), on(10, 60), off(10, 60)], [(0, 0), (10, 20)]),
    "never closed": ([on(0, 60), on(10, 61), off(10, 61)], [(10, 20)]),
    "off before on": ([off(0, 60), on(10, 60), off(10, 60)], [(10, 20)]),
    "velocity 0": ([on(0, 60), on(10, 60, velocity=0)], [(0, 10)]),
    "other channels": (
        [on(0, 60), on(5, 60, channel=1), off(5, 60, channel=1), off(5, 60)],
        [(0, 15), (5, 10)],
    ),
}


@pytest.mark.parametrize(("events", "expected"), PAIRS.values(), ids=PAIRS)
def test_pairs(events, expected):
    assert read_spans(events) == expected


def test_tracks_do_not_close_each_other():
    assert read_spans([on(0, 60)], [off(10, 60)]) == []


def slow_pairs(events):
    """(start, end) of the notes of one pitch by the rules of `read_midi`; `events` are (tick, is_on)."""
    fifo, every, clusters = {}, {}, [[]]
    queue, open_notes = [], []
    for index, (tick, is_on) in enumerate(events):
        if is_on:
            if not queue:
                clusters.append([])
            clusters[-1].append(index)
            queue.append(index)
            open_notes.append(index)
        else:
            if queue:
                fifo[queue.pop(0)] = tick
            older = [note for note in open_notes if events[note][0] != tick]
            for note in older or open_notes:
                every[note] = tick
            open_notes = [note for note in open_notes if older and note not in older]
    notes = []
    for cluster in clusters:
        ends = fifo if all(note in fifo for note in cluster) else every
        notes += [(events[note][0], ends[note]) for note in cluster if note in ends]
    return notes


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=30))
def test_pairs_agree_with_the_slow_rules(steps):
    ticks = np.cumsum([0, *(delta for delta, _ in steps)])[1:].tolist()
    events = [on(delta, 60) if is_on else off(delta, 60) for delta, is_on in steps]
    expected = slow_pairs([(tick, is_on) for tick, (_, is_on) in zip(ticks, steps, strict=True)])
    assert read_spans(events) == expected
