"""Bases of distractors: read from archives, a training's folder and a database; played in keys and tempi."""

import zipfile

import numpy as np
import pytest

from lakhdb.engine.errors import InputError
from lakhdb.engine.evaluate.bases import (
    LONGEST_S,
    MidiBase,
    RecordingBase,
    list_midi_bases,
    list_pool_bases,
    list_recording_bases,
)


@pytest.fixture
def rng():
    """Random numbers, the same for every call in a test."""
    return lambda: np.random.default_rng(3)


def test_a_recording_moves_by_bins_and_keeps_its_ends(audio_frames, rng):
    frames = audio_frames["excerpt 0"]
    base = RecordingBase("a", "tune 0", frames)
    np.testing.assert_array_equal(base.play(0, 1.0, rng()), frames)
    slow = base.play(2, 1.4, rng())
    assert len(slow) == base.count_frames(1.4) == round(len(frames) * 1.4)
    np.testing.assert_array_equal(slow[0, 2:], frames[0, :-2])
    np.testing.assert_array_equal(slow[-1, 2:], frames[-1, :-2])
    np.testing.assert_array_equal(slow[:, :2], slow[:, [2, 2]])
    assert len(base.play(0, 0.7, rng())) == round(len(frames) * 0.7)


def test_stretched_frames_lie_between_their_neighbours():
    ramp = np.repeat(np.arange(0, 250, 10, dtype=np.uint8)[:, None], 72, axis=1)
    slow = RecordingBase("a", "x", ramp).play(0, 1.4, np.random.default_rng())
    wanted = np.interp(np.linspace(0, len(ramp) - 1, len(slow)), np.arange(len(ramp)), ramp[:, 0])
    np.testing.assert_allclose(slow[:, 5], wanted, atol=1)


def test_a_midi_file_is_played_in_another_key_and_tempo(music, rng):
    base = MidiBase("m", "tune 0", music[0])
    plain, raised = base.play(0, 1.0, rng()), base.play(3, 1.0, rng())
    assert plain.dtype == np.uint8
    assert len(plain) == base.count_frames(1.0)
    assert len(base.play(0, 1.25, rng())) == base.count_frames(1.25) == 1 + int(60 * 1.25 * 22050) // 1024
    loudest, of_raised = plain.argmax(axis=1), raised.argmax(axis=1)
    assert np.median(of_raised - loudest) == 3


def test_instruments_and_noise_are_drawn(music, rng):
    base = MidiBase("m", "tune 0", music[0])
    one, same, other = (
        base.play(0, 1.0, rng()),
        base.play(0, 1.0, rng()),
        base.play(0, 1.0, rng().spawn(1)[0]),
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).mean() > 0.5
    assert one.min(axis=1).max() > 0  # somewhere noise is heard where the notes are silent


def test_checksums_tell_bases_apart(music, audio_frames):
    frames = list(audio_frames.values())
    bases = [MidiBase("m", "x", one) for one in music] + [RecordingBase("a", "x", one) for one in frames]
    assert len({base.checksum for base in bases}) == len(bases)
    assert MidiBase("other", "y", music[0]).checksum == bases[0].checksum


@pytest.fixture
def archive(tmp_path, collection):
    """Two tunes and a file that is none, in an archive."""
    with zipfile.ZipFile(tmp_path / "songs.zip", "w") as archive:
        for n in range(2):
            archive.write(collection / "midi" / f"tune{n}.mid", f"MIDI/tune{n}.mid")
        archive.writestr("MIDI/broken.mid", b"no music")
    return tmp_path / "songs.zip"


def test_midi_files_are_read_and_unreadable_ones_named(archive):
    bases, failures = list_midi_bases([archive], None)
    assert [base.composition for base in bases] == ["songs.zip!/MIDI/tune0.mid", "songs.zip!/MIDI/tune1.mid"]
    assert all(base.music.n_notes > 60 for base in bases)
    assert list(failures) == [f"{archive}!/MIDI/broken.mid"]


def test_a_table_says_what_is_taken_and_which_composition(archive, write_truth):
    table = write_truth([("songs.zip!/MIDI/tune1.mid", "a song")], name="compositions.csv")
    bases, failures = list_midi_bases([archive], table)
    assert [(base.name, base.composition) for base in bases] == [("midi/songs.zip!/MIDI/tune1.mid", "a song")]
    assert failures == {}


def test_the_end_of_the_longest_files_is_left_off(tmp_path, make_tune):
    tune = make_tune(0, n_notes=30)
    tune.instruments[0].notes[-1].end = LONGEST_S + 50
    tune.instruments[0].notes.append(
        type(tune.instruments[0].notes[0])(90, 60, LONGEST_S + 10, LONGEST_S + 11)
    )
    tune.write(str(tmp_path / "long.mid"))
    ((base,), _) = list_midi_bases([tmp_path / "long.mid"], None)
    assert base.music.duration_s == LONGEST_S
    assert base.music.end_s.max() == LONGEST_S
    assert base.music.start_s.max() < LONGEST_S


def test_recordings_of_a_training_are_bases(tmp_path, audio_frames):
    frames = audio_frames["excerpt 1"]
    np.savez(tmp_path / "000001.npz", frames=frames, composition="tune 1", split="train")
    (base,) = list_pool_bases(tmp_path)
    assert (base.name, base.composition) == ("pool/000001", "tune 1")
    np.testing.assert_array_equal(base.frames, frames)
    (tmp_path / "000002.npz").write_bytes(b"no archive")
    with pytest.raises(InputError, match=r"000002\.npz is damaged"):
        list_pool_bases(tmp_path)
    with pytest.raises(InputError, match="holds no recordings"):
        list_pool_bases(tmp_path / "nowhere")


def test_recordings_of_known_composition_are_bases(both, audio_frames, write_truth):
    truth = write_truth([("excerpt 2.wav", "tune 2"), ("excerpt 3.wav", "")])
    (base,) = list_recording_bases(both, [truth])
    assert base.composition == "tune 2"
    np.testing.assert_array_equal(base.frames, audio_frames["excerpt 2"])
