"""Matching: what is written, that nothing is compared twice, and that being cut off leaves no trace."""

import json
import shutil

import pytest

from lakhdb.engine import match as match_module
from lakhdb.engine.errors import DatabaseBusyError, InputError
from lakhdb.engine.lock import hold_writer_lock
from lakhdb.engine.match import match
from lakhdb.engine.store import Store


def ask(store, question):
    with store.reading() as con:
        return con.execute(question).fetchall()


def read_outcome(store):
    """All that a match writes, without numbers of runs and times."""
    tables = {
        name: ask(store, f"SELECT * EXCLUDE (run_id) FROM {name} ORDER BY ALL")
        for name in ("coverage", "candidate_rows", "candidate_cuts", "match_rows", "alignment_rows")
    }
    tables["runs"] = ask(
        store, "SELECT settings, confidence_model, finished_at IS NULL FROM runs ORDER BY ALL"
    )
    return tables


def test_each_tune_is_matched_with_its_excerpt(both):
    summary = match(both)
    assert (summary.n_midi, summary.n_audio, summary.n_pairs, summary.n_rescored) == (8, 8, 64, 64)
    best = ask(
        both, "SELECT midi_path, audio_path, score, run_id FROM matches WHERE rank = 1 ORDER BY midi_path"
    )
    assert [row[1] for row in best] == [f"/music/tunes/excerpt {n}.wav" for n in range(8)]
    assert all(row[2] >= 0.5 and row[3] == summary.run_id for row in best)
    starts = ask(
        both, "SELECT midi_start_s, audio_start_s, midi_end_s - midi_start_s FROM matches WHERE rank = 1"
    )
    assert all(row == pytest.approx((15, 0, 20), abs=0.3) for row in starts)


def test_every_stage_is_recorded(both):
    match(both)
    cuts = ask(
        both, "SELECT stage, count(*), min(n_seen), max(n_kept) FROM candidate_cuts GROUP BY 1 ORDER BY 1"
    )
    assert cuts == [("dtw", 8, 8, 8), ("embedding", 8, 8, 8), ("hash", 8, 8, 8), ("text", 8, 8, 0)]
    wrong = ask(
        both,
        """
        SELECT count(*) FROM candidate_cuts AS cut
        JOIN (
            SELECT run_id, stage, midi_seq, count(*) AS n, max(rank) AS last, min(value) AS lowest
            FROM candidate_rows GROUP BY ALL
        ) AS kept USING (run_id, stage, midi_seq)
        WHERE kept.n <> cut.n_kept OR kept.last <> cut.n_kept OR kept.lowest <> cut.cut_off
        """,
    )
    assert wrong == [(0,)]


def test_only_the_best_and_those_that_fit_are_kept(both, monkeypatch):
    monkeypatch.setattr(match_module, "KEPT_PAIRS", 2)
    match(both)
    assert ask(both, "SELECT count(*) FROM matches") == [(8 * 2,)]
    monkeypatch.setattr(match_module, "KEPT_SCORE", 0.0)
    summary = match(both, accept=0.0)
    assert summary.n_accepted == 64
    assert ask(both, "SELECT count(*) FROM matches") == [(64,)]


def test_accepted_pairs_have_alignments(both):
    summary = match(both)
    rows = ask(both, "SELECT midi_s, audio_s FROM alignments")
    ((n_sure,),) = ask(both, "SELECT count(*) FROM matches WHERE confidence >= 0.5")
    assert len(rows) == summary.n_accepted == n_sure == 8
    for midi_s, audio_s in rows:
        assert len(midi_s) == len(audio_s) >= 2
        assert midi_s == sorted(midi_s)
        assert audio_s == sorted(audio_s)
    spans = ask(
        both,
        """
        SELECT max(abs(midi_s[1] - midi_start_s)), max(abs(audio_s[-1] - audio_end_s))
        FROM alignments JOIN matches USING (midi_id, audio_id, run_id)
        """,
    )
    assert spans[0] == pytest.approx((0, 0), abs=1e-9)


def test_the_evidence_is_kept(both):
    match(both)
    ((n_pairs, n_known, least, most),) = ask(
        both,
        """
        SELECT
            count(*), count(usual_cost + similarity),
            min(backward_cost / frame_cost) FILTER (confidence >= 0.5),
            max(backward_cost / frame_cost) FILTER (confidence < 0.5)
        FROM evidence
        """,
    )
    assert n_pairs == n_known == 64
    assert least > 1.3 > most


def test_what_is_not_known_of_a_pair_is_null(both):
    match(both, candidates=None)
    assert ask(both, "SELECT DISTINCT similarity, usual_similarity FROM evidence") == [(None, None)]


def test_the_settings_and_software_are_recorded(both):
    match(both, transpose=1, candidates=5)
    ((settings, versions),) = ask(both, "SELECT settings, versions FROM runs")
    assert json.loads(settings).items() >= {"candidates": 5, "transpose": 1, "accept": 0.5}.items()
    assert "lakhdb" in json.loads(versions)


def test_matching_again_does_nothing(both):
    match(both)
    before = read_outcome(both)
    summary = match(both)
    assert (summary.run_id, summary.n_pairs) == (None, 0)
    assert "Nothing" in str(summary)
    assert read_outcome(both) == before


def test_new_files_meet_everything_on_the_other_side_once(both, add, tunes):
    match(both)
    add("audio", {"late excerpt": tunes[2].perform(30, 50, 0.97).render(noise=5)})
    assert match(both).n_pairs == 8
    add("midi", {"late tune": tunes[2].perform(20, 60, 1.0).render(program=11)})
    assert match(both).n_pairs == 9
    assert match(both).n_pairs == 0
    ((n_pairs,),) = ask(
        both, "SELECT sum((midi_to - midi_from + 1) * (audio_to - audio_from + 1)) FROM coverage"
    )
    assert n_pairs == 81
    best = ask(
        both,
        "SELECT audio_path FROM matches WHERE midi_path LIKE '%late tune.mid' AND rank <= 2 ORDER BY 1",
    )
    assert [row[0] for row in best] == ["/music/tunes/excerpt 2.wav", "/music/tunes/late excerpt.wav"]


def test_other_settings_compare_anew_and_count(both):
    first = match(both)
    second = match(both, candidates=3)
    assert second.n_pairs == 64
    assert second.n_rescored == 24
    assert ask(both, "SELECT DISTINCT run_id FROM matches") == [(second.run_id,)]
    assert second.run_id > first.run_id


def test_corpora_narrow_both_sides(both, add, tunes):
    add("audio", {"elsewhere": tunes[0].perform(5, 30, 1.0).render()}, "other")
    summary = match(both, audio_corpus="other")
    assert (summary.n_midi, summary.n_audio, summary.n_pairs) == (8, 1, 8)
    assert match(both).n_pairs == 64
    with pytest.raises(InputError, match="no MIDI file is in a corpus named nowhere"):
        match(both, midi_corpus="nowhere")


def test_an_empty_database_has_nothing_to_match(store):
    assert match(store).run_id is None


@pytest.mark.parametrize("cut_after", [1, 2, 5])
def test_a_run_that_is_cut_off_is_finished_by_the_next(both, tmp_path, monkeypatch, cut_after):
    monkeypatch.setattr(match_module, "LARGEST_BATCH", 1)
    whole = Store(tmp_path / "whole.lmdb")
    shutil.copytree(both.folder, whole.folder)
    match(whole)
    n_batches = 0
    write = match_module.insert_stages

    def cut_off(*arguments):
        nonlocal n_batches
        n_batches += 1
        write(*arguments)
        if n_batches > cut_after:
            raise KeyboardInterrupt

    monkeypatch.setattr(match_module, "insert_stages", cut_off)
    with pytest.raises(KeyboardInterrupt):
        match(both)
    assert ask(both, "SELECT count(*) FROM runs WHERE finished_at IS NULL") == [(1,)]
    n_covered = ask(both, "SELECT sum(midi_to - midi_from + 1) FROM coverage")[0][0]
    assert 0 < n_covered < 8
    monkeypatch.undo()
    summary = match(both)
    assert summary.n_midi == 8 - n_covered
    assert read_outcome(both) == read_outcome(whole)
    assert match(both).run_id is None


def test_a_run_that_was_cut_off_is_left_alone_once_its_items_meet_new_ones(both, add, tunes, monkeypatch):
    write = match_module.insert_stages

    def cut_off(con, run_id, midi_seqs, stages):
        if 8 in midi_seqs:
            raise KeyboardInterrupt
        write(con, run_id, midi_seqs, stages)

    monkeypatch.setattr(match_module, "insert_stages", cut_off)
    with pytest.raises(KeyboardInterrupt):
        match(both)
    monkeypatch.undo()
    add("audio", {"late excerpt": tunes[2].perform(30, 50, 0.97).render(noise=5)})
    assert match(both).run_id == 2
    twice = ask(
        both, "SELECT count(*) FROM candidate_rows GROUP BY run_id, stage, midi_seq, rank HAVING count(*) > 1"
    )
    assert twice == []
    assert match(both).run_id is None


def test_the_approximate_index_matches_alike(both, tmp_path):
    other = Store(tmp_path / "other.lmdb")
    shutil.copytree(both.folder, other.folder)
    match(both)
    match(other, exact_below=0)
    pairs = "SELECT midi_path, audio_path, score FROM matches WHERE rank = 1 ORDER BY 1"
    assert ask(both, pairs) == ask(other, pairs)
    assert list(other.index_folder.glob("audio-*.hnsw"))


def test_a_second_writer_is_refused(both):
    with hold_writer_lock(both.folder), pytest.raises(DatabaseBusyError, match="being written by process"):
        match(both)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"candidates": 0}, "candidates is 0"),
        ({"transpose": 13}, "transpose is 13"),
        ({"accept": 2}, "accept is 2"),
    ],
)
def test_refuses_options_out_of_range(store, options, message):
    with pytest.raises(InputError, match=message):
        match(store, **options)


def test_progress_counts_midi_items(both):
    told = []
    match(both, progress=lambda *news: told.append(news) if news[0] == "match" else None)
    assert told[-1] == ("match", 8, 8)
    assert [news[1] for news in told] == sorted(news[1] for news in told)
