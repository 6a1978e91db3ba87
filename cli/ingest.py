"""`lmdb ingest`: bring files into the database."""

from collections.abc import Callable
from typing import Any

import click

from .place import Place, pass_place
from .progress import show_progress

__all__ = ["ingest"]


@click.group()
def ingest() -> None:
    """Bring MIDI files or recordings into the database."""


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
