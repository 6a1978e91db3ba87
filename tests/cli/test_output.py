import datetime
import json
import math

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakhdb.cli.output import render_table, write_rows

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def test_rounds_numbers_and_reads_seconds():
    rows = pa.table(
        {
            "score": [0.98765, 0.00001234],
            "midi_start_s": [83.456, -0.001],
            "n": [1, None],
            "good": [True, False],
            "list": [[1.0, 2.0, 3.0, 4.0, 5.0], [0.5]],
            "at": [datetime.datetime(2024, 5, 6, 7, 8, 9, 999), None],
        }
    )
    first, second = (line.split() for line in render_table(rows).splitlines()[2:])
    assert first == [
        "0.988",
        "1:23.46",
        "1",
        "yes",
        "[1.000,",
        "2.000,",
        "…",
        "5.000]",
        "(5",
        "values)",
        "2024-05-06",
        "07:08:09",
    ]
    assert second == ["1.23e-05", "0:00.00", "no", "[0.500]"]


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.0, "0:00.00"), (59.999, "1:00.00"), (3600.0, "60:00.00"), (-61.5, "-1:01.50"), (math.inf, "inf")],
)
def test_seconds(seconds, shown):
    assert render_table(pa.table({"x_s": [seconds]})).split()[-1] == shown


@pytest.mark.parametrize("width", [None, 40])
def test_nothing_is_a_header(width):
    rows = pa.table({"a": pa.array([], pa.int64()), "b": pa.array([], pa.string())})
    assert render_table(rows, width).split()[:2] == ["a", "b"]


def test_escapes_what_would_play_with_the_terminal():
    shown = render_table(pa.table({"title": ["\x1b[2J\x9bevil\r\u202e", "naïve 音楽"]}))
    assert "\\x1b[2J\\x9bevil\\r\\u202e" in shown
    assert "naïve 音楽" in shown


def test_cuts_the_beginning_of_a_path_and_the_end_of_a_text():
    rows = pa.table(
        {"midi_path": [f"/a/very/long/{'folder/' * 20}song.mid"], "title": ["word " * 40], "score": [0.5]}
    )
    lines = render_table(rows, width=60).splitlines()
    assert all(len(line) <= 60 for line in lines)
    assert "/song.mid" in lines[2]
    assert "word word" in lines[2]
    assert lines[2].startswith("…")
    assert "0.500" in lines[2]
    assert render_table(rows, width=None).splitlines()[2].startswith("/a/very/long")


def test_numbers_are_never_cut():
    rows = pa.table({"a": [123456789012], "text": ["x" * 100]})
    assert "123456789012" in render_table(rows, width=5)


@given(st.lists(st.tuples(TEXT, st.none() | st.floats(), st.none() | st.binary(max_size=8)), max_size=5))
def test_json_gives_back_what_went_in(rows):
    table = pa.table(
        {
            "text": pa.array([row[0] for row in rows], pa.string()),
            "number": pa.array([row[1] for row in rows], pa.float64()),
            "raw": pa.array([row[2] for row in rows], pa.binary()),
        }
    )
    read = [json.loads(line) for line in capture(table, "json").splitlines()]
    assert [line["text"] for line in read] == [row[0] for row in rows]
    expected = [row[1] if row[1] is not None and math.isfinite(row[1]) else None for row in rows]
    assert [line["number"] for line in read] == expected


def capture(table, style):
    import contextlib
    import io

    stream = io.StringIO(newline="")
    with contextlib.redirect_stdout(stream):
        write_rows(table, style)
    return stream.getvalue()


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5), st.integers(10, 200))
def test_any_text_can_be_laid_out(rows, width):
    table = pa.table(
        {"path": [row[0] for row in rows], "title": [row[1] for row in rows]} if rows else {"path": [""]}
    )
    shown = render_table(table, width)
    assert all(sign.isprintable() or sign == "\n" for sign in shown)


def test_columns_of_the_same_name_are_told_apart():
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2]), pa.array([3])], names=["a", "a", "a_2"])
    assert json.loads(capture(table, "json")) == {"a": 1, "a_2": 2, "a_2_2": 3}


def test_csv_keeps_lists_and_times():
    table = pa.table(
        {"list": [[1.5, None]], "at": [datetime.date(2024, 1, 2)], "good": [True], "raw": [b"a\xff"]}
    )
    assert capture(table, "csv") == 'list,at,good,raw\n"[1.5, null]",2024-01-02,true,a\\xff\n'
