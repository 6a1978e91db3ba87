"""`lmdb eval matching --distractors`: more recordings to rank, made of what is no query's."""

import json

import pytest

SONGS = {f"tune{n}.mid": n for n in range(4)} | {f"tune{n}.flac": n for n in range(4)}


@pytest.fixture
def truth(tmp_path):
    """The truth of the small collection, but for the last two tunes."""
    file = tmp_path / "truth.csv"
    file.write_text("\n".join(["file,composition", *(f"{name},{n}" for name, n in SONGS.items())]))
    return file


@pytest.fixture
def songs(tmp_path, make_tune):
    """A folder with two other tunes that are long enough, and a file that is none; a table of the three."""
    folder = tmp_path / "songs"
    folder.mkdir()
    for seed in (10, 11):
        make_tune(seed, n_notes=120).write(str(folder / f"{seed}.mid"))
    (folder / "broken.mid").write_bytes(b"no music")
    table = tmp_path / "compositions.csv"
    table.write_text("file,composition\n10.mid,ten\n11.mid,0\nbroken.mid,none\n")
    return folder, table


def test_distractors_are_ranked_too(run, matched, truth, songs):
    folder, table = songs
    asked = ["--db", matched, "eval", "matching", "--truth", truth, "--methods", "embedding,hash"]
    done = run(
        *asked, "--distractors", 7, "--distractor-midi", folder, "--distractor-compositions", table,
        "--format", "json",
    )  # fmt: skip
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["queries"] for row in rows] == [4, 4]
    assert "Asked 4 queries among 11 recordings in " in done.stderr
    assert f"{folder}/broken.mid makes no distractors: " in done.stderr


def test_a_query_s_own_music_makes_none(run, matched, truth, songs):
    folder, table = songs
    table.write_text("file,composition\n10.mid,3\n11.mid,0\n")
    asked = ["--db", matched, "eval", "matching", "--truth", truth, "--methods", "stats", "--distractors", 2]
    done = run(*asked, "--distractor-midi", folder, "--distractor-compositions", table, code=1)
    assert done.stderr.startswith(
        "lmdb: no base of distractors lasts 30 s, even when slowed down: 6 of 6 are "
    )


def test_their_number_must_be_given(run, matched, truth, songs):
    asked = ["--db", matched, "eval", "matching", "--truth", truth, "--distractor-midi", songs[0]]
    assert "Say with --distractors how many to make." in run(*asked, code=2).stderr
