"""Bringing databases of earlier schemas up to this one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from lakhdb.schema import SCHEMA_VERSION, read_migration, read_views
from lakhdb.sql import read_query

from .ingest.names import NAME_COLUMNS, insert_names, name_paths, name_texts, refresh_names
from .lock import hold_writer_lock
from .parts import make_part_views, write_empty_parts
from .store import Store

__all__ = ["migrate"]


def migrate(store: Store) -> None:
    """Bring a database up to this schema, in one transaction; nothing happens if it has it already.

    Raises
    ------
    DatabaseBusyError
        If another process writes.
    DatabaseError
        If the folder cannot be written.
    """
    with hold_writer_lock(store.folder), _transaction(store) as con:
        row = con.execute(read_query("meta/read_schema_version")).fetchone()
        versions = range(row[0] + 1 if row else 1, SCHEMA_VERSION + 1)
        for version in versions:
            con.execute(read_migration(version))
        con.execute(read_views())
        for version in versions:
            if version in FOLLOW_UPS:
                FOLLOW_UPS[version](con)
        con.execute(read_query("meta/set_schema_version"), {"version": str(SCHEMA_VERSION)})


@contextmanager
def _transaction(store: Store) -> Iterator[duckdb.DuckDBPyConnection]:
    # Not Store.writing: the views need this schema's tables, which are not there yet.
    con = store.connect(read_only=False)
    try:
        write_empty_parts(store.folder)  # of kinds that an earlier schema did not have
        make_part_views(con, store.folder)
        con.begin()
        yield con
        con.commit()
    finally:
        con.close()  # rolls back what is not committed


def _name_items(con: duckdb.DuckDBPyConnection) -> None:
    """Give the items of schema 1 their names, as their ingest would now."""
    rows = con.execute(read_query("names/list_tags")).fetchall()
    names = [
        {"side": "audio", "source": "tags", "item_seq": seq, "artist": artist, "title": title, "album": album}
        for seq, artist, title, album in rows
    ]
    for seq, kinds, tracks, times, raw in con.execute(read_query("names/list_texts")).fetchall():
        name = name_texts(kinds, tracks, times, raw)
        if name:
            names.append({"side": "midi", "source": "texts", "item_seq": seq, **name})
    paths = con.execute(read_query("names/list_paths")).fetchall()
    for (side, seq, path, _), name in zip(paths, name_paths([row[3] for row in paths]), strict=True):
        if name:
            names.append({"side": side, "source": "path", "item_seq": seq, "path": path, **name})
    insert_names(con, pa.Table.from_pylist(names, NAME_COLUMNS))
    refresh_names(con)


# What SQL alone cannot do, by the schema that needs it.
FOLLOW_UPS: dict[int, Callable[[duckdb.DuckDBPyConnection], None]] = {2: _name_items}
