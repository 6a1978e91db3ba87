"""Numbers of rows, given out by the catalog and never used twice."""

import duckdb

from lakhdb.sql import read_query

__all__ = ["allot"]


def allot(con: duckdb.DuckDBPyConnection, name: str, count: int) -> int:
    """Take `count` numbers of the counter `name` within the open transaction; return the first."""
    row = con.execute(read_query("counters/allot_numbers"), {"name": name, "count": count}).fetchone()
    if row is None:
        raise LookupError(f"there is no counter named {name}")
    return int(row[0]) - count
