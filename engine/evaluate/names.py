"""Names of methods and cases, for those who only need to name them."""

__all__ = ["CASE_NAMES", "DEFAULT_METHODS", "METHOD_NAMES", "WHOLE"]

METHOD_NAMES = (
    "stats",
    "2dftm",
    "tpaa",
    "dhs",
    "dhs-piano",
    "pse",
    "cascade-thesis",
    "dtw-thesis",
    "dtw",
    "embedding",
    "hash",
    "cascade",
)

# What needs no trained network of the thesis, and no comparison of everything with everything.
DEFAULT_METHODS = ("stats", "2dftm", "tpaa", "embedding", "hash", "cascade")

WHOLE = "whole"
CASE_NAMES = (
    WHOLE,
    "transposed",
    "drums",
    "melody",
    "half-tracks",
    "live-tempo",
    "excerpt",
    "arrangement",
)
