"""`lmdb eval alignment` from MIDI files to the table."""

import csv

import numpy as np
import pytest
from click.testing import CliRunner

from lakhdb import engine
from lakhdb.cli.main import lmdb
from lakhdb.engine.errors import InputError
from lakhdb.engine.evaluate.alignment.aligners import Found
from lakhdb.engine.evaluate.alignment.report import AlignmentReport, measure
from lakhdb.engine.evaluate.alignment.tasks import AlignmentTask


@pytest.fixture(scope="module")
def tunes(make_tune, tmp_path_factory):
    """Three tunes of 40 s, one that is too short, and a file that is none."""
    folder = tmp_path_factory.mktemp("tunes")
    for seed in range(3):
        make_tune(seed, n_notes=90).write(str(folder / f"tune{seed}.mid"))
    make_tune(7, n_notes=5).write(str(folder / "short.mid"))
    (folder / "broken.mid").write_bytes(b"MThd")
    return folder


def make_task(midi_s, audio_s):
    samples = np.zeros(60 * 100, np.float32)
    return AlignmentTask("one", "easy", b"", samples, 100, np.array(midi_s, float), np.array(audio_s, float))


def test_errors_are_measured_where_the_alignment_is():
    task = make_task([0, 10, 20, 30], [1, 11, 21, 31])
    result = measure(task, "notes", Found(np.array([5.0, 25.0]), np.array([6.02, 27.02]), 0.9), 3.0)
    assert result.error_s == pytest.approx([0.02 + 0.25, 0.02 + 0.75])
    assert (result.covered, result.seconds) == (0.5, 3.0)
    assert result.clipped_s == pytest.approx((0.27 + 0.5) / 2)


def test_better_scores_for_better_alignments_give_a_tau_of_one():
    results = []
    for error_s, score in ((0.01, 0.9), (0.04, 0.7), (0.2, 0.4)):
        found = Found(np.array([0.0, 30.0]), np.array([error_s, 30.0 + error_s]), score)
        results.append(measure(make_task([0, 30], [0, 30]), "notes", found, 1.0))
    (row,) = AlignmentReport(results).to_table().to_pylist()
    assert row["tau"] == pytest.approx(1.0)
    assert row["median_ms"] == pytest.approx(40)
    assert (row["within_25"], row["within_50"], row["within_100"]) == pytest.approx((1 / 3, 2 / 3, 2 / 3))


def test_the_command_measures_each_aligner_and_writes_what_it_found(tunes, tmp_path):
    out = tmp_path / "out"
    arguments = ["eval", "alignment", "--midi", str(tunes), "--settings", "easy", "-o", str(out)]
    answer = CliRunner().invoke(lmdb, [*arguments, "--format", "csv"], catch_exceptions=False)
    assert answer.exit_code == 0
    rows = {row["aligner"]: row for row in csv.DictReader(answer.stdout.splitlines())}
    assert list(rows) == ["notes", "frames", "thesis"]
    assert {row["pairs"] for row in rows.values()} == {"3"}
    assert float(rows["notes"]["median_ms"]) < 15
    assert float(rows["notes"]["median_ms"]) < float(rows["thesis"]["median_ms"])
    assert float(rows["notes"]["covered"]) > 0.8
    assert (out / "alignment.csv").read_text().count("\n") == 4
    assert (out / "errors.csv").read_text().count("\n") == 10
    assert (out / "errors.png").read_bytes().startswith(b"\x89PNG")


def test_the_same_seed_gives_the_same_errors(tunes):
    def run():
        report = engine.eval_alignment([tunes], settings=["hard"], aligners=["frames"], files=4, seed=3)
        return [(one.name, one.error_s.tolist()) for one in report.results]

    assert run() == run()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"settings": ["soft"]}, "soft is no setting; choose of easy, hard, verse"),
        ({"aligners": ["ours"]}, "ours is no aligner; choose of notes"),
    ],
)
def test_unknown_names_are_refused(tunes, options, message):
    with pytest.raises(InputError, match=message):
        engine.eval_alignment([tunes], **options)


def test_a_folder_without_use_is_refused(tunes, tmp_path):
    with pytest.raises(InputError, match="there are no MIDI files"):
        engine.eval_alignment([tmp_path])
    with pytest.raises(InputError, match="half a minute"):
        engine.eval_alignment([tunes / "short.mid", tunes / "broken.mid"])
