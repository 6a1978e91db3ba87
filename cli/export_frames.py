"""`lmdb export frames`: windows of recordings with the notes that sound in them."""

from pathlib import Path

import click

from .options import seed_option
from .output import format_option, write_rows
from .place import Place, pass_place
from .progress import show_progress

__all__ = ["frames"]


def _read_split(ctx: click.Context, param: click.Parameter, value: str) -> list[float]:
    """Read three numbers with commas."""
    try:
        return [float(one) for one in value.split(",")]
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not three numbers with commas.", ctx, param) from error


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--pairs",
    type=click.Path(path_type=Path),
    metavar="TABLE.csv",
    help="Take these pairs and no database: columns `audio` and `midi`, paths from the table's folder on, "
    "perhaps `composition`. They are aligned first.",
)
@click.option("--aligned", is_flag=True, help="The MIDI files of --pairs keep the time of their recordings.")
@click.option(
    "--size",
    type=click.IntRange(2),
    default=4096,
    show_default=True,
    metavar="N",
    help="Samples of a window.",
)
@click.option(
    "--rate",
    type=click.IntRange(1000),
    default=44_100,
    show_default=True,
    metavar="HZ",
    help="Samples a second.",
)
@click.option(
    "--hop",
    type=click.IntRange(1),
    metavar="N",
    help="Samples from one window to the next; --size by default.",
)
@click.option(
    "--per-recording", type=click.IntRange(1), metavar="N", help="At most so many windows of a recording."
)
@click.option(
    "--split",
    callback=_read_split,
    default="0.8,0.1,0.1",
    show_default=True,
    metavar="A,B,C",
    help="Train, validation, test: shares of the compositions, or numbers of windows.",
)
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    metavar="P",
    help="Only pairs of at least this confidence.",
)
@seed_option("which windows are drawn, and which composition goes into which split")
@format_option
@pass_place
def frames(
    place: Place,
    folder: Path,
    pairs: Path | None,
    aligned: bool,
    size: int,
    rate: int,
    hop: int | None,
    per_recording: int | None,
    split: list[float],
    min_confidence: float,
    seed: int,
    style: str,
) -> None:
    """Write windows of recordings, each with the notes that sound in its middle.

    NumPy arrays of samples and labels for train, validation and test, a table of the windows, and the notes
    of each recording as MusicNet has them. No composition is in two splits. DIR must not exist; a call that
    is broken off goes on where it stopped.
    """
    from lakhdb.engine.export.frames import export_frames

    with show_progress() as progress:
        summary = export_frames(
            None if pairs else place.open().store,
            folder,
            pairs=pairs,
            aligned=aligned,
            size=size,
            rate=rate,
            hop=hop,
            per_recording=per_recording,
            split=split,
            min_confidence=min_confidence,
            seed=seed,
            progress=progress,
        )
    write_rows(summary.to_table(), style)
    click.echo(summary, err=True)
