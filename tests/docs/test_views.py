"""docs/views.md says of views and columns what the database says of itself.

`WRITE_DOCS=1 python -m pytest tests/docs` writes it anew.
"""

import os
from itertools import groupby
from pathlib import Path

from lakhdb import engine

PAGE = Path(__file__).parent.parent.parent / "docs" / "views.md"

COLUMNS = """
    SELECT view_name, views.comment, column_name, data_type, columns.comment
    FROM duckdb_views() AS views
    JOIN duckdb_columns() AS columns ON columns.database_name = views.database_name AND table_oid = view_oid
    WHERE NOT views.internal
    ORDER BY view_name = 'current_matches' OR view_name LIKE '%\\_part' ESCAPE '\\', view_oid, column_index
"""


def describe_views(rows):
    """Write a heading, a sentence and a table of columns for each view."""
    parts = []
    for (view, comment), columns in groupby(rows, key=lambda row: row[:2]):
        lines = [f"## {view}", "", comment, "", "| column | type | |", "|---|---|---|"]
        lines += [f"| `{column}` | {kind} | {text} |" for *_, column, kind, text in columns]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def test_the_page_agrees_with_the_database(tmp_path):
    head = PAGE.read_text(encoding="utf-8").split("\n## ")[0]
    rows = engine.open(tmp_path / "new.lmdb").sql(COLUMNS).fetchall()
    page = f"{head}\n{describe_views(rows)}"
    if os.environ.get("WRITE_DOCS"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page, "write it anew: WRITE_DOCS=1 python -m pytest tests/docs"
