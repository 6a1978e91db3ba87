"""Keeping libraries quiet that write to the terminal past Python."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["mute_stderr"]


@contextmanager
def mute_stderr() -> Iterator[None]:
    """Send what this process writes to its standard error nowhere meanwhile.

    libmpg123 tells there what it thinks of a file; what matters of that comes as an exception.
    """
    try:
        kept = os.dup(2)
    except OSError:  # there is none
        yield
        return
    sink = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(sink, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(sink)
