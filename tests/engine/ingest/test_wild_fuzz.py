"""Real files with damage in any place, and made-up events: no run stops, every file is accounted for."""

import importlib.util
import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from lakhdb.engine.ingest.items import Failure, Item, build_part_rows
from lakhdb.engine.ingest.midi import read_item
from lakhdb.engine.models import choose_model

N_MIDI, N_STREAMS, N_AUDIO = 360, 80, 60


@pytest.fixture(scope="module")
def mutants():
    """The module of the benchmark that makes them."""
    path = Path(__file__).resolve().parents[3] / "benchmarks" / "mutants.py"
    spec = importlib.util.spec_from_file_location("mutants", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def midi_files(collection, request):
    """Files of tests, and of real collections where there are any."""
    files = [path.read_bytes() for path in sorted((collection / "midi").iterdir())]
    try:
        data = request.getfixturevalue("shared_data")
    except pytest.skip.Exception:
        return files
    for archive in ("nottingham.zip", "pop909.zip"):
        with zipfile.ZipFile(data / archive) as source:
            names = [name for name in sorted(source.namelist()) if name.endswith(".mid")]
            files += [source.read(name) for name in names[::50]]
    return files


@pytest.fixture(scope="module")
def recordings(make_tune):
    samples = make_tune(1, n_notes=6).synthesize(fs=22050)[: 22050 * 2]
    files = []
    for kind, subtype in [("WAV", None), ("FLAC", None), ("OGG", "VORBIS"), ("MP3", None), ("AIFF", None)]:
        stream = io.BytesIO()
        soundfile.write(stream, samples / np.abs(samples).max(), 22050, format=kind, subtype=subtype)
        files.append(stream.getvalue())
    return files


def account_for(run, n_files, most_workers):
    items = run.list_items("midi", "midi_seq") | run.list_items("audio", "audio_seq")
    failures = run.list_failures()
    assert run.n_files == n_files
    assert len(items) + len(failures) == n_files
    assert not items.keys() & failures.keys()
    assert all(reason for _, reason in failures.values())
    # None of them took a worker along.
    assert not [reason for stage, reason in failures.values() if stage == "read"]
    assert run.n_started <= most_workers
    assert run.own_mib < 1024
    assert run.worker_mib < 1024


def test_damaged_midi_files(tmp_path, ingest_apart, mutants, midi_files):
    rng = np.random.default_rng(3)
    folder = tmp_path / "files"
    folder.mkdir()
    for n in range(N_MIDI):
        data = mutants.mutate(midi_files[n % len(midi_files)], midi_files, rng)
        (folder / f"{n}.mid").write_bytes(data)
    for n in range(N_STREAMS):
        (folder / f"stream {n}.mid").write_bytes(mutants.write_stream(rng))
    run = ingest_apart(tmp_path / "x.lmdb", "midi", folder)
    account_for(run, N_MIDI + N_STREAMS, 2)
    # Damage costs some notes, seldom the file.
    assert run.n_new > N_MIDI // 2


def test_damaged_recordings(tmp_path, ingest_apart, mutants, recordings):
    rng = np.random.default_rng(4)
    folder = tmp_path / "files"
    folder.mkdir()
    for n in range(N_AUDIO):
        data = mutants.mutate(recordings[n % len(recordings)], recordings, rng)
        (folder / f"{n}.mp3").write_bytes(data)
    run = ingest_apart(tmp_path / "x.lmdb", "audio", folder)
    account_for(run, N_AUDIO, 2)
    assert run.n_new > N_AUDIO // 4


def write_number(value):
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.insert(0, value & 0x7F | 0x80)
    return bytes(digits)


def write_track(events, error):
    body = b"".join(events)
    return b"MTrk" + struct.pack(">I", max(0, len(body) + error)) + body


# A meta event of any type and length, a message of any status, or bytes under running status.
METAS = st.builds(
    lambda kind, body: bytes([0xFF, kind]) + write_number(len(body)) + body,
    st.integers(0, 127),
    st.binary(max_size=9),
)
MESSAGES = st.builds(
    lambda status, data: bytes([status]) + data, st.integers(0x80, 0xFE), st.binary(min_size=1, max_size=3)
)
NOTES = st.builds(
    lambda status, pitch, velocity: bytes([status, pitch, velocity]),
    st.sampled_from([0x90, 0x80, 0x91, 0x99]), st.integers(0, 127), st.integers(0, 127),
)  # fmt: skip
EVENTS = st.builds(
    lambda delta, event: write_number(delta) + event,
    st.one_of(st.integers(0, 1000), st.integers(0, 2**28 - 1)),
    st.one_of(NOTES, NOTES, METAS, MESSAGES, st.binary(max_size=3)),
)
TRACKS = st.builds(
    write_track,
    st.lists(EVENTS, max_size=40), st.sampled_from([0, 0, 0, -3, 7, 2**31]),
)  # fmt: skip
FILES = st.builds(
    lambda smf_format, n_tracks, division, tracks: (
        b"MThd" + struct.pack(">IHHH", 6, smf_format, n_tracks, division) + b"".join(tracks)
    ),
    st.integers(0, 3), st.integers(0, 65_535), st.sampled_from([480, 0, 1, 0x7FFF, 0xE728, 0x80FF]),
    st.lists(TRACKS, max_size=4),
)  # fmt: skip


@given(FILES)
@settings(max_examples=300, deadline=None)
def test_any_events_make_an_item_or_a_failure(data):
    answer = read_item(data)
    if isinstance(answer, Failure):
        assert answer.stage in {"parse", "features"}
        assert answer.reason
        return
    assert isinstance(answer, Item)
    rows = build_part_rows("midi", [(1, answer)])
    notes = rows["notes"].to_pydict()
    assert len(notes["pitch"]) == answer.columns["n_notes"] > 0
    assert all(0 <= start <= end for start, end in zip(notes["start_s"], notes["end_s"], strict=True))
    (description,) = choose_model().describe([answer.features.frames], "midi")
    assert np.isfinite(description.window_vectors).all()
