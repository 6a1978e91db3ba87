"""Ranks of what is right, and what they come to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["LOST", "RankFigures", "find_rank", "find_share_curve", "resample", "summarise_ranks"]

# The rank of a query whose right recordings were all let go.
LOST = np.inf

# Resamples of the queries, and what lies between the bounds of an interval.
N_RESAMPLES = 1000
CONFIDENCE = 0.95

Ranks = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RankFigures:
    """What the ranks of some queries come to; bounds are those of a 95 % interval over queries.

    Attributes
    ----------
    rank_1, top_5, top_10, mrr : float
        0 to 1.
    rank_1_low, rank_1_high, mrr_low, mrr_high : float
    threshold_95, threshold_99 : int or None
        The best so many recordings hold the right one for 95 % (99 %) of the queries; None where fewer are
        ranked at all.
    """

    rank_1: float
    rank_1_low: float
    rank_1_high: float
    top_5: float
    top_10: float
    mrr: float
    mrr_low: float
    mrr_high: float
    threshold_95: int | None
    threshold_99: int | None


def find_rank(
    distance: npt.NDArray[np.float64], compositions: npt.NDArray[np.int32], composition: int
) -> float:
    """Find the rank of the best right recording, 1 or more, or `LOST`.

    Other right recordings do not count against it; wrong ones at its distance do.

    Parameters
    ----------
    distance : float64, shape (n_items,)
        Infinite where a recording was let go; NaN counts as that, too.
    compositions : int32, shape (n_items,)
    composition : int
        The query's.
    """
    distance = np.where(np.isnan(distance), np.inf, distance)
    right = compositions == composition
    best = distance[right].min(initial=np.inf)
    if not np.isfinite(best):
        return LOST
    return 1.0 + float(((distance <= best) & ~right).sum())


def summarise_ranks(ranks: Sequence[float], seed: int) -> RankFigures:
    """Work out figures and their intervals; the same seed gives the same intervals."""
    values = np.asarray(ranks, np.float64)
    first_low, first_high = _find_interval((values == 1).astype(np.float64), seed)
    inverse = 1.0 / values
    mrr_low, mrr_high = _find_interval(inverse, seed)
    return RankFigures(
        rank_1=float((values == 1).mean()),
        rank_1_low=first_low,
        rank_1_high=first_high,
        top_5=float((values <= 5).mean()),
        top_10=float((values <= 10).mean()),
        mrr=float(inverse.mean()),
        mrr_low=mrr_low,
        mrr_high=mrr_high,
        threshold_95=_find_threshold(values, 0.95),
        threshold_99=_find_threshold(values, 0.99),
    )


def resample(n_queries: int, seed: int) -> npt.NDArray[np.int64]:
    """Draw queries with replacement, shape (`N_RESAMPLES`, n_queries): the bootstrap of Efron (1979)."""
    return np.random.default_rng(seed).integers(0, n_queries, (N_RESAMPLES, n_queries))


def find_share_curve(
    ranks: Sequence[float], at: npt.NDArray[np.int64], seed: int
) -> tuple[Ranks, Ranks, Ranks]:
    """Find the share of queries ranked `at` or better, and the bounds of its interval.

    Parameters
    ----------
    ranks : sequence of float
    at : int64, shape (n,)
    seed : int

    Returns
    -------
    share, low, high : float64, shape (n,)
    """
    within = np.asarray(ranks, np.float64)[:, None] <= at[None, :]
    shares = np.stack([within[drawn].mean(axis=0) for drawn in resample(len(within), seed)])
    low, high = np.quantile(shares, _bounds(), axis=0)
    return within.mean(axis=0), low, high


def _find_interval(values: Ranks, seed: int) -> tuple[float, float]:
    means = values[resample(values.size, seed)].mean(axis=1)
    low, high = np.quantile(means, _bounds())
    return float(low), float(high)


def _bounds() -> tuple[float, float]:
    return (1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2


def _find_threshold(values: Ranks, share: float) -> int | None:
    # A share of 0.95 of 40 queries is 38, whatever the float says.
    rank = np.sort(values)[int(np.ceil(share * values.size - 1e-9)) - 1]
    return int(rank) if np.isfinite(rank) else None
