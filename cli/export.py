"""`lmdb export`: what a database knows, for other programs."""

from pathlib import Path

import click

from .export_frames import frames
from .export_jams import export_jams
from .export_lmd import export_lmd
from .output import format_option, write_rows
from .place import Place, pass_place

__all__ = ["export"]


@click.group()
def export() -> None:
    """Write what the database knows, for other programs."""


@export.command("dedup")
@click.option("--corpus", metavar="NAME", help="Only MIDI files of this corpus.")
@click.option("--one-version", is_flag=True, help="Of versions keep one, too; else copies alone are dropped.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), metavar="FILE", help="Write paths there, one a line."
)
@format_option
@pass_place
def export_dedup(place: Place, corpus: str | None, one_version: bool, out: Path | None, style: str) -> None:
    """List the MIDI files to keep, by the last `lmdb dedup`: of copies the best one."""
    rows = place.open().export_dedup(corpus=corpus, one_version=one_version, out=out)
    if out is None:
        write_rows(rows, style)
    else:
        click.echo(f"{len(rows)} paths written to {out}.")


for command in (export_lmd, export_jams, frames):
    export.add_command(command)
