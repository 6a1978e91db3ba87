from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# cost, block mean, length, first and last MIDI frame, first and last audio frame; each (n_audio,)
_Scores = tuple[
    NDArray[np.float32],
    NDArray[np.float64],
    NDArray[np.int32],
    NDArray[np.int32],
    NDArray[np.int32],
    NDArray[np.int32],
    NDArray[np.int32],
]

def list_instruction_sets() -> list[str]: ...
def score_cosine(
    midi: NDArray[np.uint8],
    audio: Sequence[NDArray[np.uint8]],
    gully: float,
    penalty: float | None,
    threads: int,
    instruction_set: str,
) -> _Scores: ...
def score_hamming(
    midi: NDArray[np.uint32],
    audio: Sequence[NDArray[np.uint32]],
    gully: float,
    penalty: float | None,
    threads: int,
    instruction_set: str,
) -> _Scores: ...
def trace_cosine(
    midi: NDArray[np.uint8],
    audio: NDArray[np.uint8],
    gully: float,
    penalty: float | None,
    instruction_set: str,
) -> tuple[NDArray[np.int32], NDArray[np.int32], float, float]: ...
def mean_cosine(
    midi: NDArray[np.uint8], audio: Sequence[NDArray[np.uint8]], bounds: NDArray[np.int32], threads: int
) -> NDArray[np.float64]: ...
