"""The demonstration's corpus: whole or not there, the same at every call, without twins."""

import csv
import shutil

import pytest
import soundfile

from lakhdb.engine.demo import corpus as corpus_module
from lakhdb.engine.demo import pieces as pieces_module
from lakhdb.engine.demo.corpus import make_demo_corpus
from lakhdb.engine.errors import InputError
from lakhdb.kernels.midi_file import read_midi


@pytest.fixture(scope="module")
def small():
    """Let the corpus have a few pieces of each kind: the whole one takes half a minute."""
    pytest.importorskip("music21", reason="music21 is not installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces_module, "N_BACH", 4)
        patch.setattr(pieces_module, "N_PALESTRINA", 2)
        patch.setattr(pieces_module, "N_TUNES", 5)
        patch.setattr(pieces_module, "N_STRANGERS", 1)
        patch.setattr(corpus_module, "N_RECORDINGS", 3)
        patch.setattr(corpus_module, "N_TAKES", 1)
        yield


@pytest.fixture(scope="module")
def made(small, tmp_path_factory):
    """The corpus, written once, and what was told of its progress."""
    stages = []
    folder = tmp_path_factory.mktemp("demo") / "corpus"
    return make_demo_corpus(folder, jobs=2, on_progress=lambda *stage: stages.append(stage)), stages


def list_files(folder):
    return {path.relative_to(folder): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_writes_music_recordings_and_the_truth(made):
    corpus, stages = made
    files = list(corpus.midi_folder.iterdir())
    assert len(files) == corpus.n_midi >= 9
    assert all(len(read_midi(path.read_bytes()).notes) > 20 for path in files)
    assert any(path.name.startswith("Bach - BWV 269 Aus meines Herzens Grunde") for path in files)
    first, second, third, again, stranger = corpus.truth
    assert first.midi == again.midi
    assert stranger.midi is None
    assert len({first.midi, second.midi, third.midi}) == 3
    for row in corpus.truth:
        info = soundfile.info(row.recording)
        assert info.format == "MP3"
        assert 15 < info.duration <= 30.1
        assert row.midi in files or row is stranger
        assert 0.85 < (row.end_s - row.start_s) / info.duration < 1.1
    with (corpus.midi_folder.parent / "truth.csv").open(encoding="utf-8", newline="") as file:
        assert [row["midi"] for row in csv.DictReader(file)] == [
            row.midi.name if row.midi else "" for row in corpus.truth
        ]
    assert sorted(path.name for path in corpus.midi_folder.parent.iterdir()) == [
        "LICENCE-music21-corpus.txt", "audio", "corpus.json", "midi", "truth.csv"
    ]  # fmt: skip
    assert ("export", 12, 12) in stages
    assert ("record", 5, 5) in stages


def test_twice_in_a_row_reads_what_is_there(made):
    corpus, _ = made
    folder = corpus.midi_folder.parent
    before = list_files(folder)
    assert make_demo_corpus(folder, jobs=2) == corpus
    assert list_files(folder) == before


def test_what_is_not_whole_is_made_anew_and_the_same(made, tmp_path):
    corpus, _ = made
    folder = tmp_path / "corpus"
    shutil.copytree(corpus.midi_folder.parent, folder)
    (folder / "audio" / corpus.truth[0].recording.name).unlink()
    (tmp_path / ".corpus.partial" / "midi").mkdir(parents=True)  # as a killed call leaves it
    again = make_demo_corpus(folder, jobs=1)
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]
    for kind in ("midi", "audio"):
        first, second = (
            {path.name: path.read_bytes() for path in (where / kind).iterdir()}
            for where in (corpus.midi_folder.parent, folder)
        )
        assert first == second
    assert [row.start_s for row in again.truth] == [row.start_s for row in corpus.truth]


def test_leaves_a_folder_of_the_users_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="not empty"):
        make_demo_corpus(tmp_path, jobs=1)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
