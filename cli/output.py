"""Answers on stdout: a table for people, JSON or CSV for programs."""

import csv
import json
import math
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["format_option", "render_table", "write_rows"]

FORMATS = ("table", "json", "csv")

# Narrower than this, a cut-off cell tells nothing.
NARROWEST = 10

# What tabulate adds to the width of a header.
PADDING = 2

# A list is shown up to this length, then by its ends and its number of values.
LONGEST_LIST = 4

format_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--format",
    "style",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="A table for people, JSON (an object a line) or CSV.",
)


def write_rows(rows: "pa.Table", style: str) -> None:
    """Write the rows of an Arrow table to stdout in one of the `FORMATS`."""
    if style == "json":
        _write_json(rows)
    elif style == "csv":
        _write_csv(rows)
    else:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        click.echo(render_table(rows, width))


def _write_json(rows: "pa.Table") -> None:
    names = _name_columns(rows)
    for values in _iterate(rows):
        line = dict(zip(names, map(_make_plain, values), strict=True))
        click.echo(_escape_json(json.dumps(line, ensure_ascii=False, allow_nan=False)))


def _escape_json(line: str) -> str:
    """Escape signs that a terminal obeys or that some readers take for the end of a line."""
    if line.isprintable():
        return line
    return "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in line)


def _write_csv(rows: "pa.Table") -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(_name_columns(rows))
    for values in _iterate(rows):
        writer.writerow([_make_flat(value) for value in map(_make_plain, values)])


def _iterate(rows: "pa.Table") -> Iterator[tuple[Any, ...]]:
    for batch in rows.to_batches(max_chunksize=10_000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _name_columns(rows: "pa.Table") -> list[str]:
    """Return the names of the columns, told apart where SQL let two have the same."""
    names: list[str] = []
    for name in rows.schema.names:
        unique, n = name, 1
        while unique in names:
            n += 1
            unique = f"{name}_{n}"
        names.append(unique)
    return names


def _make_plain(value: Any) -> Any:
    """Turn a value into one that JSON knows; what is no number in JSON becomes null."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):  # sums of integers are such, too
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, list | tuple):
        return [_make_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _make_plain(one) for name, one in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _make_flat(value: Any) -> Any:
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False)
    return value


def render_table(rows: "pa.Table", width: int | None = None) -> str:
    """Lay out rows as a table for people.

    Floats are rounded, columns in seconds (``…_s``) become minutes and seconds, control characters are
    escaped, so that no title from a file can play with the terminal.

    Parameters
    ----------
    rows : pyarrow.Table
    width : int, optional
        Columns of the terminal: text is cut to fit, paths at their beginning. None cuts nothing.
    """
    # Imported where it is needed, for a quick start.
    from tabulate import tabulate

    names = _name_columns(rows)
    cells = [
        [_show_cell(name, value) for name, value in zip(names, row, strict=True)] for row in _iterate(rows)
    ]
    aligned = ["right" if _is_number(field.type) else "left" for field in rows.schema]
    if width is not None:
        limits = _share_width(names, cells, aligned, width)
        cells = [
            [_cut(name, cell, limits[name]) for name, cell in zip(names, row, strict=True)] for row in cells
        ]
    text: str = tabulate(
        cells,
        headers=names,
        tablefmt="simple",
        colalign=aligned if cells else None,
        disable_numparse=True,
        preserve_whitespace=True,
    )
    return text


def _is_number(kind: "pa.DataType") -> bool:
    import pyarrow.types as types

    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))


def _show_cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return _show_seconds(value) if name.endswith("_s") else _show_number(value)
    if isinstance(value, list):
        return _show_list(value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat(sep=" ", timespec="seconds")) if hasattr(value, "hour") else str(value)
    return _escape(str(_make_plain(value)))


def _show_seconds(seconds: float) -> str:
    if not math.isfinite(seconds):
        return str(seconds)
    hundredths = round(abs(seconds) * 100)
    sign = "-" if seconds < 0 and hundredths else ""
    minutes, rest = divmod(hundredths, 6000)
    return f"{sign}{minutes}:{rest // 100:02d}.{rest % 100:02d}"


def _show_number(value: float) -> str:
    return f"{value:.3g}" if 0 < abs(value) < 0.001 else f"{value:.3f}"


def _show_list(values: list[Any]) -> str:
    shown = [_show_cell("", value) for value in values]
    if len(shown) > LONGEST_LIST:
        return f"[{shown[0]}, {shown[1]}, … {shown[-1]}] ({len(shown)} values)"
    return f"[{', '.join(shown)}]"


def _escape(text: str) -> str:
    return "".join(sign if sign.isprintable() or sign == "\n" else ascii(sign)[1:-1] for sign in text)


def _share_width(
    names: Sequence[str], cells: Sequence[Sequence[str]], aligned: Sequence[str], width: int
) -> dict[str, int]:
    """Give each column what it needs, and cut the widest columns of text until the row fits."""
    needed = [
        max(
            [_measure(name) + PADDING, *(_measure(line) for row in cells for line in row[column].split("\n"))]
        )
        for column, name in enumerate(names)
    ]
    can_shrink = [column for column, side in enumerate(aligned) if side == "left"]
    while can_shrink and sum(needed) + 2 * (len(names) - 1) > width:
        widest = max(can_shrink, key=lambda column: needed[column])
        if needed[widest] <= max(NARROWEST, _measure(names[widest]) + PADDING):
            break
        needed[widest] -= 1
    return dict(zip(names, needed, strict=True))


def _cut(name: str, text: str, limit: int) -> str:
    return "\n".join(_cut_line(name, line, limit) for line in text.split("\n"))


def _cut_line(name: str, line: str, limit: int) -> str:
    if _measure(line) <= limit:
        return line
    # The end of a path tells more than its beginning.
    from_end = name == "path" or name.endswith("_path")
    kept, room = "", limit - 1
    for sign in reversed(line) if from_end else line:
        room -= _measure(sign)
        if room < 0:
            break
        kept = sign + kept if from_end else kept + sign
    return f"…{kept}" if from_end else f"{kept}…"


def _measure(text: str) -> int:
    """Return how many columns of a terminal a text takes: Chinese signs take two, accents none."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in text
    )
