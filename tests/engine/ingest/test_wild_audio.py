"""Recordings as they come: each is an item or a failure with its reason, and what is whole is kept."""

import io
import os
import re
import struct

import numpy as np
import pytest
import soundfile

from lakhdb.engine.ingest.audio import load_audio
from lakhdb.engine.ingest.decode import Decoder, UnusableError

RATE = 44_100
SECONDS = 12


def make_sound(seconds=SECONDS, rate=RATE, n_channels=1):
    at = np.arange(int(seconds * rate)) / rate
    rough = np.random.default_rng(0).standard_normal(len(at))
    mono = 0.3 * np.sin(2 * np.pi * (220 + 20 * np.floor(at)) * at) + 0.02 * rough
    return np.stack([mono] * n_channels, axis=1).astype(np.float32)


def encode(samples, kind="WAV", subtype=None, rate=RATE):
    stream = io.BytesIO()
    soundfile.write(stream, samples, rate, format=kind, subtype=subtype)
    return stream.getvalue()


def write_wav(body, *, rate=RATE, n_channels=1, bits=16, claims=None, code=1):
    """Write a RIFF header that may lie, and bytes behind it."""
    claims = len(body) if claims is None else claims
    size = n_channels * bits // 8
    layout = struct.pack("<HHIIHH", code, n_channels, rate, rate * size & 0xFFFFFFFF, size & 0xFFFF, bits)
    return (
        b"RIFF" + struct.pack("<I", min(36 + claims, 2**32 - 1)) + b"WAVE"
        + b"fmt " + struct.pack("<I", 16) + layout + b"data" + struct.pack("<I", claims) + body
    )  # fmt: skip


SOUND = make_sound()
PCM = encode(SOUND)[44:]
WAV, FLAC, MP3 = encode(SOUND), encode(SOUND, "FLAC"), encode(SOUND, "MP3")
OGG, OPUS = encode(SOUND, "OGG", "VORBIS"), encode(make_sound(rate=48_000), "OGG", "OPUS", 48_000)
JUNK = np.random.default_rng(1).bytes(3000)


def half(data):
    return data[: len(data) // 2]


def hole(data):
    """Zeros in the middle."""
    middle = len(data) // 2
    return data[:middle] + bytes(5000) + data[middle + 5000 :]


# Name, bytes, the least seconds that are saved, and what is said of the damage (None: nothing).
USABLE = [
    ("whole.wav", WAV, SECONDS, None),
    ("one sample.wav", encode(SOUND[100:101]), 0, None),
    ("32 channels.wav", encode(make_sound(2, n_channels=32)), 2, None),
    ("1024 channels.wav", encode(make_sound(0.1, n_channels=1024)), 0.1, None),
    ("claims 4 GB.wav", write_wav(PCM, claims=2**32 - 1), SECONDS, None),
    ("truncated.wav", half(WAV), 5, None),
    ("truncated.flac", half(FLAC), 5, "cannot be decoded beyond"),
    ("truncated.mp3", half(MP3), 5, "ends after"),
    ("truncated.ogg", half(OGG), 4, None),
    ("truncated.opus", half(OPUS), 4, None),
    ("hole.flac", hole(FLAC), 5, "cannot be decoded beyond"),
    ("hole.mp3", hole(MP3), 3, "cannot be decoded beyond"),
    ("hole.ogg", hole(OGG), 4, None),
    ("random in front.mp3", JUNK + MP3, SECONDS, None),
    ("zeros in front.mp3", bytes(100_000) + MP3, SECONDS, "bytes before"),
    ("page in front.mp3", b"<html>not found</html>" * 99 + MP3, SECONDS, "bytes before"),
    ("random in front.flac", JUNK + FLAC, SECONDS, "3000 bytes before"),
    ("zeros in front.wav", bytes(100) + WAV, SECONDS, "100 bytes before"),
    ("a FLAC called.mp3", FLAC, SECONDS, None),
    ("8 bits.wav", encode(SOUND, subtype="PCM_U8"), SECONDS, None),
    ("192 kHz.wav", encode(make_sound(2, 192_000), rate=192_000), 2, None),
]

# Name, bytes, stage, reason.
FAILING = [
    ("empty.wav", b"", "parse", "unknown format|no recording"),
    ("header only.wav", WAV[:44], "parse", "no samples"),
    ("claims nothing.wav", write_wav(PCM, claims=0), "parse", "no samples"),
    ("half a header.wav", WAV[:20], "parse", "no recording"),
    ("NaN.wav", encode(np.full(RATE, np.nan, np.float32), subtype="FLOAT"), "parse", "not numbers"),
    (
        "one NaN.wav",
        encode(np.r_[SOUND[:, 0], np.nan].astype(np.float32), subtype="FLOAT"),
        "parse",
        "not num",
    ),
    ("infinite.wav", encode(np.full(RATE, np.inf, np.float32), subtype="FLOAT"), "parse", "not numbers"),
    ("silence.wav", encode(np.zeros(RATE * 5)), "parse", "silence"),
    ("silence.mp3", encode(np.zeros(RATE * 5), "MP3"), "parse", "silence"),
    ("0 Hz.wav", write_wav(PCM, rate=0), "parse", "no recording|sample rate"),
    ("1 Hz.wav", write_wav(PCM, rate=1), "parse", "sample rate of 1 Hz"),
    ("2 GHz.wav", write_wav(PCM, rate=2**31 - 1), "parse", "sample rate"),
    ("4 GHz.wav", write_wav(PCM, rate=2**32 - 1), "parse", "no recording|sample rate"),
    ("0 channels.wav", write_wav(PCM, n_channels=0), "parse", "no recording"),
    ("65535 channels.wav", write_wav(PCM, n_channels=65_535), "parse", "no recording"),
    ("unknown codec.wav", write_wav(PCM, code=0x7777), "parse", "no recording"),
    (
        "five hours.wav",
        encode(np.tile(make_sound(60, 1000), (300, 1)), rate=1000),
        "parse",
        "longer than 4 hours",
    ),
    ("text.mp3", b"Never gonna give you up\n" * 5000, "parse", "no recording"),
    ("text.wav", b"Never gonna give you up\n" * 5000, "parse", "no recording"),
    ("a page.ogg", b"<!DOCTYPE html><title>404</title>", "parse", "no recording"),
    ("tag only.mp3", b"ID3\4\0\0\0\0\0\x7f" + bytes(127), "parse", "no recording|no samples"),
    ("zeros.flac", bytes(1 << 20), "parse", "no recording"),
]


@pytest.fixture(scope="module")
def wild(tmp_path_factory, ingest_apart):
    folder = tmp_path_factory.mktemp("wild")
    files = folder / "files"
    files.mkdir()
    for name, data, *_ in [*USABLE, *FAILING]:
        (files / name).write_bytes(data)
    return files, ingest_apart(folder / "x.lmdb", "audio", files)


@pytest.mark.parametrize(("name", "seconds", "damage"), [(name, *rest) for name, _, *rest in USABLE])
def test_keeps_what_can_be_decoded_and_marks_it(wild, name, seconds, damage):
    files, run = wild
    assert f"{files}/{name}" not in run.list_failures()
    duration_s, marked = run.list_items("audio", "duration_s", "damage")[f"{files}/{name}"]
    assert seconds <= duration_s < SECONDS + 0.2
    assert marked is None if damage is None else re.search(damage, marked)


@pytest.mark.parametrize(("data", "damage"), [pytest.param(d, dam, id=n) for n, d, _, dam in USABLE])
def test_says_what_is_damaged(data, damage):
    decoder = Decoder(data)
    samples = np.concatenate(list(decoder.decode()))
    assert len(samples) == decoder.n_frames
    if damage is None:
        assert decoder.damage is None
    else:
        assert re.search(damage, decoder.damage)


@pytest.mark.parametrize(("name", "stage", "reason"), [(name, *rest) for name, _, *rest in FAILING])
def test_says_why_a_file_cannot_be_used(wild, name, stage, reason):
    files, run = wild
    found_stage, found_reason = run.list_failures()[f"{files}/{name}"]
    assert found_stage == stage
    assert re.search(reason, found_reason)
    assert "BytesIO" not in found_reason


def test_every_file_is_accounted_for_within_bounds(wild):
    _, run = wild
    assert run.n_files == len(USABLE) + len(FAILING)
    assert (run.n_new, run.n_failed) == (len(USABLE), len(FAILING))
    assert run.n_started <= 2
    assert run.seconds < 10 * run.n_files
    assert run.own_mib < 1024
    assert run.worker_mib < 1024


def test_what_follows_the_end_of_a_truncated_file_is_not_made_up():
    # Its header promises all of it, and a buffer that is used again still holds what came before.
    whole = np.concatenate(list(Decoder(MP3).decode()))
    kept = np.concatenate(list(Decoder(half(MP3)).decode()))
    assert 0.4 < len(kept) / len(whole) < 0.6
    np.testing.assert_allclose(kept[: len(kept) - 4096], whole[: len(kept) - 4096], atol=1e-4)


def test_a_decoder_tells_of_silence_only_at_the_end():
    with pytest.raises(UnusableError, match="silence"):
        list(Decoder(encode(np.zeros(RATE))).decode())


def test_libraries_do_not_write_to_the_terminal(tmp_path, capfd):
    file = tmp_path / "holes.mp3"
    file.write_bytes(MP3[:2000] + b"\xff\xfb\x90\x64" * 500 + MP3[4000:] + b"junk" * 999)
    load_audio(file)
    assert capfd.readouterr().err == ""
    os.write(2, b"again")
    assert capfd.readouterr().err == "again"
