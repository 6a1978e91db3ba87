"""Our own cascade by stage, with the models that the engine uses now."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.whitening import prepare_frames

from ...cascade import EMBEDDING_FACTOR
from ...index import WindowIndex
from ...models import choose_model
from ...pairs import Pairs, Probe, compare_hashes, rescore_pairs
from ..catalogue import Catalogue, Ragged, describe_all
from .dtw import FrameSource
from .protocols import Frames, Outcome, Query, Ranker, Settings, Stopwatch
from .vectors import VectorRanker

__all__ = ["Cascade", "Embedding", "Hashes"]


class _OurModel:
    """Describes recordings by window vectors and hash sequences."""

    def __init__(self) -> None:
        self._model = choose_model()
        self.key = self._model.version

    def describe(self, items: Sequence[Frames]) -> list[tuple[npt.NDArray[Any], ...]]:
        described = self._model.describe(items, "audio")
        return [(one.window_vectors, one.hashes) for one in described]


def _make_probe(query: Query, settings: Settings) -> Probe:
    return Probe(query.frames, "midi", "midi", settings.transpose)


class Embedding:
    """Method ``embedding``: the nearest pair of windows."""

    name = "embedding"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def prepare(self, catalogue: Catalogue, queries: Sequence[Query]) -> Ranker:
        """See `Method`."""
        candidates = self._settings.candidates
        vectors, _ = describe_all(catalogue, _OurModel())
        return VectorRanker(
            vectors,
            lambda query: _make_probe(query, self._settings).vectors,
            "cosine",
            n_kept=None if candidates is None else EMBEDDING_FACTOR * candidates,
        )


class Hashes:
    """Method ``hash``: hash sequences against every recording."""

    name = "hash"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def prepare(self, catalogue: Catalogue, queries: Sequence[Query]) -> Ranker:
        """See `Method`."""
        _, sequences = describe_all(catalogue, _OurModel())
        return _HashRanker(sequences, self._settings)


class _HashRanker:
    """See `Hashes`."""

    def __init__(self, sequences: Ragged, settings: Settings) -> None:
        self._sequences, self._settings = sequences.split(), settings

    @property
    def n_kept(self) -> int | None:
        """See `Ranker`."""
        return self._settings.candidates

    def rank(self, query: Query) -> Outcome:
        """See `Ranker`."""
        watch = Stopwatch()
        probe = _make_probe(query, self._settings)
        with watch.time("describe"):
            _ = probe.hashes
        with watch.time("hash"):
            pairs = compare_hashes(probe, np.arange(len(self._sequences)), self._sequences)
        return Outcome(pairs["cost"], watch.ms)


class Cascade:
    """Method ``cascade``: window vectors, hash sequences, constant-Q frames, as `run_cascade` joins them."""

    name = "cascade"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def prepare(self, catalogue: Catalogue, queries: Sequence[Query]) -> Ranker:
        """See `Method`."""
        return _CascadeRanker(catalogue, self._settings)


class _CascadeRanker:
    """See `Cascade`."""

    def __init__(self, catalogue: Catalogue, settings: Settings) -> None:
        vectors, self._sequences = describe_all(catalogue, _OurModel())
        owners = np.repeat(np.arange(catalogue.n_items), vectors.lengths)
        self._index = WindowIndex(np.arange(owners.size), owners, vectors.values)
        self._frames = FrameSource(catalogue, prepare_frames)
        self._settings = settings

    @property
    def n_kept(self) -> int | None:
        """See `Ranker`."""
        return self._settings.candidates

    def rank(self, query: Query) -> Outcome:
        """See `Ranker`."""
        watch = Stopwatch()
        probe = _make_probe(query, self._settings)
        with watch.time("describe"):
            _ = probe.vectors, probe.hashes, probe.prepared_frames
        hashed = self._prune(probe, watch)
        kept = hashed["item_seq"]
        others = self._frames.read(kept)
        distance = np.full(self._sequences.n_items, np.inf)
        with watch.time("dtw"):
            distance[kept] = rescore_pairs(probe, hashed, others, self._settings.device)["cost"]
        return Outcome(distance, watch.ms)

    def _prune(self, probe: Probe, watch: Stopwatch) -> Pairs:
        """Choose the recordings to compare by their frames."""
        candidates = self._settings.candidates
        near = np.arange(self._sequences.n_items)
        if candidates is not None:
            with watch.time("embedding"):
                near = np.sort(self._index.search(probe.vectors, EMBEDDING_FACTOR * candidates).item_seq)
        with watch.time("hash"):
            pairs = compare_hashes(probe, near, self._sequences.split(near))
            return pairs[np.lexsort((pairs["item_seq"], pairs["cost"]))[:candidates]]
