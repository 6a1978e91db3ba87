"""Pairs that are the same song by their names, in the cascade and in what a match writes."""

import pyarrow as pa
import pytest

from lakhdb.engine.database import Database
from lakhdb.engine.ingest.names import insert_names, refresh_names
from lakhdb.engine.match import _Matcher, match
from lakhdb.engine.question import ask

CANDIDATES = "SELECT stage, midi_id, audio_id, rank, value FROM candidates WHERE stage = 'text' ORDER BY ALL"


@pytest.fixture
def list_names(both):
    """Let items say what they are: `list_names((side, item_seq, artist, title), …)`."""

    def insert(*rows):
        names = [
            {"side": side, "source": "tags", "item_seq": seq, "artist": artist, "title": title}
            for side, seq, artist, title in rows
        ]
        with both.writing() as con:
            insert_names(con, pa.Table.from_pylist(names))
            refresh_names(con)

    return insert


def read(store, statement):
    return ask(store, statement).to_pylist()


def test_a_namesake_that_content_would_drop_is_rescored(both, list_names):
    list_names(("midi", 1, "Queen", "Innuendo"), ("audio", 5, "queen", "INNUENDO"))
    match(both, candidates=1)
    (row,) = read(both, CANDIDATES)
    assert (row["rank"], row["value"]) == (1, 1.0)
    rows = read(
        both,
        """
        SELECT midi_path, audio_path, score >= 0.5 AS accepted FROM matches
        JOIN candidates USING (run_id, midi_id, audio_id) WHERE stage = 'text'
        """,
    )
    # The names lie, and the match says so.
    assert rows == [
        {
            "midi_path": "/music/tunes/tune 0.mid",
            "audio_path": "/music/tunes/excerpt 4.wav",
            "accepted": False,
        }
    ]
    assert len(read(both, "FROM matches WHERE rank = 1 AND score >= 0.5")) == 8


def test_without_pruning_namesakes_are_kept_too(both, list_names, monkeypatch):
    monkeypatch.setattr("lakhdb.engine.match.KEPT_PAIRS", 1)
    list_names(("midi", 1, "Queen", "Innuendo"), ("audio", 5, "Queen", "Innuendo"))
    match(both, candidates=None)
    assert len(read(both, "FROM matches")) == 9
    assert len(read(both, CANDIDATES)) == 1


def test_names_that_come_after_the_run_are_caught_up_once(both, list_names):
    match(both, candidates=1)
    list_names(("midi", 1, "Queen", "Innuendo"), ("audio", 5, "Queen", "Innuendo"))
    late = match(both, candidates=1)
    assert (late.run_id, late.n_pairs, late.n_late, late.n_rescored) == (2, 0, 1, 1)
    assert "took up 1 pairs for their new names (1 rescored)" in str(late)
    assert len(read(both, CANDIDATES)) == 1
    assert len(read(both, "FROM matches")) == 9
    assert read(both, "SELECT finished_at IS NOT NULL AS done FROM runs") == [{"done": True}, {"done": True}]
    assert match(both, candidates=1).run_id is None


def test_late_names_do_not_double_a_pair(both, list_names):
    match(both)
    before = read(both, "SELECT midi_id, audio_id, score FROM matches ORDER BY ALL")
    list_names(("midi", 1, "Queen", "Innuendo"), ("audio", 1, "Queen", "Innuendo"))
    late = match(both)
    # It was compared in the run before, with the same outcome.
    assert (late.n_late, late.n_rescored) == (1, 0)
    assert len(read(both, CANDIDATES)) == 1
    assert match(both).run_id is None
    assert read(both, "SELECT midi_id, audio_id, score FROM matches ORDER BY ALL") == before
    assert len(read(both, "SELECT DISTINCT midi_id, audio_id FROM matches")) == len(before)


def test_what_another_run_kept_does_not_count_beside_a_late_pair(both, list_names):
    match(both, candidates=1)
    match(both, candidates=None)
    list_names(("midi", 1, "Queen", "Innuendo"), ("audio", 5, "Queen", "Innuendo"))
    late = match(both, candidates=1)
    assert (late.n_late, late.n_rescored) == (1, 1)
    pair = "FROM matches WHERE midi_path LIKE '%tune 0.mid' AND audio_path LIKE '%excerpt 4.wav'"
    assert read(both, f"SELECT run_id {pair}") == [{"run_id": 3}]


def test_new_files_meet_their_namesakes_in_their_own_run(both, list_names, add, tunes):
    match(both, candidates=1)
    add("audio", {"excerpt 9": tunes[0].perform(15, 35, 1.0).render()})
    list_names(("midi", 4, "Queen", "Innuendo"), ("audio", 9, "Queen", "Innuendo"))
    summary = match(both, candidates=1)
    assert (summary.run_id, summary.n_pairs, summary.n_late) == (2, 8, 0)
    assert match(both, candidates=1).run_id is None


def test_a_late_run_that_is_cut_off_is_finished_by_the_next(both, list_names, monkeypatch):
    match(both, candidates=1)
    list_names(
        ("midi", 1, "Queen", "Innuendo"), ("midi", 2, "Queen", "Innuendo"), ("audio", 5, "Queen", "Innuendo")
    )
    monkeypatch.setattr("lakhdb.engine.match.LARGEST_BATCH", 1)
    write, calls = _Matcher._write, []

    def write_once(self, *arguments):
        if calls:
            raise KeyboardInterrupt
        calls.append(1)
        write(self, *arguments)

    monkeypatch.setattr(_Matcher, "_write", write_once)
    with pytest.raises(KeyboardInterrupt):
        match(both, candidates=1)
    monkeypatch.undo()
    assert match(both, candidates=1).n_late == 1
    assert len(read(both, CANDIDATES)) == 2
    assert read(both, "SELECT run_id FROM runs WHERE finished_at IS NULL") == []


def test_lists_alone_are_matched_by_name(store, tmp_path):
    db = Database(store)
    for side, artist in (("midi", "Queen"), ("audio", "queen")):
        (tmp_path / f"{side}.csv").write_text(f"artist,title\n{artist},Innuendo\n")
        db.ingest_metadata(tmp_path / f"{side}.csv", corpus=side, side=side)
    summary = match(store)
    assert (summary.run_id, summary.n_named) == (None, 1)
    assert "found by their names: 1 " in str(summary)
    assert "Nothing to match" in str(match(store))


def test_names_that_an_ingest_left_without_a_song_are_compared(both):
    rows = [
        {"side": side, "source": "tags", "item_seq": seq, "artist": "Queen", "title": "Innuendo"}
        for side, seq in (("midi", 1), ("audio", 5))
    ]
    with both.writing() as con:
        insert_names(con, pa.Table.from_pylist(rows))
    match(both, candidates=1)
    assert len(read(both, CANDIDATES)) == 1
