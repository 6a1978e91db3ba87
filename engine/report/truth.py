"""What a report says where the compositions of files are known."""

from collections.abc import Sequence

from ..evaluate.ranks import LOST, RankFigures
from .cards import describe_confidence, describe_item
from .judge import Judgement
from .markup import describe_count, describe_share, escape, make_name, make_table
from .plots import plot_precision, plot_ranks
from .wrong import Errors, NamedPair

__all__ = ["make_truth"]


def make_truth(judgement: Judgement, errors: Errors) -> str:
    """Write ranks, precision and recall, how far confidence is to be believed, and where it erred."""
    return (
        f"{_introduce(judgement)}"
        f'<div class="charts">\n{_make_ranks(judgement)}{_make_precision(judgement)}</div>\n'
        f"{_make_beliefs(judgement)}"
        f"{_make_pairs('Accepted, and wrong', errors.wrong, errors.n_wrong)}"
        f"{_make_pairs('Right, and not accepted', errors.missed, errors.n_missed)}{_count_lost(judgement)}"
    )


def _introduce(judgement: Judgement) -> str:
    told = (
        f"The truth table names {describe_count(len(judgement.midi))} MIDI files and "
        f"{describe_count(len(judgement.audio))} recordings of the database. Of their pairs that have been "
        f"compared, {describe_count(judgement.n_right)} are right: both are one composition. Everything here "
        "is about these files alone."
    )
    if judgement.n_unmet:
        told += (
            f" {describe_count(judgement.n_unmet)} more MIDI files have a right recording that they have not "
            "been compared with; they are left out."
        )
    return f"<p>{told}</p>\n"


def _make_ranks(judgement: Judgement) -> str:
    if judgement.figures is None:
        return (
            "<p>No MIDI file of the table has been compared with a right recording: there are no ranks.</p>\n"
        )
    n_lost = sum(rank == LOST for rank in judgement.ranks)
    lost = f" For {describe_count(n_lost)}, no right recording was kept." if n_lost else ""
    return (
        f"<figure>\n{plot_ranks(judgement.ranks, len(judgement.audio))}\n<figcaption>"
        f"{_describe_figures(judgement.figures, len(judgement.ranks))}{lost} Shaded: 95 % interval over "
        "the MIDI files.</figcaption>\n</figure>\n"
    )


def _describe_figures(figures: RankFigures, n_queries: int) -> str:
    return (
        f"Of {describe_count(n_queries)} MIDI files, {describe_share(figures.rank_1, 1)} have a right "
        f"recording first (95 % interval {100 * figures.rank_1_low:.1f} to {100 * figures.rank_1_high:.1f}), "
        f"{describe_share(figures.top_10, 1)} among the first ten; mean reciprocal rank {figures.mrr:.3f}."
    )


def _make_precision(judgement: Judgement) -> str:
    if judgement.curve is None:
        return "<p>No pair of these files was kept, or none is right: there is no precision to draw.</p>\n"
    accepted = [one for one in judgement.pairs if one.is_accepted]
    n_hits = sum(one.is_right for one in accepted)
    told, dot = "No pair of these files was accepted.", None
    if accepted:
        dot = n_hits / judgement.n_right, n_hits / len(accepted)
        told = (
            f'<span class="key now"></span> Accepted: {describe_count(len(accepted))} pairs, of which '
            f"{describe_count(n_hits)} are right (precision {dot[1]:.3f}, recall {dot[0]:.3f})."
        )
    return (
        f"<figure>\n{plot_precision(judgement.curve, dot)}\n<figcaption>{told} Average precision "
        f"{judgement.curve.average_precision:.3f}, over all confidences.</figcaption>\n</figure>\n"
    )


def _make_beliefs(judgement: Judgement) -> str:
    rows = [
        (
            f"{one.low} to {one.high}",
            describe_count(one.n_pairs),
            f"{100 * one.confidence:.2f}\u202f%",
            f"{100 * one.n_right / one.n_pairs:.2f}\u202f%",
            describe_count(one.n_right),
        )
        for one in judgement.beliefs
    ]
    if not rows:
        return ""
    heads = ("confidence", "pairs kept", "right by their confidence", "right in truth", "right pairs")
    return (
        "<h3>How far confidence is to be believed</h3>\n"
        "<p>Where confidence tells the truth, the two shares are alike.</p>\n"
        f"{make_table(heads, rows, numeric=(1, 2, 3, 4))}"
    )


def _count_lost(judgement: Judgement) -> str:
    n_lost = judgement.n_right - sum(one.is_right for one in judgement.pairs)
    return f"<p>Right pairs that were compared and not even kept: {describe_count(n_lost)}.</p>\n"


def _make_pairs(title: str, pairs: Sequence[NamedPair], n_all: int) -> str:
    if not n_all:
        return f"<h3>{title}</h3>\n<p>None.</p>\n"
    rows = [
        (
            describe_confidence(one.pair.confidence),
            describe_item(one.midi[1], one.midi[2], one.midi[3], one.midi[0]),
            make_name(one.midi_composition),
            describe_item(one.audio[1], one.audio[2], one.audio[3], one.audio[0]),
            make_name(one.audio_composition) if one.audio_composition else "none",
            f"<code>lmdb show {escape(one.midi[0][:8])} {escape(one.audio[0][:8])}</code>",
        )
        for one in pairs
    ]
    heads = ("confidence", "MIDI file", "is truly", "recording", "is truly", "more")
    count = f"<p>The surest {len(pairs)} of {describe_count(n_all)}.</p>\n" if n_all > len(pairs) else ""
    return f"<h3>{title}</h3>\n{count}{make_table(heads, rows, numeric=(0,))}"
