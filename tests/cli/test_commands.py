import csv
import io
import json

import pretty_midi
import pytest


def read_json(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def ask(run, database, statement):
    return read_json(run("--db", database, "sql", statement, "--format", "json"))


def test_ingest_makes_a_database_and_says_what_it_did(run, collection, tmp_path):
    database = tmp_path / "new.lmdb"
    first = run("--db", database, "ingest", "midi", collection / "midi", "--corpus", "tunes", "--jobs", "1")
    assert first.stdout.startswith("6 files")
    assert "6 new" in first.stdout
    assert first.stderr == ""
    second = run("--db", database, "ingest", "midi", collection / "midi", "--jobs", "1")
    assert "0 new" in second.stdout
    assert ask(run, database, "SELECT DISTINCT corpus FROM midi") == [{"corpus": "tunes"}]


def test_match_finds_the_recordings_of_the_tunes(run, matched):
    found = ask(
        run, matched, "SELECT midi_path, audio_path FROM matches WHERE audio_rank = 1 ORDER BY audio_path"
    )
    assert [(row["midi_path"][-9:-4], row["audio_path"][-10:-5]) for row in found] == [
        (f"tune{n}", f"tune{n}") for n in range(4)
    ]
    assert "nothing" in run("--db", matched, "match").stdout.lower()


def test_match_takes_its_options(run, matched):
    done = run(
        "--db", matched, "match",
        "--midi-corpus", "midi", "--audio-corpus", "records", "--candidates", "all", "--transpose", "1",
    )  # fmt: skip
    assert "6" in done.stdout
    assert ask(run, matched, "SELECT count(*) AS n FROM runs") == [{"n": 2}]
    run("--db", matched, "match", "--midi-corpus", "unknown", code=1)


@pytest.mark.parametrize("options", [[], ["--candidates", "all"], ["--candidates", "2", "--transpose", "2"]])
def test_query_ranks_recordings_for_a_file(run, matched, collection, options):
    rows = read_json(
        run(
            "--db",
            matched,
            "query",
            collection / "midi" / "tune2.mid",
            "-k",
            "2",
            "--format",
            "json",
            *options,
        )
    )
    assert [row["rank"] for row in rows] == [1, 2]
    assert rows[0]["path"].endswith("tune2.flac")
    assert rows[0]["score"] > rows[1]["score"]


def test_query_takes_an_id_and_a_side(run, matched):
    (row,) = ask(run, matched, "SELECT midi_id FROM midi WHERE path LIKE '%tune1.mid'")
    found = read_json(
        run("--db", matched, "query", row["midi_id"][:10], "--against", "midi", "--format", "json")
    )
    assert row["midi_id"] not in [other["id"] for other in found[1:]]
    run("--db", matched, "query", "no/such/file.mid", code=1)


def test_align_writes_a_file_and_a_picture(run, collection, tmp_path):
    out, plot = tmp_path / "out.mid", tmp_path / "out.png"
    done = run(
        "align", collection / "midi" / "tune1.mid", collection / "audio" / "tune1.flac",
        "-o", out, "--plot", plot, "--format", "json",
    )  # fmt: skip
    (row,) = read_json(done)
    assert row["score"] > 0.5
    assert len(pretty_midi.PrettyMIDI(str(out)).instruments[0].notes) > 50
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_align_lists_segments(run, collection):
    tune = collection / "midi" / "tune1.mid", collection / "audio" / "tune1.flac"
    (row,) = read_json(run("align", *tune, "--segments", "--format", "json"))
    assert row["is_aligned"]
    assert row["audio_end_s"] > row["audio_start_s"]


def test_sql_answers_in_three_styles(run, matched):
    statement = "SELECT n, NULL AS nothing, 'a,\"b' AS word FROM range(2) AS t(n)"
    table = run("--db", matched, "sql", statement).stdout.splitlines()
    assert table[0].split() == ["n", "nothing", "word"]
    assert len(table) == 4
    rows = read_json(run("--db", matched, "sql", statement, "--format", "json"))
    assert rows == [{"n": n, "nothing": None, "word": 'a,"b'} for n in (0, 1)]
    lines = list(csv.reader(io.StringIO(run("--db", matched, "sql", statement, "--format", "csv").stdout)))
    assert lines == [["n", "nothing", "word"], ["0", "", 'a,"b'], ["1", "", 'a,"b']]


def test_sql_refuses_changes_unless_told(run, matched):
    done = run("--db", matched, "sql", "DELETE FROM match_rows", code=1)
    assert "--write" in done.stderr
    run("--db", matched, "sql", "DELETE FROM match_rows", "--write")
    assert ask(run, matched, "FROM matches") == []


def test_sql_reads_a_statement_from_stdin(matched):
    from click.testing import CliRunner

    from lakhdb.cli.main import lmdb

    done = CliRunner().invoke(
        lmdb, ["--db", str(matched), "sql", "-", "--format", "csv"], input="SELECT 1 AS x"
    )
    assert done.stdout == "x\n1\n"


def test_show_tells_about_a_file_and_a_pair(run, matched):
    (best,) = ask(run, matched, "SELECT * FROM matches ORDER BY score DESC LIMIT 1")
    one = read_json(run("--db", matched, "show", best["midi_id"][:8], "--format", "json"))
    assert {"section": "item", "name": "midi_id", "value": best["midi_id"]} in one
    pair = read_json(run("--db", matched, "show", best["midi_id"], best["audio_id"][:8], "--format", "json"))
    assert {"section": "match", "name": "score", "value": f"{best['score']:.4f}"} in pair
    run("--db", matched, "show", "0" * 31, code=1)


def test_status_counts(run, matched):
    rows = read_json(run("--db", matched, "status", "--format", "json"))
    counts = {(row["name"], row["corpus"]): row["value"] for row in rows}
    assert counts["midi_items", None] == 6
    assert counts["audio_items", "records"] == 4
    assert counts["failures", None] == 1


def test_failures_lists_and_retries(run, matched):
    (row,) = read_json(run("--db", matched, "failures", "--format", "json"))
    assert row["path"].endswith("bad.mid")
    assert row["reason"]
    assert read_json(run("--db", matched, "failures", "--retry", "--format", "json")) == [row]
    assert read_json(run("--db", matched, "failures", "--format", "json")) == []


def test_forget_removes(run, matched, collection):
    done = run("--db", matched, "forget", collection / "midi" / "tune5.mid", "--format", "json")
    (row,) = read_json(done)
    assert row["item_removed"] is True
    assert ask(run, matched, "SELECT count(*) AS n FROM midi") == [{"n": 5}]
    assert read_json(run("--db", matched, "forget", "--missing", "--format", "json")) == []


def test_verify_ends_with_1_until_repaired(run, matched):
    assert all(row["ok"] for row in read_json(run("--db", matched, "verify", "--format", "json")))
    part = next(p for p in (matched / "features" / "notes").iterdir() if p.name != "empty.parquet")
    part.unlink()
    rows = read_json(run("--db", matched, "verify", "--format", "json", code=1))
    assert [row["check"] for row in rows if not row["ok"]] == ["parts"]
    run("--db", matched, "verify", "--repair")
    run("--db", matched, "verify")


def test_ingest_metadata_names_files(run, matched, tmp_path):
    file = tmp_path / "list.tsv"
    file.write_text(
        "file\tartist\ttitle\nrecords/tune1.flac\tQueen\tInnuendo\naudio/tune2.flac\tBjörk\tJóga\n"
    )
    done = run("--db", matched, "ingest", "metadata", file, "--corpus", "names")
    assert done.stdout.startswith("2 entries (audio): 2 with artist and title, 2 joined with files")
    assert ask(run, matched, "SELECT artist FROM audio WHERE title = 'Jóga'") == [{"artist": "Björk"}]
    again = run("--db", matched, "ingest", "metadata", file, "--corpus", "names", "--side", "midi")
    assert again.stdout.startswith("2 entries (midi): 2 with artist and title, 0 joined with files")
    run("--db", matched, "ingest", "metadata", file, code=2)
    assert (
        "cannot be read"
        in run("--db", matched, "ingest", "metadata", tmp_path, "--corpus", "x", code=1).stderr
    )


def test_query_against_midi_tells_copies(run, matched, collection):
    tune, folder = collection / "midi" / "tune2.mid", collection / "midi"
    query = ["--db", matched, "query", "--against", "midi"]
    best = read_json(run(*query, tune, "-k", "2", "--format", "json"))[0]
    assert best["path"].endswith("tune2.mid")
    assert (best["kind"], best["transposition"]) == ("identical notes", 0)
    weights = ["--weight", "pitch=2,rhythm=1"]
    lines = run(*query, folder, "-k", "1", *weights, "--format", "csv").stdout.splitlines()
    assert lines[0].startswith("query,rank,id,path")
    assert len(lines) == 7
    run(*query, folder, "--weight", "loud", code=2)
    refused = run("--db", matched, "query", tune, "--weight", "pitch=1", code=1)
    assert "weights are for MIDI files" in refused.stderr


def test_dedup_and_the_files_to_keep(run, matched, tmp_path):
    assert "6 MIDI files compared" in run("--db", matched, "dedup").stdout
    assert len(read_json(run("--db", matched, "export", "dedup", "--format", "json"))) == 6
    keep = tmp_path / "keep.txt"
    done = run("--db", matched, "export", "dedup", "--one-version", "-o", keep)
    assert done.stdout == f"6 paths written to {keep}.\n"
    assert len(keep.read_text().splitlines()) == 6


def test_export_jams_and_frames_write_what_matched(run, matched, tmp_path):
    jams = run("--db", matched, "export", "jams", tmp_path / "jams")
    assert "4" in jams.stdout
    assert len(list((tmp_path / "jams").glob("*.jams"))) == 4
    run("--db", matched, "export", "frames", tmp_path / "frames", "--rate", "11025", "--size", "1024")
    assert (tmp_path / "frames" / "labels-train.npy").exists()
    done = run(
        "--db", matched, "export", "frames", tmp_path / "frames", "--rate", "11025", "--size", "1024", code=1
    )
    assert "frames" in done.stderr


def test_report_is_a_page(run, matched, tmp_path):
    page = tmp_path / "report.html"
    assert "report.html" in run("--db", matched, "report", "-o", page).stdout
    assert "tune0" in page.read_text(encoding="utf-8")
    assert "run" in run("--db", matched, "report", "--run", "99", "-o", page, code=1).stderr
