"""`lmdb ingest lmd`: a tree of the Lakh MIDI Dataset, with its scores."""

from pathlib import Path

import click

from .place import Place, pass_place
from .progress import show_progress

__all__ = ["ingest_lmd"]


@click.command("lmd")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--corpus", metavar="NAME", help="Name for the MIDI files.  [default: the folder's name]")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Worker processes.  [default: one a core]")
@pass_place
def ingest_lmd(place: Place, folder: Path, corpus: str | None, jobs: int | None) -> None:
    """Read a Lakh MIDI Dataset, or what `lmdb export lmd` wrote: MIDI files and scores.

    DIR holds match_scores.json and lmd_full or lmd_matched. Scores of recordings that are here, by track id
    or MD5, become a run of their own: stage lmd of the view candidates. What `lmdb match` found stays as it
    is.
    """
    with show_progress() as progress:
        summary = place.open(create=True).ingest_lmd(folder, corpus=corpus, jobs=jobs, progress=progress)
    click.echo(summary)
