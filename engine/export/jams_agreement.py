"""How far the MIDI files of one recording agree about it."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from .jams_content import LETTERS, Content, Labels
from .jams_song import Lyric, SongNotes

__all__ = ["KINDS", "Agreement", "measure_agreement"]

Floats = npt.NDArray[np.float64]
Agreement = dict[str, float | None]

# As mir_eval has them: beats, onsets of notes, and the ratio of two tempos.
BEAT_S = 0.07
ONSET_S = 0.05
TEMPO_RATIO = 1.08

# Syllables are put where they are sung, or where the note is that they belong to.
LYRIC_S = 0.25


def measure_agreement(contents: Sequence[Content]) -> list[Agreement]:
    """Measure how far each MIDI file agrees with the others, about what both speak of.

    Parameters
    ----------
    contents : sequence of Content
        Of one recording.

    Returns
    -------
    list of dict
        For each file the mean over the others, 0 to 1, or None where no other speaks of it:

        * ``beat``: share of its beats within 70 ms of one of the other's.
        * ``tempo``: share of the time in which tempos differ by less than 8 %.
        * ``key_mode``, ``chord``: share of the time in which both name the same.
        * ``notes``, ``drums``: F measure of notes with a pitch, of all instruments together, and of drums:
          same pitch, beginning within 50 ms.
        * ``lyrics``: share of its texts within 0.25 s of an equal one of the other's; case, spaces and
          hyphens do not count.
    """
    found: list[dict[str, list[float]]] = [{kind: [] for kind in KINDS} for _ in contents]
    for at, other_at in combinations(range(len(contents)), 2):
        mine, other = contents[at], contents[other_at]
        spans_s = _intersect(mine.spans_s, other.spans_s)
        if not spans_s.size:
            continue
        for kind, (compare, is_mutual) in KINDS.items():
            share = compare(mine, other, spans_s)
            back = share if is_mutual else compare(other, mine, spans_s)
            for owner, one in ((at, share), (other_at, back)):
                if one is not None:
                    found[owner][kind].append(one)
    return [{kind: float(np.mean(each)) if each else None for kind, each in one.items()} for one in found]


def _intersect(one: Floats, other: Floats) -> Floats:
    """Intersect two rows of spans, shape (n, 2) each, that rise and do not overlap."""
    first_s = np.maximum(one[:, None, 0], other[None, :, 0])
    last_s = np.minimum(one[:, None, 1], other[None, :, 1])
    inside = last_s > first_s
    return np.stack([first_s[inside], last_s[inside]], axis=1)


def _is_within(times_s: Floats, spans_s: Floats) -> npt.NDArray[np.bool_]:
    return np.asarray(
        ((times_s[:, None] >= spans_s[:, 0]) & (times_s[:, None] <= spans_s[:, 1])).any(axis=1), bool
    )


def _compare_beats(mine: Content, other: Content, spans_s: Floats) -> float | None:
    beats_s = mine.beats_s[_is_within(mine.beats_s, spans_s)]
    if not beats_s.size or not other.beats_s.size:
        return None
    at = np.searchsorted(other.beats_s, beats_s)
    after_s = other.beats_s[np.minimum(at, other.beats_s.size - 1)]
    before_s = other.beats_s[np.maximum(at - 1, 0)]
    nearest_s = np.minimum(np.abs(after_s - beats_s), np.abs(beats_s - before_s))
    return float(np.mean(nearest_s <= BEAT_S))


def _compare_tempos(mine: Content, other: Content, spans_s: Floats) -> float | None:
    rows, others = (
        (one.tempo_start_s, one.tempo_end_s, np.log(one.tempos) / np.log(TEMPO_RATIO))
        for one in (mine, other)
    )
    return _share_time(rows, others, spans_s, lambda one, two: np.abs(one - two) < 1)


def _compare_keys(mine: Content, other: Content, spans_s: Floats) -> float | None:
    return _compare_labels(mine.keys, other.keys, spans_s)


def _compare_chords(mine: Content, other: Content, spans_s: Floats) -> float | None:
    return _compare_labels(mine.chords, other.chords, spans_s)


def _compare_labels(mine: Labels, other: Labels, spans_s: Floats) -> float | None:
    rows, others = (
        (one.start_s, one.end_s, np.array([_number(value) for value in one.values])) for one in (mine, other)
    )
    return _share_time(rows, others, spans_s, lambda one, two: one == two)


def _number(label: str) -> float:
    """Number a key or chord, however its tonic is written; N is 0."""
    tonic, _, mode = label.partition(":")
    if tonic not in ("N", ""):
        klass = LETTERS[tonic[0]] + tonic.count("#") - tonic.count("b")
        return 1.0 + klass % 12 + 12 * mode.startswith("min")
    return 0.0


Rows = tuple[Floats, Floats, Floats]  # beginnings, ends, values


def _share_time(
    mine: Rows,
    other: Rows,
    spans_s: Floats,
    agree: Callable[[Floats, Floats], npt.NDArray[np.bool_]],
) -> float | None:
    """Share of the time, of that in which both say something, in which they say the same."""
    bounds_s = np.unique(np.concatenate([*mine[:2], *other[:2], spans_s.ravel()]))
    middle_s, length_s = (bounds_s[1:] + bounds_s[:-1]) / 2, np.diff(bounds_s)
    values, others = _look_up(mine, middle_s), _look_up(other, middle_s)
    told = ~np.isnan(values) & ~np.isnan(others) & _is_within(middle_s, spans_s)
    total_s = float(length_s[told].sum())
    if total_s <= 0:
        return None
    return float(length_s[told][agree(values[told], others[told])].sum() / total_s)


def _look_up(rows: Rows, at_s: Floats) -> Floats:
    """Look up what is said at some moments; NaN where nothing is."""
    start_s, end_s, values = rows
    if not start_s.size:
        return np.full(at_s.size, np.nan)
    row = np.searchsorted(start_s, at_s, side="right") - 1
    told = (row >= 0) & (at_s < end_s[np.maximum(row, 0)])
    return np.where(told, values[np.maximum(row, 0)], np.nan)


def _compare_notes(mine: Content, other: Content, spans_s: Floats) -> float | None:
    return _score_notes(mine.notes.take(~mine.notes.is_drum), other.notes.take(~other.notes.is_drum), spans_s)


def _compare_drums(mine: Content, other: Content, spans_s: Floats) -> float | None:
    return _score_notes(mine.notes.take(mine.notes.is_drum), other.notes.take(other.notes.is_drum), spans_s)


def _score_notes(mine: SongNotes, other: SongNotes, spans_s: Floats) -> float | None:
    rows, others = (one.take(_is_within(one.start_s, spans_s)) for one in (mine, other))
    if not rows.pitch.size or not others.pitch.size:
        return None
    n_matched = 0
    for pitch in np.intersect1d(rows.pitch, others.pitch):
        onsets = (one.start_s[one.pitch == pitch].tolist() for one in (rows, others))
        n_matched += _count_pairs(*onsets)
    return 2 * n_matched / (rows.pitch.size + others.pitch.size)


def _count_pairs(one: list[float], other: list[float]) -> int:
    """Count pairs of times within `ONSET_S`, each used once; both rise, so that the first fit is the best."""
    n_pairs = at = other_at = 0
    while at < len(one) and other_at < len(other):
        difference_s = one[at] - other[other_at]
        if abs(difference_s) <= ONSET_S:
            n_pairs += 1
        at += difference_s <= ONSET_S
        other_at += difference_s >= -ONSET_S
    return n_pairs


def _compare_lyrics(mine: Content, other: Content, spans_s: Floats) -> float | None:
    if not mine.lyrics or not other.lyrics:
        return None
    times: dict[str, list[float]] = {}
    for time_s, _, text in sorted(other.lyrics):
        times.setdefault(_fold(text), []).append(time_s)
    within = _is_within(np.array([time_s for time_s, *_ in mine.lyrics]), spans_s)
    told = [lyric for lyric, inside in zip(mine.lyrics, within.tolist(), strict=True) if inside]
    if not told:
        return None
    return sum(_is_sung(lyric, times) for lyric in told) / len(told)


def _is_sung(lyric: Lyric, times: dict[str, list[float]]) -> bool:
    time_s, _, text = lyric
    known_s = times.get(_fold(text), [])
    return bisect_left(known_s, time_s - LYRIC_S) < bisect_right(known_s, time_s + LYRIC_S)


def _fold(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


# How each is measured, and whether it is the same for both.
KINDS: dict[str, tuple[Callable[[Content, Content, Floats], float | None], bool]] = {
    "beat": (_compare_beats, False),
    "tempo": (_compare_tempos, True),
    "key_mode": (_compare_keys, True),
    "chord": (_compare_chords, True),
    "notes": (_compare_notes, True),
    "drums": (_compare_drums, True),
    "lyrics": (_compare_lyrics, False),
}
