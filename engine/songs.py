"""Songs: names that differ in nothing but spelling."""

import duckdb

__all__ = ["index_songs"]


def index_songs(con: duckdb.DuckDBPyConnection) -> None:
    """Give every name its song."""
