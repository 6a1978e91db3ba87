"""Tables of pairs with known moments, as `lmdb eval alignment` reads them."""

import csv
import zipfile

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from lakhdb.cli.main import lmdb
from lakhdb.engine.errors import InputError
from lakhdb.engine.evaluate.alignment.known import make_known_task, read_pairs
from lakhdb.engine.recordings import play_dry, read_notes

HEADER = "midi,recording,midi_times,recording_times,group\n"
SLOWING = 1.1


@pytest.fixture(scope="module")
def folder(make_tune, tmp_path_factory):
    """A tune of 40 s, as it is and played a tenth slower: in MIDI, recorded, and in an archive."""
    folder = tmp_path_factory.mktemp("pairs")
    tune = make_tune(3, n_notes=90)
    tune.write(str(folder / "score.mid"))
    moments = np.arange(1.0, 40.0, 0.5)
    for instrument in tune.instruments:
        for note in instrument.notes:
            note.start, note.end = SLOWING * note.start, SLOWING * note.end
    tune.write(str(folder / "played.mid"))
    rng = np.random.default_rng(0)
    samples = play_dry(read_notes((folder / "played.mid").read_bytes()), 44.0, 22_050, None, rng)
    soundfile.write(folder / "played.wav", 0.8 * samples / np.abs(samples).max(), 22_050)
    (folder / "score.txt").write_text("".join(f"{one:.4f}\tb\n" for one in moments))
    (folder / "played.txt").write_text("".join(f"{SLOWING * one:.4f}\tb\n" for one in moments))
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        for name in ("score.mid", "played.mid", "score.txt", "played.txt"):
            archive.write(folder / name, name)
    (folder / "pairs.csv").write_text(
        HEADER
        + "score.mid,played.mid,score.txt,played.txt,beats\n"
        + "all.zip!/score.mid,played.wav,all.zip!/score.txt,all.zip!/played.txt,\n"
    )
    return folder


def make(folder, rows, longest_s=None):
    (folder / "other.csv").write_text(HEADER + rows)
    (pair,) = read_pairs(folder / "other.csv")
    return make_known_task(pair, longest_s, None, np.random.default_rng(0))


def test_the_command_measures_pairs_by_group(folder):
    arguments = ["eval", "alignment", "--pairs", str(folder / "pairs.csv"), "--aligners", "notes"]
    answer = CliRunner().invoke(lmdb, [*arguments, "--format", "csv"], catch_exceptions=False)
    assert answer.exit_code == 0
    rows = {row["group"]: row for row in csv.DictReader(answer.stdout.splitlines())}
    assert set(rows) == {"beats", "pairs"}  # without a group, the table's name
    assert all(float(row["median_ms"]) < 15 for row in rows.values())
    assert all(row["pairs"] == "1" for row in rows.values())


def test_both_sides_are_cut_where_the_recording_is(folder):
    task = make(folder, "score.mid,played.mid,score.txt,played.txt,\n", longest_s=22.0)
    assert len(task.samples) / task.sample_rate == pytest.approx(23.0, abs=0.01)
    assert task.audio_s.max() < 22.0
    assert task.midi_s == pytest.approx(task.audio_s / SLOWING)
    assert read_notes(task.midi).start_s.max() <= 20.0
    wave = make(folder, "score.mid,played.wav,score.txt,played.txt,\n", longest_s=22.0)
    assert len(wave.samples) / wave.sample_rate == pytest.approx(22.0)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("score.mid,played.mid,score.txt,short.txt,\n", "78 moments in the MIDI file, 2 in the recording"),
        ("score.mid,played.mid,score.txt,falling.txt,\n", "fall; give them in their order"),
        ("score.mid,played.mid,score.txt,words.txt,\n", "holds no moments"),
        ("score.mid,missing.mid,score.txt,played.txt,\n", "line 2: a file cannot be read: No such file"),
        ("score.mid,missing.wav,score.txt,played.txt,\n", "missing.wav cannot be used as audio"),
        (",played.mid,score.txt,played.txt,\n", "line 2: a column is empty"),
    ],
)
def test_bad_pairs_are_refused(folder, row, message):
    (folder / "short.txt").write_text("1.0\n2.0\n")
    (folder / "falling.txt").write_text("".join(f"{one}\n" for one in range(78, 0, -1)))
    (folder / "words.txt").write_text("one\ntwo\n")
    with pytest.raises(InputError, match=message):
        make(folder, row)


@pytest.mark.parametrize(
    ("text", "message"),
    [("midi,recording\n", "has no column `midi_times`"), (HEADER, "has no rows"), (None, "No such file")],
)
def test_bad_tables_are_refused(tmp_path, text, message):
    table = tmp_path / "table.csv"
    if text is not None:
        table.write_text(text)
    with pytest.raises(InputError, match=message):
        read_pairs(table)
