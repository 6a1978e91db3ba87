"""JAMS files: valid for their own package, and right by known music played in a known tempo."""

import hashlib
import io
import json
import logging
import os

import jams
import mido
import mir_eval
import numpy as np
import pretty_midi
import pytest
import soundfile

from lakhdb.engine.errors import InputError
from lakhdb.engine.export.jams import export_jams
from lakhdb.engine.ingest.audio import ingest_audio
from lakhdb.engine.ingest.midi import ingest_midi
from lakhdb.engine.match import match
from lakhdb.engine.store import open_store
from lakhdb.kernels.synthesis import synthesise

RATE = 22_050
TICKS = 480
N_BARS = 18

# I, vi, IV, V and their like: root above the key, and whether minor.
PROGRESSION = ((0, False), (9, True), (5, False), (7, False), (2, True), (7, False))


def warp(midi_s):
    """Play a little slower than the file and unsteadily, from second 1 on."""
    return 1.0 + 1.06 * midi_s + 0.5 * np.sin(midi_s / 6.0)


def write_piece(seed, *, up=0, tempos=(100, 132), has_events=True):
    """Write nine bars in 4/4 and nine in 3/4, another melody for each seed, as MIDI bytes."""
    rng = np.random.default_rng(seed)
    file = mido.MidiFile(ticks_per_beat=TICKS)
    conductor, piano, bass, drums = (mido.MidiTrack() for _ in range(4))
    file.tracks.extend([conductor, piano, bass, drums])
    half = 9 * 4 * TICKS
    for time, tempo in zip((0, half), tempos, strict=True):
        conductor.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo), time=time))
        if has_events:
            metre = 3 if time else 4
            conductor.append(mido.MetaMessage("time_signature", numerator=metre, denominator=4, time=0))
            conductor.append(mido.MetaMessage("key_signature", key="G" if time else "C", time=0))
    events = {"piano": [], "bass": [], "drums": [], "words": []}
    tick = 0
    for bar in range(N_BARS):
        n_beats = 4 if bar < 9 else 3
        root, is_minor = PROGRESSION[bar % len(PROGRESSION)]
        triad = [root, root + (3 if is_minor else 4), root + 7]
        for step in triad:
            events["bass"].append((tick, tick + n_beats * TICKS - 20, 48 + step + up))
        at = tick
        while at < tick + n_beats * TICKS:
            length = int(rng.choice([TICKS // 2, TICKS]))
            pitch = 60 + int(rng.choice([*triad, *triad, root + 2])) + 12 * int(rng.integers(0, 2)) + up
            events["piano"].append((at, at + length - 20, pitch))
            at += length
        events["drums"] += [
            (tick + n * TICKS, tick + n * TICKS + 60, 36 if n % 2 == 0 else 38) for n in range(n_beats)
        ]
        tick += n_beats * TICKS
    for track, name, channel, program in (
        (piano, "piano", 0, 0),
        (bass, "bass", 1, 48),
        (drums, "drums", 9, 0),
    ):
        track.append(mido.MetaMessage("track_name", name=name.title(), time=0))
        track.append(mido.Message("program_change", channel=channel, program=program, time=0))
        rows = [(first, 1, pitch) for first, _, pitch in events[name]]
        rows += [(last, 0, pitch) for _, last, pitch in events[name]]
        if name == "piano" and has_events:
            rows += [(bar * 4 * TICKS, 2, f"la{bar}") for bar in range(9)]
        now = 0
        for at, kind, value in sorted(rows, key=lambda row: row[:2]):
            if kind == 2:
                track.append(mido.MetaMessage("lyrics", text=value, time=at - now))
            else:
                message = "note_on" if kind else "note_off"
                track.append(mido.Message(message, channel=channel, note=value, velocity=90, time=at - now))
            now = at
    data = io.BytesIO()
    file.save(file=data)
    return data.getvalue()


def play(midi, path):
    """Record a piece in the known tempo."""
    notes = [
        (note.pitch, note.velocity, note.start, note.end, instrument.program, instrument.is_drum)
        for instrument in midi.instruments
        for note in instrument.notes
    ]
    pitch, velocity, start_s, end_s, program, is_drum = map(np.array, zip(*notes, strict=True))
    start_s, end_s = warp(start_s), warp(end_s)
    samples = synthesise(
        pitch, velocity, start_s, end_s, program, is_drum, duration_s=float(end_s.max()) + 1, sample_rate=RATE
    )
    soundfile.write(path, samples / np.abs(samples).max(), RATE)


@pytest.fixture(scope="session")
def known(tmp_path_factory):
    """Two pieces as pretty_midi objects, and a database of their files and recordings, matched.

    Of the first piece there is another file: a tone lower, in one tempo, without metre, key or words.
    """
    folder = tmp_path_factory.mktemp("jams")
    pieces = []
    (folder / "midi").mkdir()
    (folder / "audio").mkdir()
    for seed in range(2):
        data = write_piece(seed)
        (folder / "midi" / f"piece{seed}.mid").write_bytes(data)
        pieces.append(pretty_midi.PrettyMIDI(io.BytesIO(data)))
        play(pieces[-1], folder / "audio" / f"piece{seed}.flac")
    (folder / "midi" / "other.mid").write_bytes(write_piece(0, up=-2, tempos=(90, 90), has_events=False))
    store = open_store(folder / "known.lmdb", create=True)
    ingest_midi(store, [folder / "midi"], jobs=1)
    ingest_audio(store, [folder / "audio"], jobs=1)
    match(store, transpose=3)
    return store, pieces, folder


@pytest.fixture(scope="session")
def exported(known, tmp_path_factory):
    """The two documents, by the name of the piece, as jams reads them."""
    store, _, folder = known
    out = tmp_path_factory.mktemp("exported") / "out"
    summary = export_jams(store, out)
    assert summary.n_written == 2
    by_md5 = {path.stem: path for path in summary.files}
    names = {}
    for piece in ("piece0", "piece1"):
        md5 = hashlib.md5((folder / "audio" / f"{piece}.flac").read_bytes()).hexdigest()
        names[piece] = jams.load(str(by_md5[md5]), validate=True)
    return names


def find(document, namespace, midi):
    """Find the annotations of a namespace that came from a file."""
    md5 = hashlib.md5(midi.read_bytes()).hexdigest()
    return [one for one in document.search(namespace=namespace) if one.sandbox.midi_md5 == md5]


@pytest.mark.parametrize("number", [0, 1])
def test_beats_and_downbeats_are_the_known_ones(known, exported, number):
    _, pieces, folder = known
    (beats,) = find(exported[f"piece{number}"], "beat", folder / "midi" / f"piece{number}.mid")
    at_s, positions = beats.to_event_values()
    assert mir_eval.beat.f_measure(warp(pieces[number].get_beats()), at_s) >= 0.98
    downbeats_s = at_s[np.array(positions) == 1]
    assert mir_eval.beat.f_measure(warp(pieces[number].get_downbeats()), downbeats_s) >= 0.98
    assert set(positions) == {1, 2, 3, 4}
    assert [row["value"] for row in beats.sandbox.time_signatures] == ["4/4", "3/4"]


@pytest.mark.parametrize("number", [0, 1])
def test_notes_are_the_known_ones(known, exported, number):
    _, pieces, folder = known
    found = find(exported[f"piece{number}"], "note_midi", folder / "midi" / f"piece{number}.mid")
    assert [(one.sandbox.instrument, one.sandbox.is_drum, one.sandbox.track_name) for one in found] == [
        ("Acoustic Grand Piano", False, "Piano"),
        ("String Ensemble 1", False, "Bass"),
        ("Drums", True, "Drums"),
    ]
    for one, instrument in zip(found, pieces[number].instruments, strict=True):
        spans_s, pitches = one.to_interval_values()
        truth_s = warp(np.array([[note.start, note.end] for note in instrument.notes]))
        truth = pretty_midi.note_number_to_hz(np.array([note.pitch for note in instrument.notes]))
        *_, f_measure, _ = mir_eval.transcription.precision_recall_f1_overlap(
            truth_s, truth, spans_s, pretty_midi.note_number_to_hz(np.array(pitches)), offset_ratio=None
        )
        assert f_measure >= 0.98
