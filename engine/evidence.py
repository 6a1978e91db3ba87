"""What speaks for and against a pair's being one composition, beside its score."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.dtw.score import score_pairs

from .device import Device
from .pairs import GULLY, Pairs, Probe, compare_backward, normalise_cost

__all__ = ["EVIDENCE", "Evidence", "gather_alone", "gather_stretch"]

# Costs are those of `PAIR`.
EVIDENCE = np.dtype(
    [
        ("frame_cost", np.float64),
        ("hash_cost", np.float64),
        ("backward_cost", np.float64),  # by frames, with the recording played backwards
        ("usual_cost", np.float64),  # by frames: the median of the pairs that were compared beside it
        ("similarity", np.float64),  # of the nearest windows
        ("usual_similarity", np.float64),  # the median of the same pairs
    ]
)
Evidence = npt.NDArray[Any]  # of dtype EVIDENCE; NaN where unknown
Frames = npt.NDArray[np.uint8]


def gather_alone(probe: Probe, pairs: Pairs, others: Sequence[Frames], device: Device) -> Evidence:
    """Gather what pairs tell by themselves: prepared frames of the others in their order."""
    evidence = np.full(pairs.size, np.nan, EVIDENCE)
    for name in ("frame_cost", "hash_cost"):
        evidence[name] = pairs[name]
    evidence["backward_cost"] = compare_backward(probe, pairs, others, device)
    return evidence


def gather_stretch(midi: Frames, audio: Frames, device: Device) -> Evidence:
    """Gather what two stretches tell by themselves.

    Parameters
    ----------
    midi, audio : uint8, shape (n, d)
        Prepared frames that belong together, those of the MIDI as long as the recording's.
    device : {"cpu", "cuda"}

    Returns
    -------
    array of `EVIDENCE`, shape (1,)
    """
    evidence = np.full(1, np.nan, EVIDENCE)
    costs = normalise_cost(score_pairs(midi, [audio, audio[::-1]], gully=GULLY, device=device))
    evidence["frame_cost"], evidence["backward_cost"] = costs
    return evidence
