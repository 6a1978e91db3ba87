"""The page of a report, section by section."""

from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from string import Template

from .cards import make_card
from .gather import DOUBT_FROM, DOUBT_TO, Facts, Pair
from .judge import Judgement
from .markup import describe_count, describe_duration, describe_share, escape, make_name, make_table
from .plots import plot_bins
from .runs import make_runs
from .truth import make_truth
from .wrong import Errors

__all__ = ["Content", "write_page"]

SIDES = {"midi": "MIDI files", "audio": "recordings"}

# Reasons of failures that are listed.
LONGEST_LIST = 25


@dataclass(frozen=True, eq=False)
class Content:
    """What a page tells.

    Attributes
    ----------
    name : str
        Of the database's folder.
    run : int or None
        The only run whose pairs count, if one was asked for.
    facts : Facts
    judgement : Judgement or None
    errors : Errors or None
        Where a truth table is given.
    best, doubtful : list of Pair
    """

    name: str
    run: int | None
    facts: Facts
    judgement: Judgement | None
    errors: Errors | None
    best: list[Pair]
    doubtful: list[Pair]


def write_page(content: Content) -> str:
    """Write the page: HTML that needs no other file."""
    sections = _list_sections(content)
    template = Template((files(__package__) / "page.html").read_text(encoding="utf-8"))
    return template.substitute(
        title=f"{escape(content.name)}: report",
        heading=f"Report on {make_name(content.name)}",
        subject=_describe_subject(content),
        links="".join(f'<a href="#{anchor}">{title}</a>' for anchor, title, _ in sections),
        sections="\n".join(
            f'<section id="{anchor}">\n<h2>{title}</h2>\n{inner}</section>'
            for anchor, title, inner in sections
        ),
        foot="Written by <code>lmdb report</code>. This page is one file and loads nothing else.",
    )


def _list_sections(content: Content) -> list[tuple[str, str, str]]:
    """List anchor, title and HTML of the sections that have something to say."""
    facts = content.facts
    sections = [("overview", "Overview", _make_overview(content))]
    if facts.corpora:
        sections.append(("files", "Files", _make_corpora(facts)))
    if facts.failures:
        sections.append(("failures", "Files that could not be used", _make_failures(facts)))
    if facts.runs:
        sections.append(("runs", "Runs", make_runs(facts, content.run)))
    if facts.counts.n_kept:
        sections.append(("sure", "How sure the pairs are", _make_distributions(facts)))
    if content.judgement is not None and content.errors is not None:
        sections.append(("truth", "Beside the truth", make_truth(content.judgement, content.errors)))
    if facts.counts.n_kept:
        sections.append(("best", "The best pairs", _make_best(content)))
        sections.append(("doubtful", "The doubtful pairs", _make_doubtful(content)))
    return sections


def _describe_subject(content: Content) -> str:
    runs = content.facts.runs
    if not runs:
        return "Nothing has been matched yet."
    if content.run is not None:
        return f"Only the pairs of run {content.run}."
    finished = [one.finished_at for one in runs if one.finished_at is not None]
    last = f" The latest run to finish did so on {_write_time(max(finished))} UTC." if finished else ""
    return f"Each pair counts by the latest run that compared it.{last}"


def _write_time(time: datetime) -> str:
    return f'<span class="number">{time:%Y-%m-%d %H:%M}</span>'


def _make_overview(content: Content) -> str:
    facts, counts = content.facts, content.facts.counts
    compared = f"{describe_count(facts.n_compared)} of {describe_count(facts.n_possible)}"
    tiles = [
        (describe_count(facts.n_midi), f"MIDI files, {describe_duration(facts.midi_s)} of notes"),
        (describe_count(facts.n_audio), f"recordings, {describe_duration(facts.audio_s)}"),
        (
            describe_share(facts.n_compared, facts.n_possible) if facts.n_possible else "none",
            f"of all pairs compared: {compared}",
        ),
        (describe_count(counts.n_accepted), f"pairs accepted, of {describe_count(counts.n_kept)} kept"),
        (
            describe_count(counts.n_audio),
            f"recordings with a MIDI file, {describe_share(counts.n_audio, facts.n_audio)} of all",
        ),
        (
            describe_count(counts.n_midi),
            f"MIDI files with a recording, {describe_share(counts.n_midi, facts.n_midi)} of all",
        ),
        (describe_count(counts.n_doubtful), f"doubtful pairs, confidence {DOUBT_FROM} to {DOUBT_TO}"),
        (describe_count(sum(one.n_files for one in facts.failures)), "files that could not be used"),
    ]
    told = "".join(f'<div class="tile"><b>{value}</b><span>{words}</span></div>\n' for value, words in tiles)
    return f'<div class="tiles">\n{told}</div>\n{_advise(facts)}'


def _advise(facts: Facts) -> str:
    """Say what to do next where something is missing; nothing where all is done."""
    steps = []
    if not facts.n_midi:
        steps.append(("The database holds no MIDI files yet. Bring some in:", "lmdb ingest midi FOLDER"))
    if not facts.n_audio:
        steps.append(("The database holds no recordings yet. Bring some in:", "lmdb ingest audio FOLDER"))
    if facts.n_compared < facts.n_possible or steps:
        steps.append(
            (
                "Some pairs have not been compared yet. Compare them:"
                if facts.runs
                else "Nothing has been compared yet. When both are there, compare them:",
                "lmdb match",
            )
        )
    if not steps:
        return ""
    told = "".join(f"<p>{words}</p>\n<pre><code>{command}</code></pre>\n" for words, command in steps)
    return f"<h3>What to do next</h3>\n{told}"


def _make_corpora(facts: Facts) -> str:
    rows = [
        (
            SIDES[one.kind],
            make_name(one.corpus),
            describe_count(one.n_items),
            describe_duration(one.duration_s),
            describe_count(one.n_paths),
            describe_count(one.n_missing),
        )
        for one in facts.corpora
    ]
    heads = ("", "corpus", "contents", "length", "files", "of them vanished")
    return (
        "<p>Files with the same bytes are one content, however many there are of them. A vanished file was "
        f"not in its folder when that was last ingested.</p>\n{make_table(heads, rows, numeric=(2, 3, 4, 5))}"
    )


def _make_failures(facts: Facts) -> str:
    rows = [
        (
            describe_count(one.n_files),
            SIDES[one.kind],
            escape(one.stage),
            escape(one.reason),
            f'<bdi class="path">{escape(one.example)}</bdi>',
        )
        for one in facts.failures[:LONGEST_LIST]
    ]
    left = len(facts.failures) - len(rows)
    more = f"<p>{describe_count(left)} more reasons are not listed.</p>\n" if left else ""
    return (
        "<p>They are left out of everything else. <code>lmdb failures</code> lists each of them, "
        "<code>lmdb failures --retry</code> has the next ingest try them again.</p>\n"
        f"{make_table(('files', '', 'failed to', 'reason', 'for example'), rows, numeric=(0,))}{more}"
    )


def _make_distributions(facts: Facts) -> str:
    counts = facts.counts
    rows = [
        (words, describe_count(n), describe_share(n, counts.n_kept))
        for words, n in (
            (f"sure: {DOUBT_TO} and more", counts.n_sure),
            (f"doubtful: {DOUBT_FROM} to {DOUBT_TO}", counts.n_doubtful),
            (f"unlikely: below {DOUBT_FROM}", counts.n_unlikely),
        )
    ]
    captions = {
        "confidence": "The probability, by all the evidence, that both are one composition.",
        "score": "How well the best path through both fits, by their sound alone.",
    }
    charts = "".join(
        f"<figure>\n{plot_bins(facts.bins, measure)}\n<figcaption>{words}</figcaption>\n</figure>\n"
        for measure, words in captions.items()
    )
    return (
        "<p>Of each MIDI file, a run keeps the best recordings, wrong ones too; a pair is accepted, and its "
        "alignment stored, from a confidence of 0.5 on unless the run was told otherwise.</p>\n"
        '<p class="soft"><span class="key accepted"></span> accepted, <span class="key other"></span> not '
        "accepted. Each step upwards is ten times as many pairs.</p>\n"
        f'<div class="charts">\n{charts}</div>\n'
        f"{make_table(('confidence', 'pairs', 'share of those kept'), rows, numeric=(1, 2))}"
    )


def _make_best(content: Content) -> str:
    if not content.best:
        return f"<p>No pair has a confidence of {DOUBT_TO} or more.</p>\n"
    return (
        f"<p>The {len(content.best)} surest pairs, each the best of both its MIDI file and its recording. "
        "The number beside each piece of evidence is what it adds to the logarithm of the odds: +2.3 makes a "
        "right pair ten times as likely, −2.3 a wrong one.</p>\n"
        f"{_make_cards(content.best, content.judgement)}"
    )


def _make_doubtful(content: Content) -> str:
    if not content.doubtful:
        return f"<p>No pair that was kept has a confidence from {DOUBT_FROM} to {DOUBT_TO}.</p>\n"
    n_all = content.facts.counts.n_doubtful
    return (
        f"<p>{len(content.doubtful)} of {describe_count(n_all)} pairs with a confidence from {DOUBT_FROM} "
        f"to {DOUBT_TO}, those nearest to 0.5 first: worth a listen.</p>\n"
        f"{_make_cards(content.doubtful, content.judgement)}"
    )


def _make_cards(pairs: list[Pair], judgement: Judgement | None) -> str:
    return f'<div class="pairs">\n{"".join(make_card(pair, judgement) for pair in pairs)}</div>\n'
