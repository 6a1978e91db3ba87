"""Features of many items, read in batches."""

from collections.abc import Sequence

import duckdb
import numpy as np
import numpy.typing as npt

from lakhdb.kernels.whitening import prepare_frames

from .alignment import Trace
from .feature_cache import FeatureCache
from .features import read_frames, read_hashes
from .models import Side
from .refine_matches import PlacedPair, refine_placed

__all__ = ["FeatureReader"]


class FeatureReader:
    """Reads features over one connection, prepared frames through a cache that outlives it."""

    def __init__(self, con: duckdb.DuckDBPyConnection, cache: FeatureCache[npt.NDArray[np.uint8]]) -> None:
        self._con = con
        self._cache = cache

    def frames(self, side: Side, seqs: Sequence[int]) -> dict[int, npt.NDArray[np.uint8]]:
        """Read constant-Q frames by item number."""
        return read_frames(self._con, side, seqs)

    def prepared_frames(self, side: Side, seqs: Sequence[int]) -> dict[int, npt.NDArray[np.uint8]]:
        """Read constant-Q frames by item number, prepared for comparison."""
        held = {seq: self._cache.get(side, seq) for seq in seqs}
        found = {seq: frames for seq, frames in held.items() if frames is not None}
        missing = [seq for seq in seqs if seq not in found]
        for seq, frames in (read_frames(self._con, side, missing) if missing else {}).items():
            found[seq] = prepare_frames(frames)
            self._cache.put(side, seq, found[seq])
        return found

    def refine(self, pairs: Sequence[PlacedPair]) -> list[Trace]:
        """Refine the paths of pairs by their recordings' files."""
        return refine_placed(self._con, pairs)

    def hashes(self, side: Side, seqs: Sequence[int]) -> dict[int, npt.NDArray[np.uint32]]:
        """Read hash sequences by item number."""
        return read_hashes(self._con, side, seqs)
