"""Comparing the notes of one MIDI file with those of candidates: dynamic time warping of their slices."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.dtw.result import PathScores
from lakhdb.kernels.dtw.score import score_pairs
from lakhdb.kernels.note_slices import BEGINNING, N_CLASSES

from ..note_features import SlicedVoice

__all__ = ["COMPARISON", "EQUAL_DIGITS", "GULLY", "MOST_STEPS", "Comparisons", "compare_voices"]

# Share of the shorter file that a path must reach: a third may be cut off.
GULLY = 0.65

# Frames whose mean tells transpositions and unlikely candidates, seconds between such frames in time, and
# transpositions that are compared by these, and then by the slices themselves, beside none.
COARSENESS = 8
COARSE_STEP_S = 2.0
COARSE_ROLLS = 5
N_ROLLS = 2

# Candidates whose slices are compared, at least: those whose means are most alike.
COMPARED = 40

# Costs that differ by less tell nothing: single precision along a path of thousands of cells.
EQUAL_DIGITS = 4

# Likeliest candidates whose slices are compared whatever their means say.
TRUSTED = 10

# Steps of a file in time, at most.
MOST_STEPS = 4000

# A compared candidate: its place among them; the cost of the path a cell over the mean cost of its block, by
# slices, and the geometric mean of that and the same by times; semitones upwards, 0 to 11; how many times as
# slow the other is, as times fit best; the first and last slices of the path of slices.
COMPARISON = np.dtype(
    [
        ("candidate", np.int64),
        ("cost", np.float64),
        ("slice_cost", np.float64),
        ("roll", np.int32),
        ("slowness", np.float64),
        ("start", np.int32),
        ("end", np.int32),
        ("other_start", np.int32),
        ("other_end", np.int32),
    ]
)
Comparisons = npt.NDArray[Any]  # of dtype COMPARISON
Frames = npt.NDArray[np.uint8]


def compare_voices(
    ours: SlicedVoice,
    others: Sequence[SlicedVoice],
    *,
    wanted: int,
    most_coarsely: float = np.inf,
) -> Comparisons:
    """Compare a voice with candidates, and return those most like it by rising cost.

    First means of eight slices, and steps of two seconds, in the likelier transpositions. Then the slices of
    the best, in the likeliest transpositions, and times, at the same tempo and at the ratio of tempi that the
    path of slices shows, or that of lengths: an accompaniment with more notes has more slices for the same
    time.

    Parameters
    ----------
    ours : SlicedVoice
    others : sequence of SlicedVoice
        Candidates, by falling likelihood.
    wanted : int
        Comparisons to return, at least if there are so many.
    most_coarsely : float
        Cost of means above which a candidate is left out.
    """
    if not others:
        return np.empty(0, COMPARISON)
    coarse = _compare_coarsely(ours, others)
    by_cost = np.argsort(coarse.min(axis=1), kind="stable")[: max(wanted, COMPARED)]
    kept = np.union1d(by_cost, np.arange(min(TRUSTED, len(others))))
    kept = kept[coarse[kept].min(axis=1) <= most_coarsely]
    if not kept.size:
        return np.empty(0, COMPARISON)
    others = [others[at] for at in kept.tolist()]
    rolls = np.argsort(coarse[kept], axis=1, kind="stable")[:, :N_ROLLS]
    rolls = np.column_stack([np.zeros(len(kept), np.int64), rolls])  # most versions are in the same key
    best = _compare_slices(ours, others, rolls)
    best["candidate"] = kept
    time_cost, best["slowness"] = _compare_times(ours, best, others)
    best["cost"] = np.sqrt(best["slice_cost"] * time_cost)
    # Among equal ones, the likeliest first: the same notes in the same key.
    return best[np.lexsort((kept, best["cost"].round(EQUAL_DIGITS)))]


def _compare_coarsely(ours: SlicedVoice, others: Sequence[SlicedVoice]) -> npt.NDArray[np.float64]:
    """Return the cost of each candidate in each transposition, shape (n_candidates, n_rolls).

    Transpositions in which what begins is least alike altogether cost infinitely much.
    """
    slices = [_coarsen(one.frames) for one in others]
    steps = [one.hold(COARSE_STEP_S, MOST_STEPS) for one in others]
    scaled = [one.hold(COARSE_STEP_S * _compare_lengths(ours, one), MOST_STEPS) for one in others]
    costs = np.full((len(others), 1 if ours.voice == "drums" else N_CLASSES), np.inf)
    likely = _find_likely_rolls(ours, others)
    for roll in range(costs.shape[1]):
        at = np.flatnonzero(likely[:, roll]).tolist()
        if not at:
            continue
        raised = ours.transpose(roll)
        by_slices = _normalise(score_pairs(_coarsen(raised.frames), [slices[k] for k in at], gully=GULLY))
        held = [steps[k] for k in at] + [scaled[k] for k in at]
        by_times = _normalise(score_pairs(raised.hold(COARSE_STEP_S, MOST_STEPS), held, gully=GULLY))
        costs[at, roll] = np.minimum(by_slices, by_times.reshape(2, -1).min(axis=0))
    return costs


def _find_likely_rolls(ours: SlicedVoice, others: Sequence[SlicedVoice]) -> npt.NDArray[np.bool_]:
    """Tell which transpositions bring the pitch classes together, shape (n_candidates, n_rolls)."""
    if ours.voice == "drums":
        return np.ones((len(others), 1), np.bool_)
    mine = ours.frames[:, BEGINNING].mean(axis=0)
    theirs = np.stack([one.frames[:, BEGINNING].mean(axis=0) for one in others])
    alike = theirs @ np.stack([np.roll(mine, roll) for roll in range(N_CLASSES)], axis=1)
    ranks = np.argsort(np.argsort(-alike, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(ranks < COARSE_ROLLS)


def _coarsen(frames: Frames) -> Frames:
    """Average over every eight slices; the last mean may be of fewer."""
    firsts = np.arange(0, len(frames), COARSENESS)
    sizes = np.diff(np.append(firsts, len(frames)))[:, None]
    return (np.add.reduceat(frames, firsts, axis=0, dtype=np.uint32) // sizes).astype(np.uint8)


def _compare_slices(
    ours: SlicedVoice,
    others: Sequence[SlicedVoice],
    rolls: npt.NDArray[np.int64],
) -> Comparisons:
    """Compare slices in each transposition, shape (n_candidates, n_rolls); keep each one's best."""
    best = np.zeros(len(others), COMPARISON)
    best["slice_cost"] = np.inf
    for roll in np.unique(rolls).tolist():
        at = np.flatnonzero((rolls == roll).any(axis=1))
        paths = score_pairs(ours.transpose(roll).frames, [others[k].frames for k in at.tolist()], gully=GULLY)
        costs = _normalise(paths)
        better = np.flatnonzero(costs < best["slice_cost"][at])
        into = at[better]
        best["slice_cost"][into], best["roll"][into] = costs[better], roll
        best["start"][into], best["end"][into] = paths.midi_start[better], paths.midi_end[better]
        best["other_start"][into] = paths.audio_start[better]
        best["other_end"][into] = paths.audio_end[better]
    return best


def _compare_times(
    ours: SlicedVoice, pairs: Comparisons, others: Sequence[SlicedVoice]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Compare what sounds as time goes by; return the least costs, and at what slowness of the other."""
    step_s = ours.choose_step(MOST_STEPS)
    costs, slowness = np.empty(len(others)), np.empty(len(others))
    for roll in np.unique(pairs["roll"]).tolist():
        at = np.flatnonzero(pairs["roll"] == roll)
        tried = np.array([_list_slowness(ours, pairs[k], others[k]) for k in at.tolist()])
        frames = [
            others[k].hold(step_s * one, MOST_STEPS)
            for k, several in zip(at.tolist(), tried.tolist(), strict=True)
            for one in several
        ]
        paths = score_pairs(ours.transpose(roll).hold(step_s, MOST_STEPS), frames, gully=GULLY)
        found = _normalise(paths).reshape(tried.shape)
        best = found.argmin(axis=1)
        rows = np.arange(at.size)
        costs[at], slowness[at] = found[rows, best], tried[rows, best]
    return costs, slowness


def _list_slowness(ours: SlicedVoice, pair: np.void, other: SlicedVoice) -> tuple[float, float, float]:
    """List how many times as slow the other may be: not at all, as the path of slices says, as it is long."""
    return 1.0, _compare_spans(ours, pair, other), _compare_lengths(ours, other)


def _compare_spans(ours: SlicedVoice, pair: np.void, other: SlicedVoice) -> float:
    """Return how many times as long the other's part of a path lasts."""
    span_s = ours.time_s[pair["end"]] - ours.time_s[pair["start"]]
    other_span_s = other.time_s[pair["other_end"]] - other.time_s[pair["other_start"]]
    return float(other_span_s / span_s) if span_s > 0 and other_span_s > 0 else 1.0


def _compare_lengths(ours: SlicedVoice, other: SlicedVoice) -> float:
    """Return how many times as long the other lasts."""
    length_s, other_length_s = (float(one.time_s[-1] - one.time_s[0]) for one in (ours, other))
    return other_length_s / length_s if length_s > 0 and other_length_s > 0 else 1.0


def _normalise(paths: PathScores) -> npt.NDArray[np.float64]:
    """Return the cost of a cell of the path over the mean of its block, which may be nothing."""
    mean = np.where(paths.block_mean > 0, paths.block_mean, 1.0)
    return np.asarray(paths.cost / paths.length / mean, np.float64)
