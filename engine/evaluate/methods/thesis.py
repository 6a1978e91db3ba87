"""The thesis's networks as methods, and its cascade."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..baselines import Baseline, load_baseline
from ..catalogue import Catalogue, Ragged, describe_all
from .dtw import FrameSource, measure_thesis_frames
from .protocols import Frames, Outcome, Query, Ranker, Settings, Stopwatch
from .sequences import SequenceRanker, measure_sequences
from .vectors import VectorRanker

__all__ = ["HashSequences", "SequenceEmbedding", "ThesisCascade", "scale_threshold"]

# Raffel (2016), chapter 7: recordings of the Million Song Dataset, and how many each pruning hands on.
N_THESIS = 994_960
EMBEDDING_KEPT = 100_000
HASH_KEPT = 250


def scale_threshold(n_kept: int, n_items: int) -> int:
    """Scale a threshold of the thesis to a collection of another size: at least one recording is kept."""
    return max(1, round(n_kept * n_items / N_THESIS))


class _AudioHashes:
    """Describes recordings by a hash network."""

    def __init__(self, baseline: Baseline) -> None:
        self._baseline, self.key = baseline, baseline.version

    def describe(self, items: Sequence[Frames]) -> list[tuple[npt.NDArray[np.uint32]]]:
        return [(self._baseline.hash(frames, "audio"),) for frames in items]


class _AudioVectors:
    """Describes recordings by an embedding network."""

    def __init__(self, baseline: Baseline) -> None:
        self._baseline, self.key = baseline, baseline.version

    def describe(self, items: Sequence[Frames]) -> list[tuple[npt.NDArray[np.float32]]]:
        return [(self._baseline.compute(frames, "audio")[None],) for frames in items]


class HashSequences:
    """Methods ``dhs`` and ``dhs-piano``: hash sequences of constant-Q frames or of piano rolls."""

    def __init__(self, settings: Settings, *, piano: bool) -> None:
        self.name = "dhs-piano" if piano else "dhs"
        self._baseline = load_baseline("dhs-piano" if piano else "dhs", settings.baselines)
        self._piano = piano

    def describe_query(self, query: Query) -> npt.NDArray[np.uint32]:
        """Compute the hash sequence of a query."""
        return self._baseline.hash(query.roll if self._piano else query.frames, "midi")

    def describe_catalogue(self, catalogue: Catalogue) -> Ragged:
        """Compute the hash sequences of recordings."""
        (sequences,) = describe_all(catalogue, _AudioHashes(self._baseline))
        return sequences

    def prepare(self, catalogue: Catalogue, queries: Sequence[Query]) -> Ranker:
        """See `Method`."""
        n_kept = scale_threshold(HASH_KEPT, catalogue.n_items)
        return SequenceRanker(self.describe_catalogue(catalogue), self.describe_query, n_kept)


class SequenceEmbedding:
    """Method ``pse``: one vector for a whole file, one for a recording."""

    name = "pse"

    def __init__(self, settings: Settings) -> None:
        self._baseline = load_baseline("pse", settings.baselines)

    def prepare(self, catalogue: Catalogue, queries: Sequence[Query]) -> Ranker:
        """See `Method`."""
        (vectors,) = describe_all(catalogue, _AudioVectors(self._baseline))
        return VectorRanker(
            vectors,
            lambda query: self._baseline.compute(query.frames, "midi")[None],
            n_kept=scale_threshold(EMBEDDING_KEPT, catalogue.n_items),
        )


class ThesisCascade:
    """Method ``cascade-thesis``: `pse`, then `dhs`, then constant-Q DTW, each on what the one before kept."""

    name = "cascade-thesis"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._embedding = SequenceEmbedding(settings)
        self._hashes = HashSequences(settings, piano=False)

    def prepare(self, catalogue: Catalogue, queries: Sequence[Query]) -> Ranker:
        """See `Method`."""
        return _CascadeRanker(
            self._embedding.prepare(catalogue, queries),
            self._hashes,
            self._hashes.describe_catalogue(catalogue),
            FrameSource(catalogue),
            self._settings,
        )


class _CascadeRanker:
    """See `ThesisCascade`."""

    def __init__(
        self,
        embedding: Ranker,
        hashes: HashSequences,
        sequences: Ragged,
        frames: FrameSource,
        settings: Settings,
    ) -> None:
        self._embedding, self._hashes, self._sequences = embedding, hashes, sequences
        self._frames, self._settings = frames, settings

    @property
    def n_kept(self) -> int | None:
        """See `Ranker`."""
        return scale_threshold(HASH_KEPT, self._sequences.n_items)

    def rank(self, query: Query) -> Outcome:
        """See `Ranker`."""
        n_items = self._sequences.n_items
        first = self._embedding.rank(query)
        watch = Stopwatch(dict(first.ms))
        with watch.time("describe"):
            hashes = self._hashes.describe_query(query)
        with watch.time("hash"):
            near = _keep_best(first.distance, scale_threshold(EMBEDDING_KEPT, n_items), np.arange(n_items))
            measured = measure_sequences(hashes, self._sequences, near)
            fewer = _keep_best(measured, scale_threshold(HASH_KEPT, n_items), near)
        others = self._frames.read(fewer)
        distance = np.full(n_items, np.inf)
        with watch.time("dtw"):
            distance[fewer] = measure_thesis_frames(query.frames, others, self._settings.device)
        return Outcome(distance, watch.ms)


def _keep_best(
    distance: npt.NDArray[np.float64], n_kept: int, positions: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return the positions with the least distances, ascending; of equal ones the first."""
    return np.sort(positions[np.argsort(distance, kind="stable")[:n_kept]])
