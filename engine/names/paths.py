"""Artist and title from a path."""

from pathlib import PurePosixPath

from .name import Name

__all__ = ["parse_path"]


def parse_path(path: str) -> Name:
    """Read artist and title from a path."""
    return Name(None, PurePosixPath(path).stem or None)
