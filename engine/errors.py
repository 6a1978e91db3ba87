"""The one tree of errors that a user can meet."""

__all__ = [
    "DatabaseBusyError",
    "DatabaseError",
    "InputError",
    "LakhDBError",
    "MissingEmbeddingError",
    "MissingPackageError",
    "ModelError",
    "QueryError",
]


class LakhDBError(Exception):
    """Root of every error a user can meet; its message names the thing, the trouble and the remedy."""


class DatabaseError(LakhDBError):
    """The database is missing, damaged or of another version."""


class DatabaseBusyError(DatabaseError):
    """Another process holds the database."""


class InputError(LakhDBError):
    """A file, folder or option given by the user cannot be used."""


class QueryError(LakhDBError):
    """SQL that is wrong or not allowed."""


class MissingEmbeddingError(LakhDBError):
    """Items have no vectors by the model in use yet."""


class MissingPackageError(LakhDBError):
    """An optional package is not installed."""


class ModelError(LakhDBError):
    """The files of a model are missing, damaged or made for another network."""
