"""`lmdb align`: fit one MIDI file to one recording."""

from pathlib import Path

import click

from lakhdb import engine

from .options import transpose_option
from .output import format_option, write_rows

__all__ = ["align"]


@click.command(short_help="Align a MIDI file with a recording.")
@click.argument("midi", type=click.Path(path_type=Path))
@click.argument("audio", type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), metavar="OUT.mid", help="Write the fitted MIDI file."
)
@click.option("--plot", type=click.Path(path_type=Path), metavar="OUT.png", help="Draw the alignment.")
@click.option("--segments", is_flag=True, help="List the parts that belong together instead of one row.")
@transpose_option
@format_option
def align(
    midi: Path,
    audio: Path,
    out: Path | None,
    plot: Path | None,
    segments: bool,
    transpose: int,
    style: str,
) -> None:
    """Align the MIDI file MIDI with the recording AUDIO; no database is needed.

    The fitted file keeps notes, controllers, lyrics and bars: its tempo map follows the recording. There is
    more than one segment where a verse was left out or repeated, or something was put in.
    """
    alignment = engine.align(midi, audio, out=out, plot=plot, transpose=transpose)
    write_rows(alignment.segments_to_table() if segments else alignment.to_table(), style)
