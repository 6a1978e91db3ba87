"""Confidence in a match, from its evidence."""

import numpy as np
import numpy.typing as npt

__all__ = ["CONFIDENCE_MODEL", "estimate_confidence"]

# The score itself, until a model is calibrated.
CONFIDENCE_MODEL = "score-1"


def estimate_confidence(score: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Estimate how sure it is that pairs are the same composition: values 0 to 1, shape as `score`."""
    return score.astype(np.float64)
