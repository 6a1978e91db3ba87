"""Recipes of distractors: which base, key, tempo, equaliser and offset; drawn by seed, made again exactly."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.constant_q import DYNAMIC_RANGE_DB, N_BINS

from .bases import Base

__all__ = ["FRAMES_PER_STEP", "N_FRAMES", "Plan", "Recipe", "Variant", "draw_plan", "make_frames"]

Frames = npt.NDArray[np.uint8]

# Raised whenever the same recipe would give other frames, or the same seed other recipes.
VERSION = 2

# 30 s, as `count_frames` has it: the length of a preview.
N_FRAMES = 646
# Distractors begin at multiples of this, where hashes do.
FRAMES_PER_STEP = 8
# Steps from one distractor to the next of the same variant: 6 s.
STEPS_APART = 16

SEMITONES = np.arange(-6, 7)
SCALES = (0.7, 1.4)
# Ranges, equal in ratio, that the scales of a base are drawn from in turn.
SCALE_RANGES = 8

# An equaliser's gain is a sum of waves over the semitones, of these many periods, decibels each.
EQUALISER_PERIODS = np.array([0.5, 1.0, 2.0, 4.0])
EQUALISER_DB = np.array([5.0, 4.0, 3.0, 2.0])


@dataclass(frozen=True)
class Variant:
    """A base played in one way, from which several distractors are cut.

    Attributes
    ----------
    base : int
        Place among the bases.
    turn : int
        How often the base was played before.
    semitones : int
    scale : float
        Times as long.
    first_step : int
        Where its first distractor begins.
    n_windows : int
        Its distractors.
    """

    base: int
    turn: int
    semitones: int
    scale: float
    first_step: int
    n_windows: int

    @property
    def starts(self) -> npt.NDArray[np.int64]:
        """First steps of its distractors, shape (n_windows,)."""
        return self.first_step + STEPS_APART * np.arange(self.n_windows)


@dataclass(frozen=True)
class Recipe:
    """How a distractor is made: what one needs to tell it.

    Attributes
    ----------
    base : str
        Name of the base.
    semitones : int
        It is raised by.
    scale : float
        It takes so many times as long.
    start_frame : int
        Where it is cut out, after that.
    seed : tuple of int
        Of the equaliser and whatever else the base varies.
    """

    base: str
    semitones: int
    scale: float
    start_frame: int
    seed: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Plan:
    """The variants of a number of distractors, one after the other; more distractors only add to its end.

    Attributes
    ----------
    bases : sequence of Base
    seed : int
    variants : list of Variant
    ends : int64, shape (n_variants,)
        Distractors up to the end of each.
    digest : str
        Name for the bases and the seed.
    """

    bases: Sequence[Base]
    seed: int
    variants: list[Variant]
    ends: npt.NDArray[np.int64]
    digest: str

    def find(self, position: int) -> tuple[int, int]:
        """Return a distractor's variant and the step in it where the distractor begins."""
        number = int(np.searchsorted(self.ends, position, side="right"))
        variant = self.variants[number]
        return number, int(variant.starts[position - self.ends[number]])  # counted from the end

    def describe(self, position: int) -> Recipe:
        """Return the recipe of a distractor."""
        number, step = self.find(position)
        variant = self.variants[number]
        return Recipe(
            self.bases[variant.base].name,
            variant.semitones,
            variant.scale,
            step * FRAMES_PER_STEP,
            (self.seed, variant.base, variant.turn),
        )

    def play(self, number: int) -> Frames:
        """Make the frames of a whole variant."""
        return make_frames(self.bases, self.variants[number], self.seed)


def draw_plan(bases: Sequence[Base], n_distractors: int, seed: int) -> Plan:
    """Draw variants until there are enough distractors.

    Bases take turns, in an order of its own each time; a base goes through all keys and ranges of tempo
    before any comes again.

    Raises
    ------
    ValueError
        If no base is long enough to cut a distractor from.
    """
    lengths = [base.count_frames(SCALES[1]) for base in bases]
    if max(lengths, default=0) < N_FRAMES:
        raise ValueError("no base of distractors lasts 30 s, even when slowed down")
    rng = np.random.default_rng([seed, VERSION])
    ways = rng.permuted(np.tile(np.arange(SEMITONES.size * SCALE_RANGES), (len(bases), 1)), axis=1)
    variants: list[Variant] = []
    n_drawn = 0
    for turn in count():
        for number, within, phase in _draw_turn(len(bases), seed, turn):
            way = int(ways[number, turn % ways.shape[1]])
            variant = _make_variant(bases[number], number, turn, way, within, phase)
            if variant is not None:
                variants.append(variant)
                n_drawn += variant.n_windows
            if n_drawn >= n_distractors:
                ends = np.cumsum([one.n_windows for one in variants])
                return Plan(bases, seed, variants, ends, _digest(bases, seed))
    raise AssertionError("turns do not end")


def make_frames(bases: Sequence[Base], variant: Variant, seed: int) -> Frames:
    """Make the frames of a whole variant, shape (n_frames, 72)."""
    rng = np.random.default_rng([seed, variant.base, variant.turn])
    frames = bases[variant.base].play(variant.semitones, variant.scale, rng)
    return _equalise(frames, rng)


def _draw_turn(n_bases: int, seed: int, turn: int) -> list[tuple[int, float, float]]:
    """Draw the order of the bases in a turn; for each a place in its range of tempo and a first offset."""
    rng = np.random.default_rng([seed, VERSION, turn])
    order = rng.permutation(n_bases)
    return list(zip(order.tolist(), rng.random(n_bases).tolist(), rng.random(n_bases).tolist(), strict=True))


def _make_variant(
    base: Base, number: int, turn: int, way: int, within: float, phase: float
) -> Variant | None:
    """Make a variant; None where the base is too short at its tempo."""
    semitones, scale_range = int(SEMITONES[way // SCALE_RANGES]), way % SCALE_RANGES
    low, high = SCALES
    scale = low * (high / low) ** ((scale_range + within) / SCALE_RANGES)
    last = (base.count_frames(scale) - N_FRAMES) // FRAMES_PER_STEP
    if last < 0:
        return None
    first = int(phase * min(STEPS_APART, last + 1))
    return Variant(number, turn, semitones, scale, first, 1 + (last - first) // STEPS_APART)


def _equalise(frames: Frames, rng: np.random.Generator) -> Frames:
    """Change the level of semitones smoothly, by up to some 10 dB."""
    angle = 2 * np.pi * (np.outer(EQUALISER_PERIODS, np.arange(N_BINS) / N_BINS) + rng.random((4, 1)))
    gain_db = (EQUALISER_DB * rng.random(4)) @ np.sin(angle)
    steps = np.rint(gain_db * 255 / DYNAMIC_RANGE_DB).astype(np.int16)
    return np.asarray(np.clip(frames + steps, 0, 255), np.uint8)


def _digest(bases: Sequence[Base], seed: int) -> str:
    told = [f"{VERSION} {seed}", *(f"{base.name} {base.checksum}" for base in bases)]
    return hashlib.sha256("\n".join(told).encode(errors="surrogateescape")).hexdigest()[:16]
