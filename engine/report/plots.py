"""The charts of a report."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ..evaluate.ranks import find_share_curve
from .gather import N_BINS, Bin, Pair
from .judge import SEED, Curve
from .markup import describe_count
from .svg import Chart, Panel, choose_steps, choose_time_steps, describe_time

__all__ = ["plot_bins", "plot_path", "plot_precision", "plot_ranks"]

WIDTH = 460.0
LEFT, RIGHT, TOP, BELOW = 46.0, 14.0, 28.0, 36.0

# Points of a curve of ranks.
N_POINTS = 120

# A path that is straight to this many seconds is drawn as straight.
LEAST_DEVIATION_S = 0.25

Seconds = npt.NDArray[np.float64]


def plot_bins(bins: Sequence[Bin], measure: str) -> str:
    """Draw how many pairs have which confidence, or score: accepted ones beside the others.

    The axis of counts is logarithmic, for nearly all pairs that a run keeps are wrong ones.
    """
    own = [one for one in bins if one.measure == measure]
    most = max((one.n_pairs for one in own), default=1)
    powers = range(max(math.ceil(math.log10(most)), 1) + 1)
    chart = Chart(WIDTH, 230, f"How many pairs have which {measure}, accepted ones and others.")
    # A bar of one pair is still a bar.
    panel = _place(TOP, 230 - TOP - BELOW, (0, 1), (-0.3, powers[-1]))
    chart.add_y_axis(panel, [(power, describe_count(10**power)) for power in powers], "pairs")
    chart.add_x_axis(panel, [(at / 10, f"{at / 10:.1f}") for at in range(0, 11, 2)], measure)
    for one in own:
        left = (one.bin + (0.08 if one.is_accepted else 0.52)) / N_BINS
        what = "accepted" if one.is_accepted else "not accepted"
        hint = f"{one.bin / N_BINS:.2f} to {(one.bin + 1) / N_BINS:.2f}: {describe_count(one.n_pairs)} {what}"
        chart.add_box(
            panel, left, left + 0.4 / N_BINS, -0.3, math.log10(one.n_pairs),
            "bar-accepted" if one.is_accepted else "bar-other", hint,
        )  # fmt: skip
    return chart.write()


def plot_ranks(ranks: Sequence[float], n_audio: int) -> str:
    """Draw the share of MIDI files whose right recording ranks r or better, with its 95 % interval."""
    at = np.unique(np.rint(np.geomspace(1, max(n_audio, 2), N_POINTS)).astype(np.int64))
    share, low, high = (100 * one for one in find_share_curve(ranks, at, SEED))
    chart = Chart(WIDTH, 260, "Share of MIDI files whose right recording ranks so high or higher.")
    panel = _place(TOP, 260 - TOP - BELOW, (0, math.log10(at[-1])), (0, 100))
    chart.add_y_axis(panel, [(value, f"{value}") for value in range(0, 101, 20)], "MIDI files (%)")
    steps = _list_log_steps(int(at[-1]))
    chart.add_x_axis(
        panel,
        [(math.log10(one), describe_count(one)) for one in steps],
        "rank of the right recording, or better",
    )
    x, curves = _make_steps(np.log10(at), (share, low, high))
    chart.add_area(panel, x, curves[1], curves[2])
    chart.add_line(panel, x, curves[0], "curve")
    return chart.write()


def plot_precision(curve: Curve, accepted: tuple[float, float] | None) -> str:
    """Draw precision over recall, with a dot for the accepted pairs: their recall and precision, 0 to 1."""
    chart = Chart(WIDTH, 260, "Precision over recall, as the least confidence falls.")
    panel = _place(TOP, 260 - TOP - BELOW, (0, 100), (0, 100))
    ticks = [(float(value), f"{value}") for value in range(0, 101, 20)]
    chart.add_y_axis(panel, ticks, "precision: right among those believed (%)")
    chart.add_x_axis(panel, ticks, "recall: believed among the right ones (%)")
    first = (0.0, 100 * float(curve.precision[0]))
    points = [first, *zip(100 * curve.recall, 100 * curve.precision, strict=True)]
    x, y = (np.array(column, np.float64) for column in zip(*points, strict=True))
    chart.add_line(panel, x.tolist(), y.tolist(), "curve")
    if accepted is not None:
        recall, precision = accepted
        chart.add_dot(panel, 100 * recall, 100 * precision, "dot")
    return chart.write()


def plot_path(pair: Pair) -> str:
    """Draw the path of a pair over the time of the recording, and how far it is from a steady tempo.

    What the path goes through without belonging together is shaded; what is played once more is drawn beside
    the path.
    """
    again = [one for one in pair.segments if not one["is_aligned"]]
    ends_x = [*pair.audio_s, *(one[name] for one in again for name in ("audio_start_s", "audio_end_s"))]
    ends_y = [*pair.midi_s, *(one[name] for one in again for name in ("midi_start_s", "midi_end_s"))]
    span = _widen(min(ends_x), max(ends_x))
    off = [(audio_s, find_deviation(audio_s, midi_s)) for midi_s, audio_s in pair.pieces]
    most = max(LEAST_DEVIATION_S, *(float(np.abs(one).max()) for _, one in off))
    path = _place(TOP, 150, span, _widen(min(ends_y), max(ends_y)))
    below = _place(path.top + path.height + 38, 70, span, (-1.1 * most, 1.1 * most))
    chart = Chart(
        WIDTH,
        below.top + below.height + BELOW,
        "The path through the MIDI over the time of the recording, and how far it is from a steady tempo.",
    )
    _add_path_axes(chart, path, below, _find_gaps(pair), most)
    for midi_s, audio_s in pair.pieces:
        chart.add_line(path, audio_s[[0, -1]].tolist(), midi_s[[0, -1]].tolist(), "steady")
    for one in again:
        x, y = ([one[f"{side}_start_s"], one[f"{side}_end_s"]] for side in ("audio", "midi"))
        chart.add_line(path, x, y, "again")
    chart.add_line(path, pair.audio_s.tolist(), pair.midi_s.tolist(), "curve")
    for audio_s, ahead_s in off:
        chart.add_line(below, audio_s.tolist(), ahead_s.tolist(), "curve")
    return chart.write()


def _add_path_axes(
    chart: Chart, path: Panel, below: Panel, gaps: Sequence[tuple[float, float]], most_s: float
) -> None:
    times = [(one, describe_time(one)) for one in choose_time_steps(path.x_low, path.x_high, 6)]
    for panel, title in ((path, ""), (below, "time in the recording")):
        for low, high in gaps:
            chart.add_band(panel, low, high, "gap")
        chart.add_x_axis(panel, times, title)
    heights = choose_time_steps(path.y_low, path.y_high, 4)
    chart.add_y_axis(path, [(one, describe_time(one)) for one in heights], "time in the MIDI file")
    steps = [
        (one, f"{one:+.3g}".replace("-", "−") if one else "0") for one in choose_steps(-most_s, most_s, 5)
    ]
    chart.add_y_axis(below, steps, "MIDI ahead (+) or behind (−) a steady tempo, seconds")
    chart.add_line(below, [below.x_low, below.x_high], [0, 0], "steady")


def find_deviation(audio_s: Seconds, midi_s: Seconds) -> Seconds:
    """Find how many seconds of the MIDI a path is ahead of the straight line between its ends."""
    length = audio_s[-1] - audio_s[0]
    if length <= 0:
        return np.zeros(audio_s.size)
    slope = (midi_s[-1] - midi_s[0]) / length
    return np.asarray(midi_s - (midi_s[0] + slope * (audio_s - audio_s[0])), np.float64)


def _find_gaps(pair: Pair) -> list[tuple[float, float]]:
    """Find the parts of the recording between two segments through which the path goes."""
    through = sorted((one["audio_start_s"], one["audio_end_s"]) for one in pair.segments if one["is_aligned"])
    return [(end, begin) for (_, end), (begin, _) in pairwise(through) if begin > end]


def _place(top: float, height: float, x: tuple[float, float], y: tuple[float, float]) -> Panel:
    return Panel(LEFT, top, WIDTH - LEFT - RIGHT, height, *x, *y)


def _widen(low: float, high: float) -> tuple[float, float]:
    """Leave some room on both sides, more than none."""
    room = max(0.02 * (high - low), 0.05)
    return low - room, high + room


def _list_log_steps(highest: int) -> list[int]:
    """List 1, 2, 5, 10, 20 … up to a number; powers of ten alone where that would be many."""
    factors = (1, 2, 5) if highest < 2000 else (1,)
    powers = range(len(str(highest)))
    return [factor * 10**power for power in powers for factor in factors if factor * 10**power <= highest]


def _make_steps(
    x: npt.NDArray[np.float64], curves: Sequence[npt.NDArray[np.float64]]
) -> tuple[list[float], list[list[float]]]:
    """Turn curves into steps that hold their value until the next point."""
    return np.repeat(x, 2)[1:].tolist(), [np.repeat(one, 2)[:-1].tolist() for one in curves]
