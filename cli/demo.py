"""`lmdb demo`: the whole way on music that comes with a package."""

from pathlib import Path

import click

from .output import write_rows
from .progress import show_progress

__all__ = ["demo"]


@click.command(short_help="Show the whole of it on music of its own.")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("demo"))
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Worker processes.  [default: one a core]")
def demo(folder: Path, jobs: int | None) -> None:
    """Make music in FOLDER (default: demo), match it, align it and ask about it, in a minute or two."""
    # Imported when it runs, for a quick start.
    from lakhdb.engine.demo.run import run_demo

    with show_progress() as progress:
        run_demo(
            folder, jobs=jobs, say=click.echo, show=lambda rows: write_rows(rows, "table"), progress=progress
        )
