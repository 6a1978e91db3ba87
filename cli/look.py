"""Commands that look, count, check and remove: show, status, failures, forget, verify."""

import click

from .output import format_option, write_rows
from .place import Place, pass_place
from .progress import show_progress

__all__ = ["failures", "forget", "show", "status", "verify"]


@click.command(short_help="Tell all about a file or a pair.")
@click.argument("midi_id")
@click.argument("audio_id", required=False)
@format_option
@pass_place
def show(place: Place, midi_id: str, audio_id: str | None, style: str) -> None:
    """Tell all about a MIDI file, or about it and a recording as a pair.

    Ids may be cut to their first characters, four or more. A recording's id may stand alone, too.
    """
    write_rows(place.open().show(midi_id, audio_id), style)


@click.command()
@format_option
@pass_place
def status(place: Place, style: str) -> None:
    """Count what the database holds."""
    write_rows(place.open().status(), style)


@click.command()
@click.option("--retry", is_flag=True, help="Have the next ingest try them again.")
@format_option
@pass_place
def failures(place: Place, retry: bool, style: str) -> None:
    """List the files that could not be used, and why."""
    rows = place.open().failures(retry=retry)
    write_rows(rows, style)
    if retry:
        click.echo(f"The next ingest of their folders tries these {len(rows)} again.", err=True)


@click.command(short_help="Remove paths and items from the database.")
@click.argument("targets", nargs=-1, metavar="[PATH]...")
@click.option("--missing", is_flag=True, help="All paths that were gone at the last ingest of their folder.")
@format_option
@pass_place
def forget(place: Place, targets: tuple[str, ...], missing: bool, style: str) -> None:
    """Remove paths from the database, and the items left without any.

    PATH is a file, a folder, an archive or a member (a.zip!/x.mid). The files themselves are not touched.
    """
    if not targets and not missing:
        raise click.UsageError("name a PATH, or give --missing.")
    write_rows(place.open().forget(targets, missing=missing), style)


@click.command(short_help="Check the database, or repair it.")
@click.option(
    "--repair", is_flag=True, help="Sweep up after interrupted runs, drop what is damaged, merge small parts."
)
@format_option
@pass_place
@click.pass_context
def verify(ctx: click.Context, place: Place, repair: bool, style: str) -> None:
    """Check parts, rows and index against each other; exit code 1 if something is wrong."""
    with show_progress() as progress:
        findings = place.open().verify(repair=repair, progress=progress)
    write_rows(findings, style)
    if not all(findings["ok"].to_pylist()):
        ctx.exit(1)
