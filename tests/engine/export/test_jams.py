"""JAMS files: valid for their own package, and right by known music played in a known tempo."""

import hashlib
import io
import logging
import shutil

import duckdb
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

# I, IV, V, ii, iii, vi: root above the key, and whether minor.
TRIADS = ((0, False), (5, False), (7, False), (2, True), (4, True), (9, True))


def warp(midi_s):
    """Play a little slower than the file and unsteadily, from second 1 on."""
    return 1.0 + 1.06 * midi_s + 0.5 * np.sin(midi_s / 6.0)


def draw_progression(seed):
    """Draw a triad for each bar, another one than in the bar before."""
    rng = np.random.default_rng(100 + seed)
    drawn = [int(rng.integers(0, 6))]
    while len(drawn) < N_BARS:
        drawn.append((drawn[-1] + int(rng.integers(1, 6))) % 6)
    return [TRIADS[one] for one in drawn]


def write_piece(seed, *, up=0, tempos=(100, 132), has_events=True, pause=0):
    """Write nine bars in 4/4 and nine in 3/4, other chords and melody for each seed, as MIDI bytes.

    Between them may be a pause of so many ticks, of which 480 take a microsecond.
    """
    rng = np.random.default_rng(seed)
    progression = draw_progression(seed)
    file = mido.MidiFile(ticks_per_beat=TICKS)
    conductor, piano, bass, drums = (mido.MidiTrack() for _ in range(4))
    file.tracks.extend([conductor, piano, bass, drums])
    half = 9 * 4 * TICKS
    for time, tempo in zip((0, half), tempos, strict=True):
        if time and pause:
            conductor.append(mido.MetaMessage("set_tempo", tempo=1, time=time))
            time = pause
        conductor.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo), time=time))
        if has_events:
            metre = 3 if time else 4
            conductor.append(mido.MetaMessage("time_signature", numerator=metre, denominator=4, time=0))
            conductor.append(mido.MetaMessage("key_signature", key="G" if time else "C", time=0))
    events = {"piano": [], "bass": [], "drums": [], "words": []}
    tick = 0
    for bar in range(N_BARS):
        n_beats = 4 if bar < 9 else 3
        tick += pause if bar == 9 else 0
        root, is_minor = progression[bar]
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


def sound(midi, place=warp, until_s=None):
    """Sound a piece, its times placed by a function."""
    notes = [
        (note.pitch, note.velocity, note.start, note.end, instrument.program, instrument.is_drum)
        for instrument in midi.instruments
        for note in instrument.notes
    ]
    pitch, velocity, start_s, end_s, program, is_drum = map(np.array, zip(*notes, strict=True))
    start_s, end_s = place(start_s), place(end_s)
    duration_s = float(end_s.max()) + 1 if until_s is None else until_s
    samples = synthesise(
        pitch, velocity, start_s, end_s, program, is_drum, duration_s=duration_s, sample_rate=RATE
    )
    return samples / np.abs(samples).max()


@pytest.fixture(scope="session")
def known(tmp_path_factory):
    """Two pieces as pretty_midi objects, and a database of their files and recordings, matched.

    Of the first piece there is another file: a tone lower, in one tempo, without metre, key or words. Of the
    second there is one that has 300 000 beats in a third of a second.
    """
    folder = tmp_path_factory.mktemp("jams")
    pieces = []
    (folder / "midi").mkdir()
    (folder / "audio").mkdir()
    for seed in range(2):
        data = write_piece(seed)
        (folder / "midi" / f"piece{seed}.mid").write_bytes(data)
        pieces.append(pretty_midi.PrettyMIDI(io.BytesIO(data)))
        soundfile.write(folder / "audio" / f"piece{seed}.flac", sound(pieces[-1]), RATE)
    (folder / "midi" / "other.mid").write_bytes(write_piece(0, up=-2, tempos=(90, 90), has_events=False))
    (folder / "midi" / "endless.mid").write_bytes(write_piece(1, pause=300_000 * TICKS))
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
    return {
        piece: jams.load(str(out / f"{hash_file(folder / 'audio' / f'{piece}.flac')}.jams"), validate=True)
        for piece in ("piece0", "piece1")
    }


def hash_file(path):
    return hashlib.md5(path.read_bytes()).hexdigest()


def find(document, namespace, midi):
    """Find the annotations of a namespace that came from a file."""
    md5 = hash_file(midi)
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


def test_chords_are_those_that_were_written(known, exported):
    _, pieces, folder = known
    names = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
    truth = [f"{names[root]}:{'min' if is_minor else 'maj'}" for root, is_minor in draw_progression(0)]
    downbeats_s = warp(pieces[0].get_downbeats())
    truth_s = np.stack(
        [downbeats_s[:N_BARS], [*downbeats_s[1:N_BARS], warp(pieces[0].get_end_time())]], axis=1
    )
    (chords,) = find(exported["piece0"], "chord", folder / "midi" / "piece0.mid")
    assert chords.sandbox.is_inferred
    assert "inferred" in chords.annotation_metadata.annotation_rules
    spans_s, labels = chords.to_interval_values()
    share = mir_eval.chord.evaluate(truth_s, truth, spans_s, list(labels))["majmin"]
    assert share >= 0.95


def test_keys_are_in_the_key_of_the_recording_and_c_major_is_marked(known, exported):
    _, pieces, folder = known
    (keys,) = find(exported["piece0"], "key_mode", folder / "midi" / "piece0.mid")
    assert [row.value for row in keys.data] == ["C:major", "G:major"]
    change_s = warp(pieces[0].key_signature_changes[1].time)
    assert [row.time for row in keys.data] == pytest.approx([warp(0.0), change_s], abs=0.05)
    assert keys.sandbox.is_c_major == [True, False]
    assert "not reliable" in keys.sandbox.warning


def test_tempos_are_those_of_the_recording(known, exported):
    _, pieces, folder = known
    (tempos,) = find(exported["piece0"], "tempo", folder / "midi" / "piece0.mid")
    downbeats_s = warp(pieces[0].get_downbeats()[:N_BARS])
    n_beats = np.array([4] * 9 + [3] * 8)
    expected = 60 * n_beats / np.diff(downbeats_s)
    assert [row.time for row in tempos.data] == pytest.approx(downbeats_s.tolist(), abs=0.05)
    ratios = np.array([row.value for row in tempos.data][:-1]) / expected
    # A bar of 1.4 s whose ends are 25 ms off, each, is 4 % too fast.
    assert np.median(np.abs(ratios - 1)) < 0.01
    assert np.abs(ratios - 1).max() < 0.05


def test_words_are_where_they_are_sung(known, exported):
    _, pieces, folder = known
    (lyrics,) = find(exported["piece1"], "lyrics", folder / "midi" / "piece1.mid")
    assert [row.value for row in lyrics.data] == [one.text for one in pieces[1].lyrics]
    expected_s = [warp(one.time) for one in pieces[1].lyrics]
    assert [row.time for row in lyrics.data] == pytest.approx(expected_s, abs=0.05)
    assert lyrics.sandbox.track_name == "Piano"


def test_another_file_is_raised_to_the_key_of_the_recording(known, exported):
    _, pieces, folder = known
    other = folder / "midi" / "other.mid"
    found = find(exported["piece0"], "note_midi", other)
    assert {one.sandbox.transposition for one in found} == {2}
    for one, instrument in zip(found, pieces[0].instruments, strict=True):
        truth = sorted((note.start, note.pitch) for note in instrument.notes)
        assert sorted(row.value for row in one.data) == sorted(pitch for _, pitch in truth)
    assert not find(exported["piece0"], "key_mode", other)
    assert not find(exported["piece0"], "lyrics", other)


def test_files_of_one_recording_agree(known, exported):
    _, _, folder = known
    document = exported["piece0"]
    assert document.sandbox.beats_disagree is False
    assert [one["midi_md5"] for one in document.sandbox.midi_files] == [
        hash_file(folder / "midi" / name) for name in ("piece0.mid", "other.mid")
    ]
    for namespace, least in (("beat", 0.98), ("note_midi", 0.95), ("chord", 0.75)):
        for name in ("piece0.mid", "other.mid"):
            for one in find(document, namespace, folder / "midi" / name):
                assert one.sandbox.agreement >= least
    (keys,) = find(document, "key_mode", folder / "midi" / "piece0.mid")
    assert keys.sandbox.agreement is None
    for one in exported["piece1"].annotations:
        assert one.sandbox.agreement is None
    assert exported["piece1"].sandbox.beats_disagree is None


def test_metadata_says_whence_everything_is(known, exported):
    store, _, folder = known
    document = exported["piece0"]
    with soundfile.SoundFile(folder / "audio" / "piece0.flac") as file:
        assert document.file_metadata.duration == pytest.approx(file.frames / RATE, abs=1e-3)
    assert document.file_metadata.title == "Piece0"
    assert document.file_metadata.identifiers.md5 == hash_file(folder / "audio" / "piece0.flac")
    with store.reading() as con:
        known_pairs = con.execute(
            "SELECT midi_id, score, confidence, transposition, run_id, confidence_model FROM matches "
            "JOIN runs USING (run_id)"
        ).fetchall()
    for one in document.annotations:
        box, meta = one.sandbox, one.annotation_metadata
        assert (
            box.midi_md5, box.score, box.confidence, box.transposition, box.run_id, box.confidence_model
        ) in known_pairs  # fmt: skip
        assert box.alignment == "onsets-2"
        assert box.midi_md5 in meta.data_source
        assert box.lakhdb == meta.version
        assert box.confidence_model in meta.annotation_tools
        assert one.time >= 0
        assert one.time + one.duration <= document.file_metadata.duration + 1e-3


def test_a_second_export_leaves_what_is_whole_alone(known, tmp_path):
    store, _, _ = known
    out = tmp_path / "out"
    first = export_jams(store, out)
    contents = {path: path.read_bytes() for path in first.files}
    assert len(contents) == 2
    cut, left = first.files
    cut.write_bytes(contents[cut][:-100])
    (out / f".{cut.name}.tmp").write_bytes(b"{")
    stamp = left.stat().st_mtime_ns
    second = export_jams(store, out)
    assert (second.n_written, second.files) == (1, first.files)
    assert left.stat().st_mtime_ns == stamp
    assert {path: path.read_bytes() for path in second.files} == contents
    assert not list(out.glob(".*"))
    third = export_jams(store, out)
    assert (third.n_written, third.files) == (0, first.files)


def test_the_same_database_gives_the_same_bytes(known, tmp_path):
    store, _, _ = known
    one, other = (export_jams(store, tmp_path / name) for name in ("one", "other"))
    assert [path.read_bytes() for path in one.files] == [path.read_bytes() for path in other.files]


def test_less_sure_pairs_are_left_out_and_files_made_anew(known, tmp_path):
    store, _, folder = known
    out = tmp_path / "out"
    first = export_jams(store, out)
    other = hash_file(folder / "midi" / "other.mid")
    with store.reading() as con:
        query = "SELECT confidence FROM matches JOIN alignments USING (midi_id, audio_id) WHERE midi_id = ?"
        (sure,) = con.execute(query, [other]).fetchone()
        (most,) = con.execute("SELECT max(confidence) FROM matches").fetchone()
    assert sure < most
    second = export_jams(store, out, min_confidence=float(np.nextafter(sure, 1)))
    assert second.n_written >= 1
    for path in second.files:
        assert other not in [one["midi_md5"] for one in jams.load(str(path)).sandbox.midi_files]
    third = export_jams(store, out, min_confidence=1.0)
    assert third.files == ()
    assert third.n_stale == len(first.files)
    assert "are not accepted any more" in str(third)


def test_a_file_of_no_use_is_told_of_and_survived(known, tmp_path, caplog):
    store, _, folder = known
    with caplog.at_level(logging.WARNING):
        summary = export_jams(store, tmp_path / "out")
    (line,) = [record.getMessage() for record in caplog.records]
    assert "endless.mid says nothing of " in line
    assert "more than 288000 beats" in line
    assert summary.n_failed == 0
    alone = shutil.copytree(store.folder, tmp_path / "alone.lmdb")
    with duckdb.connect(alone / "catalog.duckdb") as con:
        con.execute(
            "DELETE FROM alignment_rows AS row USING midi_items AS item "
            "WHERE row.midi_seq = item.midi_seq AND item.midi_id <> ?",
            [hash_file(folder / "midi" / "endless.mid")],
        )
    summary = export_jams(open_store(alone, create=False), tmp_path / "none")
    assert (summary.files, summary.n_failed) == ((), 1)
    assert "1 recordings gave none" in str(summary)


def test_progress_is_told(known, tmp_path):
    store, _, _ = known
    told = []
    export_jams(store, tmp_path / "out", progress=lambda *news: told.append(news))
    assert told == [("jams", 2, 2)]


def test_a_folder_with_other_things_is_refused(known, tmp_path):
    store, _, _ = known
    (tmp_path / "holiday.txt").write_text("sun")
    with pytest.raises(InputError, match=r"holds other things.*new or an empty folder"):
        export_jams(store, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.txt"]


def test_a_file_is_no_folder(known, tmp_path):
    store, _, _ = known
    (tmp_path / "out").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        export_jams(store, tmp_path / "out")


@pytest.fixture
def spliced(tmp_path):
    """A database of a piece, and of a recording of it with other music put in at its second 16."""
    data = write_piece(3)
    piece, other = (pretty_midi.PrettyMIDI(io.BytesIO(one)) for one in (data, write_piece(9, up=6)))
    played, stranger = sound(piece, place=np.asarray), sound(other, place=np.asarray)
    (tmp_path / "spliced.mid").write_bytes(data)
    samples = np.concatenate([played[: 16 * RATE], stranger[4 * RATE : 20 * RATE], played[16 * RATE :]])
    soundfile.write(tmp_path / "spliced.flac", samples, RATE)
    store = open_store(tmp_path / "spliced.lmdb", create=True)
    ingest_midi(store, [tmp_path / "spliced.mid"], jobs=1)
    ingest_audio(store, [tmp_path / "spliced.flac"], jobs=1)
    match(store)
    return store, piece


def test_nothing_is_said_of_what_was_put_in(spliced, tmp_path):
    store, piece = spliced
    (path,) = export_jams(store, tmp_path / "out").files
    document = jams.load(str(path), validate=True)
    assert len(document.annotations) == 8
    for one in document.annotations:
        assert len(one.sandbox.aligned) == 2
        for row in one.data:
            assert row.time + row.duration <= 17 or row.time >= 31
    (beats,) = document.search(namespace="beat")
    truth_s = piece.get_beats()
    truth_s = truth_s + 16 * (truth_s > 16)
    assert mir_eval.beat.f_measure(truth_s, beats.to_event_values()[0]) >= 0.95
