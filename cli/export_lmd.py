"""`lmdb export lmd`: the layout of the Lakh MIDI Dataset."""

from pathlib import Path

import click

from .place import Place, pass_place
from .progress import show_progress

__all__ = ["export_lmd"]


@click.command("lmd")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    metavar="P",
    help="Only accepted pairs of this confidence or more.",
)
@click.option(
    "--link/--copy",
    default=False,
    help="Link MIDI files instead of copying them; those in archives are copied.  [default: copy]",
)
@pass_place
def export_lmd(place: Place, folder: Path, min_confidence: float, link: bool) -> None:
    """Write MIDI files and accepted pairs as the Lakh MIDI Dataset is laid out.

    DIR gets lmd_full, lmd_matched and lmd_aligned (MIDI files retimed to the recordings),
    match_scores.json, match_confidences.json, md5_to_paths.json and track_md5s.json. The same command again
    goes on where it was cut off, and follows what has changed in the database.
    """
    with show_progress() as progress:
        summary = place.open().export_lmd(folder, min_confidence=min_confidence, link=link, progress=progress)
    click.echo(summary)
