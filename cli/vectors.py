"""`lmdb vectors`: embeddings of other systems beside ours."""

from pathlib import Path

import click

from .output import format_option, write_rows
from .place import Place, pass_place
from .progress import show_progress

__all__ = ["vectors"]


@click.group(short_help="Bring, search and give out embeddings.")
def vectors() -> None:
    """Bring embeddings of other systems in as named spaces, search them, and give them and ours out."""


@vectors.command("import", short_help="Bring a file of embeddings in.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", required=True, metavar="NAME", help="What the space is to be called.")
@click.option(
    "--names",
    type=click.Path(path_type=Path),
    metavar="LIST",
    help="The names of vectors that come without: a file of text, one a line.",
)
@click.option("--replace", is_flag=True, help="Let go of a space that has this name already.")
@pass_place
def import_(place: Place, file: Path, name: str, names: Path | None, replace: bool) -> None:
    """Bring the embeddings in FILE into the database, as a space with a name.

    FILE is .npy: rows of a name and a vector, as midisim writes them, or vectors alone. No pickle in it is
    run.
    """
    with show_progress() as progress:
        done = place.open(create=True).import_vectors(
            file, name=name, names=names, replace=replace, progress=progress
        )
    said = "; those before are gone" if done.replaced else ""
    click.echo(f"{done.n_rows} vectors of {done.dimension} values are in the space {done.name}{said}.")


@vectors.command(short_help="Rank the embeddings of a space.")
@click.argument("space")
@click.argument("query")
@click.option(
    "-k", type=click.IntRange(1), default=10, show_default=True, metavar="N", help="How many answers."
)
@click.option(
    "--hnsw",
    is_flag=True,
    help="Compare with those that a graph finds, not with all; it is made when needed.",
)
@format_option
@pass_place
def search(place: Place, space: str, query: str, k: int, hnsw: bool, style: str) -> None:
    """Rank the embeddings in SPACE by their cosine similarity with QUERY.

    QUERY is a name in the space, or a file name that stands for one; or FILE.npy of one vector, or
    FILE.npy:ROW of several, from 0. A name's own row is left out of the answer.
    """
    with show_progress() as progress:
        rows = place.open().search_vectors(query, space=space, k=k, exact=not hnsw, progress=progress)
    write_rows(rows, style)


@vectors.command(short_help="Give a space out as a file.")
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT.npy")
@click.option(
    "--space",
    metavar="NAME",
    help="A space that was brought in, or one of ours: notes, times, drums.  [default: notes]",
)
@pass_place
def export(place: Place, out: Path, space: str | None) -> None:
    """Write embeddings to OUT.npy, as midisim and NumPy read them: rows of a name and a vector.

    Ours are one a MIDI file, under its path: the mean direction of its windows.
    """
    with show_progress() as progress:
        done = place.open().export_vectors(out, space=space, progress=progress)
    click.echo(f"{done.n_rows} vectors of {done.dimension} values are in {done.path}.")


@vectors.command("list", short_help="List the spaces.")
@format_option
@pass_place
def list_(place: Place, style: str) -> None:
    """List the spaces of embeddings that were brought in."""
    write_rows(place.open().vector_spaces(), style)


@vectors.command(short_help="Let go of a space.")
@click.argument("name")
@pass_place
def remove(place: Place, name: str) -> None:
    """Remove the space NAME from the database; the file that it came from is not touched."""
    place.open().remove_vectors(name)
    click.echo(f"The space {name} is removed.")
