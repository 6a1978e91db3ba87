import io
import struct
import zipfile

import mido
import numpy as np
import pretty_midi
import pytest
import symusic
from hypothesis import given
from hypothesis import strategies as st

from lakhdb.kernels.midi_file import read_midi
from lakhdb.kernels.retime import retime_midi
from lakhdb.kernels.warp import Warp

DIVISION = 480
BAR = 4 * DIVISION


def number(value):
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(value & 0x7F | 0x80)
    return bytes(reversed(digits))


def meta(kind, data):
    return bytes([0xFF, kind]) + number(len(data)) + data


def tempo(us_per_quarter):
    return meta(0x51, us_per_quarter.to_bytes(3, "big"))


def track(*events, end=0):
    """A track of (tick, bytes without delta) events, in order."""
    body, now = b"", 0
    for tick, event in (*events, (max(end, events[-1][0] if events else 0), b"\xff\x2f\0")):
        body += number(tick - now) + event
        now = tick
    return b"MTrk" + struct.pack(">I", len(body)) + body


def smf(*tracks, division=DIVISION, midi_format=1):
    return b"MThd" + struct.pack(">IHHH", 6, midi_format, len(tracks), division & 0xFFFF) + b"".join(tracks)


def note(start, end, pitch, channel=0):
    return [(start, bytes([0x90 | channel, pitch, 80])), (end, bytes([0x80 | channel, pitch, 64]))]


def melody(n_notes, length=DIVISION):
    return [event for i in range(n_notes) for event in note(i * length, (i + 1) * length, i % 128)]


RICH = smf(
    track(
        (0, meta(3, b"title")), (0, tempo(600_000)), (0, meta(0x58, b"\3\2\x18\x08")), (700, tempo(450_000))
    ),
    track(
        (0, b"\xc0\x19"),
        (0, b"\xb0\x40\x7f"),
        (0, b"\xf0\x03\x7e\x7f\xf7"),
        *note(0, 400, 60),
        (400, b"\xe0\x00\x50"),
        (500, meta(5, "ら".encode("shift-jis"))),
        *note(600, 1000, 64),
        (1000, b"\xa0\x40\x10"),
        (1100, b"\xd0\x10"),
        (1200, meta(6, b"B")),
        *note(1300, 5000, 67),
        (5100, meta(0x7F, b"\0\1")),
    ),
    track(*note(100, 900, 35, channel=9), (950, tempo(700_000)), *note(960, 4000, 36, channel=9)),
)


def list_messages(data):
    """Per track, each message but tempos and end of track, with its tick."""
    tracks = []
    for messages in mido.MidiFile(file=io.BytesIO(data)).tracks:
        now, kept = 0, []
        for message in messages:
            now += message.time
            if message.type not in ("set_tempo", "end_of_track"):
                kept.append((now, message.bin()))
        tracks.append(kept)
    return tracks


def check_times(data, midi_s, audio_s, tolerance_s=1e-3):
    """Every note that the recording has lies where the warp says; return the new file."""
    notes, warp = read_midi(data).notes, Warp.through(midi_s, audio_s)
    written = retime_midi(data, midi_s, audio_s)
    midi = read_midi(written)
    assert midi.damage is None
    start_s, end_s = warp.forward(notes.start_s), warp.forward(notes.end_s)
    kept = np.flatnonzero((start_s >= -5e-4) | (end_s > 1e-3))
    order = np.lexsort((notes.start_tick[kept], notes.pitch[kept], notes.track[kept]))
    new = midi.notes
    new_order = np.lexsort((new.start_tick, new.pitch, new.track))
    for name in ("pitch", "velocity", "channel", "program", "track"):
        assert getattr(new, name)[new_order].tolist() == getattr(notes, name)[kept][order].tolist()
    for found, wanted in ((new.start_s, start_s), (new.end_s, end_s)):
        wanted = np.maximum(wanted[kept][order], 0.0)
        np.testing.assert_allclose(found[new_order], wanted, rtol=0, atol=tolerance_s)
    return midi


# times ---------------------------------------------------------------------------------------------------


def test_the_identity_changes_nothing():
    old, new = read_midi(RICH), read_midi(retime_midi(RICH, [0, 10], [0, 10]))
    np.testing.assert_allclose(new.notes.start_s, old.notes.start_s, rtol=0, atol=1e-3)
    np.testing.assert_allclose(new.notes.end_s, old.notes.end_s, rtol=0, atol=1e-3)
    assert new.notes.start_tick.tolist() == old.notes.start_tick.tolist()
    assert list_messages(retime_midi(RICH, [0, 10], [0, 10])) == list_messages(RICH)
    assert new.tempos.us_per_quarter.tolist() == pytest.approx([600_000, 450_000, 700_000], rel=0.01)


@st.composite
def breakpoints(draw):
    n_steps = draw(st.integers(0, 12))
    steps = st.floats(0, 3) | st.sampled_from([0.0, 0.0464, 0.5])
    rows = []
    for start in (draw(st.floats(-3, 6)), draw(st.floats(-8, 8))):
        rows.append(start + np.cumsum([0.0, *(draw(steps) for _ in range(n_steps))]))
    return rows


@st.composite
def files(draw):
    """A few tracks of notes, pitches in turn so that none overlap, under tempos from 60 to 3 000."""
    tracks = []
    for _ in range(draw(st.integers(1, 3))):
        events, now = [], 0
        for pitch in range(draw(st.integers(0, 12))):
            now += draw(st.integers(0, 1000))
            events += note(now, now + draw(st.integers(1, 2000)), pitch)
        tracks.append(sorted(events, key=lambda event: event[0]))
    changes = st.lists(st.tuples(st.integers(0, 8000), st.integers(20_000, 1_000_000)), max_size=5)
    conductor = [(tick, tempo(us)) for tick, us in sorted(draw(changes))]
    signature = (0, meta(0x58, bytes([draw(st.integers(1, 9)), draw(st.integers(1, 4)), 24, 8])))
    division = draw(st.sampled_from([1, 24, 96, 480, 0x7FFF, -25 << 8 | 40, -30 << 8 | 80]))
    return smf(track(signature, *conductor), *(track(*events) for events in tracks), division=division)


@given(files(), breakpoints())
def test_notes_lie_where_the_warp_says(data, rows):
    check_times(data, *rows)


@given(breakpoints())
def test_texts_move_along(rows):
    old, new = read_midi(RICH), check_times(RICH, *rows)
    if len(new.notes) == 0:
        return
    shift = new.notes.end_tick[-1] - old.notes.end_tick[-1]
    for tick, old_s in zip(old.texts.tick.tolist(), old.texts.time_s.tolist(), strict=True):
        wanted_s = float(Warp.through(*rows).forward(old_s))
        if tick > 0 and wanted_s > 1e-3:
            found_s = new.texts.time_s[new.texts.tick == tick + shift].tolist()
            assert found_s == pytest.approx([wanted_s], abs=1e-3)


def test_rounding_does_not_add_up():
    data = smf(track(*melody(5000)))
    midi = check_times(data, [0, 5000], [0, 5000 * np.pi / 3])
    assert midi.tempos.us_per_quarter.min() >= 523_000
    assert midi.tempos.us_per_quarter.max() <= 524_200


def test_a_long_rest_keeps_time():
    data = smf(track(*note(0, 100, 60), *note(4_000_000, 4_000_100, 62)))
    check_times(data, [0, 5000], [0, 5000 * np.pi / 3])


def test_a_steady_map_needs_one_tempo():
    midi = read_midi(retime_midi(smf(track(*melody(300))), [0, 100], [0, 110]))
    assert midi.tempos.us_per_quarter.tolist() == [550_000]


def test_tempos_stand_on_quarter_notes():
    data = smf(track(*melody(100)))
    midi = read_midi(retime_midi(data, [0, 10, 20, 30], [0, 9, 21, 30]))
    assert len(midi.tempos.tick) == 3
    assert (midi.tempos.tick % DIVISION == 0).all()


# events --------------------------------------------------------------------------------------------------


def test_events_stay_as_they_are():
    new = list_messages(retime_midi(RICH, [0, 1, 2, 4], [0, 1.2, 1.9, 4.4]))
    assert new == list_messages(RICH)


def test_a_lead_in_is_of_whole_bars():
    old = list_messages(RICH)
    data = retime_midi(RICH, [0, 1, 4], [4, 5.1, 8])
    midi = check_times(RICH, [0, 1, 4], [4, 5.1, 8])
    shift = int(midi.notes.start_tick[0])
    assert shift == 2 * 3 * DIVISION  # two bars of three quarters at 660 000 µs come nearest to 4 s
    first_note = next(i for i, (_, event) in enumerate(old[1]) if event[0] == 0x90)
    moved = [
        old[0],  # all of it sets up tick 0
        [(tick + shift * (i >= first_note), event) for i, (tick, event) in enumerate(old[1])],
        [(tick + shift, event) for tick, event in old[2]],
    ]
    assert list_messages(data) == moved
    assert midi.time_signatures.tick.tolist() == [0]


def test_a_short_lead_in_is_a_bar():
    midi = check_times(smf(track(*melody(4))), [0, 4], [0.1, 4.1])
    assert midi.notes.start_tick[0] == BAR


def test_a_lead_in_of_an_hour_fits_its_tempo():
    midi = check_times(smf(track(*melody(4, length=4800)), division=4800), [0, 1], [3600, 3600.001])
    assert midi.tempos.us_per_quarter.max() < 1 << 24


def test_what_precedes_the_audio_is_cut():
    events = [
        (0, meta(0x58, b"\3\2\x18\x08")),
        (0, meta(1, b"@Ttitle")),
        (0, b"\xc0\x05"),
        *note(0, 3 * DIVISION, 60),
        (3 * DIVISION, meta(5, b"gone")),
        (3 * DIVISION, b"\xb0\x40\x7f"),
        (3 * DIVISION, meta(0x58, b"\2\2\x18\x08")),
        (4 * DIVISION, bytes([0x90, 61, 80])),  # sounds on when the audio starts, after 6.5 quarters
        *note(5 * DIVISION, 6 * DIVISION, 62),
        (7 * DIVISION, meta(5, b"la")),
        *note(7 * DIVISION, 8 * DIVISION, 63),
        (9 * DIVISION, bytes([0x80, 61, 64])),
    ]
    midi = check_times(smf(track(*events)), [3.25, 5], [0, 1.75])
    assert midi.notes.pitch.tolist() == [61, 63]
    # The bar of two quarters before the cut begins at the fifth.
    assert midi.notes.start_tick.tolist() == [0, 2 * DIVISION]
    assert midi.notes.end_tick.tolist() == [4 * DIVISION, 3 * DIVISION]
    assert midi.notes.program.tolist() == [5, 5]
    assert midi.texts.data == [b"@Ttitle", b"la"]
    assert midi.texts.time_s.tolist() == pytest.approx([0, 0.25], abs=1e-3)
    assert midi.time_signatures.numerator.tolist() == [2]
    messages = list_messages(retime_midi(smf(track(*events)), [3.25, 5], [0, 1.75]))[0]
    assert (0, b"\xb0\x40\x7f") in messages


def test_a_recording_from_after_the_music_leaves_no_notes():
    midi = check_times(RICH, [0, 1], [-100, -99])
    assert len(midi.notes) == 0
    assert midi.n_tracks == 3


@pytest.mark.parametrize("shift_s", [0.0, 3.0, -1.0])
def test_other_readers_open_it(shift_s):
    data = retime_midi(RICH, [0, 1, 4], np.array([0, 1.1, 4]) + shift_s)
    midi = read_midi(data)
    for starts_s in (
        [n.start for part in pretty_midi.PrettyMIDI(io.BytesIO(data)).instruments for n in part.notes],
        [n.time for part in symusic.Score.from_midi(data, ttype="second").tracks for n in part.notes],
    ):
        np.testing.assert_allclose(np.sort(starts_s), np.sort(midi.notes.start_s), rtol=0, atol=1e-5)


# odd files -----------------------------------------------------------------------------------------------


def test_smpte_ticks_become_metrical():
    midi = check_times(smf(track(*melody(20, 400)), division=-25 << 8 | 40), [0, 8], [0, 9])
    assert midi.division == 500
    assert midi.notes.start_tick.tolist() == list(range(0, 8000, 400))


@pytest.mark.parametrize(
    ("midi_format", "n_tracks", "expected"), [(0, 1, 0), (1, 1, 1), (0, 2, 1), (2, 2, 1)]
)
def test_formats(midi_format, n_tracks, expected):
    data = smf(*[track(*melody(3))] * n_tracks, midi_format=midi_format)
    midi = read_midi(retime_midi(data, [0, 1], [0, 2]))
    assert (midi.format, midi.n_tracks) == (expected, n_tracks)


def test_gaps_too_long_for_a_delta_are_bridged():
    longest = (1 << 28) - 1
    events = b"".join(
        number(longest) + event for event in (b"\x90\x3c\x40", b"\x3c\0", b"\xb0\1\1", b"\x90\x3d\x40")
    )
    body = events + b"\1\x3d\0\0\xff\x2f\0"
    data = smf(b"MTrk" + struct.pack(">I", len(body)) + body, division=0x7FFF)
    midi = check_times(data, [0, 1000], [1, 1001], tolerance_s=2e-3)
    assert np.diff(midi.notes.start_tick).tolist() == [3 * longest]


def test_damage_is_mended():
    running = b"\x00\x90\x3c\x50\x00\xff\x01\x01x\x83\x60\x3c\x00\x00\x3e\x90\x83\x60\x3e\x00\x00\x90"
    data = b"junk" + smf(b"MTrk\0\0\x09\x09" + running)
    assert read_midi(data).damage
    midi = check_times(data, [0, 1], [0, 1.5])
    assert midi.notes.velocity.tolist() == [80, 127]


@given(
    st.lists(
        st.tuples(st.integers(14, len(RICH) - 1), st.integers(0, 8), st.binary(max_size=6)), max_size=12
    ),
    st.sampled_from([0.0, 2.0]),
)
def test_any_damage_is_mended(changes, start_s):
    data = bytearray(RICH)
    for at, n_lost, put in changes:
        data[at : at + n_lost] = put
    old, new = read_midi(bytes(data)), read_midi(retime_midi(bytes(data), [0], [start_s]))
    assert new.damage is None or new.damage.startswith(
        "malformed meta event skipped"
    )  # these stay as they are
    for name in ("track", "pitch", "velocity", "program", "channel"):
        assert getattr(new.notes, name).tolist() == getattr(old.notes, name).tolist()
    lengths = old.notes.end_tick - old.notes.start_tick
    assert (new.notes.end_tick - new.notes.start_tick).tolist() == lengths.tolist()


def test_a_file_without_tracks():
    midi = read_midi(retime_midi(smf(), [0], [1]))
    assert (midi.n_tracks, len(midi.notes)) == (1, 0)


def test_refuses_more_tracks_than_a_header_can_tell():
    with pytest.raises(ValueError, match="tracks"):
        retime_midi(smf() + b"MTrk\0\0\0\0" * 65536, [0], [0])


def test_refuses_what_is_not_midi():
    with pytest.raises(ValueError, match="not a MIDI file"):
        retime_midi(b"RIFF", [0], [0])


def test_refuses_what_is_no_alignment():
    with pytest.raises(ValueError, match="fall"):
        retime_midi(RICH, [1, 0], [0, 1])


@pytest.mark.parametrize("collection", ["pop909", "asap", "nottingham", "vienna4x22"])
def test_real_files_fit_a_drifting_recording(shared_data, collection):
    rng = np.random.default_rng(4)
    with zipfile.ZipFile(shared_data / f"{collection}.zip") as archive:
        names = sorted(name for name in archive.namelist() if name.endswith((".mid", ".midi")))
        for name in rng.choice(names, 3, replace=False):
            data = archive.read(name)
            old = read_midi(data)
            midi_s = np.linspace(0, old.duration_s, 40)
            audio_s = np.append(0.0, np.cumsum(np.diff(midi_s) * rng.uniform(0.8, 1.25, 39)))
            for start_s in (1.5, -old.duration_s / 3):
                warp = Warp.through(midi_s, audio_s + start_s)
                new = read_midi(retime_midi(data, midi_s, audio_s + start_s))
                kept = warp.forward(old.notes.end_s) > 1e-3
                wanted = np.sort(np.maximum(warp.forward(old.notes.start_s[kept]), 0.0))
                np.testing.assert_allclose(
                    np.sort(new.notes.start_s), wanted, rtol=0, atol=2e-3, err_msg=name
                )
