"""`lmdb export jams`: what MIDI files say of recordings, as JAMS files."""

from pathlib import Path

import click

from .place import Place, pass_place
from .progress import show_progress

__all__ = ["export_jams"]


@click.command("jams")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="Only accepted pairs of this confidence or more.",
)
@pass_place
def export_jams(place: Place, folder: Path, min_confidence: float) -> None:
    """Write a JAMS file for each recording into DIR, from every accepted MIDI file of it.

    Beats, tempo, keys, chords, notes by instrument and lyrics, in the time and key of the recording, and how
    far its MIDI files agree. DIR is new, empty or an earlier export, which is gone on with.
    """
    with show_progress() as progress:
        summary = place.open().export_jams(folder, min_confidence=min_confidence, progress=progress)
    click.echo(summary)
