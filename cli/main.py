"""The `lmdb` command: the group, its options, and how errors end."""

import logging
from pathlib import Path
from typing import Any, NoReturn

import click

from lakhdb.engine.errors import LakhDBError

from .align import align
from .dedup import dedup
from .demo import demo
from .embed import embed
from .evaluate import evaluate
from .export import export
from .ingest import ingest
from .look import failures, forget, show, status, verify
from .match import match
from .place import Place
from .query import query
from .report import report
from .sql import sql
from .train import train
from .vectors import vectors

__all__ = ["lmdb"]

# What a shell reports for a command that was ended by Ctrl-C: 128 + SIGINT.
INTERRUPTED = 130


class _Trouble(click.ClickException):
    """An error of ours on its way to the user: one line, exit code 1."""

    def show(self, file: Any = None) -> None:
        click.echo(f"lmdb: {' '.join(self.message.split())}", err=True, file=file)


class _News(logging.Handler):
    """What the engine has to say, on stderr."""

    def emit(self, record: logging.LogRecord) -> None:
        click.echo(f"lmdb: {record.getMessage()}", err=True)


_NEWS = _News(logging.INFO)


class _Group(click.Group):
    """The group in which every error a user can meet ends, once."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except LakhDBError as error:
            raise _Trouble(str(error)) from error
        except KeyboardInterrupt:
            _end_interrupted(ctx)
        except RuntimeError as error:
            # What Ctrl-C becomes while DuckDB is at work.
            if str(error) != "Query interrupted":
                raise
            _end_interrupted(ctx)


def _end_interrupted(ctx: click.Context) -> NoReturn:
    click.echo("lmdb: interrupted; run the same command again to go on.", err=True)
    ctx.exit(INTERRUPTED)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--db",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("lakh.lmdb"),
    envvar="LMDB_DB",
    show_default=True,
    show_envvar=True,
    metavar="DIR",
    help="The database: a folder.",
)
@click.version_option(package_name="lakhdb", prog_name="lmdb")
@click.pass_context
def lmdb(ctx: click.Context, folder: Path) -> None:
    """Match and align MIDI files with recordings, and ask about them in SQL.

    \b
    lmdb ingest midi FOLDER
    lmdb ingest audio FOLDER
    lmdb match
    lmdb sql "select * from matches order by confidence desc limit 10"
    """
    ctx.obj = Place(folder)
    logging.getLogger("lakhdb").addHandler(_NEWS)  # the same one is never added twice
    logging.getLogger("lakhdb").setLevel(logging.INFO)


for command in (
    ingest,
    embed,
    match,
    query,
    align,
    sql,
    show,
    status,
    failures,
    forget,
    verify,
    evaluate,
    dedup,
    export,
    report,
    train,
    demo,
    vectors,
):
    lmdb.add_command(command)
