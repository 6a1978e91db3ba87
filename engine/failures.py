"""Files that could not be used."""

import pyarrow as pa

from lakhdb.sql import read_query

from .lock import hold_writer_lock
from .store import Store

__all__ = ["list_failures"]


def list_failures(store: Store, *, retry: bool = False) -> pa.Table:
    """List the files that could not be used, with the stage and the reason.

    Parameters
    ----------
    store : Store
    retry : bool
        Drop them from the database as well: the next ingest of their folders tries them again.

    Returns
    -------
    pyarrow.Table
        path, corpus, stage, reason, failed_at (UTC), kind (midi or audio).

    Raises
    ------
    DatabaseBusyError
        With `retry`, if another process writes.
    """
    if not retry:
        with store.reading() as con:
            return con.sql(read_query("failures/list_failures")).to_arrow_table()
    with hold_writer_lock(store.folder), store.writing() as con:
        dropped = con.sql(read_query("failures/list_failures")).to_arrow_table()
        con.execute(read_query("failures/delete_failures"))
    return dropped
