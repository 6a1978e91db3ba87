import numpy as np
from numpy.typing import NDArray

def render(
    pitch: NDArray[np.int32],
    velocity: NDArray[np.int32],
    start_frame: NDArray[np.float64],
    end_frame: NDArray[np.float64],
    program: NDArray[np.int32],
    is_drum: NDArray[np.bool_],
    n_frames: int,
    spectra: NDArray[np.float32],
    decays: NDArray[np.float32],
    releases: NDArray[np.float32],
    below: int,
    drums: NDArray[np.float32],
    drum_decays: NDArray[np.float32],
) -> NDArray[np.float32]: ...
