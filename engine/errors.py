"""The one tree of errors that a user can meet."""

__all__ = ["LakhDBError"]


class LakhDBError(Exception):
    """Root of every error a user can meet; its message names the thing, the trouble and the remedy."""
