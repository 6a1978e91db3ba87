import numpy as np
from numpy.typing import NDArray

def whiten(frames: NDArray[np.uint8], share: float, reach: int) -> NDArray[np.uint8]: ...
def describe_windows(
    frames: NDArray[np.uint8], starts: NDArray[np.int32], length: int, share: float, reach: int, step: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]: ...
