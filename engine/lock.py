"""The writer's lock: one process writes a database at a time, and says who it is."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from .errors import DatabaseBusyError, DatabaseError

__all__ = ["hold_writer_lock"]

# A writer that is just ending gets the time to do so.
PATIENCE_S = 1.0


@contextmanager
def hold_writer_lock(folder: Path) -> Iterator[None]:
    """Hold the writer's lock of a database.

    Raises
    ------
    DatabaseBusyError
        If another process holds it; the message names that process.
    DatabaseError
        If the folder cannot be written.
    """
    lock = FileLock(folder / "writer.lock")
    owner = folder / "writer.json"
    try:
        lock.acquire(timeout=PATIENCE_S)
    except Timeout as error:
        raise DatabaseBusyError(
            f"{folder} is being written by {_describe(owner)}; wait until that has ended, then try again."
        ) from error
    except OSError as error:
        raise DatabaseError(f"{folder} cannot be written: {error.strerror}.") from error
    try:
        _leave_note(folder, owner)
        yield
    finally:
        owner.unlink(missing_ok=True)
        lock.release()


def _leave_note(folder: Path, owner: Path) -> None:
    try:
        me = {"pid": os.getpid(), "command": " ".join(sys.argv), "since": time.strftime("%Y-%m-%d %H:%M:%S")}
        owner.write_text(json.dumps(me), encoding="utf-8")
    except OSError as error:
        raise DatabaseError(f"{folder} cannot be written: {error.strerror}.") from error


def _describe(owner: Path) -> str:
    try:
        me = json.loads(owner.read_text(encoding="utf-8"))
        return f"process {me['pid']} (`{me['command']}`, since {me['since']})"
    except (OSError, ValueError, KeyError):
        # The other process may just be writing or removing the note.
        return "another process"
