"""Every query against its case: a folder ``tests/sql/<folder>/<query>/`` beside this file.

A case holds ``expected.csv`` and, where needed, ``params.json`` (what the query binds), ``input.sql`` (rows
beyond those of ``base.sql``, and the tables that callers register) and ``after.sql`` (what to ask after a
query that writes; its rows are then the expected ones).
"""

import csv
import json
import re
from pathlib import Path

import duckdb
import pytest

from lakhdb.schema import PART_SCHEMAS, read_tables, read_views
from lakhdb.sql import read_query

CASES = Path(__file__).parent
QUERIES = CASES.parent.parent / "sql"
PARAMETER = re.compile(r"\$\w+")
NAMES = sorted(path.relative_to(QUERIES).with_suffix("").as_posix() for path in QUERIES.glob("*/*.sql"))


@pytest.fixture
def con():
    """A catalog in memory with the rows of ``base.sql``, parts as plain tables."""
    con = duckdb.connect()
    con.execute(read_tables())
    for kind, schema in PART_SCHEMAS.items():
        con.register("empty", schema.empty_table())
        con.execute(f"CREATE TABLE {kind}_part AS SELECT * FROM empty")
        con.unregister("empty")
    con.execute(read_views())
    con.execute((CASES / "base.sql").read_text())
    yield con
    con.close()


def read_rows(con):
    """Read what the last statement returned, as text, under its column names."""
    columns = [column[0] for column in con.description]
    return [columns, *[["" if value is None else str(value) for value in row] for row in con.fetchall()]]


@pytest.mark.parametrize("name", NAMES)
def test_query(con, name):
    case = CASES / name
    assert case.is_dir(), f"{name}.sql has no case at {case}"
    if (case / "input.sql").exists():
        con.execute((case / "input.sql").read_text())
    parameters = json.loads((case / "params.json").read_text()) if (case / "params.json").exists() else None
    con.execute(read_query(name), parameters)
    if (case / "after.sql").exists():
        con.execute((case / "after.sql").read_text())
    with (case / "expected.csv").open(newline="") as stream:
        assert read_rows(con) == list(csv.reader(stream))


def test_every_case_has_its_query():
    cases = {path.parent.relative_to(CASES).as_posix() for path in CASES.glob("*/*/expected.csv")}
    assert cases == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_header(name):
    text = read_query(name)
    assert text.startswith("-- Purpose: ")
    header = {word for line in text.splitlines() if line.startswith("--") for word in PARAMETER.findall(line)}
    bound = {
        word for line in text.splitlines() if not line.startswith("--") for word in PARAMETER.findall(line)
    }
    assert header == bound
