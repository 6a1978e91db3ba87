"""What a report says of a single pair."""

import shlex
from typing import Any

from ..reasons import Reason
from .gather import Pair
from .judge import Judgement
from .markup import escape, make_details, make_name
from .plots import plot_path
from .svg import describe_time

__all__ = ["describe_item", "make_card"]

# A pair this near to its own tempo is said to keep it.
SAME_TEMPO = 0.0005


def describe_item(artist: str | None, title: str | None, path: str | None, item_id: str) -> str:
    """Write what an item is called: artist and title, else the name of its file, else its id."""
    called = " – ".join(one for one in (artist, title) if one)
    return make_name(called or _get_base(path) or item_id)


def make_card(pair: Pair, judgement: Judgement | None) -> str:
    """Write a pair as a card: names, figures, evidence, drawing."""
    row = pair.row
    return (
        f'<article class="pair">\n<h3>{_make_heading(row)}</h3>\n'
        f"{_make_badges(pair, judgement)}{_make_sentence(pair)}{_make_reasons(pair)}"
        f"<figure>\n{plot_path(pair)}\n<figcaption>{_describe_path(pair)}</figcaption>\n</figure>\n"
        f"{make_details('Files and commands', _make_files(row))}</article>\n"
    )


def _make_heading(row: dict[str, Any]) -> str:
    lines = []
    for side, what in (("midi", "MIDI file"), ("audio", "Recording")):
        artist, title, path, item_id = (row[f"{side}_{name}"] for name in ("artist", "title", "path", "id"))
        file = f": {make_name(_get_base(path), 'path')}" if path and (artist or title) else ""
        lines.append(f"<small>{what}{file}</small>{describe_item(artist, title, path, item_id)}")
    return "\n".join(lines)


def _get_base(path: str | None) -> str:
    return (path or "").rpartition("/")[2]


def _make_badges(pair: Pair, judgement: Judgement | None) -> str:
    row = pair.row
    told = [
        f"<span>confidence <b>{describe_confidence(row['confidence'])}</b></span>",
        f"<span>score <b>{row['score']:.2f}</b></span>",
        f"<span>{'accepted' if pair.is_accepted else 'not accepted'}</span>",
        f"<span>{describe_transposition(row['transposition'])}</span>",
        f"<span>{describe_tempo(pair.tempo_ratio)}</span>",
    ]
    is_right = judgement.is_right(row["midi_seq"], row["audio_seq"]) if judgement is not None else None
    if is_right is not None:
        told.insert(0, '<span class="right">right</span>' if is_right else '<span class="wrong">wrong</span>')
    return f'<div class="badges">{"".join(told)}</div>\n'


def describe_confidence(confidence: float) -> str:
    """Write a confidence so that what is not sure is never written as 1, nor what is possible as 0."""
    if confidence > 0.9999:
        return "over 0.9999" if confidence < 1 else "1"
    if confidence < 0.0001:
        return "under 0.0001" if confidence > 0 else "0"
    return f"{confidence:.4f}" if not 0.01 <= confidence <= 0.99 else f"{confidence:.3f}"


def describe_transposition(semitones: int) -> str:
    """Write by how much the MIDI is raised to fit."""
    if not semitones:
        return "same key"
    plural = "" if abs(semitones) == 1 else "s"
    return f"MIDI {'raised' if semitones > 0 else 'lowered'} by {abs(semitones)} semitone{plural}"


def describe_tempo(ratio: float | None) -> str:
    """Write how much longer the recording takes than the MIDI."""
    if ratio is None:
        return "tempo unknown"
    if abs(ratio - 1) < SAME_TEMPO:
        return "same tempo (1.000)"
    return f"recording {'slower' if ratio > 1 else 'faster'} (tempo ratio {ratio:.3f})"


def _make_sentence(pair: Pair) -> str:
    row, midi_s, audio_s = pair.row, pair.midi_s, pair.audio_s
    spans = [f"{describe_time(one[0])} to {describe_time(one[-1])}" for one in (midi_s, audio_s)]
    return (
        f"<p>{spans[0]} of the MIDI file is {spans[1]} of the recording. Of this MIDI file's recordings it "
        f"ranks {row['rank']}, of this recording's MIDI files {row['audio_rank']} (run {row['run_id']})."
        "</p>\n"
    )


def _make_reasons(pair: Pair) -> str:
    if not pair.reasons:
        return '<p class="soft">The run gathered no evidence beside the score.</p>\n'
    lines = "".join(
        f'<li><span class="{"for" if one.weight > 0 else "against"}">{describe_weight(one)}</span>'
        f"<span>{escape(one.words)}</span></li>\n"
        for one in pair.reasons
    )
    return f'<ul class="reasons">\n{lines}</ul>\n'


def describe_weight(reason: Reason) -> str:
    """Write for which side evidence speaks, and how much: as `lmdb show` does."""
    return f"{'for' if reason.weight > 0 else 'against'}, {reason.weight:+.1f}".replace("-", "−")


def _describe_path(pair: Pair) -> str:
    if pair.row["refined"]:
        told = f"The path through {pair.midi_s.size} beginnings of notes."
    elif pair.is_accepted:
        told = f"The path through {pair.midi_s.size} breakpoints, in frames of 46 ms."
    elif pair.is_traced:
        told = "No path is stored below acceptance: this one was traced for the report, in frames of 46 ms."
    else:
        told = "No path is stored below acceptance: only the ends of the part that fits best are known."
    told += " Dashed: a steady tempo."
    if sum(one["is_aligned"] for one in pair.segments) > 1:
        told += " Shaded: a part that only one of the two has."
    if any(not one["is_aligned"] for one in pair.segments):
        told += " Orange: played once more."
    return told


def _make_files(row: dict[str, Any]) -> str:
    told = []
    for side, what in (("midi", "MIDI file"), ("audio", "Recording")):
        track = f", track {escape(row['track_id'])}" if side == "audio" and row["track_id"] else ""
        told.append(
            f"<p>{what} <code>{escape(row[f'{side}_id'])}</code>{track}<br>"
            f"{make_name(row[f'{side}_path'], 'path')}</p>\n"
        )
    ids = f"{row['midi_id'][:8]} {row['audio_id'][:8]}"
    paths = " ".join(shlex.quote(row[f"{side}_path"] or "") for side in ("midi", "audio"))
    commands = f"lmdb show {escape(ids)}\nlmdb align {escape(paths)} -o aligned.mid"
    return f"{''.join(told)}<pre><code>{commands}</code></pre>\n"
