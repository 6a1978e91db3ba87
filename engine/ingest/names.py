"""The rows of the table `names`: what lists, tags, texts and paths say a file is."""

import os
from collections.abc import Sequence

import duckdb
import pyarrow as pa

from lakhdb.sql import read_query

from ..models import Side
from ..names.encoding import decode_path, decode_texts
from ..names.name import Name
from ..names.paths import parse_paths
from ..names.texts import choose_name
from ..numbers import allot
from ..songs import index_songs
from .scan import ARCHIVE_MARK, Source

__all__ = ["NAME_COLUMNS", "insert_names", "name_paths", "name_sources", "name_texts", "refresh_names"]

# What a caller gives for each name; columns left out are NULL. See the table in schema/tables.sql.
NAME_COLUMNS = pa.schema(
    [
        ("side", pa.string()),
        ("source", pa.string()),  # metadata, tags, texts or path
        ("item_seq", pa.int64()),
        ("artist", pa.string()),
        ("title", pa.string()),
        ("album", pa.string()),
        ("corpus", pa.string()),
        ("track_id", pa.string()),
        ("md5", pa.string()),
        ("path", pa.string()),
    ]
)


def name_paths(paths: Sequence[bytes]) -> list[dict[str, str | None] | None]:
    """Return artist and title as the paths of a collection say, None for each that says neither."""
    # Outside of an archive lies what its owner calls it, inside what its maker does.
    inner = [decode_path(path).rpartition(ARCHIVE_MARK)[2] for path in paths]
    return [_to_row(name) for name in parse_paths(inner)]


def name_sources(sources: Sequence[Source], roots: Sequence[str]) -> dict[str, dict[str, str | None] | None]:
    """Return what the paths of files say, by the text of the path; the folders named by the user say nothing.

    Parameters
    ----------
    sources : sequence of Source
        All that was found: files beside a file help to read its name.
    roots : sequence of str
        Absolute.
    """
    below = tuple(root.rstrip(os.sep) + os.sep for root in roots)
    paths = []
    for source in sources:
        lengths = [len(root) for root in below if source.path.startswith(root)]
        path = source.path[max(lengths, default=0) :]
        paths.append(os.fsencode(path) if source.spelling is None else source.spelling)
    return dict(zip((source.text for source in sources), name_paths(paths), strict=True))


def name_texts(
    kinds: Sequence[str], tracks: Sequence[int], times_s: Sequence[float], raw: Sequence[bytes]
) -> dict[str, str | None] | None:
    """Return artist and title as the texts of a MIDI file say, None if they say neither."""
    return _to_row(choose_name(list(zip(kinds, tracks, times_s, decode_texts(raw), strict=True))))


def _to_row(name: Name) -> dict[str, str | None] | None:
    if name.artist is None and name.title is None:
        return None
    return {"artist": name.artist, "title": name.title}


def insert_names(con: duckdb.DuckDBPyConnection, rows: pa.Table) -> None:
    """Add names, numbered, within the open transaction; the songs are not yet told of them.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
    rows : pyarrow.Table
        Some columns of `NAME_COLUMNS`; further columns of the table `names` may stand beside them.
    """
    if not rows.num_rows:
        return
    first = allot(con, "name_seq", rows.num_rows)
    numbers = pa.array(range(first, first + rows.num_rows), pa.int64())
    con.register("new_names", rows.append_column("name_seq", numbers))
    con.execute(read_query("names/insert_names"))
    con.unregister("new_names")


def refresh_names(con: duckdb.DuckDBPyConnection) -> None:
    """Bring all that hangs on names up to date: lists joined with files, songs, names of items."""
    _link_metadata(con)
    index_songs(con)
    sides: tuple[Side, ...] = ("midi", "audio")
    for side in sides:
        con.execute(read_query(f"names/choose_{side}_names"))


def _link_metadata(con: duckdb.DuckDBPyConnection) -> None:
    """Join lists with files, unless neither has changed since: a million entries take seconds."""
    rules = {"rules": read_query("names/link_metadata")}
    ((digest, kept),) = con.execute(read_query("names/digest_links"), rules).fetchall()
    if digest == kept:
        return
    con.execute(read_query("names/link_metadata"))
    ((digest, _),) = con.execute(read_query("names/digest_links"), rules).fetchall()
    con.execute(read_query("names/keep_links_digest"), {"digest": digest})
