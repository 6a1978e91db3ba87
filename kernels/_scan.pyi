import numpy as np
from numpy.typing import NDArray

def list_instruction_sets() -> list[str]: ...
def spread(vectors: NDArray[np.float32], size: int) -> NDArray[np.float32]: ...
def quantise(vectors: NDArray[np.float32], size: int, with_rests: bool) -> NDArray[np.int8]: ...
def scan(
    query: NDArray[np.int8],
    query_inverse: NDArray[np.float32],
    codes: NDArray[np.int8],
    inverse: NDArray[np.float32],
    rows: NDArray[np.int32] | None,
    starts: NDArray[np.int64],
    threads: int,
    instruction_set: str,
) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int32]]: ...
