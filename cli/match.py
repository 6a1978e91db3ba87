"""`lmdb match`: compare all MIDI files with all recordings."""

import click

from .options import candidates_option, recall_option, transpose_option
from .place import Place, pass_place
from .progress import show_progress

__all__ = ["match"]


@click.command()
@click.option("--midi-corpus", metavar="NAME", help="Only MIDI files of this corpus.")
@click.option("--audio-corpus", metavar="NAME", help="Only recordings of this corpus.")
@candidates_option
@transpose_option
@recall_option
@pass_place
def match(
    place: Place,
    midi_corpus: str | None,
    audio_corpus: str | None,
    candidates: int | None,
    transpose: int,
    recall: float,
) -> None:
    """Match MIDI files with recordings, and align what fits.

    Only pairs that no run with the same settings has covered are compared; the answers are in the views
    `matches`, `candidates` and `alignments`.
    """
    with show_progress() as progress:
        summary = place.open().match(
            midi_corpus=midi_corpus,
            audio_corpus=audio_corpus,
            candidates=candidates,
            transpose=transpose,
            recall=recall,
            progress=progress,
        )
    click.echo(summary)
