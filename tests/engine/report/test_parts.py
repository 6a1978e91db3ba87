"""The parts of a page by themselves: figures, charts, words."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from lakhdb.engine.evaluate.ranks import LOST
from lakhdb.engine.report.cards import describe_confidence, describe_tempo, describe_transposition
from lakhdb.engine.report.gather import Bin, Pair
from lakhdb.engine.report.judge import find_curve
from lakhdb.engine.report.markup import describe_count, describe_duration, describe_share, escape
from lakhdb.engine.report.plots import find_deviation, plot_bins, plot_path, plot_precision, plot_ranks
from lakhdb.engine.report.svg import choose_steps, choose_time_steps, describe_time


def make_pair(midi_s, audio_s, segments=()):
    return Pair({}, [], np.array(midi_s, float), np.array(audio_s, float), list(segments), True)


def make_segment(midi_s, audio_s, is_aligned=True):
    names = ("midi_start_s", "midi_end_s", "audio_start_s", "audio_end_s")
    return dict(zip(names, (*midi_s, *audio_s), strict=True)) | {"is_aligned": is_aligned}


def read_lines(svg, style):
    """Read the points of the lines of a style, as the drawing has them."""
    return [
        [tuple(map(float, point.split(","))) for point in line.get("points").split()]
        for line in ElementTree.fromstring(svg).iter("polyline")
        if line.get("class") == style
    ]


def test_precision_and_recall_by_hand():
    confidence = np.array([0.2, 0.9, 0.5, 0.5])
    is_right = np.array([True, True, False, True])
    curve = find_curve(confidence, is_right, 4)
    assert curve.confidence.tolist() == [0.9, 0.5, 0.2]
    assert curve.precision.tolist() == [1, 2 / 3, 3 / 4]  # the two at 0.5 come together
    assert curve.recall.tolist() == [1 / 4, 2 / 4, 3 / 4]  # the fourth right pair was not kept
    assert curve.average_precision == pytest.approx((1 + 2 / 3 + 3 / 4) / 4)


def test_average_precision_is_that_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics", reason="a yardstick, not needed otherwise")
    rng = np.random.default_rng(3)
    confidence, is_right = rng.integers(0, 30, 200) / 30, rng.random(200) < 0.3
    ours = find_curve(confidence, is_right, int(is_right.sum()))
    assert ours.average_precision == pytest.approx(metrics.average_precision_score(is_right, confidence))


def test_no_curve_without_pairs_or_right_ones():
    assert find_curve(np.empty(0), np.empty(0, bool), 3) is None
    assert find_curve(np.array([0.5]), np.array([False]), 0) is None


def test_deviation_is_from_the_line_between_the_ends():
    off = find_deviation(np.array([10.0, 15.0, 20.0]), np.array([0.0, 6.0, 10.0]))
    assert off.tolist() == [0, 1, 0]
    assert find_deviation(np.array([1.0, 1.0]), np.array([0.0, 2.0])).tolist() == [0, 0]


def test_a_path_is_drawn_in_pieces_where_something_was_left_out():
    segments = [
        make_segment((0, 10), (0, 10)),
        make_segment((40, 50), (12, 22)),
        make_segment((0, 10), (30, 40), False),
    ]
    pair = make_pair([0, 5, 10, 40, 45, 50], [0, 5, 10, 12, 17, 22], segments)
    assert pair.tempo_ratio == 1  # what was left out has no tempo
    svg = plot_path(pair)
    whole, *deviations = read_lines(svg, "curve")
    assert len(whole) == 6
    assert len(deviations) == 2
    assert all(len({y for _, y in line}) == 1 for line in deviations)  # each piece is straight
    assert len(read_lines(svg, "again")) == 1
    gaps = [one for one in ElementTree.fromstring(svg).iter("rect") if one.get("class") == "gap"]
    assert len(gaps) == 2  # in both panels
    assert len(read_lines(plot_path(make_pair([0, 10], [0, 12])), "curve")) == 2


def test_a_path_goes_up_and_to_the_right():
    (points, _) = read_lines(plot_path(make_pair([5, 6, 9], [1, 2, 4])), "curve")
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert [y for _, y in points] == sorted((y for _, y in points), reverse=True)  # upwards in a drawing


def test_a_path_of_no_length_is_drawn():
    ElementTree.fromstring(plot_path(make_pair([3, 3], [7, 7])))
    assert make_pair([3, 3], [7, 7]).tempo_ratio is None


def test_bars_are_as_high_as_there_are_pairs():
    bins = [Bin("confidence", 0, False, 1000), Bin("confidence", 19, True, 10), Bin("score", 3, True, 5)]
    svg = plot_bins(bins, "confidence")
    bars = {one.get("class"): float(one.get("height")) for one in ElementTree.fromstring(svg).iter("rect")}
    assert set(bars) == {"bar-other", "bar-accepted"}
    assert bars["bar-other"] / bars["bar-accepted"] == pytest.approx(
        3.3 / 1.3, abs=0.01
    )  # on a logarithmic axis
    assert "0.95 to 1.00: 10 accepted" in svg
    ElementTree.fromstring(plot_bins([], "score"))


def test_curves_are_drawn():
    ((points),) = read_lines(plot_ranks([1, 1, 3, LOST], 10), "curve")
    heights = [y for _, y in points]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] > heights[-1]
    curve = find_curve(np.array([0.9, 0.5]), np.array([True, False]), 1)
    svg = plot_precision(curve, (1.0, 1.0))
    assert len(read_lines(svg, "curve")[0]) == 3
    assert svg.count("<circle") == 1
    assert plot_precision(curve, None).count("<circle") == 0
    ElementTree.fromstring(plot_ranks([1], 1))


def test_steps_of_axes():
    assert choose_steps(0, 1, 5) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert choose_steps(-0.25, 0.25, 5) == pytest.approx([-0.2, -0.1, 0, 0.1, 0.2])
    assert choose_time_steps(3, 100, 6) == [30, 60, 90]
    assert choose_time_steps(0, 2, 6) == pytest.approx([0, 0.5, 1, 1.5, 2])
    for most in np.geomspace(0.25, 300, 50):
        assert 3 <= len(choose_steps(-most, most, 5)) <= 6


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (describe_time(75.04), "1:15"),
        (describe_time(59.96), "1:00"),
        (describe_time(-0.5), "−0:00.5"),
        (describe_duration(59.6), "1 min 00 s"),
        (describe_duration(3 * 86400), "72 h"),
        (describe_duration(3700), "1 h 01 min"),
        (describe_count(1234567), "1\u202f234\u202f567"),
        (describe_share(1, 3), "33.3\u202f%"),
        (describe_share(9999, 10000), "over 99.9\u202f%"),
        (describe_share(1, 10000), "under 0.1\u202f%"),
        (describe_share(0, 5), "0\u202f%"),
        (describe_share(0, 0), "none"),
        (describe_confidence(0.99999), "over 0.9999"),
        (describe_confidence(0.00001), "under 0.0001"),
        (describe_confidence(0.9987), "0.9987"),
        (describe_confidence(0.5), "0.500"),
        (describe_transposition(-1), "MIDI lowered by 1 semitone"),
        (describe_transposition(2), "MIDI raised by 2 semitones"),
        (describe_tempo(1.0001), "same tempo (1.000)"),
        (describe_tempo(1.25), "recording slower (tempo ratio 1.250)"),
        (describe_tempo(None), "tempo unknown"),
        (escape("a\nb\x00\u202e<&\"'>"), "a b\\x00\\u202e&lt;&amp;&quot;&#x27;&gt;"),
        (escape("夜曲 é 🎵"), "夜曲 é 🎵"),
    ],
)
def test_words(told, expected):
    assert told == expected
