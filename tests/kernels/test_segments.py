"""Stretches that belong together: against a search of all ways, and on known cuts and repeats."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lakhdb.kernels.segments import Stretch, find_stretches

COSTS = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0, 1.5])


def cost_of(cost, stretches, apart, entry, slope):
    """The least that stretches with these ends cost, and what lies between them."""
    total, at = 0.0, 0
    for one in stretches:
        assert one.audio_start >= at
        total += apart * (one.audio_start - at) + entry
        total += inner_cost(cost[one.of_midi, one.of_audio], slope)
        at = one.audio_end + 1
    return total + apart * (cost.shape[1] - at)


def inner_cost(cost, slope):
    """The least cost from the first cell to the last."""
    n_midi, n_audio = cost.shape
    best = np.full((n_midi, n_audio), np.inf)
    best[0, 0] = cost[0, 0]
    for m in range(n_midi):
        for n in range(n_audio):
            if m >= 1 and n >= 1:
                best[m, n] = min(best[m, n], best[m - 1, n - 1] + cost[m, n])
            if m >= 2 and n >= 1:
                best[m, n] = min(best[m, n], best[m - 2, n - 1] + slope + cost[m, n])
            if m >= 1 and n >= 2:
                best[m, n] = min(best[m, n], best[m - 1, n - 2] + slope + 2 * cost[m, n])
    return best[-1, -1]


def least_cost(cost, apart, entry, slope, ordered):
    """The least of all ways, by trying every stretch behind every place."""
    n_midi, n_audio = cost.shape
    best = np.full((n_audio + 1, n_midi + 1), np.inf)  # by frames that are behind on both sides
    best[0, 0] = 0
    for n in range(n_audio):
        best[n + 1] = np.minimum(best[n + 1], best[n] + apart)
        for behind, first in itertools.product(range(n_midi + 1), range(n_midi)):
            if ordered and first < behind:
                continue
            for last, end in itertools.product(range(first, n_midi), range(n, n_audio)):
                inner = inner_cost(cost[first : last + 1, n : end + 1], slope)
                best[end + 1, last + 1] = min(best[end + 1, last + 1], best[n, behind] + entry + inner)
    return best[-1].min()


@settings(max_examples=60, deadline=None)
@given(
    cost=st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
        lambda shape: arrays(np.float32, shape, elements=COSTS)
    ),
    entry=st.sampled_from([0.0, 0.5, 1.25]),
    slope=st.sampled_from([0.0, 0.25]),
    ordered=st.booleans(),
)
def test_nothing_costs_less(cost, entry, slope, ordered):
    found = find_stretches(cost, apart=0.75, entry=entry, slope=slope, ordered=ordered)
    least = least_cost(cost, 0.75, entry, slope, ordered)
    assert cost_of(cost, found, 0.75, entry, slope) == pytest.approx(least)
    if ordered:
        assert all(one.midi_end < other.midi_start for one, other in itertools.pairwise(found))


def make_cost(order, n_midi=120):
    """Cost of a recording that plays the MIDI's frames in this order; -1 is anything else."""
    rng = np.random.default_rng(0)
    cost = rng.uniform(0.8, 1.2, (n_midi, len(order))).astype(np.float32)
    for n, m in enumerate(order):
        if m >= 0:
            cost[m, n] = 0.1
    return cost


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (range(120), [Stretch(0, 119, 0, 119)]),
        ([*range(40), *range(70, 120)], [Stretch(0, 39, 0, 39), Stretch(70, 119, 40, 89)]),
        ([*range(60), *range(20, 120)], [Stretch(0, 59, 0, 59), Stretch(20, 119, 60, 159)]),
        ([-1] * 15 + [*range(30, 90)] + [-1] * 10, [Stretch(30, 89, 15, 74)]),
        ([*range(50)] + [-1] * 30 + [*range(50, 120)], [Stretch(0, 49, 0, 49), Stretch(50, 119, 80, 149)]),
        ([*range(0, 80, 2), *range(80, 120)], [Stretch(0, 119, 0, 79)]),
        (sorted([*range(120), *range(60)]), [Stretch(0, 119, 0, 179)]),
        ([-1] * 20, []),
    ],
    ids=["whole", "cut", "repeat", "excerpt", "insertion", "twice as fast", "half as fast", "nothing"],
)
def test_known_stretches_are_found(order, expected):
    found = find_stretches(make_cost(list(order)), apart=0.6, entry=4.0, slope=0.3, ordered=False)
    assert found == expected


def test_in_order_a_repeat_belongs_to_nothing_once():
    cost = make_cost([*range(60), *range(20, 120)])
    found = find_stretches(cost, apart=0.6, entry=4.0, slope=0.3, ordered=True)
    assert found in (
        [Stretch(0, 59, 0, 59), Stretch(60, 119, 100, 159)],
        [Stretch(0, 19, 0, 19), Stretch(20, 119, 60, 159)],
    )
