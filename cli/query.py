"""`lmdb query`: what resembles one file, item or text."""

from pathlib import Path

import click

from .options import candidates_option, recall_option, transpose_option
from .output import format_option, write_rows
from .place import Place, pass_place
from .progress import show_progress

__all__ = ["query"]


def _read_weights(ctx: click.Context, param: click.Parameter, value: str | None) -> dict[str, float] | None:
    """Read ``pitch=2,rhythm=1``."""
    if value is None:
        return None
    weights = {}
    for part in value.split(","):
        name, _, share = part.partition("=")
        try:
            weights[name.strip()] = float(share)
        except ValueError as error:
            raise click.BadParameter(f"{part!r} is not NAME=SHARE.", ctx, param) from error
    return weights


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
@click.option(
    "--weight",
    "weights",
    callback=_read_weights,
    metavar="NAME=SHARE,…",
    help="How much pitch, rhythm, instruments and velocities count among MIDI files: pitch=2,rhythm=1.  "
    "[default: pitch=1]",
)
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
    weights: dict[str, float] | None,
    style: str,
) -> None:
    """Rank what resembles TARGET: a file, the id of an item (or its beginning), or words.

    A file need not be in the database; nothing is written. With --against midi, MIDI files are compared with
    MIDI files by their notes, in all keys and at all tempi, and TARGET may be a folder of them.
    """
    with show_progress() as progress:
        rows = place.open().query(
            target,
            against=against,
            k=k,
            candidates=candidates,
            transpose=transpose,
            recall=recall,
            weights=weights,
            progress=progress if Path(target).is_dir() else None,
        )
    write_rows(rows, style)
    if not len(rows):
        click.echo("Nothing found.", err=True)
