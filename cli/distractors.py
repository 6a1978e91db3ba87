"""Options of `lmdb eval` that ask for distractors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from lakhdb.engine import Database
    from lakhdb.engine.evaluate.distractors import DistractorCatalogue
    from lakhdb.engine.progress import Progress

__all__ = ["Distractors", "distractor_options"]

PATH = click.Path(path_type=Path)

OPTIONS = (
    click.option(
        "--distractors",
        "n_distractors",
        type=click.IntRange(1),
        metavar="N",
        help="Rank so many recordings more, made of others: in other keys, tempi and sounds, cut at other "
        "offsets. Of recordings in the truth tables that are no query's, and of what the next two name.",
    ),
    click.option(
        "--distractor-midi",
        type=PATH,
        multiple=True,
        metavar="PATH",
        help="MIDI files: a folder, archive or file; repeat.",
    ),
    click.option(
        "--distractor-pool",
        type=PATH,
        multiple=True,
        metavar="FOLDER",
        help="Recordings that `lmdb train` left; repeat.",
    ),
    click.option(
        "--distractor-compositions",
        type=PATH,
        metavar="CSV",
        help="Compositions of those MIDI files, in the words of the truth: files that it does not name are "
        "left out. Without it each file counts as a composition of its own.",
    ),
    click.option(
        "--distractor-features",
        type=PATH,
        metavar="FOLDER",
        help="Keep there what the model in use says of distractors: 580 MB a million.",
    ),
)


@dataclass(frozen=True)
class Distractors:
    """What the options say."""

    n_distractors: int | None
    distractor_midi: tuple[Path, ...]
    distractor_pool: tuple[Path, ...]
    distractor_compositions: Path | None
    distractor_features: Path | None

    def make(
        self, database: "Database", truth: Sequence[Path], seed: int, progress: "Progress | None"
    ) -> "DistractorCatalogue | None":
        """Make the distractors that are asked for; MIDI files that cannot be read are told of."""
        if self.n_distractors is None:
            if self.distractor_midi or self.distractor_pool:
                raise click.UsageError("Say with --distractors how many to make.")
            return None
        from lakhdb.engine.evaluate.distractors import make_distractors

        catalogue, failures = make_distractors(
            database.store,
            truth,
            self.n_distractors,
            midi=self.distractor_midi,
            compositions=self.distractor_compositions,
            pools=self.distractor_pool,
            folder=self.distractor_features,
            seed=seed,
            progress=progress,
        )
        for path, reason in failures.items():
            click.echo(f"{path} makes no distractors: {reason}", err=True)
        return catalogue


def distractor_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options; the function is given them as `distractors`."""

    @wraps(function)
    def call(*arguments: Any, **options: Any) -> None:
        own = {name: options.pop(name) for name in Distractors.__dataclass_fields__}
        function(*arguments, distractors=Distractors(**own), **options)

    command = call
    for option in reversed(OPTIONS):
        command = option(command)
    return command
