"""Features of many items, read in batches and kept within bounded memory."""

from collections import OrderedDict
from collections.abc import Sequence

import duckdb
import numpy as np
import numpy.typing as npt

from lakhdb.kernels.whitening import prepare_frames

from .alignment import Trace
from .features import read_frames, read_hashes
from .models import Side
from .refine_matches import PlacedPair, refine_placed

__all__ = ["FeatureReader", "FrameCache"]

# Some 10 000 previews or 2 000 songs.
CACHE_BYTES = 512 << 20


class FrameCache:
    """The most recently used prepared frames, up to `max_bytes`."""

    def __init__(self, max_bytes: int = CACHE_BYTES) -> None:
        self._max_bytes = max_bytes
        self._n_bytes = 0
        self._frames: OrderedDict[tuple[Side, int], npt.NDArray[np.uint8]] = OrderedDict()

    @property
    def n_bytes(self) -> int:
        """Bytes held now."""
        return self._n_bytes

    def get(self, side: Side, seq: int) -> npt.NDArray[np.uint8] | None:
        """Return an item's frames if they are held."""
        frames = self._frames.get((side, seq))
        if frames is not None:
            self._frames.move_to_end((side, seq))
        return frames

    def put(self, side: Side, seq: int, frames: npt.NDArray[np.uint8]) -> None:
        """Hold an item's frames, letting go of those unused for longest."""
        self._frames[side, seq] = frames
        self._n_bytes += frames.nbytes
        while self._n_bytes > self._max_bytes:
            _, dropped = self._frames.popitem(last=False)
            self._n_bytes -= dropped.nbytes


class FeatureReader:
    """Reads features over one connection, prepared frames through a cache that outlives it."""

    def __init__(self, con: duckdb.DuckDBPyConnection, cache: FrameCache) -> None:
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
