"""The corruptions of Raffel's thesis: MIDI files made to fit recordings as badly as those of the web do."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...recordings import Notes

__all__ = ["EASY", "HARD", "VERSE", "Corrupted", "Corruption", "corrupt_notes"]

Floats = NDArray[np.float64]

# Offsets are drawn at so many points a second.
RATE = 10.0

START_SHARE, END_SHARE = 0.1, 0.1


@dataclass(frozen=True)
class Corruption:
    """How badly a MIDI file is to fit.

    Attributes
    ----------
    warp_s : float
        Standard deviation of the lowest frequency of the offsets in time.
    removed : float
        Probability that a part is left out.
    velocity : float
        Velocities are multiplied by numbers drawn from N(1, so much).
    crop : float
        Probability that the first tenth is missing, and the same of the last.
    cut, cut_share : float
        Probability that a share in between is missing, and what share: a hundredth in the thesis.
    """

    warp_s: float
    removed: float
    velocity: float
    crop: float = 0.5
    cut: float = 0.1
    cut_share: float = 0.01


EASY = Corruption(warp_s=5.0, removed=0.1, velocity=0.2)
HARD = Corruption(warp_s=20.0, removed=0.66, velocity=1.0)
# As easy, but a verse is missing.
VERSE = Corruption(warp_s=5.0, removed=0.1, velocity=0.2, cut=1.0, cut_share=0.15)


class Corrupted(NamedTuple):
    """A corrupted piece, and where its moments were.

    Attributes
    ----------
    notes : Notes
    original_s, corrupted_s : float64, shape (n,)
        Where moments of the piece are now; `corrupted_s` never falls. What was cut out is not among them.
    """

    notes: Notes
    original_s: Floats
    corrupted_s: Floats


def corrupt_notes(notes: Notes, settings: Corruption, rng: np.random.Generator) -> Corrupted:
    """Corrupt a piece: its timing, parts, instruments and velocities; and leave something out.

    Parameters
    ----------
    notes : Notes
        At least one.
    settings : Corruption
    rng : numpy.random.Generator

    References
    ----------
    Raffel (2016), chapter 4, "Creating a synthetic alignment dataset"; settings as in the code published with
    it. There, a warp may fall here and there; here, it is held until it rises again.
    """
    last_s = float(notes.held_s.max())
    original_s = np.arange(0.0, last_s + 2 / RATE, 1 / RATE)
    cuts = _draw_cuts(last_s, settings, rng)
    kept = np.ones(original_s.size, bool)
    moved_s = original_s + _draw_offsets(original_s.size, settings.warp_s, rng)
    for start_s, end_s in cuts:
        notes = _cut(notes, start_s, end_s)
        moved_s -= np.clip(original_s - start_s, 0.0, end_s - start_s)
        kept &= (original_s < start_s) | (original_s > end_s)
    moved_s = np.maximum.accumulate(moved_s - moved_s[kept].min() if kept.any() else moved_s)
    notes = _change_parts(notes, settings, rng)
    times = (notes.start_s, notes.end_s, notes.held_s)
    started, ended, held = (np.maximum(np.interp(one, original_s, moved_s), 0.0) for one in times)
    notes = notes._replace(start_s=started, end_s=ended, held_s=held)
    return Corrupted(notes, original_s[kept], moved_s[kept])


def _draw_offsets(n: int, warp_s: float, rng: np.random.Generator) -> Floats:
    """Draw a smooth curve: a random spectrum that falls by e from each frequency to the next."""
    spectrum = n * warp_s * rng.standard_normal(n) * np.exp(-np.arange(n))
    return np.fft.irfft(spectrum)[:n]


def _draw_cuts(last_s: float, settings: Corruption, rng: np.random.Generator) -> list[tuple[float, float]]:
    cuts = []
    if rng.random() < settings.crop:
        cuts.append((0.0, START_SHARE * last_s))
    if rng.random() < settings.crop:
        cuts.append(((1 - END_SHARE) * last_s, last_s))
    if rng.random() < settings.cut:
        start_s = last_s * min(rng.uniform(START_SHARE, 1 - END_SHARE), 1 - settings.cut_share)
        cuts.append((start_s, start_s + settings.cut_share * last_s))
    return cuts


def _cut(notes: Notes, start_s: float, end_s: float) -> Notes:
    """Leave out what lies between two times; notes that reach in end or begin at them."""
    notes = notes.take(~((notes.start_s >= start_s) & (notes.held_s <= end_s)))
    inside = (notes.start_s > start_s) & (notes.start_s < end_s)
    return notes._replace(
        start_s=np.where(inside, end_s, notes.start_s),
        end_s=np.where((notes.end_s > start_s) & (notes.end_s < end_s) & ~inside, start_s, notes.end_s),
        held_s=np.where((notes.held_s > start_s) & (notes.held_s < end_s) & ~inside, start_s, notes.held_s),
    )


def _change_parts(notes: Notes, settings: Corruption, rng: np.random.Generator) -> Notes:
    """Leave parts out, play the others on neighbouring instruments, and change how loud their notes are."""
    parts = np.unique(notes.instrument)
    kept = parts[rng.random(parts.size) > settings.removed]
    if not kept.size:
        kept = rng.choice(parts, 1)
    notes = notes.take(np.isin(notes.instrument, kept))
    step = rng.choice([-1, 1], int(parts.max()) + 1)[notes.instrument]
    velocity = notes.velocity * rng.normal(1.0, settings.velocity, notes.velocity.size)
    return notes._replace(
        program=np.where(notes.is_drum, notes.program, np.abs(notes.program + step).clip(0, 127)),
        velocity=np.clip(np.rint(velocity), 1, 127).astype(np.int64),
    )
