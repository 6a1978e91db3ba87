from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]

class _Header(TypedDict):
    format: int
    division: int
    seconds_per_tick: float
    n_tracks: int
    damage: str | None

class _File(_Header):
    notes: dict[str, Column]
    tempos: dict[str, Column]
    time_signatures: dict[str, Column]
    key_signatures: dict[str, Column]
    texts: dict[str, Any]
    duration_s: float

class _Events(_Header):
    track: NDArray[np.int32]
    tick: NDArray[np.int64]
    status: NDArray[np.uint8]
    type: NDArray[np.uint8]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    note_end: NDArray[np.int64]

def read_midi(data: bytes) -> _File: ...
def list_events(data: bytes) -> _Events: ...
