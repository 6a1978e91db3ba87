"""Every view and every column that a question can name says what it holds."""

import re

import pytest

from lakhdb import engine

# A name that ends so is a measure; its comment says in what.
UNITS = {
    "_s": r"[Ss]econds",
    "_db": r"[Dd]ecibels",
    "_per_minute": r"a minute",
    "_rate": r"[Hh]ertz",
    "_at": r"UTC",
    "_frame": r"\d ms|[Ss]econds",
    "transposition": r"[Ss]emitones",
}


@pytest.fixture(scope="module")
def columns(tmp_path_factory):
    """View, comment of the view, column and comment of the column, of all views."""
    db = engine.open(tmp_path_factory.mktemp("comments") / "new.lmdb")
    return db.sql(
        """
        SELECT view_name, views.comment, column_name, columns.comment
        FROM duckdb_views() AS views
        JOIN duckdb_columns() AS columns
            ON columns.database_name = views.database_name AND table_oid = view_oid
        WHERE NOT views.internal
        ORDER BY view_oid, column_index
        """
    ).fetchall()


def test_all_of_them_say_something(columns):
    assert len({view for view, *_ in columns}) >= 16
    dumb = [f"{view}.{column}" for view, of_view, column, comment in columns if not (of_view and comment)]
    assert not dumb, f"add them to schema/comments.sql: {dumb}"


def test_they_are_sentences(columns):
    said = {text for _, of_view, _, comment in columns for text in (of_view, comment)}
    odd = [
        text for text in said if not (text[0].isalnum() and text.endswith(".")) or "\n" in text or "|" in text
    ]
    assert not odd


def test_measures_tell_their_unit(columns):
    silent = [
        f"{view}.{column}: {comment}"
        for view, _, column, comment in columns
        for ending, unit in UNITS.items()
        if column.endswith(ending) and not re.search(unit, comment)
    ]
    assert not silent


def test_other_commands_do_not_wait_for_comments(tmp_path):
    from lakhdb.engine.store import open_store

    with open_store(tmp_path / "new.lmdb", create=True).reading() as con:
        assert con.sql("SELECT count(comment) FROM duckdb_views()").fetchall() == [(0,)]
