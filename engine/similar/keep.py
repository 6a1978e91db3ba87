"""Which MIDI files to keep where a collection has copies of them."""

import os
from pathlib import Path

import pyarrow as pa

from lakhdb.sql import read_query

from ..errors import InputError
from ..store import Store

__all__ = ["export_dedup"]


def export_dedup(
    store: Store, *, corpus: str | None = None, one_version: bool = False, out: Path | None = None
) -> pa.Table:
    """List the MIDI files to keep, by the last `lakhdb.engine.similar.dedup.dedup`.

    Parameters
    ----------
    store : Store
    corpus : str, optional
        Only files of this corpus.
    one_version : bool
        Of versions of a piece keep one, too; else only copies are dropped: identical notes, and the same
        performance re-exported.
    out : Path, optional
        Write the paths there, one a line.

    Returns
    -------
    pyarrow.Table
        path, midi_id, corpus, cluster (null where there is neither copy nor version), n_dropped (how many
        files a representative stands for), by path.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    parameters = {"corpus": corpus, "versions": not one_version}
    with store.reading() as con:
        rows = con.sql(read_query("similar/list_kept"), params=parameters).to_arrow_table()
    if out is not None:
        temporary = out.with_name(f"{out.name}.tmp")
        try:
            temporary.write_text("".join(f"{path}\n" for path in rows["path"].to_pylist()), encoding="utf-8")
            os.replace(temporary, out)
        except OSError as error:
            raise InputError(f"{out} cannot be written ({error.strerror}); name another file.") from error
    return rows
