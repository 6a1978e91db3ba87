"""How sure it is that a pair is one composition: a probability, from its evidence."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .evidence import Evidence

__all__ = [
    "AMONG",
    "CONFIDENCE_MODEL",
    "SIGNS",
    "SINGLE",
    "Logistic",
    "estimate_confidence",
    "judge_signs",
    "read_signs",
]

Floats = npt.NDArray[np.float64]

# Raised whenever the same evidence would give another confidence.
CONFIDENCE_MODEL = "logistic-1"

# Columns of `read_signs`.
SIGNS = ("frames", "backward", "transposed", "usual", "windows")

# Costs below it are as good as none.
LEAST_COST = 0.01


@dataclass(frozen=True)
class Logistic:
    """A logistic regression.

    Attributes
    ----------
    weights : tuple of float
        Of the first of `SIGNS`, in natural logarithms of odds for each unit.
    middle : tuple of float
        Half way between the means of right pairs and of wrong ones: where a sign speaks for neither.
    constant : float
        Logarithm of the odds there.
    """

    weights: tuple[float, ...]
    middle: tuple[float, ...]
    constant: float

    def weigh(self, signs: Floats) -> Floats:
        """Return what each sign adds to the logarithm of the odds, shape (n, n_weights)."""
        return np.asarray((signs[:, : len(self.weights)] - self.middle) * self.weights, np.float64)

    def apply(self, signs: Floats) -> Floats:
        """Return probabilities, shape (n,)."""
        return np.asarray(1 / (1 + np.exp(-self.constant - self.weigh(signs).sum(axis=1))), np.float64)


# Of a pair among others of the same query, and of one of which nothing but itself is known. Fitted by
# benchmarks/fit_confidence.py.
AMONG = Logistic(
    weights=(-25.224, 36.84, -9.185, 48.818, 14.927),
    middle=(-0.51, -0.142, 0.033, -0.095, 0.233),
    constant=0.497,
)
SINGLE = Logistic(weights=(-32.008, 50.005, -10.357), middle=(-0.51, -0.142, 0.033), constant=1.661)


def estimate_confidence(evidence: Evidence, transposition: npt.NDArray[np.int32]) -> Floats:
    """Estimate how sure it is that pairs are the same composition: by themselves, and beside others if known.

    The lesser counts, since what is usual hangs on the collection: among 46 recordings of chorales and fiddle
    tunes, whose windows are less alike than those of songs, the best of the wrong ones stand out, too.

    Parameters
    ----------
    evidence : array of `EVIDENCE`, shape (n,)
    transposition : int32, shape (n,)
        Semitones by which the MIDI was raised to fit.

    Returns
    -------
    float64, shape (n,)
        Probabilities, 0 to 1.
    """
    return judge_signs(read_signs(evidence, transposition))


def judge_signs(signs: Floats) -> Floats:
    """Return the probabilities that signs come to, shape (n,): the lesser of the two models', where known."""
    return np.minimum(SINGLE.apply(signs), np.nan_to_num(AMONG.apply(signs), nan=1.0))


def read_signs(evidence: Evidence, transposition: npt.NDArray[np.int32]) -> Floats:
    """Put evidence into the form that is weighed, shape (n, 5): columns of `SIGNS`, NaN where unknown.

    * ``frames``: logarithm of the cost of frames.
    * ``backward``: logarithm of what it would be with the recording played backwards.
    * ``transposed``: 1 if the MIDI was raised or lowered to fit.
    * ``usual``: logarithm of what it usually is beside this pair.
    * ``windows``: by how much its windows are more similar than theirs.
    """
    logarithm = {
        name: np.log(np.maximum(evidence[name], LEAST_COST))
        for name in ("frame_cost", "backward_cost", "usual_cost")
    }
    return np.column_stack(
        [
            logarithm["frame_cost"],
            logarithm["backward_cost"],
            transposition != 0,
            logarithm["usual_cost"],
            evidence["similarity"] - evidence["usual_similarity"],
        ]
    ).astype(np.float64)
