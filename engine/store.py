"""The files of a database — catalog, parts, index — and the connections to its catalog."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

import duckdb

from lakhdb.schema import SCHEMA_VERSION, read_tables, read_views
from lakhdb.sql import read_query

from .errors import DatabaseBusyError, DatabaseError
from .lock import hold_writer_lock
from .parts import make_part_views, sync_folder, write_empty_parts

__all__ = ["Store", "open_store"]

CATALOG = "catalog.duckdb"

# A writer's connections are short; a reader waits this long for the end of one.
READER_PATIENCE_S = 30.0

# Longer than any question may take: a slow reader must not end the run of a night.
WRITER_PATIENCE_S = 900.0


# What DuckDB raises when files are gone, damaged or cannot be written, whatever the question.
_DAMAGE = (
    duckdb.IOException,
    duckdb.InvalidInputException,
    duckdb.SerializationException,
    duckdb.TransactionException,  # a commit that could not be written
    duckdb.InternalException,
    duckdb.FatalException,
)


def _is_damage(error: duckdb.Error) -> bool:
    if "Conversion" in str(error):
        return False  # of a parameter: no fault of the database
    # The plain kind is what its Parquet reader throws over bytes that are none.
    return isinstance(error, _DAMAGE) or type(error) is duckdb.Error


class Store:
    """The files of a database and the connections to its catalog.

    Connections are opened for one batch or one question and closed at once: DuckDB lets one process
    write or many read, and everybody shall get their turn between the batches of a long run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def catalog(self) -> Path:
        """The DuckDB file."""
        return self.folder / CATALOG

    @property
    def index_folder(self) -> Path:
        """The folder of the vector index, a cache."""
        return self.folder / "index"

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a read-only connection with all views."""
        con = self.connect(read_only=True)
        try:
            with self._watch_parts():
                make_part_views(con, self.folder)
                con.execute(read_views())
                yield con
        finally:
            con.close()

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a connection within one transaction: committed at the end, rolled back on an error.

        The caller holds the writer's lock (`engine.lock.hold_writer_lock`).
        """
        con = self.connect(read_only=False)
        try:
            with self._watch_parts():
                make_part_views(con, self.folder)
                con.execute(read_views())
                con.begin()
                try:
                    yield con
                except BaseException:
                    with suppress(duckdb.Error):  # a connection that has failed rolls back by being closed
                        con.rollback()
                    raise
                con.commit()
        finally:
            con.close()

    @contextmanager
    def _watch_parts(self) -> Iterator[None]:
        # DuckDB notices that a part is missing when it makes the views, or only when it reads the part.
        try:
            yield
        except duckdb.Error as error:
            if not _is_damage(error):
                raise
            if f'from file "{self.catalog}"' in str(error):
                raise self._describe_damage(error) from error
            raise DatabaseError(
                f"a part of {self.folder} is gone, damaged or cannot be written ({_first_line(error)}); "
                f"see `lmdb --db {self.folder} verify --repair`."
            ) from error

    def _describe_damage(self, error: duckdb.Error) -> DatabaseError:
        return DatabaseError(
            f"{self.catalog} cannot be read ({_first_line(error)}); restore it from a backup, or move the "
            "folder away and ingest again."
        )

    def connect(self, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        """Open the catalog alone, without views; waits a while for whoever holds it.

        Raises
        ------
        DatabaseBusyError
            If it stays held.
        DatabaseError
            If it is not a DuckDB file or cannot be read.
        """
        give_up = time.monotonic() + (READER_PATIENCE_S if read_only else WRITER_PATIENCE_S)
        while True:
            try:
                return duckdb.connect(self.catalog, read_only=read_only)
            except duckdb.Error as error:
                if "could not set lock" not in str(error).lower():
                    raise self._describe_damage(error) from error
                if time.monotonic() > give_up:
                    raise DatabaseBusyError(
                        f"{self.folder} is held open by another process; end that, then try again."
                    ) from error
                time.sleep(0.05)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def open_store(folder: Path, *, create: bool) -> Store:
    """Open the database in `folder`; with `create`, make it if it is not there.

    Raises
    ------
    DatabaseError
        If it is not there, not a database, or written by a newer version.
    """
    store = Store(folder.expanduser().absolute())
    if not store.catalog.exists():
        if not create:
            raise DatabaseError(
                f"there is no database at {folder}; make one with `lmdb --db {folder} ingest midi FOLDER`, "
                "or name another with --db."
            )
        _create(store)
    if _read_version(store) < SCHEMA_VERSION:
        from .migrate import migrate  # which needs a Store itself

        migrate(store)
    return store


def _create(store: Store) -> None:
    if store.folder.exists() and not store.folder.is_dir():
        raise DatabaseError(f"{store.folder} is a file; name a folder for the database with --db.")
    try:
        store.folder.mkdir(parents=True, exist_ok=True)
        with hold_writer_lock(store.folder):
            if not store.catalog.exists():  # another process may have been first
                _write_catalog(store)
    except (OSError, duckdb.Error) as error:
        raise DatabaseError(f"no database can be made at {store.folder}: {_first_line(error)}.") from error


def _write_catalog(store: Store) -> None:
    write_empty_parts(store.folder)
    temporary = store.folder / "catalog.new"
    temporary.unlink(missing_ok=True)
    con = duckdb.connect(temporary)
    con.execute(read_tables())
    for key, value in (("schema_version", str(SCHEMA_VERSION)), ("created_with", version("lakhdb"))):
        con.execute(read_query("meta/insert_meta"), {"key": key, "value": value})
    con.checkpoint()  # closing does the same, but is silent when the disk is full
    con.close()
    temporary.rename(store.catalog)
    sync_folder(store.folder)


def _read_version(store: Store) -> int:
    con = store.connect(read_only=True)
    try:
        row = con.execute(read_query("meta/read_schema_version")).fetchone()
    except duckdb.Error as error:
        raise DatabaseError(
            f"{store.catalog} is not a lakhdb catalog; name another database with --db."
        ) from error
    finally:
        con.close()
    if row is None or row[0] > SCHEMA_VERSION:
        raise DatabaseError(
            f"{store.folder} was written by a newer lakhdb (schema {row and row[0]}; this one knows "
            f"{SCHEMA_VERSION}); upgrade with `pip install --upgrade lakhdb`."
        )
    return int(row[0])
