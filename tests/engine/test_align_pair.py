"""Aligning two files: the known warp is found, and the written MIDI file fits the recording."""

import shutil
from pathlib import Path

import numpy as np
import pretty_midi
import pytest
import soundfile

from lakhdb.engine.align_pair import align
from lakhdb.engine.errors import InputError
from lakhdb.kernels.constant_q import FRAME_S
from lakhdb.kernels.midi_file import read_midi

# The recording leaves out the tune's beginning and goes faster and faster.
LEFT_OUT_S = 4.0


def warp(midi_s):
    """Recorded time of a time in the MIDI: slower by a tenth at first, faster by a tenth at last."""
    at = np.asarray(midi_s) - LEFT_OUT_S
    return 1.1 * at - 0.2 * at**2 / 40


@pytest.fixture(scope="module")
def pair(make_tune, tmp_path_factory):
    """A MIDI file, a recording of its later part, and the times of the recorded notes in both."""
    folder = tmp_path_factory.mktemp("pair")
    tune = make_tune(11, n_notes=70)
    tune.write(str(folder / "tune.mid"))
    notes = tune.instruments[0].notes
    starts_s = np.array([note.start for note in notes if note.start >= LEFT_OUT_S])
    for note in notes:
        note.start, note.end = map(float, warp([note.start, note.end]))
    tune.instruments[0].notes = [note for note in notes if note.start >= 0]
    samples = tune.synthesize(fs=22050)
    soundfile.write(folder / "record.wav", samples / np.abs(samples).max(), 22050)
    return folder / "tune.mid", folder / "record.wav", starts_s


@pytest.fixture(scope="module")
def aligned(pair, tmp_path_factory):
    """Alignment, retimed file and picture of the pair."""
    folder = tmp_path_factory.mktemp("aligned")
    out, plot = folder / "out.mid", folder / "out.png"
    return align(pair[0], pair[1], out=out, plot=plot), out, plot


def test_the_known_warp_is_found(pair, aligned):
    alignment, _, _ = aligned
    error_s = np.interp(pair[2], alignment.midi_s, alignment.audio_s) - warp(pair[2])
    assert np.median(np.abs(error_s)) < 1.5 * FRAME_S
    assert np.percentile(np.abs(error_s), 90) < 3 * FRAME_S
    assert alignment.score > 0.5
    assert alignment.transposition == 0
    assert alignment.midi_start_s == pytest.approx(LEFT_OUT_S, abs=0.5)
    assert alignment.audio_start_s == 0
    assert alignment.tempo_ratio == pytest.approx(1.0, abs=0.1)


def test_the_written_file_fits_the_recording(pair, aligned):
    _, out, _ = aligned
    written = read_midi(out.read_bytes()).notes
    assert written.pitch.size > 0
    starts_s = np.unique(np.round(written.start_s, 3))
    expected_s = np.unique(np.round(warp(pair[2]), 3))
    distance_s = np.abs(starts_s[:, None] - expected_s).min(axis=0)
    assert np.median(distance_s) < 1.5 * FRAME_S
    assert [path.name for path in out.parent.iterdir() if path.suffix == ".tmp"] == []


def test_the_picture_is_a_png(aligned):
    _, _, plot = aligned
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_one_row_for_people(aligned):
    table = aligned[0].to_table()
    assert table.num_rows == 1
    assert {"score", "tempo_ratio", "n_breakpoints"} <= set(table.column_names)
    assert table["n_breakpoints"][0].as_py() == aligned[0].midi_s.size


def test_one_row_for_each_segment(aligned):
    alignment = aligned[0]
    (row,) = alignment.segments_to_table().to_pylist()
    assert (row["segment"], row["is_aligned"]) == (1, True)
    assert row["midi_start_s"] == alignment.midi_start_s
    assert row["confidence"] > 0.5


def test_a_confidence_tells_the_recording_of_another_piece(pair, aligned, make_tune, tmp_path):
    make_tune(23, n_notes=70).write(str(tmp_path / "other.mid"))
    assert align(tmp_path / "other.mid", pair[1]).confidence < 0.5 < aligned[0].confidence


def test_a_transposed_recording_tells_its_transposition(pair, tmp_path):
    tune = pretty_midi.PrettyMIDI(str(pair[0]))
    for note in tune.instruments[0].notes:
        note.pitch -= 2
    tune.write(str(tmp_path / "low.mid"))
    alignment = align(tmp_path / "low.mid", pair[1], transpose=3)
    assert alignment.transposition == 2
    assert alignment.score > align(tmp_path / "low.mid", pair[1]).score


def test_a_recording_far_slower_than_the_midi_is_aligned(pair, make_tune, tmp_path):
    tune = make_tune(11, n_notes=70)
    for note in tune.instruments[0].notes:
        note.start, note.end = 1.7 * note.start, 1.7 * note.end
    samples = tune.synthesize(fs=22050)[: 22050 * 30]
    soundfile.write(tmp_path / "slow.wav", samples / np.abs(samples).max(), 22050)
    alignment = align(pair[0], tmp_path / "slow.wav")
    assert alignment.tempo_ratio == pytest.approx(1.7, rel=0.02)
    assert np.interp(10.0, alignment.midi_s, alignment.audio_s) == pytest.approx(17.0, abs=0.15)
    assert alignment.score > 0.5


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"midi_path": "none.mid"}, "none.mid cannot be used as MIDI"),
        ({"audio_path": "none.wav"}, "none.wav cannot be used as audio"),
        ({"out": "no/such/folder.mid"}, "folder.mid cannot be written"),
        ({"plot": "no/such/folder.png"}, "folder.png cannot be written"),
        ({"plot": "picture.docx"}, "picture.docx cannot be written"),
        ({"transpose": 13}, "transpose is 13"),
    ],
)
def test_refuses_what_cannot_be_read_or_written(pair, tmp_path, wrong, message):
    arguments = {"midi_path": pair[0], "audio_path": pair[1]}
    arguments |= {
        name: tmp_path / value if isinstance(value, str) else value for name, value in wrong.items()
    }
    with pytest.raises(InputError, match=message):
        align(**arguments)


@pytest.mark.parametrize("option", ["out", "plot"])
def test_what_is_read_is_not_written_over(pair, tmp_path, option):
    midi, recording = (shutil.copy(path, tmp_path) for path in pair[:2])
    before = Path(midi).read_bytes()
    with pytest.raises(InputError, match="is read and cannot be written"):
        align(Path(midi), Path(recording), **{option: Path(midi)})
    assert Path(midi).read_bytes() == before
