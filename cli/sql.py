"""`lmdb sql`: ask in SQL."""

import sys

import click

from .output import format_option, write_rows
from .place import Place, pass_place

__all__ = ["sql"]


@click.command(short_help="Ask in SQL.")
@click.argument("statement")
@click.option("--write", is_flag=True, help="Allow changes; all statements run in one transaction.")
@format_option
@pass_place
def sql(place: Place, statement: str, write: bool, style: str) -> None:
    """Answer STATEMENT, one SELECT over the tables and views; `-` reads it from stdin.

    \b
    Views: midi, audio, matches, candidates, alignments, failures, notes,
           events, tempos, lyrics, song_groups, name_matches; the tables
           behind them, such as names and paths. `describe matches` lists
           columns.
    """
    text = sys.stdin.read() if statement == "-" else statement
    write_rows(place.open().sql(text, write=write).to_arrow_table(), style)
