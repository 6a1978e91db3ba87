import numpy as np
from numpy.typing import NDArray

def render(
    pitch: NDArray[np.int32],
    velocity: NDArray[np.int32],
    timbre: NDArray[np.int32],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    n_frames: int,
    spectra: NDArray[np.float32],
    decays: NDArray[np.float32],
    releases: NDArray[np.float32],
    attacks: NDArray[np.float32],
    below: int,
    smear_weights: NDArray[np.float32],
    floor: float,
    range_db: float,
) -> tuple[NDArray[np.uint8], float]: ...
