"""Windows of recordings with their labels: against loops over the notes, interrupted, on a full disk."""

import csv
import hashlib
import json
import resource
import shutil
import signal
import subprocess
import sys

import numpy as np
import pretty_midi
import pytest
import soundfile
import soxr
from click.testing import CliRunner

from lakhdb.cli.export_frames import frames as command
from lakhdb.cli.place import Place
from lakhdb.engine.errors import InputError
from lakhdb.engine.export.frames import export_frames
from lakhdb.engine.export.frames_reader import load_frames
from lakhdb.engine.ingest.audio import ingest_audio
from lakhdb.engine.ingest.midi import ingest_midi
from lakhdb.engine.match import match
from lakhdb.engine.store import open_store

RATE = 16_000
SIZE = 1024


def digest_files(folder):
    """Checksums of all files below a folder, by name."""
    return {
        file.relative_to(folder).as_posix(): hashlib.md5(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def write_pairs(folder, seeds, make_tune, compositions=None):
    """Write tunes, recordings in their own time, and the table of both; return the table's path."""
    for seed in seeds:
        tune = make_tune(seed, n_notes=15)
        tune.write(str(folder / f"{seed}.mid"))
        samples = tune.synthesize(fs=22050)
        soundfile.write(folder / f"{seed}.flac", 0.5 * samples / np.abs(samples).max(), 22050)
    words = compositions or [str(seed) for seed in seeds]
    rows = [f"{seed}.flac,{seed}.mid,{word}\n" for seed, word in zip(seeds, words, strict=True)]
    table = folder / f"pairs-{len(seeds)}.csv"
    table.write_text("audio,midi,composition\n" + "".join(rows))
    return table


@pytest.fixture(scope="module")
def pairs(tmp_path_factory, make_tune):
    """Six pairs of four compositions, in the recordings' time."""
    folder = tmp_path_factory.mktemp("pairs")
    return write_pairs(folder, range(6), make_tune, ["a", "a", "b", "b", "c", "d"])


@pytest.fixture(scope="module")
def written(pairs, tmp_path_factory):
    """A set of windows of them."""
    folder = tmp_path_factory.mktemp("written") / "windows"
    export_frames(None, folder, pairs=pairs, aligned=True, size=SIZE, rate=RATE)
    return load_frames(folder)


def list_rows(frames, split):
    """Rows of the table of a split."""
    return [row for row in frames.table.to_pylist() if row["split"] == split]


def find_files(frames, pairs):
    """Recording of each audio_id."""
    return {hashlib.md5(file.read_bytes()).hexdigest(): file for file in pairs.parent.glob("*.flac")}


def test_labels_are_the_notes_that_sound_in_the_middle(written, pairs):
    files = find_files(written, pairs)
    for split in ("train", "validation", "test"):
        assert written.labels[split].any()
        for row in list_rows(written, split):
            tune = pretty_midi.PrettyMIDI(str(files[row["audio_id"]].with_suffix(".mid")))
            sample = round(row["centre_s"] * RATE)
            truth = np.zeros(128)
            for note in tune.instruments[0].notes:
                if round(note.start * RATE) <= sample < round(note.end * RATE):
                    truth[note.pitch] = 1
            np.testing.assert_array_equal(written.labels[split][row["row"]], truth)


def test_windows_are_the_recording_over_its_peak(written, pairs):
    files = find_files(written, pairs)
    for split in ("train", "test"):
        for row in list_rows(written, split)[::7]:
            samples, rate = soundfile.read(files[row["audio_id"]], dtype="float32")
            whole = soxr.resample(samples, rate, RATE)
            start = round(row["centre_s"] * RATE) - SIZE // 2
            wanted = whole[start : start + SIZE] / np.abs(whole).max()
            np.testing.assert_allclose(written.audio[split][row["row"]], wanted, atol=1e-4)
        assert written.audio[split].min() >= -1
        assert written.audio[split].max() <= 1


def test_every_window_that_fits_is_there_once(written, pairs):
    n_expected = sum(soundfile.info(file).duration * RATE // SIZE for file in pairs.parent.glob("*.flac"))
    assert written.table.num_rows == n_expected
    assert sum(len(labels) for labels in written.labels.values()) == n_expected
    for split in ("train", "validation", "test"):
        assert [row["row"] for row in list_rows(written, split)] == list(range(len(written.labels[split])))


def test_no_composition_is_in_two_splits(written):
    own = {
        split: {row["composition"] for row in list_rows(written, split)}
        for split in ("train", "validation", "test")
    }
    assert all(own.values())
    assert sorted(one for names in own.values() for one in names) == ["a", "b", "c", "d"]


def test_label_tables_agree_with_labels(written):
    for row in list_rows(written, "train")[::5]:
        with (written.folder / "labels" / f"{row['audio_id']}.csv").open(newline="") as stream:
            notes = list(csv.DictReader(stream))
        sample = round(row["centre_s"] * RATE)
        sounding = {int(n["note"]) for n in notes if int(n["start_time"]) <= sample < int(n["end_time"])}
        assert sounding == set(np.flatnonzero(written.labels["train"][row["row"]]).tolist())
        assert {n["instrument"] for n in notes} == {"1"}


def test_counts_are_met_exactly_and_evenly(pairs, tmp_path):
    summary = export_frames(
        None, tmp_path / "w", pairs=pairs, aligned=True, size=SIZE, rate=RATE, split=(41, 7, 13)
    )
    assert summary.windows == {"train": 41, "validation": 7, "test": 13}
    rows = list_rows(load_frames(tmp_path / "w"), "train")
    each = [sum(row["audio_id"] == one for row in rows) for one in {row["audio_id"] for row in rows}]
    assert max(each) - min(each) <= 1


def test_so_many_of_a_recording_at_most(pairs, tmp_path):
    summary = export_frames(
        None, tmp_path / "w", pairs=pairs, aligned=True, size=SIZE, rate=RATE, hop=100, per_recording=5
    )
    assert sum(summary.windows.values()) == 5 * 6


def test_the_same_call_writes_the_same_bytes(written, pairs, tmp_path):
    export_frames(None, tmp_path / "w", pairs=pairs, aligned=True, size=SIZE, rate=RATE)
    assert digest_files(tmp_path / "w") == digest_files(written.folder)


def test_pairs_are_aligned(tmp_path, make_tune):
    tune = make_tune(3, n_notes=60)
    tune.write(str(tmp_path / "late.mid"))
    samples = tune.synthesize(fs=22050)
    late = np.concatenate([np.zeros(22050 * 2), samples / np.abs(samples).max()])
    soundfile.write(tmp_path / "late.flac", late, 22050)
    (tmp_path / "pairs.csv").write_text("audio,midi\nlate.flac,late.mid\n")
    export_frames(None, tmp_path / "w", pairs=tmp_path / "pairs.csv", split=(1, 0, 0), hop=8000)
    frames = load_frames(tmp_path / "w")
    truth = np.zeros_like(frames.labels["train"])
    for row in frames.table.to_pylist():
        for note in tune.instruments[0].notes:
            if note.start <= row["centre_s"] - 2 < note.end:
                truth[row["row"], note.pitch] = 1
    labels = frames.labels["train"]
    assert len(labels) > 50
    assert 2 * (labels & truth).sum() / (labels.sum() + truth.sum()) > 0.95


@pytest.fixture(scope="module")
def home(collection, tmp_path_factory):
    folder = tmp_path_factory.mktemp("known")
    shutil.copytree(collection, folder / "music")
    store = open_store(folder / "known.lmdb", create=True)
    ingest_midi(store, [folder / "music" / "midi"], jobs=1)
    ingest_audio(store, [folder / "music" / "audio"], jobs=1)
    match(store)
    return folder


@pytest.fixture
def known(home):
    """A matched database of six MIDI files and four recordings; files that a test changes come back."""
    audio = home / "music" / "audio"
    kept = {file: file.read_bytes() for file in audio.iterdir()}
    yield open_store(home / "known.lmdb", create=False)
    for file, data in kept.items():
        file.write_bytes(data)


def test_matches_give_windows_within_their_aligned_parts(known, tmp_path):
    summary = export_frames(known, tmp_path / "w", size=SIZE, rate=RATE, split=(1, 0, 0))
    frames = load_frames(tmp_path / "w")
    assert sum(summary.recordings.values()) == 4
    with known.reading() as con:
        ends = {
            audio_id: (audio_s[0], audio_s[-1], midi_path)
            for audio_id, audio_s, midi_path in con.execute(
                "SELECT audio_id, audio_s, midi_path FROM alignments"
                " JOIN matches USING (run_id, midi_id, audio_id) WHERE audio_rank = 1"
            ).fetchall()
        }
    right = told = there = 0
    for row in frames.table.to_pylist():
        low, high, path = ends[row["audio_id"]]
        assert low <= row["centre_s"] - SIZE / 2 / RATE
        assert row["centre_s"] + SIZE / 2 / RATE <= high + 1e-9
        truth = np.zeros(128, np.uint8)  # the recordings keep the time of their files
        for note in pretty_midi.PrettyMIDI(path).instruments[0].notes:
            if note.start <= row["centre_s"] < note.end:
                truth[note.pitch] = 1
        labels = frames.labels["train"][row["row"]]
        right, told, there = right + (labels & truth).sum(), told + labels.sum(), there + truth.sum()
    assert 2 * right / (told + there) > 0.95


KILLED = """
import os, signal, sys
from pathlib import Path
from lakhdb.engine.export.frames import export_frames
from lakhdb.engine.store import open_store
def die(stage, done, total):
    os.kill(os.getpid(), signal.SIGKILL)
store = open_store(Path(sys.argv[1]), create=False)
export_frames(store, Path(sys.argv[2]), size={size}, rate={rate}, split=(1, 0, 0), progress=die)
"""


def test_a_killed_export_goes_on_and_reads_nothing_twice(known, home, tmp_path):
    whole = tmp_path / "whole"
    export_frames(known, whole, size=SIZE, rate=RATE, split=(1, 0, 0))
    script = KILLED.format(size=SIZE, rate=RATE)
    killed = subprocess.run(
        [sys.executable, "-c", script, str(known.folder), str(tmp_path / "w")], check=False, timeout=100
    )
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "w").exists()
    done = (tmp_path / "w.new" / ".work" / "done.txt").read_text().split()
    assert len(done) == 1
    # What has been read would now be refused: it is not read again.
    audio_ids = list(dict.fromkeys(load_frames(whole).table["audio_id"].to_pylist()))
    for file in (home / "music" / "audio").iterdir():
        if hashlib.md5(file.read_bytes()).hexdigest() == audio_ids[int(done[0])]:
            file.write_bytes(b"other bytes")
    export_frames(known, tmp_path / "w", size=SIZE, rate=RATE, split=(1, 0, 0))
    assert digest_files(tmp_path / "w") == digest_files(whole)
    assert not (tmp_path / "w.new").exists()


def test_a_line_cut_short_is_not_taken_for_done(known, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        export_frames(known, tmp_path / "w", split=(1, 0, 0), progress=interrupt)
    done = tmp_path / "w.new" / ".work" / "done.txt"
    done.write_text(done.read_text() + "3")
    export_frames(known, tmp_path / "w", split=(1, 0, 0))
    export_frames(known, tmp_path / "again", split=(1, 0, 0))
    assert digest_files(tmp_path / "w") == digest_files(tmp_path / "again")


def interrupt(stage, done, total):
    raise KeyboardInterrupt


def test_other_settings_do_not_go_on_with_what_is_begun(known, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        export_frames(known, tmp_path / "w", split=(1, 0, 0), progress=interrupt)
    with pytest.raises(InputError, match=r"w\.new holds the beginning of another set"):
        export_frames(known, tmp_path / "w", split=(1, 0, 0), hop=1000)


def test_a_recording_that_is_gone_is_named_and_nothing_is_left(known, home, tmp_path):
    (home / "music" / "audio" / "tune1.flac").unlink()
    with pytest.raises(InputError, match=r"tune1\.flac is gone; bring it back"):
        export_frames(known, tmp_path / "w")
    assert list(tmp_path.glob("w*")) == []


def test_a_recording_that_changed_is_named_and_the_rest_is_kept(known, home, tmp_path):
    file = home / "music" / "audio" / "tune2.flac"
    data = file.read_bytes()
    file.write_bytes(data[:-500])
    with pytest.raises(InputError, match=r"tune2\.flac cannot be read \(its bytes have changed\)"):
        export_frames(known, tmp_path / "w", split=(1, 0, 0))
    assert not (tmp_path / "w").exists()
    file.write_bytes(data)
    export_frames(known, tmp_path / "w", split=(1, 0, 0))
    export_frames(known, tmp_path / "again", split=(1, 0, 0))
    assert digest_files(tmp_path / "w") == digest_files(tmp_path / "again")


@pytest.fixture
def limit_files():
    """Return a function that has this process write no file beyond some bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda n_bytes: resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_is_too_small_is_told_before_anything_is_read(known, tmp_path, limit_files):
    limit_files(100_000)
    with pytest.raises(InputError, match=r"w cannot be written \(.*\); make room"):
        export_frames(known, tmp_path / "w", split=(1, 0, 0))
    limit_files(resource.getrlimit(resource.RLIMIT_FSIZE)[1])
    assert list(tmp_path.glob("w*")) == []
    export_frames(known, tmp_path / "w", split=(1, 0, 0))
    assert load_frames(tmp_path / "w").table.num_rows


def test_a_folder_that_exists_is_left_alone(pairs, tmp_path):
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="w exists; name another folder"):
        export_frames(None, tmp_path / "w", pairs=pairs, aligned=True)
    assert digest_files(tmp_path) == {"w/mine.txt": hashlib.md5(b"mine").hexdigest()}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 1}, "size is 1"),
        ({"hop": 0}, "hop is 0"),
        ({"rate": 5}, "rate is 5"),
        ({"per_recording": 0}, "per_recording is 0"),
        ({"min_confidence": 2.0}, "min_confidence is 2.0"),
        ({"split": (0.5, 0.1, 0.1)}, "neither three shares"),
        ({"split": (1, 0)}, "three numbers"),
        ({"split": (10**7, 1, 1)}, "windows for train, not 10000000"),
        ({"size": 10**7}, "no window of 10000000 samples fits"),
    ],
)
def test_refuses_what_cannot_be(pairs, tmp_path, options, message):
    with pytest.raises(InputError, match=message):
        export_frames(None, tmp_path / "w", pairs=pairs, aligned=True, **options)
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("audio,score\na,b\n", "columns audio and midi"),
        ("audio,midi\n", "has no pairs"),
        ("audio,midi\nnone.flac,none.mid\n", "line 2: there is no audio file"),
        ("audio,midi\npairs.csv,pairs.csv\n", "cannot be used"),
    ],
)
def test_refuses_tables_that_name_no_pairs(tmp_path, text, message):
    (tmp_path / "pairs.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        export_frames(None, tmp_path / "w", pairs=tmp_path / "pairs.csv", aligned=True)
    assert [file.name for file in tmp_path.iterdir()] == ["pairs.csv"]


def test_refuses_to_take_windows_from_nothing(known, tmp_path):
    with pytest.raises(InputError, match="give a database or pairs"):
        export_frames(None, tmp_path / "w")
    with pytest.raises(InputError, match="give pairs, too"):
        export_frames(known, tmp_path / "w", aligned=True)


def test_refuses_to_load_what_is_no_set(written, tmp_path):
    with pytest.raises(InputError, match="no set of labelled windows"):
        load_frames(tmp_path)
    shutil.copytree(written.folder, tmp_path / "w")
    np.save(tmp_path / "w" / "audio-test.npy", np.zeros((2, SIZE), np.float32))
    with pytest.raises(InputError, match="arrays of test do not hold"):
        load_frames(tmp_path / "w")


def test_the_command(pairs, tmp_path):
    place = Place(tmp_path / "none.lmdb")
    words = ["--pairs", str(pairs), "--aligned", "--size", "512", "--split", "50,10,10", "--format", "json"]
    result = CliRunner().invoke(command, [str(tmp_path / "w"), *words], obj=place, catch_exceptions=False)
    assert result.exit_code == 0
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["windows"] for row in rows] == [50, 10, 10]
    assert json.loads((tmp_path / "w" / "frames.json").read_text())["settings"]["size"] == 512
