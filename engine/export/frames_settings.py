"""What a set of labelled windows is asked to be."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..errors import InputError

__all__ = ["N_PITCHES", "SPLITS", "FrameSettings"]

SPLITS = ("train", "validation", "test")
N_PITCHES = 128

# Beyond this a window is no frame any more, but a recording.
LONGEST_WINDOW = 1 << 24
LOWEST_RATE, HIGHEST_RATE = 1_000, 768_000


@dataclass(frozen=True)
class FrameSettings:
    """Size, number and split of the windows.

    Attributes
    ----------
    size : int
        Samples of a window.
    rate : int
        Hertz, of all windows; recordings are resampled to it.
    hop : int
        Samples from the start of one window to the next that may be taken.
    per_recording : int or None
        At most so many of a recording, drawn by seed; None takes all.
    split : tuple of float or int
        For train, validation and test: shares of the compositions (they sum to 1), or numbers of windows.
    min_confidence : float
        Pairs below it are left out.
    aligned : bool
        The MIDI files given as pairs keep the time of their recordings.
    seed : int
    """

    size: int
    rate: int
    hop: int
    per_recording: int | None
    split: tuple[float, float, float]
    min_confidence: float
    aligned: bool
    seed: int

    @property
    def has_counts(self) -> bool:
        """Whether `split` counts windows, rather than giving shares of the compositions."""
        return abs(sum(self.split) - 1) > 1e-6

    @property
    def shares(self) -> tuple[float, ...]:
        """Shares of the compositions, summing to 1."""
        total = sum(self.split)
        return tuple(one / total for one in self.split)

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON takes."""
        return asdict(self) | {"split": list(self.split)}

    def check(self) -> None:
        """Refuse what cannot be.

        Raises
        ------
        InputError
            If a value is out of range, or `split` is neither shares nor counts.
        """
        for name, value, least, most in (
            ("size", self.size, 2, LONGEST_WINDOW),
            ("rate", self.rate, LOWEST_RATE, HIGHEST_RATE),
            ("hop", self.hop, 1, LONGEST_WINDOW),
            ("per_recording", self.per_recording, 1, None),
            ("min_confidence", self.min_confidence, 0, 1),
            ("seed", self.seed, 0, None),
        ):
            if value is not None and (value < least or (most is not None and value > most)):
                limits = f"{least} or more" if most is None else f"{least} to {most}"
                raise InputError(f"{name} is {value}; give {limits}.")
        _check_split(self.split)


def _check_split(split: Sequence[float]) -> None:
    is_shares = abs(sum(split) - 1) <= 1e-6
    is_counts = all(one == int(one) for one in split) and sum(split) > 0
    if len(split) != len(SPLITS) or min(split) < 0 or not (is_shares or is_counts):
        raise InputError(
            f"the split {', '.join(map(str, split))} is neither three shares that sum to 1, nor three "
            "numbers of windows; give such as 0.8,0.1,0.1 or 60000,10000,10000."
        )
