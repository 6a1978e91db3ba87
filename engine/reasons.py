"""Telling in words what speaks for and against a pair."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .confidence import AMONG, SIGNS, SINGLE, read_signs
from .evidence import Evidence

__all__ = ["Reason", "list_reasons"]

# What changes odds by less than a tenth says nothing.
LEAST_WEIGHT = 0.1


class Reason(NamedTuple):
    """One piece of evidence.

    Attributes
    ----------
    weight : float
        Natural logarithm of the times that it raises the odds; below 0 it speaks against the pair.
    words : str
    """

    weight: float
    words: str


def list_reasons(evidence: Evidence, transposition: npt.NDArray[np.int32]) -> list[Reason]:
    """List what speaks for and against a pair, the weightiest first: evidence of shape (1,)."""
    signs = read_signs(evidence, transposition)
    (among,), (single,) = AMONG.apply(signs), SINGLE.apply(signs)
    (weights,) = (AMONG if among < single else SINGLE).weigh(signs)  # the one that counts
    words = _put_into_words(evidence[0], int(transposition[0]))
    reasons = [Reason(float(weight), words[name]) for name, weight in zip(SIGNS, weights, strict=False)]
    return sorted(
        (one for one in reasons if abs(one.weight) >= LEAST_WEIGHT), key=lambda one: -abs(one.weight)
    )


def _put_into_words(evidence: Evidence, semitones: int) -> dict[str, str]:
    frame_cost = evidence["frame_cost"]
    return {
        "frames": f"the frames along the path differ by {frame_cost:.2f} of what those around it do",
        "backward": (
            f"with the recording played backwards, they would by {evidence['backward_cost']:.2f}, "
            f"{evidence['backward_cost'] / frame_cost:.2f} times as much"
        ),
        "transposed": f"the MIDI fits {semitones:+d} semitones off" if semitones else "both are in one key",
        "usual": (
            f"with other recordings, they usually do by {evidence['usual_cost']:.2f}, "
            f"{evidence['usual_cost'] / frame_cost:.2f} times as much"
        ),
        "windows": (
            f"the nearest windows are alike to {evidence['similarity']:.2f}, "
            f"to {evidence['usual_similarity']:.2f} with other recordings"
        ),
    }
