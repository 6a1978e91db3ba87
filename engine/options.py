"""Options that several commands share."""

from lakhdb.kernels.constant_q import MAX_TRANSPOSITION

from .errors import InputError

__all__ = ["DEFAULT_CANDIDATES", "DEFAULT_RECALL", "check_options"]

# What the pruning leaves to the exact comparison, unless somebody asks for more or less.
DEFAULT_CANDIDATES = 100

# Share of the best items that an approximate search of windows is to find.
DEFAULT_RECALL = 0.99


def check_options(candidates: int | None, transpose: int, recall: float = DEFAULT_RECALL) -> None:
    """Refuse options that no cascade can run with.

    Raises
    ------
    InputError
        If `candidates` is below 1, `transpose` outside 0 to 12, or `recall` outside 0 to 1.
    """
    if candidates is not None and candidates < 1:
        raise InputError(f"candidates is {candidates}; give 1 or more, or `all`.")
    if not 0 <= transpose <= MAX_TRANSPOSITION:
        raise InputError(f"transpose is {transpose}; give semitones from 0 to {MAX_TRANSPOSITION}.")
    if not 0 <= recall <= 1:
        raise InputError(f"recall is {recall}; give a share from 0 to 1.")
