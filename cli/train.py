"""`lmdb train`: make a model from MIDI files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from .options import midi_option
from .place import Place, pass_place
from .progress import show_progress

__all__ = ["train"]

PATH = click.Path(path_type=Path)

OPTIONS = (
    midi_option,
    click.option(
        "-o", "--output", type=PATH, default=Path("model"), show_default=True, help="Where the model goes."
    ),
    click.option(
        "--compositions", type=PATH, metavar="CSV", help="Which files are versions, and which to leave out."
    ),
    click.option(
        "--matches", type=int, metavar="RUN", help="Add what this run of the database matched surely."
    ),
    click.option(
        "--recordings", type=click.IntRange(1), metavar="N", help="Make at most so many recordings."
    ),
    click.option("--steps", type=click.IntRange(1), metavar="N", help="Training steps."),
    click.option(
        "--budget", type=click.FloatRange(0, min_open=True), metavar="MINUTES", help="Instead of steps."
    ),
    click.option("--seed", type=int, default=0, show_default=True, help="Decides all that is drawn."),
    click.option("--jobs", type=click.IntRange(1), metavar="N", help="Processes that make recordings."),
    click.option("--device", type=click.Choice(["cpu", "cuda"]), help="By default the best there is."),
)


def _with_options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(OPTIONS):
        function = option(function)
    return function


@click.group()
def train() -> None:
    """Train the models that find candidates.

    Recordings are made of MIDI files, and a network learns to find each by its file. The same command goes on
    with a training that was stopped. Set LMDB_MODEL to the folder of a model to use it.
    """


@train.command()
@_with_options
@click.option("--model", type=PATH, metavar="DIR", help="Start from this model.")
@pass_place
def embedding(place: Place, /, **options: Any) -> None:
    """Train window vectors and hash sequences together."""
    _train(place, "embedding", options)


@train.command("hash")
@_with_options
@click.option("--model", type=PATH, metavar="DIR", required=True, help="The model whose hashes to train.")
@pass_place
def hash_(place: Place, /, **options: Any) -> None:
    """Train the hash sequences of a model anew, and leave its window vectors as they are."""
    _train(place, "hash", options)


def _train(place: Place, head: Any, options: dict[str, Any]) -> None:
    # Torch takes more than a second to import, and `lmdb --help` needs none.
    from lakhdb.engine import train_model

    budget, run = options.pop("budget"), options.pop("matches")
    database = place.open() if run is not None else None
    with show_progress() as progress:
        summary = train_model(
            head,
            options.pop("midi"),
            database=database,
            matches=run,
            budget_min=budget,
            progress=progress,
            **options,
        )
    click.echo(summary)
