"""Ridge regression of labels on features of windows, in closed form and in memory that does not grow."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve

from .frames_spectra import Describe

__all__ = ["PENALTIES", "Ridge", "fit_ridges", "score_windows"]

Samples = npt.NDArray[np.float32]
Labels = npt.NDArray[np.uint8]
Doubles = npt.NDArray[np.float64]

# Shares of the features' mean variance, from which validation chooses.
PENALTIES = (1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0)

# Windows read at once.
CHUNK = 2048


@dataclass(frozen=True, eq=False)
class Ridge:
    """Weights of one penalty.

    Attributes
    ----------
    penalty : float
        Share of the features' mean variance that was added to each.
    weights : float32, shape (d, n_labels)
    bias : float32, shape (n_labels,)
    """

    penalty: float
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]


def fit_ridges(
    audio: Samples,
    labels: Labels,
    describe: Describe,
    penalties: Sequence[float] = PENALTIES,
    tell: Callable[[int], None] = lambda done: None,
) -> list[Ridge]:
    """Fit one ridge regression for each penalty, with an intercept that is not penalised.

    The normal equations are added up chunk by chunk, in double precision: for d features they take d²
    numbers, however many windows there are.

    Parameters
    ----------
    audio : float32, shape (n, size)
        May be memory-mapped.
    labels : uint8, shape (n, n_labels)
    describe : callable
        Makes features, shape (n, d), of windows, shape (n, size).
    penalties : sequence of float
        Shares of the features' mean variance.
    tell : callable
        Is told how many windows have been read.
    """
    gram, cross, features_sum, labels_sum = _add_up(audio, labels, describe, tell)
    n = len(audio)
    features_mean, labels_mean = features_sum / n, labels_sum / n
    gram -= n * np.outer(features_mean, features_mean)
    cross -= n * np.outer(features_mean, labels_mean)
    mean_variance = max(float(np.trace(gram)) / len(gram), 1e-12)
    found = []
    for penalty in penalties:
        added = gram.copy()
        added[np.diag_indices_from(added)] += penalty * mean_variance
        weights = cho_solve(cho_factor(added, lower=True, overwrite_a=True), cross)
        bias = labels_mean - features_mean @ weights
        found.append(Ridge(penalty, weights.astype(np.float32), bias.astype(np.float32)))
    return found


def score_windows(audio: Samples, describe: Describe, ridges: Sequence[Ridge]) -> list[Samples]:
    """Score all labels of windows by each ridge, shape (n, n_labels) each."""
    chunks = [
        [features @ one.weights + one.bias for one in ridges] for features in map(describe, _cut(audio))
    ]
    return [np.concatenate(own) for own in zip(*chunks, strict=True)]


def _add_up(
    audio: Samples, labels: Labels, describe: Describe, tell: Callable[[int], None]
) -> tuple[Doubles, Doubles, Doubles, Doubles]:
    """Return sums over windows of features × features, features × labels, features, and labels."""
    d = describe(audio[:1]).shape[1]
    n_labels = labels.shape[1]
    gram, cross = np.zeros((d, d)), np.zeros((d, n_labels))
    features_sum, labels_sum = np.zeros(d), np.zeros(n_labels)
    done = 0
    for windows, truth in zip(_cut(audio), _cut(labels), strict=True):
        features, wanted = describe(windows).astype(np.float64), truth.astype(np.float64)
        gram += features.T @ features
        cross += features.T @ wanted
        features_sum += features.sum(axis=0)
        labels_sum += wanted.sum(axis=0)
        done += len(windows)
        tell(done)
    return gram, cross, features_sum, labels_sum


def _cut(array: npt.NDArray[Any]) -> Iterator[npt.NDArray[Any]]:
    for first in range(0, len(array), CHUNK):
        yield array[first : first + CHUNK]
