"""`lmdb eval`: how well methods find what is known to be right."""

from pathlib import Path

import click

from lakhdb import engine
from lakhdb.engine.evaluate.alignment.names import ALIGNER_NAMES, DEFAULT_ALIGNERS, SETTING_NAMES
from lakhdb.engine.evaluate.names import CASE_NAMES, DEFAULT_METHODS, METHOD_NAMES, WHOLE

from .distractors import Distractors, distractor_options
from .evaluate_frames import frames
from .options import candidates_option, out_option, seed_option, transpose_option
from .output import format_option, write_rows
from .place import Place, pass_place
from .progress import show_progress

__all__ = ["evaluate"]


def _split(ctx: click.Context, param: click.Parameter, value: str) -> list[str]:
    """Read a list with commas."""
    return [name.strip() for name in value.split(",") if name.strip()]


@click.group(name="eval", short_help="Measure methods against what is known to be right.")
def evaluate() -> None:
    """Measure how well methods find what is known to be right. Nothing is written into the database."""


@evaluate.command()
@click.option(
    "--truth",
    type=click.Path(path_type=Path),
    multiple=True,
    required=True,
    metavar="TRUTH.csv",
    help="Files and their compositions: columns `file` (path, end of a path, name or id) and `composition`, "
    "perhaps `collection`. May be given several times.",
)
@click.option("--midi-corpus", metavar="NAME", help="Only MIDI files of this corpus.")
@click.option("--audio-corpus", metavar="NAME", help="Only recordings of this corpus.")
@click.option(
    "--methods",
    callback=_split,
    default=",".join(DEFAULT_METHODS),
    show_default=True,
    metavar="LIST",
    help=f"Of {', '.join(METHOD_NAMES)}; with commas.",
)
@click.option(
    "--cases",
    callback=_split,
    default=WHOLE,
    show_default=True,
    metavar="LIST",
    help=f"What is done to the queries: of {', '.join(CASE_NAMES)}; with commas, or all.",
)
@click.option("--queries", type=click.IntRange(1), metavar="N", help="So many queries, drawn by seed.")
@candidates_option
@transpose_option
@click.option(
    "--baselines",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Networks of the thesis, for dhs, dhs-piano, pse and cascade-thesis.",
)
@distractor_options
@seed_option("which queries are drawn, how they are edited, distractors, and the intervals")
@out_option("table, ranks and figure")
@format_option
@pass_place
def matching(
    place: Place,
    truth: tuple[Path, ...],
    midi_corpus: str | None,
    audio_corpus: str | None,
    methods: list[str],
    cases: list[str],
    queries: int | None,
    candidates: int | None,
    transpose: int,
    baselines: Path | None,
    distractors: Distractors,
    seed: int,
    out: Path | None,
    style: str,
) -> None:
    """Rank recordings for MIDI files by several methods, and tell how often the right one comes first.

    A recording is right for a MIDI file of the same composition. All recordings in the truth tables are
    ranked; those whose composition is empty are right for nothing.
    """
    database = place.open()
    with show_progress() as progress:
        report = database.eval_matching(
            truth,
            midi_corpus=midi_corpus,
            audio_corpus=audio_corpus,
            methods=methods,
            cases=cases,
            queries=queries,
            candidates=candidates,
            transpose=transpose,
            baselines=baselines,
            distractors=distractors.make(database, truth, seed, progress),
            seed=seed,
            out=out,
            progress=progress,
        )
    write_rows(report.to_table(), style)
    click.echo(report, err=True)


@evaluate.command()
@click.option(
    "--midi",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="PATH",
    help="Folder, archive or file to record and corrupt; repeat.",
)
@click.option(
    "--pairs",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="TABLE.csv",
    help="Pairs with moments known in both: columns `midi`, `recording`, `midi_times`, `recording_times`, "
    "perhaps `group`; repeat.",
)
@click.option(
    "--settings",
    callback=_split,
    default=",".join(SETTING_NAMES),
    show_default=True,
    metavar="LIST",
    help="How badly files are made to fit; with commas.",
)
@click.option(
    "--aligners",
    callback=_split,
    default=",".join(DEFAULT_ALIGNERS),
    show_default=True,
    metavar="LIST",
    help=f"Of {', '.join(ALIGNER_NAMES)}; with commas.",
)
@click.option(
    "--files",
    type=click.IntRange(1),
    metavar="N",
    help="So many files, and pairs of each table, drawn by seed.",
)
@click.option(
    "--first",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Only the beginnings of pairs, so many seconds of the recording.",
)
@seed_option("which files are drawn and how they are corrupted")
@out_option("table, errors and figure")
@format_option
def alignment(
    midi: tuple[Path, ...],
    pairs: tuple[Path, ...],
    settings: list[str],
    aligners: list[str],
    files: int | None,
    first: float | None,
    seed: int,
    out: Path | None,
    style: str,
) -> None:
    """Align what is known to belong together, and tell how far off that is.

    MIDI files are recorded, corrupted, and aligned again; pairs come with moments that are known in both.
    The corruptions are those of Raffel's thesis: warped timing, a beginning, an end or a little in between
    left out, parts missing or on other instruments. No database is needed.
    """
    with show_progress() as progress:
        report = engine.eval_alignment(
            midi,
            pairs=pairs,
            settings=settings,
            aligners=aligners,
            files=files,
            longest_s=first,
            seed=seed,
            out=out,
            progress=progress,
        )
    write_rows(report.to_table(), style)


evaluate.add_command(frames)
