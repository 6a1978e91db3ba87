"""`lmdb embed`: what the model in use says of every item."""

import click

from .place import Place, pass_place
from .progress import show_progress

__all__ = ["embed"]


@click.command()
@pass_place
def embed(place: Place) -> None:
    """Compute hash sequences and window vectors with another model.

    Ingest does so with the model in use: that which comes with lakhdb, or what LMDB_MODEL names, a folder
    that `lmdb train` wrote or the word training-free. After a change of model this brings all items up to
    date, as the next ingest or match would. What the model before has computed stays until
    `lmdb verify --repair`, and is never mixed with the new.
    """
    with show_progress() as progress:
        summary = place.open().embed(progress=progress)
    click.echo(summary)
