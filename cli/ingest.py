"""`lmdb ingest`: bring files into the database."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from .ingest_lmd import ingest_lmd
from .place import Place, pass_place
from .progress import show_progress

if TYPE_CHECKING:
    from lakhdb.engine.models import Side

__all__ = ["ingest"]


@click.group()
def ingest() -> None:
    """Bring MIDI files, recordings or lists of names into the database."""


def _share_options(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option(
        "--jobs", type=click.IntRange(1), metavar="N", help="Worker processes.  [default: one a core]"
    )(command)
    command = click.option(
        "--corpus", metavar="NAME", help="Name for these files.  [default: the folder's name]"
    )(command)
    return click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path())(command)


@ingest.command()
@_share_options
@pass_place
def midi(place: Place, paths: tuple[str, ...], corpus: str | None, jobs: int | None) -> None:
    """Read MIDI files: folders of any depth, zip archives, or single files.

    Files already known are skipped; those that cannot be used are listed by `lmdb failures`.
    """
    with show_progress() as progress:
        summary = place.open(create=True).ingest_midi(paths, corpus=corpus, jobs=jobs, progress=progress)
    click.echo(summary)


@ingest.command()
@_share_options
@pass_place
def audio(place: Place, paths: tuple[str, ...], corpus: str | None, jobs: int | None) -> None:
    """Read recordings (wav, flac, ogg, mp3): folders of any depth, zip archives, or single files.

    Files already known are skipped; those that cannot be used are listed by `lmdb failures`.
    """
    with show_progress() as progress:
        summary = place.open(create=True).ingest_audio(paths, corpus=corpus, jobs=jobs, progress=progress)
    click.echo(summary)


@ingest.command()
@click.argument("file", type=click.Path())
@click.option("--corpus", required=True, metavar="NAME", help="Name for the entries of this list.")
@click.option(
    "--side", type=click.Choice(["midi", "audio"]), help="Whose names these are.  [default: the list tells]"
)
@pass_place
def metadata(place: Place, file: str, corpus: str, side: "Side | None") -> None:
    """Read a list of artists and titles, whether its files are here or not.

    FILE is CSV, TSV, Parquet, JSON (lines or an array), the MSD's unique_tracks.txt or LMD's
    md5_to_paths.json. Entries are joined with files by MD5, track id, path or file name, now or when the
    files come. The same list again, in the same corpus, replaces its entries.
    """
    with show_progress() as progress:
        summary = place.open(create=True).ingest_metadata(file, corpus=corpus, side=side, progress=progress)
    click.echo(summary)


ingest.add_command(ingest_lmd)
