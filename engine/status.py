"""Counting what a database holds."""

import pyarrow as pa

from lakhdb.sql import read_query

from .store import Store

__all__ = ["count"]


def count(store: Store) -> pa.Table:
    """Count items, paths, notes, windows, failures, runs, matches and parts.

    Returns
    -------
    pyarrow.Table
        name, corpus (null where the count is of all), value.
    """
    with store.reading() as con:
        return con.sql(read_query("status/count_rows")).to_arrow_table()
