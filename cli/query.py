"""`lmdb query`: what resembles one file, item or text."""

import click

from .options import candidates_option, recall_option, transpose_option
from .output import format_option, write_rows
from .place import Place, pass_place

__all__ = ["query"]


@click.command(short_help="Rank what resembles a file, an item or words.")
@click.argument("target")
@click.option(
    "--against",
    type=click.Choice(["audio", "midi"]),
    help="What to rank.  [default: recordings for a MIDI file, MIDI files for a recording]",
)
@click.option(
    "-k", type=click.IntRange(1), default=10, show_default=True, metavar="N", help="How many answers."
)
@candidates_option
@transpose_option
@recall_option
@format_option
@pass_place
def query(
    place: Place,
    target: str,
    against: str | None,
    k: int,
    candidates: int | None,
    transpose: int,
    recall: float,
    style: str,
) -> None:
    """Rank what resembles TARGET: a file, the id of an item (or its beginning), or words.

    A file need not be in the database; nothing is written.
    """
    rows = place.open().query(
        target, against=against, k=k, candidates=candidates, transpose=transpose, recall=recall
    )
    write_rows(rows, style)
    if not len(rows):
        click.echo("Nothing found.", err=True)
