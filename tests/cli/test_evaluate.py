"""`lmdb eval matching`: its options, its answers, its errors."""

import csv
import io
import json

import pytest


@pytest.fixture
def truth(tmp_path):
    """The truth of the small collection."""
    file = tmp_path / "truth.csv"
    midi = [f"tune{n}.mid,{n}" for n in range(6)]
    file.write_text("\n".join(["file,composition", *midi, *(f"tune{n}.flac,{n}" for n in range(4))]))
    return file


def test_answers_in_json_and_csv(run, matched, truth, tmp_path):
    asked = ["--db", matched, "eval", "matching", "--truth", truth, "--methods", "stats,hash", "--queries", 3]
    done = run(*asked, "--cases", "whole,drums", "--format", "json", "-o", tmp_path / "out")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["method"], row["case"], row["queries"]) for row in rows] == [
        ("stats", "whole", 3),
        ("hash", "whole", 3),
        ("stats", "drums", 3),
        ("hash", "drums", 3),
    ]
    assert done.stderr.startswith("Asked 3 queries among 4 recordings in ")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "matching.csv",
        "ranks.csv",
        "rank_curves.png",
    }
    as_csv = csv.DictReader(io.StringIO(run(*asked, "--format", "csv").stdout))
    assert [row["rank_1"] for row in as_csv] == [str(row["rank_1"]) for row in rows[:2]]


def test_options_reach_the_methods(run, matched, truth):
    asked = ["--db", matched, "eval", "matching", "--truth", truth, "--methods", "cascade"]
    asked += ["--format", "json", "--midi-corpus", "midi", "--audio-corpus", "records", "--transpose", 1]
    (row,) = map(json.loads, run(*asked, "--candidates", 2).stdout.splitlines())
    assert row["kept"] == 2
    (row,) = map(json.loads, run(*asked, "--candidates", "all").stdout.splitlines())
    assert row["kept"] is None


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--methods", "magic"], "lmdb: there is no method magic; choose from stats, "),
        (["--methods", ","], "lmdb: no method is named; choose from stats, "),
        (["--cases", "polka"], "lmdb: there is no case polka; choose from all, "),
        (["--methods", "pse"], "lmdb: pse needs trained networks; name their folder with --baselines."),
        (["--audio-corpus", "opera"], "lmdb: the truth table names no recording of the corpus opera; "),
    ],
)
def test_bad_names_end_in_one_line(run, matched, truth, arguments, line):
    done = run("--db", matched, "eval", "matching", "--truth", truth, *arguments, code=1)
    assert done.stderr.startswith(line)
    assert len(done.stderr.splitlines()) == 1
    assert not done.stdout


def test_bad_tables_end_in_one_line(run, matched, tmp_path):
    asked = ["--db", matched, "eval", "matching", "--truth", tmp_path / "none.csv"]
    assert "cannot be read as a truth table: No such file" in run(*asked, code=1).stderr
    (tmp_path / "none.csv").write_text("name,composition\n")
    assert "has no column `file`" in run(*asked, code=1).stderr


def test_a_truth_is_needed(run, matched):
    assert "--truth" in run("--db", matched, "eval", "matching", code=2).stderr
