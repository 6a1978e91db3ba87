"""Ranks, and what they come to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakhdb.engine.evaluate.ranks import LOST, find_rank, find_share_curve, summarise_ranks

INF = np.inf


@pytest.mark.parametrize(
    ("distance", "compositions", "rank"),
    [
        ([0.3, 0.1, 0.2], [7, 1, 2], 3),
        ([0.1, 0.1, 0.2], [7, 1, 2], 2),  # of equal ones the wrong come first
        ([0.3, 0.1, 0.2], [7, 7, 2], 1),  # the best right one counts
        ([0.3, 0.2, 0.1], [7, 7, 2], 2),  # the other right one does not
        ([INF, 0.1, 0.2], [7, 1, 2], LOST),
        ([np.nan, 0.1, 0.2], [7, 1, 2], LOST),
        ([0.3, INF, np.nan], [7, 1, 2], 1),
        ([0.3, 0.1, 0.2], [0, 1, 2], LOST),  # nothing is right
        ([0.3, 0.1, 0.2], [7, -1, -1], 3),
    ],
)
def test_rank(distance, compositions, rank):
    assert find_rank(np.array(distance), np.array(compositions, np.int32), 7) == rank


def test_figures():
    ranks = [1] * 30 + [2] * 4 + [7] * 4 + [20, LOST]
    figures = summarise_ranks(ranks, seed=0)
    assert (figures.rank_1, figures.top_5, figures.top_10) == (0.75, 0.85, 0.95)
    assert figures.mrr == pytest.approx((30 + 4 / 2 + 4 / 7 + 1 / 20) / 40)
    assert (figures.threshold_95, figures.threshold_99) == (7, None)
    assert figures.rank_1_low < 0.75 < figures.rank_1_high
    assert figures.mrr_low < figures.mrr < figures.mrr_high


def test_intervals_are_those_of_the_binomial_nearly():
    figures = summarise_ranks([1] * 300 + [2] * 100, seed=1)
    deviation = np.sqrt(0.75 * 0.25 / 400)
    assert figures.rank_1_low == pytest.approx(0.75 - 1.96 * deviation, abs=0.01)
    assert figures.rank_1_high == pytest.approx(0.75 + 1.96 * deviation, abs=0.01)


def test_the_seed_decides_intervals():
    ranks = np.random.default_rng(0).integers(1, 9, 50).tolist()
    assert summarise_ranks(ranks, seed=3) == summarise_ranks(ranks, seed=3)
    assert summarise_ranks(ranks, seed=3) != summarise_ranks(ranks, seed=4)


@given(st.lists(st.integers(1, 50) | st.just(LOST), min_size=1, max_size=60))
def test_thresholds_hold_what_they_say(ranks):
    figures = summarise_ranks(ranks, seed=0)
    for share, threshold in ((0.95, figures.threshold_95), (0.99, figures.threshold_99)):
        least = np.ceil(share * len(ranks) - 1e-9)
        ranked = [rank for rank in ranks if rank != LOST]
        if threshold is None:
            assert len(ranked) < least
        else:
            assert sum(rank <= threshold for rank in ranked) >= least
            assert sum(rank < threshold for rank in ranked) < least


def test_curves_rise_within_their_bounds():
    share, low, high = find_share_curve([1, 1, 3, 10, LOST], np.array([1, 2, 3, 10, 100]), seed=0)
    assert share.tolist() == [0.4, 0.4, 0.6, 0.8, 0.8]
    assert ((low <= share) & (share <= high)).all()
    assert (np.diff(low) >= 0).all()
    assert high[-1] <= 1
