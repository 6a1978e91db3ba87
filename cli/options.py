"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

__all__ = [
    "candidates_option",
    "midi_option",
    "out_option",
    "recall_option",
    "seed_option",
    "transpose_option",
]


def _read_count(ctx: click.Context, param: click.Parameter, value: str) -> int | None:
    """Read a whole number from 1, or the word ``all``, which becomes None."""
    if value == "all":
        return None
    if not value.isdecimal() or int(value) < 1:
        raise click.BadParameter(f"{value!r} is neither a whole number from 1 nor 'all'.", ctx, param)
    return int(value)


candidates_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--candidates",
    callback=_read_count,
    default="100",
    show_default=True,
    metavar="N|all",
    help="How many the pruning leaves to the exact comparison, for each query.",
)

midi_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--midi",
    type=click.Path(path_type=Path),
    multiple=True,
    required=True,
    metavar="PATH",
    help="Folder, archive or file; repeat.",
)

transpose_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--transpose",
    type=click.IntRange(0, 12),
    default=0,
    show_default=True,
    metavar="K",
    help="Try the MIDI file up to K semitones lower and higher.",
)

recall_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--recall",
    type=click.FloatRange(0, 1),
    default=0.99,
    show_default=True,
    metavar="SHARE",
    help="Share of the best candidates that an approximate search of many millions of windows is to find.",
)


def seed_option(decides: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option of an evaluation for its seed; `decides` says what of."""
    return click.option(
        "--seed",
        type=click.IntRange(0),
        default=0,
        show_default=True,
        metavar="N",
        help=f"Decides {decides}.",
    )


def out_option(files: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option of an evaluation for a folder; `files` says what comes into it."""
    return click.option(
        "-o", "--out", type=click.Path(path_type=Path), metavar="FOLDER", help=f"Write {files} there."
    )
