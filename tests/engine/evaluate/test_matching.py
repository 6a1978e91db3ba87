"""The whole evaluation on a small database: table, ranks, figure, and what it refuses."""

import csv

import numpy as np
import pyarrow.csv
import pytest

from lakhdb.engine.database import Database
from lakhdb.engine.errors import InputError
from lakhdb.engine.evaluate.catalogue import NO_COMPOSITION
from lakhdb.engine.evaluate.report import FIGURE, RANKS, TABLE

METHODS = ("stats", "hash", "cascade")


@pytest.fixture
def evaluate(ingested, truth):
    """Evaluate on the small collection, by default three methods on the whole queries."""

    def evaluate(tables=(truth,), methods=METHODS, **options):
        return Database(ingested).eval_matching(tables, methods=methods, **options)

    return evaluate


def test_a_row_for_each_method_and_case(evaluate):
    report = evaluate(cases=("whole", "transposed"), candidates=2)
    rows = report.to_table().to_pylist()
    assert [(row["case"], row["method"]) for row in rows] == [
        (case, method) for case in ("whole", "transposed") for method in METHODS
    ]
    assert (report.n_queries, report.n_recordings) == (4, 4)
    assert str(report).startswith("Asked 4 queries among 4 recordings in ")
    for row in rows:
        assert (row["queries"], row["collection"]) == (4, "all")
        assert 0 <= row["rank_1_low"] <= row["rank_1"] <= row["rank_1_high"] <= 1
        assert row["rank_1"] <= row["mrr"] <= row["top_5"] <= row["top_10"] <= 1
    stats, hashes, cascade = rows[:3]
    assert (stats["kept"], stats["lost"], stats["hash_ms"]) == (None, None, None)
    assert (hashes["kept"], hashes["rank_1"], hashes["lost"], hashes["threshold_99"]) == (2, 1.0, 0.0, 1)
    assert (cascade["kept"], cascade["rank_1"]) == (2, 1.0)
    for stage in ("describe_ms", "embedding_ms", "hash_ms", "dtw_ms", "total_ms"):
        assert cascade[stage] > 0


def test_the_same_call_gives_the_same_ranks(evaluate):
    first, again = (
        evaluate(methods=("stats",), cases=("transposed", "half-tracks", "arrangement"), seed=3)
        for _ in range(2)
    )
    assert [one.rank for one in first.results] == [one.rank for one in again.results]
    intervals = ["rank_1_low", "rank_1_high", "mrr_low", "mrr_high"]
    assert first.to_table().select(intervals).equals(again.to_table().select(intervals))


def test_queries_are_drawn_by_seed(evaluate):
    drawn = [
        {one.midi_id for one in evaluate(methods=("stats",), queries=2, seed=seed).results}
        for seed in (0, 0, *range(1, 9))
    ]
    assert drawn[0] == drawn[1]
    assert all(len(one) == 2 for one in drawn)
    assert len({frozenset(one) for one in drawn}) > 1
    assert evaluate(methods=("stats",), queries=99).n_queries == 4


def test_an_edit_hangs_on_the_query_alone(evaluate):
    whole = {one.midi_id: one.rank for one in evaluate(methods=("stats",), cases=("transposed",)).results}
    for one in evaluate(methods=("stats",), cases=("melody", "transposed"), queries=2).results:
        assert one.case == "melody" or whole[one.midi_id] == one.rank


def test_cases_that_do_not_apply_are_told(evaluate):
    report = evaluate(methods=("stats",), cases=("whole", "half-tracks"))
    assert {one.case for one in report.results} == {"whole"}
    assert str(report).endswith("No query can be edited to: half-tracks.")
    with pytest.raises(InputError, match=r"no query can be edited as asked \(half-tracks\)"):
        evaluate(methods=("stats",), cases=("half-tracks",))


def test_collections_get_rows_of_their_own(evaluate, write_truth):
    midi = [(f"tune{n}.mid", n, "even" if n % 2 == 0 else "odd") for n in range(4)]
    audio = [(f"tune{n}.flac", n, "") for n in range(4)]
    table = write_truth([*midi, *audio], header=("file", "composition", "collection"))
    rows = evaluate([table], cases=("whole", "melody")).to_table().to_pylist()
    assert [(row["case"], row["collection"], row["method"], row["queries"]) for row in rows] == [
        (case, collection, method, n_queries)
        for case in ("whole", "melody")
        for collection, n_queries in (("all", 4), ("even", 2), ("odd", 2))
        for method in METHODS
    ]


def test_recordings_of_no_composition_are_ranked_too(evaluate, write_truth):
    rows = [("tune0.mid", "a"), ("tune0.flac", "a"), ("tune1.flac", "b"), ("tune2.flac", "")]
    report = evaluate([write_truth(rows)])
    assert (report.n_queries, report.n_recordings) == (1, 3)


def test_several_tables_are_one(evaluate, write_truth):
    one = write_truth([("tune0.mid", "a"), ("tune1.mid", "b")], name="one.csv")
    other = write_truth([("tune0.flac", "a")], name="other.csv")
    report = evaluate([one, other])
    assert (report.n_queries, report.n_recordings) == (1, 1)


def test_distractors_stand_behind_the_database(evaluate, make_catalogue, audio_frames):
    distractors = make_catalogue(list(audio_frames.values()), [NO_COMPOSITION] * len(audio_frames))
    alone, among = (evaluate(methods=("stats", "dtw"), distractors=one) for one in (None, distractors))
    assert among.n_recordings == alone.n_recordings + 8
    for one, other in zip(alone.results, among.results, strict=True):
        assert one.rank <= other.rank <= one.rank + 8


def test_files_of_a_report(evaluate, tmp_path):
    out = tmp_path / "new" / "folder"
    report = evaluate(cases=("whole", "excerpt", "melody"), out=out, candidates=1)
    table = pyarrow.csv.read_csv(out / TABLE)
    assert table.column_names == report.to_table().column_names
    assert table["rank_1"].to_pylist() == report.to_table()["rank_1"].to_pylist()
    with (out / RANKS).open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [float(row["rank"] or np.inf) for row in rows] == [one.rank for one in report.results]
    assert (out / FIGURE).read_bytes().startswith(b"\x89PNG")


def test_nothing_is_written_into_the_database(evaluate, ingested, read_tables):
    before = read_tables(ingested.folder)
    evaluate()
    assert read_tables(ingested.folder) == before


def test_progress_counts_methods_and_queries(evaluate):
    seen = []
    evaluate(methods=("stats",), progress=lambda *told: seen.append(told))
    assert seen == [("describing", 1, 1), *(("stats, whole", number, 4) for number in range(1, 5))]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"midi_corpus": "opera"}, "names no MIDI file of the corpus opera"),
        ({"audio_corpus": "opera"}, "names no recording of the corpus opera"),
        ({"queries": 0}, "queries is 0"),
        ({"candidates": 0}, "candidates is 0"),
        ({"transpose": 13}, "transpose is 13"),
        ({"methods": ("magic",)}, "there is no method magic"),
        ({"cases": ("polka",)}, "there is no case polka"),
    ],
)
def test_refuses(evaluate, options, message):
    with pytest.raises(InputError, match=message):
        evaluate(**options)


def test_refuses_a_truth_without_pairs(evaluate, write_truth):
    with pytest.raises(InputError, match="shares its composition with a recording"):
        evaluate([write_truth([("tune0.mid", "a"), ("tune0.flac", "b")])])
    with pytest.raises(InputError, match="shares its composition with a recording"):
        evaluate([write_truth([("tune0.mid", ""), ("tune0.flac", "")])])


def test_refuses_a_folder_that_is_a_file(evaluate, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="file cannot be made a folder: File exists; name another"):
        evaluate(methods=("stats",), out=tmp_path / "file")
