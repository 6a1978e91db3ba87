"""MIDI files as they come: each is an item, marked where it is damaged, or a failure with its reason."""

import re
import struct
import zlib

import numpy as np
import pytest

QUARTER = 480
END = b"\0\xff\x2f\0"
NOTE = b"\0\x90\x3c\x40\x60\x3c\0"
SHORT_NOTE = b"\0\x90\x3c\x40\x01\x3c\0"
NOTES = NOTE * 8


def header(n_tracks=1, *, smf_format=1, division=QUARTER):
    return b"MThd" + struct.pack(">IHHH", 6, smf_format, n_tracks, division & 0xFFFF)


def track(body, length=None):
    return b"MTrk" + struct.pack(">I", len(body) if length is None else length) + body


def number(value):
    """Write a number as MIDI files do: seven bits a byte."""
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.insert(0, value & 0x7F | 0x80)
    return bytes(digits)


def tempo(us_per_quarter, delta=0):
    return number(delta) + b"\xff\x51\x03" + us_per_quarter.to_bytes(3, "big")


def wrap_in_riff(midi):
    body = b"RMIDdata" + struct.pack("<I", len(midi)) + midi + b"\0" * (len(midi) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def write_png():
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    pixels = zlib.compress(b"\0\0\0\0")
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"")
    )


WHOLE = header() + track(NOTES + END)
MANY = 1_000_000
TEN_HOURS = 10 * 3600 * 2 * QUARTER  # at 120 quarters a minute

# Name, bytes, notes that are saved, and what is said of the damage (None: nothing).
USABLE = [
    ("whole", WHOLE, 8, None),
    ("truncated", WHOLE[: len(WHOLE) // 2], 2, "ends inside a track"),
    ("truncated within a number", header() + track(NOTES + b"\x81\x82", 99), 8, "ends inside a track"),
    ("claims 65535 tracks", header(65_535) + track(NOTES + END), 8, "another number of tracks"),
    ("claims no track", header(0) + track(NOTES + END), 8, "another number of tracks"),
    ("one note", header() + track(NOTE + END), 1, None),
    ("SMPTE division", header(division=-(25 << 8) | 40) + track(NOTES + END), 8, None),
    ("division 0", header(division=0) + track(NOTES + END), 8, "division"),
    ("running status without status", header() + track(b"\0\x3c\x40\x60\x3c\0" + NOTES + END), 8, "status"),
    ("unterminated sysex", header() + track(NOTES + b"\0\xf0\x7f\x01\x02"), 8, "cut short"),
    ("missing end of track", header() + track(NOTES), 8, None),
    ("type 2", header(2, smf_format=2) + track(NOTES + END) + track(NOTES + END), 16, None),
    ("type 7", header(smf_format=7) + track(NOTES + END), 8, "format"),
    ("type 65281", header(smf_format=0xFF01) + track(NOTES + END), 8, "format"),
    ("RIFF", wrap_in_riff(WHOLE), 8, None),
    ("drums only", header() + track(NOTES.replace(b"\x90", b"\x99") + END), 8, None),
    ("tempo 0", header() + track(tempo(0) + NOTES + END), 8, "tempo"),
    ("fastest tempo", header() + track(tempo(1) + NOTES + END), 8, None),
    ("a million tempos", header() + track(tempo(500_000, 1) * MANY + NOTES + END), 8, None),
    ("a million notes", header() + track(SHORT_NOTE * MANY + END), MANY, None),
    ("a million texts", header() + track(b"\0\xff\x05\x01a" * MANY + NOTES + END), 8, None),
    ("track lengths of 4 GiB", header() + track(NOTES + END, 2**32 - 1), 8, "length"),
    ("longest delta", header() + track(NOTES + b"\xff\xff\xff\x7f\x3c\x40" + END), 8, "stray delta"),
    ("held for days", header() + track(NOTES + b"\0\x90\x3e\x40\xff\xff\xff\x7f\x3e\0" + END), 9, "stray"),
    ("ten hours' rest", header() + track(NOTE + number(TEN_HOURS) + NOTE[1:] + END), 1, "stray delta"),
    ("no header", track(NOTES + END), 8, "header"),
    ("garbage in front", b"\r\n<html>" * 9 + WHOLE, 8, "before"),
]

# Name, bytes, stage, reason.
FAILING = [
    ("empty", b"", "parse", "MThd"),
    ("random", np.random.default_rng(0).bytes(10_000), "parse", "MThd"),
    ("a PNG", write_png(), "parse", "MThd"),
    ("text", b"Artist - Title\n" * 100, "parse", "MThd"),
    ("header only", header(), "parse", "no notes"),
    ("no notes", header() + track(tempo(500_000) + END), "parse", "no notes"),
    ("never closed", header() + track(b"\0\x90\x3c\x40" + END), "parse", "no notes"),
    (
        "longest deltas",
        header() + track(b"\xff\xff\xff\x7f\x90\x3c\x40" * 9999 + NOTES + END),
        "parse",
        "hours",
    ),
    ("ten hours", header() + track((number(TEN_HOURS // 600) + NOTE[1:]) * 600 + END), "parse", "hours"),
    ("slowest tempo", header() + track(tempo(2**24 - 1) + NOTE * 5000 + END), "parse", "hours"),
    ("70 MiB", header() + track(b"\0\xff\x05\x01a" * (14 << 20)), "read", "larger than 64 MiB"),
]


@pytest.fixture(scope="module")
def wild(tmp_path_factory, ingest_apart):
    folder = tmp_path_factory.mktemp("wild")
    files = folder / "files"
    files.mkdir()
    for name, data, *_ in [*USABLE, *FAILING]:
        (files / f"{name}.mid").write_bytes(data)
    return files, ingest_apart(folder / "x.lmdb", "midi", files)


@pytest.mark.parametrize(("name", "n_notes", "damage"), [(name, *rest) for name, _, *rest in USABLE])
def test_saves_what_can_be_saved_and_marks_it(wild, name, n_notes, damage):
    files, run = wild
    path = f"{files}/{name}.mid"
    assert path not in run.list_failures()
    assert_like(run.list_items("midi", "n_notes", "damage")[path], n_notes, damage)


def assert_like(item, n_notes, damage):
    found_notes, found_damage = item
    assert found_notes == n_notes
    if damage is None:
        assert found_damage is None
    else:
        assert re.search(damage, found_damage)


@pytest.mark.parametrize(("name", "stage", "reason"), [(name, *rest) for name, _, *rest in FAILING])
def test_says_why_a_file_cannot_be_used(wild, name, stage, reason):
    files, run = wild
    found_stage, found_reason = run.list_failures()[f"{files}/{name}.mid"]
    assert found_stage == stage
    assert re.search(reason, found_reason)


def test_every_file_is_accounted_for_within_bounds(wild):
    _, run = wild
    assert run.n_files == len(USABLE) + len(FAILING)
    assert (run.n_new, run.n_failed) == (len(USABLE), len(FAILING))
    # No worker was lost: none of these crashes, hangs or eats memory.
    assert run.n_started <= 2
    assert run.seconds < 10 * run.n_files
    assert run.own_mib < 1024
    assert run.worker_mib < 1024
