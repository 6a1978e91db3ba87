import random
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakhdb.kernels.midi_file import read_midi, seconds_to_ticks, ticks_to_seconds

END = b"\0\xff\x2f\0"


def number(value):
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(value & 0x7F | 0x80)
    return bytes(reversed(digits))


def on(delta, pitch, velocity=80, channel=0):
    return number(delta) + bytes([0x90 | channel, pitch, velocity])


def off(delta, pitch, channel=0):
    return number(delta) + bytes([0x80 | channel, pitch, 0])


def meta(delta, kind, data):
    return number(delta) + bytes([0xFF, kind]) + number(len(data)) + data


def tempo(delta, us_per_quarter):
    return meta(delta, 0x51, us_per_quarter.to_bytes(3, "big"))


def track(*events, end=END, length=None):
    body = b"".join(events) + end
    return b"MTrk" + struct.pack(">I", len(body) if length is None else length) + body


def header(n_tracks, division=480, midi_format=1):
    return b"MThd" + struct.pack(">IHHH", 6, midi_format, n_tracks, division & 0xFFFF)


def smf(*tracks, division=480, midi_format=1):
    return header(len(tracks), division, midi_format) + b"".join(tracks)


def spans(midi):
    notes = midi.notes
    return list(zip(notes.start_tick.tolist(), notes.end_tick.tolist(), notes.pitch.tolist(), strict=True))


NOTE = on(0, 60), off(480, 60)
SECOND = on(0, 62), off(480, 62)
ONE, TWO = (0, 480, 60), (480, 960, 62)


# what a sound file says ----------------------------------------------------------------------------------


def test_a_note_comes_with_everything_known_about_it():
    midi = read_midi(
        smf(track(), track(b"\x00\xc3\x19", on(240, 60, 99, channel=3), off(480, 60, channel=3)))
    )
    notes = midi.notes
    row = [column.tolist() for column in vars(notes).values()]
    assert row == [[1], [3], [25], [False], [60], [99], [240], [720], [0.25], [0.75]]
    assert (midi.format, midi.division, midi.n_tracks, midi.n_instruments) == (1, 480, 2, 1)
    assert midi.damage is None
    assert notes.start_tick.dtype == np.int64
    assert notes.pitch.dtype == np.uint8


def test_channel_ten_is_drums():
    notes = read_midi(smf(track(on(0, 35, channel=9), off(10, 35, channel=9), *NOTE))).notes
    assert notes.is_drum.tolist() == [True, False]


def test_notes_stand_by_start_track_channel_and_pitch():
    first = track(
        on(10, 70), off(0, 70), on(0, 65, channel=1), on(0, 50, channel=1), off(9, 65, 1), off(0, 50, 1)
    )
    second = track(on(0, 90), off(10, 90), on(0, 40), off(5, 40))
    notes = read_midi(smf(first, second)).notes
    assert notes.track.tolist() == [1, 0, 0, 0, 1]
    assert notes.pitch.tolist() == [90, 70, 50, 65, 40]


@pytest.mark.parametrize("n_tracks", [1, 2, 3, 4, 5, 7, 8, 9])
def test_any_number_of_tracks_merges_in_order(n_tracks):
    rng = random.Random(n_tracks)
    tracks = [
        track(*(event for _ in range(20) for event in (on(rng.randrange(4), 60 + i), off(1, 60 + i))))
        for i in range(n_tracks)
    ]
    notes = read_midi(smf(*tracks)).notes
    keys = list(zip(notes.start_tick.tolist(), notes.track.tolist(), strict=True))
    assert keys == sorted(keys)
    assert np.bincount(notes.track).tolist() == [20] * n_tracks


def test_the_program_is_the_one_at_the_note_on():
    notes = read_midi(smf(track(b"\0\xc0\x07", on(0, 60), b"\5\xc0\x08", off(5, 60), *NOTE))).notes
    assert notes.program.tolist() == [7, 8]


def test_a_track_without_programs_plays_those_of_another():
    playing = track(*NOTE, *SECOND)
    changing = track(b"\0\xc0\x07", b"\x83\x60\xc0\x08", b"\0\xc1\x09")
    own = track(b"\0\xc0\x10", *NOTE)
    notes = read_midi(smf(playing, own, changing)).notes
    assert notes.track.tolist() == [0, 1, 0]
    assert notes.program.tolist() == [7, 16, 8]


def test_tempos_count_on_every_track():
    midi = read_midi(smf(track(tempo(0, 1_000_000)), track(*NOTE, *SECOND), track(tempo(480, 250_000))))
    assert midi.notes.start_s.tolist() == [0.0, 1.0]
    assert midi.notes.end_s.tolist() == [1.0, 1.25]
    assert midi.tempos.us_per_quarter.tolist() == [1_000_000, 250_000]
    assert midi.tempos.time_s.tolist() == [0.0, 1.0]


def test_the_last_tempo_on_a_tick_wins():
    assert read_midi(smf(track(tempo(0, 9), tempo(0, 1_000_000), *NOTE))).notes.end_s.tolist() == [1.0]


def test_before_the_first_tempo_it_is_120():
    assert read_midi(smf(track(tempo(480, 1), *NOTE))).notes.start_s.tolist() == [0.5]


def test_signatures():
    midi = read_midi(
        smf(track(meta(0, 0x58, b"\7\3\x18\x08"), meta(5, 0x59, b"\xfd\1"), meta(480, 0x58, b"\3\2\x18\x08")))
    )
    times = midi.time_signatures
    assert list(zip(times.tick, times.numerator, times.denominator, strict=True)) == [(0, 7, 8), (485, 3, 4)]
    keys = midi.key_signatures
    assert list(zip(keys.tick, keys.sharps, keys.is_minor, strict=True)) == [(5, -3, 1)]


def test_texts_keep_their_bytes():
    shift_jis = "さくら".encode("shift-jis")
    first = track(meta(0, 3, b"Melody"), meta(480, 5, shift_jis), meta(0, 6, b""), meta(0, 12, b"?"))
    midi = read_midi(smf(first, track(meta(0, 2, b"\xff\0"), meta(0, 1, b"@T"))))
    texts = midi.texts
    assert texts.data == [b"Melody", b"\xff\0", b"@T", shift_jis, b"", b"?"]
    assert texts.kind == ("track_name", "copyright", "text", "lyric", "marker", "text")
    assert texts.track.tolist() == [0, 1, 1, 0, 0, 0]
    assert texts.time_s.tolist() == [0.0, 0.0, 0.0, 0.5, 0.5, 0.5]


def test_the_duration_reaches_to_the_last_event():
    assert read_midi(smf(track(*NOTE, end=b"\x83\x60\xff\x2f\0"))).duration_s == 1.0


@pytest.mark.parametrize("midi_format", [0, 1, 2])
def test_formats_are_read_alike(midi_format):
    midi = read_midi(smf(track(*NOTE), track(*SECOND), midi_format=midi_format))
    assert spans(midi) == [ONE, (0, 480, 62)]
    assert midi.format == midi_format


@pytest.mark.parametrize(("rate", "frames"), [(24, 24.0), (25, 25.0), (29, 30000 / 1001), (30, 30.0)])
def test_smpte_division_is_in_seconds(rate, frames):
    midi = read_midi(smf(track(tempo(0, 9), *NOTE), division=-rate << 8 | 40))
    assert midi.notes.end_s.tolist() == pytest.approx([480 / frames / 40])
    assert midi.seconds_per_tick == pytest.approx(1 / frames / 40)
    assert seconds_to_ticks(midi, 480 / frames / 40) == pytest.approx(480)
    assert midi.damage is None


# what a damaged file still says --------------------------------------------------------------------------

GOOD = smf(track(*NOTE, *SECOND))
BODY = GOOD[14:]
RUNNING = b"\x83\x60\x3c\0" + b"\0\x3e\x50" + b"\x83\x60\x3e\0"  # the rest of NOTE and SECOND, without status
SYSEX = b"\xf0\x04\x7e\x7f\x09\x01"

SALVAGED = {
    "leading bytes": (b"\0" * 128 + GOOD, "before the header"),
    "no header": (BODY, "no header"),
    "claims 65535 tracks": (header(65535) + BODY, "another number of tracks"),
    "division 0": (header(1, 0) + BODY, "division 0"),
    "odd frame rate": (header(1, -100 << 8) + BODY, "SMPTE"),
    "unknown format": (header(1, midi_format=9) + BODY, "unknown format"),
    "odd header length": (b"MThd\0\0\0\2" + GOOD[8:], "chunk length"),
    "garbage between chunks": (header(1) + b"\1\2\3\4\5" + BODY, "bytes skipped"),
    "garbage behind": (GOOD + b"junk", "bytes skipped"),
    "length 0": (header(1) + track(*NOTE, *SECOND, length=0), "chunk length"),
    "length short": (header(1) + track(*NOTE, *SECOND, length=7), "chunk length"),
    "length long": (header(1) + track(*NOTE, *SECOND, length=999), "chunk length"),
    "length of 4 GiB": (header(1) + track(*NOTE, *SECOND, length=0xFFFFFFFF), "chunk length"),
    "behind the end of track": (smf(track(*NOTE, *SECOND, END, *NOTE)), "bytes skipped"),
    "status missing at first": (smf(track(b"\0\x3c\x50", *NOTE, *SECOND)), "without a status"),
    "undefined status": (smf(track(b"\0\xf4", *NOTE, *SECOND)), "undefined status"),
    "pitch above 127": (smf(track(b"\0\x90\x80\x50", *NOTE, *SECOND)), "above 127"),
    "tempo 0": (smf(track(tempo(0, 0), *NOTE, *SECOND)), "tempo 0"),
    "short tempo": (smf(track(meta(0, 0x51, b"\1"), *NOTE, *SECOND)), "malformed meta"),
    "absurd signature": (smf(track(meta(0, 0x58, b"\4\x63"), *NOTE, *SECOND)), "malformed meta"),
    "long number": (smf(track(b"\x80\x80\x80\x80\0" + NOTE[0][1:], NOTE[1], *SECOND)), "number too long"),
    "sysex without length": (smf(track(b"\0\xf0\x7f\x7e\x09\xf7", *NOTE, *SECOND)), "system exclusive"),
    "event cut by its chunk": (smf(track(*NOTE, *SECOND, end=b"\0\x90\x3c")), "cut short"),
    "meta longer than its chunk": (smf(track(*NOTE, *SECOND, end=b"\0\xff\1\x7fabc")), "cut short"),
    "another file appended": (GOOD + GOOD, "another file"),
}

TOLERATED = {
    "RIFF": b"RIFF"
    + struct.pack("<I", len(GOOD) + 13)
    + b"RMIDdata"
    + struct.pack("<I", len(GOOD))
    + GOOD
    + b"\0",
    "RIFF with more": b"RIFF\xff\0\0\0RMIDLIST\3\0\0\0abc\0data"
    + struct.pack("<I", len(GOOD))
    + GOOD
    + b"DISP\1\0\0\0x",
    "longer header": b"MThd\0\0\0\x08" + GOOD[8:14] + b"\0\0" + BODY,
    "other chunks": header(1) + b"XFIH\0\0\0\2\1\2" + BODY + b"XFKM\0\0\0\0",
    "no end of track": smf(track(*NOTE, *SECOND, end=b"")),
    "zeros behind": GOOD + b"\0" * 100,
    "running status": smf(track(NOTE[0], RUNNING)),
    "running status across meta": smf(track(NOTE[0], meta(0, 1, b"x"), RUNNING)),
    "running status across sysex": smf(track(NOTE[0], b"\0" + SYSEX + b"\0\xf7\1\xf7", RUNNING)),
    "unterminated sysex": smf(track(b"\0" + SYSEX, *NOTE, *SECOND)),
}


@pytest.mark.parametrize(("data", "told"), SALVAGED.values(), ids=SALVAGED)
def test_damage_is_skipped_and_told(data, told):
    midi = read_midi(data)
    assert spans(midi) == [ONE, TWO]
    assert told in midi.damage


@pytest.mark.parametrize("data", TOLERATED.values(), ids=TOLERATED)
def test_oddities_lose_nothing(data):
    midi = read_midi(data)
    assert spans(midi) == [ONE, TWO]
    assert midi.damage is None


def test_velocity_above_127_is_clipped():
    midi = read_midi(smf(track(on(0, 60, velocity=200), NOTE[1])))
    assert midi.notes.velocity.tolist() == [127]
    assert "above 127" in midi.damage


def test_a_wrong_length_hides_no_track():
    for length in (0, 5, 40, 10_000):
        midi = read_midi(smf(track(*NOTE, length=length), track(*SECOND), track(*NOTE)))
        assert midi.n_tracks == 3
        assert len(midi.notes) == 3
        assert "chunk length" in midi.damage


def test_a_truncated_file_keeps_what_lies_before_the_cut():
    data = smf(track(tempo(0, 400_000), meta(0, 3, b"name")), track(*NOTE, *SECOND, on(0, 70), off(9, 70)))
    whole = spans(read_midi(data))
    counts = []
    for size in range(14, len(data)):
        midi = read_midi(data[:size])
        assert spans(midi) == whole[: len(midi.notes)]
        assert midi.damage
        counts.append(len(midi.notes))
    assert sorted(set(counts)) == [0, 1, 2, 3]
    assert counts == sorted(counts)


def test_the_longest_deltas_add_up():
    longest = (1 << 28) - 1
    midi = read_midi(smf(track(on(longest, 60), off(longest, 60)), division=1))
    assert spans(midi) == [(longest, 2 * longest, 60)]
    assert midi.notes.end_s.tolist() == [longest]


def test_a_million_tempos():
    midi = read_midi(smf(track(tempo(1, 480) * 1_000_000, on(0, 60), off(480, 60))))
    assert midi.notes.start_s.tolist() == pytest.approx([500_000e-6 / 480 + 999_999e-6])
    assert midi.notes.end_s - midi.notes.start_s == pytest.approx([480e-6])


def test_a_header_alone_is_an_empty_file():
    midi = read_midi(header(0))
    assert (len(midi.notes), midi.n_tracks, midi.duration_s, midi.damage) == (0, 0, 0.0, None)
    assert "header" in read_midi(header(1)[:9]).damage


@pytest.mark.parametrize("data", [b"", b"MT", b"\xff\xd8\xff\xe0 JFIF", b"RIFF\4\0\0\0WAVE", b"\0" * 1000])
def test_what_is_not_midi_is_refused(data):
    with pytest.raises(ValueError, match="not a MIDI file"):
        read_midi(data)


def check_invariants(data):
    try:
        midi = read_midi(data)
    except ValueError:
        assert b"MTrk" not in data
        return
    notes = midi.notes
    assert (notes.start_tick >= 0).all()
    assert (notes.end_tick >= notes.start_tick).all()
    assert (notes.end_s >= notes.start_s).all()
    assert (np.diff(notes.start_tick) >= 0).all()
    assert midi.duration_s >= notes.end_s.max(initial=0.0)
    assert (notes.velocity > 0).all()
    for values, limit in (
        (notes.velocity, 128),
        (notes.pitch, 128),
        (notes.program, 128),
        (notes.channel, 16),
    ):
        assert (values < limit).all()
    assert len(midi.texts.data) == len(midi.texts.kind) == len(midi.texts.tick)


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_read_or_refused(data, with_header):
    check_invariants(header(2) + b"MTrk\0\0\0\x50" + data if with_header else data)


WHOLE = smf(
    track(tempo(0, 500_000), meta(0, 0x58, b"\3\2\x18\x08"), meta(9, 3, b"name"), meta(7, 0x59, b"\1\0")),
    track(b"\0\xc0\5", *NOTE, b"\0\xb0\x40\x7f", meta(3, 5, b"la"), *SECOND, b"\0" + SYSEX, NOTE[0], RUNNING),
    track(b"\0\xc9\0", on(0, 35, channel=9), off(7, 35, channel=9), b"\0\xe0\0\x40"),
)
PIECES = st.sampled_from(
    [b"MTrk", b"MThd", END, b"\xf0", b"\xf7", b"\xff\xff\xff\x7f", b"\xff\x51\3\0\0\0", b"RIFF"]
)
CHANGES = st.lists(
    st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 8), st.one_of(st.binary(max_size=6), PIECES)),
    max_size=12,
)


@given(CHANGES)
def test_mutated_files_break_nothing(changes):
    data = bytearray(WHOLE)
    for at, n_lost, put in changes:
        data[at : at + n_lost] = put
    check_invariants(bytes(data))


# ticks and seconds ---------------------------------------------------------------------------------------

TEMPOS = st.lists(st.tuples(st.integers(0, 2000), st.integers(1, (1 << 24) - 1)), max_size=8)


@given(TEMPOS, st.lists(st.integers(0, 20_000), min_size=1, max_size=20), st.integers(1, 0x7FFF))
def test_ticks_and_seconds_are_inverse(tempos, ticks, division):
    midi = read_midi(smf(track(*(tempo(delta, us) for delta, us in tempos)), division=division))
    seconds = ticks_to_seconds(midi, ticks)
    np.testing.assert_allclose(seconds_to_ticks(midi, seconds), ticks, rtol=1e-9, atol=1e-6)
    ordered = ticks_to_seconds(midi, np.unique(ticks))
    assert (np.diff(ordered) > 0).all()


@given(TEMPOS, st.lists(st.integers(0, 3000), min_size=1, max_size=20))
def test_ticks_become_the_seconds_of_the_notes(tempos, deltas):
    playing = track(*(event for delta in deltas for event in (on(delta, 60), off(1, 60))))
    midi = read_midi(smf(playing, track(*(tempo(delta, us) for delta, us in tempos))))
    np.testing.assert_allclose(ticks_to_seconds(midi, midi.notes.start_tick), midi.notes.start_s, rtol=1e-12)
    np.testing.assert_allclose(ticks_to_seconds(midi, midi.notes.end_tick), midi.notes.end_s, rtol=1e-12)
