"""`lmdb export lmd` and `lmdb ingest lmd`."""

import json


def test_a_tree_goes_out_and_comes_in(run, matched, tmp_path):
    out = tmp_path / "out"
    told = run("--db", matched, "export", "lmd", out)
    assert told.stdout.startswith(f"{out}: 6 MIDI files, ")
    assert told.stdout.count("\n") == 1
    assert told.stderr == ""
    scores = json.loads((out / "match_scores.json").read_text())
    n_scores = sum(map(len, scores.values()))
    assert n_scores >= 4
    told = run("--db", matched, "ingest", "lmd", out, "--corpus", "again", "--jobs", "1")
    assert told.stdout.startswith(f"0 new MIDI files, 0 failed; {n_scores} pairs with a score (run 2)")
    question = (
        "SELECT count(*) AS n FROM candidates JOIN matches USING (midi_id, audio_id) WHERE stage = 'lmd'"
    )
    found = run("--db", matched, "sql", question, "--format", "json")
    assert json.loads(found.stdout) == {"n": n_scores}
    corpora = run("--db", matched, "sql", "SELECT DISTINCT corpus FROM paths WHERE kind = 'midi'").stdout
    assert "again" in corpora


def test_options_of_the_export(run, matched, tmp_path):
    run("--db", matched, "export", "lmd", tmp_path / "none", "--min-confidence", "1", "--link")
    assert json.loads((tmp_path / "none" / "match_scores.json").read_text()) == {}
    assert {file.stat().st_nlink > 1 for file in (tmp_path / "none" / "lmd_full").rglob("*.mid")} == {True}
    run("--db", matched, "export", "lmd", tmp_path / "none", "--min-confidence", "2", code=2)


def test_trouble_is_one_line(run, matched, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    for command in ("export", "ingest"):
        done = run("--db", matched, command, "lmd", tmp_path, code=1)
        assert done.stderr.startswith(f"lmdb: {tmp_path} holds ")
        assert done.stderr.count("\n") == 1
