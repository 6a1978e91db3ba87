"""Parquet parts: written whole or not at all, read through views over the parts that the catalog names."""

import hashlib
import os
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from lakhdb.schema import PART_SCHEMAS
from lakhdb.sql import read_query

from .errors import DatabaseError
from .numbers import allot

__all__ = [
    "FEATURES",
    "NamedPart",
    "Part",
    "count_group_rows",
    "find_trouble",
    "list_named_parts",
    "make_part_views",
    "register_parts",
    "sync_folder",
    "write_empty_parts",
    "write_part",
]

FEATURES = "features"

GLOB_CHARACTERS = re.compile(r"[*?\[]")

# Rows in a row group: few where rows are large, so that one item's frames can be read alone.
ROWS_PER_GROUP = {"constant_q": 1, "hash_sequences": 64, "note_slices": 4}

# Kinds whose columns repeat their values; elsewhere a dictionary costs time and wins nothing.
REPETITIVE = frozenset({"notes", "events"})


@dataclass(frozen=True)
class Part:
    """A finished Parquet file that no catalog row names yet."""

    kind: str
    file: str  # relative to the database's folder
    n_rows: int
    n_bytes: int
    sha256: str


@dataclass(frozen=True)
class NamedPart(Part):
    """A part as the catalog names it."""

    part_id: int


def write_part(folder: Path, kind: str, rows: pa.Table | Iterable[pa.Table]) -> Part:
    """Write rows as a part: under a temporary name, flushed to the disk, then renamed.

    Parameters
    ----------
    folder : Path
        The database's folder.
    kind : str
        A key of `PART_SCHEMAS`.
    rows : pyarrow.Table or iterable of them
        Columns as in ``PART_SCHEMAS[kind]``. Tables become one part, without all lying in memory.

    Raises
    ------
    DatabaseError
        If it cannot be written.
    """
    tables = [rows] if isinstance(rows, pa.Table) else rows
    return _write_named(folder, kind, f"{uuid.uuid4().hex}.parquet", tables)


def _write_named(folder: Path, kind: str, name: str, tables: Iterable[pa.Table]) -> Part:
    file = f"{FEATURES}/{kind}/{name}"
    final = folder / file
    final.parent.mkdir(parents=True, exist_ok=True)
    temporary = final.with_suffix(".tmp")
    try:
        n_rows, digest = _write_whole(temporary, kind, tables)
        temporary.rename(final)
        sync_folder(final.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise DatabaseError(
            f"{final} cannot be written ({error.strerror or error}); make room, then run the same command "
            "again."
        ) from error
    return Part(kind, file, n_rows, final.stat().st_size, digest)


def _write_whole(path: Path, kind: str, tables: Iterable[pa.Table]) -> tuple[int, str]:
    """Write a part and flush it to the disk; return its number of rows and its checksum."""
    n_rows = 0
    schema = PART_SCHEMAS[kind]
    with pq.ParquetWriter(
        path, schema, compression="zstd", compression_level=1, use_dictionary=kind in REPETITIVE
    ) as writer:
        for rows in tables:
            writer.write_table(rows.cast(schema), row_group_size=count_group_rows(kind))
            n_rows += rows.num_rows
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        os.fsync(stream.fileno())
    return n_rows, digest


def count_group_rows(kind: str) -> int:
    """Return how many rows make a row group."""
    return ROWS_PER_GROUP.get(kind, 65536)


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk, so that a rename survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_empty_parts(folder: Path) -> None:
    """Write the part without rows of each kind that keeps the views valid before the first ingest."""
    for kind, schema in PART_SCHEMAS.items():
        _write_named(folder, kind, "empty.parquet", [schema.empty_table()])


def register_parts(con: duckdb.DuckDBPyConnection, parts: list[Part]) -> None:
    """Name finished parts in the catalog, within the transaction that adds their rows."""
    first = allot(con, "part_id", len(parts))
    for part_id, part in enumerate(parts, first):
        con.execute(
            read_query("parts/insert_part"),
            {
                "part_id": part_id,
                "kind": part.kind,
                "file": part.file,
                "n_rows": part.n_rows,
                "n_bytes": part.n_bytes,
                "sha256": part.sha256,
            },
        )


def list_named_parts(con: duckdb.DuckDBPyConnection) -> list[NamedPart]:
    """List the parts that the catalog names, in order of their making."""
    rows = con.execute(read_query("verify/list_parts")).fetchall()
    return [
        NamedPart(kind, file, n_rows, n_bytes, sha256, part_id)
        for part_id, kind, file, n_rows, n_bytes, sha256 in rows
    ]


def find_trouble(folder: Path, part: Part) -> str | None:
    """Tell in what the file of a part is not as the catalog has it: bytes, checksum, rows; None if it is."""
    file = folder / part.file
    try:
        if (found := file.stat().st_size) != part.n_bytes:
            return f"has {found} bytes instead of {part.n_bytes}"
        with file.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != part.sha256:
                return "differs from its checksum"
        if (found := pq.read_metadata(file).num_rows) != part.n_rows:
            return f"has {found} rows instead of {part.n_rows}"
    except FileNotFoundError:
        return "is missing"
    except (OSError, pa.ArrowException) as error:
        return f"cannot be read ({error})"
    return None


def make_part_views(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Make a temporary view ``<kind>_part`` over the parts of each kind that the catalog names."""
    named = con.execute(read_query("parts/list_parts")).fetchall()
    for kind in PART_SCHEMAS:
        files = [
            f"{FEATURES}/{kind}/empty.parquet",
            *(file for part_kind, file in named if part_kind == kind),
        ]
        # CREATE VIEW cannot bind parameters: the one place where SQL is assembled, from paths that we wrote.
        quoted = ", ".join(_quote(folder / file) for file in files)
        con.execute(f"CREATE OR REPLACE TEMP VIEW {kind}_part AS SELECT * FROM read_parquet([{quoted}])")


def _quote(path: Path) -> str:
    # DuckDB takes a path for a pattern; a character in brackets stands for itself.
    plain = GLOB_CHARACTERS.sub(r"[\g<0>]", str(path))
    return "'" + plain.replace("'", "''") + "'"
