"""Every query, one named file each."""

from functools import cache
from importlib.resources import files

__all__ = ["read_query"]


@cache
def read_query(name: str) -> str:
    """Return the text of the query `name`, such as ``"matches/list_matches"``.

    Raises
    ------
    LookupError
        If there is no such query.
    """
    try:
        return (files(__package__) / f"{name}.sql").read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise LookupError(f"there is no query named {name}") from error
