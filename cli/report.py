"""`lmdb report`: one page about a database."""

from pathlib import Path

import click

from .place import Place, pass_place
from .progress import show_progress

__all__ = ["report"]


@click.command(short_help="Write a page about the database.")
@click.option("--run", type=int, metavar="N", help="Only the pairs of this run; else each by its latest run.")
@click.option(
    "--truth",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="TRUTH.csv",
    help="Files and their compositions, as for `lmdb eval matching`: adds ranks, precision and recall, and "
    "what is right or wrong. May be given several times.",
)
@click.option(
    "--best",
    type=click.IntRange(0),
    default=12,
    show_default=True,
    metavar="N",
    help="Show so many of the best pairs.",
)
@click.option(
    "--doubtful",
    type=click.IntRange(0),
    default=12,
    show_default=True,
    metavar="N",
    help="Show so many of the doubtful pairs.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE.html",
    help="Write the page there.",
)
@pass_place
def report(
    place: Place, run: int | None, truth: tuple[Path, ...], best: int, doubtful: int, out: Path
) -> None:
    """Write one page about the database that opens in any browser, offline.

    Counts of files and failures, runs and their settings, how sure the pairs are, and the best and the
    doubtful pairs with their evidence and alignments. The same database gives the same page.
    """
    database = place.open()
    with show_progress() as progress:
        summary = database.report(out, run=run, truth=truth, best=best, doubtful=doubtful, progress=progress)
    click.echo(summary)
