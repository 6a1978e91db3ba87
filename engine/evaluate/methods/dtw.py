"""Constant-Q DTW against every recording: ours, on whitened frames, and the thesis's."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.constant_q import COMPARED_BINS
from lakhdb.kernels.dtw.score import score_pairs
from lakhdb.kernels.whitening import prepare_frames

from ...device import Device
from ...feature_cache import FeatureCache
from ...pairs import GULLY, Probe, compare_frames
from ..catalogue import Catalogue, Positions
from .protocols import Frames, Outcome, Query, Ranker, Settings, Stopwatch

__all__ = ["Exhaustive", "FrameSource", "measure_thesis_frames"]

# Recordings compared at once.
CHUNK = 1024


class FrameSource:
    """Frames of a catalogue, made ready once and kept within bounded memory."""

    def __init__(self, catalogue: Catalogue, prepare: Callable[[Frames], Frames] | None = None) -> None:
        self._catalogue, self._prepare = catalogue, prepare
        self._cache: FeatureCache[npt.NDArray[np.uint8]] = FeatureCache()

    def read(self, positions: Positions) -> list[Frames]:
        """Return the frames of some recordings, in the order asked for."""
        held = {position: self._cache.get("audio", position) for position in positions.tolist()}
        missing = np.array([position for position, frames in held.items() if frames is None], np.int64)
        found = self._catalogue.read_frames(missing) if missing.size else []
        for position, frames in zip(missing.tolist(), found, strict=True):
            ready = frames if self._prepare is None else self._prepare(frames)
            self._cache.put("audio", position, ready)
            held[position] = ready
        return [frames for frames in held.values() if frames is not None]


def measure_thesis_frames(midi: Frames, audio: Sequence[Frames], device: Device) -> npt.NDArray[np.float64]:
    """Measure the distance of recordings as the thesis does.

    Parameters
    ----------
    midi : uint8, shape (n_frames, 72)
        Quantised constant-Q.
    audio : sequence of uint8, shape (n_frames, 72)
    device : {"cpu", "cuda"}

    Returns
    -------
    float64, shape (n,)
        Cost of the path per step, over the mean of the block that it crosses. The thesis's score cuts this
        off at 0.5, which would make the best ones equal.

    References
    ----------
    Raffel (2016), chapter 4: cosine distance of log magnitudes, mean penalty, gully 0.96. On where decibels
    are counted from, see `lakhdb.kernels.thesis_features.normalise_frames`.
    """
    others = [frames[:, COMPARED_BINS] for frames in audio]
    scores = score_pairs(midi[:, COMPARED_BINS], others, gully=GULLY, device=device)
    per_step = scores.cost / scores.length.astype(np.float64)
    return np.divide(per_step, scores.block_mean, out=np.ones(len(audio)), where=scores.block_mean > 1e-6)


class Exhaustive:
    """Methods ``dtw`` and ``dtw-thesis``: every recording is compared by its frames."""

    def __init__(self, settings: Settings, *, thesis: bool) -> None:
        self.name = "dtw-thesis" if thesis else "dtw"
        self._settings, self._thesis = settings, thesis

    def prepare(self, catalogue: Catalogue, queries: Sequence[Query]) -> Ranker:
        """See `Method`."""
        frames = FrameSource(catalogue, None if self._thesis else prepare_frames)
        return _FrameRanker(frames, catalogue.n_items, self._settings, self._thesis)


class _FrameRanker:
    """See `Exhaustive`."""

    n_kept = None

    def __init__(self, frames: FrameSource, n_items: int, settings: Settings, thesis: bool) -> None:
        self._frames, self._n_items = frames, n_items
        self._settings, self._thesis = settings, thesis

    def rank(self, query: Query) -> Outcome:
        """See `Ranker`."""
        watch = Stopwatch()
        probe = Probe(query.frames, "midi", "midi", self._settings.transpose)
        with watch.time("describe"):
            if not self._thesis:
                _ = probe.prepared_frames
        distance = np.empty(self._n_items)
        for positions in self._chunk():
            others = self._frames.read(positions)
            with watch.time("dtw"):
                if self._thesis:
                    measured = measure_thesis_frames(query.frames, others, self._settings.device)
                else:
                    measured = compare_frames(probe, positions, others, self._settings.device)["cost"]
            distance[positions] = measured
        return Outcome(distance, watch.ms)

    def _chunk(self) -> Iterator[Positions]:
        for start in range(0, self._n_items, CHUNK):
            yield np.arange(start, min(start + CHUNK, self._n_items))
