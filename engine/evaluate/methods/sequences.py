"""Ranking by hash sequences as Raffel's thesis does: DTW on Hamming distances, its cost a step."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.dtw.hash import score_hashes

from ..catalogue import Positions, Ragged
from .protocols import Outcome, Query, Stopwatch

__all__ = ["SequenceRanker", "measure_sequences"]

Hashes = npt.NDArray[np.uint32]

# Raffel (2016), chapter 5: tuned on the thesis's development set; the penalty is 15 of 32 bits.
GULLY = 0.9
PENALTY = 15 / 32
# There shorter sequences are left out: they come from broken previews, and cost little against anything.
SHORTEST = 30


def measure_sequences(query: Hashes, sequences: Ragged, positions: Positions) -> npt.NDArray[np.float64]:
    """Measure the distance of a query's sequence from those of some recordings, in order of `positions`."""
    fit = positions[sequences.lengths[positions] >= SHORTEST]
    measured = np.full(positions.size, np.inf)
    if fit.size:
        scores = score_hashes(query, sequences.split(fit), gully=GULLY, penalty=PENALTY)
        measured[sequences.lengths[positions] >= SHORTEST] = scores.cost / scores.length
    return measured


class SequenceRanker:
    """Ranks by the distance of hash sequences.

    Parameters
    ----------
    sequences : Ragged of uint32, shape (total,)
    describe : callable
        Gives a query's sequence.
    n_kept : int, optional
    """

    def __init__(
        self, sequences: Ragged, describe: Callable[[Query], Hashes], n_kept: int | None = None
    ) -> None:
        self._sequences, self._describe, self._n_kept = sequences, describe, n_kept

    @property
    def n_kept(self) -> int | None:
        """See `Ranker`."""
        return self._n_kept

    def rank(self, query: Query) -> Outcome:
        """See `Ranker`."""
        watch = Stopwatch()
        with watch.time("describe"):
            hashes = self._describe(query)
        with watch.time("hash"):
            everything = np.arange(self._sequences.n_items)
            distance = measure_sequences(hashes, self._sequences, everything)
        return Outcome(distance, watch.ms)
