"""Where the database is: what `--db` says, handed to the commands."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lakhdb import engine

if TYPE_CHECKING:
    from lakhdb.engine import Database

__all__ = ["Place", "pass_place"]


@dataclass(frozen=True)
class Place:
    """The folder of the database that a command is to work on."""

    folder: Path

    def open(self, *, create: bool = False) -> "Database":
        """Open the database; with `create`, make it if it is not there."""
        return engine.open(self.folder, create=create)


pass_place = click.make_pass_decorator(Place)
