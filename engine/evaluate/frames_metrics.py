"""Precision and recall of scores, over all notes of all windows together."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Curve", "compute_average_precision", "find_curve"]

Floats = npt.NDArray[np.float64]


class Curve(NamedTuple):
    """Precision and recall at falling thresholds, float64, shape (n_points,) each."""

    precision: Floats
    recall: Floats


def find_curve(scores: npt.NDArray[np.floating[Any]], labels: npt.NDArray[np.integer[Any]]) -> Curve:
    """Find precision and recall at every threshold, all entries taken together (micro).

    Parameters
    ----------
    scores, labels : NDArray, of one shape
        Higher is surer; 1 where right.

    Raises
    ------
    ValueError
        If no label is 1, or the shapes differ.
    """
    if scores.shape != labels.shape:
        raise ValueError(f"scores and labels must be of one shape, not {scores.shape} and {labels.shape}")
    flat, right = scores.ravel(), labels.ravel() > 0
    if not right.any():
        raise ValueError("there is nothing to be found: no label is 1")
    order = np.argsort(-flat, kind="stable")
    sorted_scores = flat[order]
    # What has one score comes in together: only the last of it is a threshold.
    last = np.append(np.flatnonzero(np.diff(sorted_scores)), flat.size - 1)
    n_right = np.cumsum(right[order], dtype=np.int64)[last]
    return Curve(n_right / (last + 1), n_right / n_right[-1])


def compute_average_precision(curve: Curve) -> float:
    """Compute the mean precision over recall, each threshold counting by the recall it adds.

    No interpolation: what scikit-learn's ``average_precision_score`` gives.
    """
    return float(np.sum(np.diff(curve.recall, prepend=0.0) * curve.precision))
