"""Reading the tables that evaluations are told what is right by."""

import csv
from collections.abc import Sequence
from pathlib import Path

from ..errors import InputError

__all__ = ["read_rows"]


def read_rows(
    file: Path, columns: Sequence[str], kind: str, contents: str
) -> list[tuple[str, dict[str, str | None]]]:
    """Read a CSV table that has a header.

    Parameters
    ----------
    file : Path
    columns : sequence of str
        Those that it must have.
    kind, contents : str
        What such a table is called, and what is to be named in it: for errors.

    Returns
    -------
    list of (str, dict)
        For each row where it stands, and its columns.

    Raises
    ------
    InputError
        If it cannot be read, lacks a column or has no rows.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise InputError(f"{file} has no column `{missing[0]}`; {kind} has {', '.join(columns)}.")
            rows = [(f"{file}, line {reader.line_num}", dict(row)) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{file} cannot be read as {kind}: {reason}.") from error
    if not rows:
        raise InputError(f"{file} has no rows; name {contents} in it.")
    return rows
