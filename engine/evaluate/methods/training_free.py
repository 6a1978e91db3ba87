"""The thesis's baselines without training: statistics, Fourier magnitudes, thresholded means."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.thesis_features import (
    average_frames,
    compute_fourier_magnitude,
    compute_statistics,
    threshold_means,
)

from ..catalogue import Catalogue, describe_all
from .protocols import Frames, Query, Ranker
from .sequences import SequenceRanker
from .vectors import VectorRanker

__all__ = ["FourierMagnitude", "Statistics", "ThresholdedMeans"]

Floats = npt.NDArray[np.float32]

# Recordings from which means and principal components are taken, evenly spread over the catalogue.
N_SAMPLED = 1000
# As many as the thesis's embedding has.
DIMENSION = 128


class Statistics:
    """Method ``stats``: mean and standard deviation of constant-Q frames."""

    name = "stats"
    key = "thesis-statistics-1"

    def describe(self, items: Sequence[Frames]) -> list[tuple[Floats]]:
        """See `Describer`."""
        return [(compute_statistics(frames)[None],) for frames in items]

    def prepare(self, catalogue: Catalogue, queries: Sequence[Query]) -> Ranker:
        """See `Method`."""
        (vectors,) = describe_all(catalogue, self)
        return VectorRanker(vectors, lambda query: self.describe([query.frames])[0][0])


@dataclass(frozen=True, eq=False)
class _Components:
    """Describes by the principal components of Fourier magnitudes, scaled to unit length."""

    mean: Floats
    axes: Floats

    @property
    def key(self) -> str:
        return f"thesis-fourier-1-{crc32(self.mean.tobytes() + self.axes.tobytes()):08x}"

    def describe(self, items: Sequence[Frames]) -> list[tuple[Floats]]:
        return [(self.describe_one(frames),) for frames in items]

    def describe_one(self, frames: Frames) -> Floats:
        reduced = (compute_fourier_magnitude(frames) - self.mean) @ self.axes.T
        return np.asarray(reduced / max(float(np.linalg.norm(reduced)), 1e-6), np.float32)[None]


class FourierMagnitude:
    """Method ``2dftm``: the 2-D Fourier magnitude of beat-synchronous chroma, by principal components.

    The thesis's experiment took the components of MIDI files and of recordings apart, which makes them two
    spaces; here both sides share those of the catalogue.
    """

    name = "2dftm"

    def prepare(self, catalogue: Catalogue, queries: Sequence[Query]) -> Ranker:
        """See `Method`."""
        sample = catalogue.read_frames(_sample_positions(catalogue))
        magnitudes = np.stack([compute_fourier_magnitude(frames) for frames in sample])
        mean = magnitudes.mean(axis=0)
        _, _, axes = np.linalg.svd(magnitudes - mean, full_matrices=False)
        describer = _Components(mean, np.ascontiguousarray(axes[:DIMENSION]))
        (vectors,) = describe_all(catalogue, describer)
        return VectorRanker(vectors, lambda query: describer.describe_one(query.frames))


@dataclass(frozen=True, eq=False)
class _Thresholds:
    """Describes by bits: which semitones are louder than usual."""

    usual: Floats

    @property
    def key(self) -> str:
        return f"thesis-means-1-{crc32(self.usual.tobytes()):08x}"

    def describe(self, items: Sequence[Frames]) -> list[tuple[npt.NDArray[np.uint32]]]:
        return [(self.describe_one(frames),) for frames in items]

    def describe_one(self, frames: Frames) -> npt.NDArray[np.uint32]:
        return threshold_means(average_frames(frames), self.usual)


class ThresholdedMeans:
    """Method ``tpaa``: thresholded piecewise aggregate approximation, DTW on Hamming distances.

    What is usual is the mean over the catalogue and, for the MIDI side, over all queries; the thesis has the
    means of its training set.
    """

    name = "tpaa"

    def prepare(self, catalogue: Catalogue, queries: Sequence[Query]) -> Ranker:
        """See `Method`."""
        audio = _Thresholds(_average_items(catalogue.read_frames(_sample_positions(catalogue))))
        midi = _Thresholds(_average_items([query.frames for query in queries]))
        (sequences,) = describe_all(catalogue, audio)
        return SequenceRanker(sequences, lambda query: midi.describe_one(query.frames))


def _sample_positions(catalogue: Catalogue) -> npt.NDArray[np.int64]:
    n_sampled = min(N_SAMPLED, catalogue.n_items)
    return np.arange(n_sampled) * catalogue.n_items // n_sampled


def _average_items(items: Sequence[Frames]) -> Floats:
    """Mean of all frames of some items."""
    blocks = [average_frames(frames) for frames in items]
    return np.asarray(np.concatenate(blocks).mean(axis=0), np.float32)
