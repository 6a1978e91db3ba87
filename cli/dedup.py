"""`lmdb dedup`: copies and versions among the MIDI files."""

import click

from .place import Place, pass_place
from .progress import show_progress

__all__ = ["dedup"]


@click.command()
@click.option(
    "--corpus", metavar="NAME", help="Compare only the MIDI files of this corpus, with those of all."
)
@pass_place
def dedup(place: Place, corpus: str | None) -> None:
    """Find the copies and versions among the MIDI files; nothing is deleted.

    Only files that have not been compared yet are. The answers are in the view `midi_clusters`;
    `lmdb export dedup` lists the files to keep.
    """
    with show_progress() as progress:
        summary = place.open().dedup(corpus=corpus, progress=progress)
    click.echo(summary)
