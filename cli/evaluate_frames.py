"""`lmdb eval frames`: baselines on windows that are labelled with notes."""

from pathlib import Path

import click

from lakhdb.engine.evaluate.frames_names import FRAME_METHODS

from .options import out_option, seed_option
from .output import format_option, write_rows
from .progress import show_progress

__all__ = ["frames"]


def _split(ctx: click.Context, param: click.Parameter, value: str) -> list[str]:
    """Read a list with commas."""
    return [name.strip() for name in value.split(",") if name.strip()]


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--methods",
    callback=_split,
    default=",".join(FRAME_METHODS),
    show_default=True,
    metavar="LIST",
    help="With commas.",
)
@click.option(
    "--epochs", type=click.IntRange(1), default=8, show_default=True, metavar="N", help="Of the network."
)
@click.option(
    "--device", type=click.Choice(["cpu", "cuda"]), help="Of the network; the best there is by default."
)
@seed_option("the network's weights, the order of its windows, and which windows are drawn")
@out_option("report, precision-recall curves and sample windows")
@format_option
def frames(
    folder: Path, methods: list[str], epochs: int, device: str | None, seed: int, out: Path | None, style: str
) -> None:
    """Train baselines on the windows of `lmdb export frames`, and tell how well they find the notes.

    Average precision over all notes of all windows of test: of ridge regression on raw samples, on their
    spectrum and on its logarithm, and of a small network that treats all pitches alike. No database is
    needed.
    """
    from lakhdb.engine.evaluate.frames import eval_frames

    with show_progress() as progress:
        report = eval_frames(
            folder, methods=methods, out=out, seed=seed, epochs=epochs, device=device, progress=progress
        )
    write_rows(report.to_table(), style)
