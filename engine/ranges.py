"""Arithmetic of ranges of numbers, which say what has been compared with what."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

__all__ = [
    "Block",
    "Range",
    "Ranges",
    "Rectangle",
    "find_uncovered",
    "merge_ranges",
    "merge_rectangles",
    "subtract_ranges",
    "to_ranges",
]

# Both ends inclusive.
Range = tuple[int, int]
# Ascending, apart by at least one number that is missing: equal sets of numbers are equal tuples.
Ranges = tuple[Range, ...]


class Rectangle(NamedTuple):
    """All pairs of a range of MIDI items and a range of recordings, both ends inclusive."""

    midi_from: int
    midi_to: int
    audio_from: int
    audio_to: int


class Block(NamedTuple):
    """All pairs of a set of MIDI items and a set of recordings."""

    midi: Ranges
    audio: Ranges


def to_ranges(numbers: Iterable[int]) -> Ranges:
    """Write a set of numbers, in any order, as ranges."""
    return merge_ranges((number, number) for number in numbers)


def merge_ranges(ranges: Iterable[Range]) -> Ranges:
    """Unite ranges, in any order, into the fewest."""
    merged: list[Range] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def subtract_ranges(ranges: Ranges, taken: Ranges) -> Ranges:
    """Leave what `ranges` hold and `taken` do not."""
    left: list[Range] = []
    at = 0
    for first, last in ranges:
        while at < len(taken) and taken[at][1] < first:
            at += 1
        ahead = at
        while ahead < len(taken) and taken[ahead][0] <= last:
            if taken[ahead][0] > first:
                left.append((first, taken[ahead][0] - 1))
            first = taken[ahead][1] + 1
            ahead += 1
        if first <= last:
            left.append((first, last))
    return tuple(left)


def find_uncovered(midi: Ranges, audio: Ranges, covered: Sequence[Rectangle]) -> list[Block]:
    """Find the pairs of two sets of items that no rectangle covers.

    Parameters
    ----------
    midi, audio : Ranges
        Numbers of the items, as from `to_ranges`.
    covered : sequence of Rectangle
        May overlap, and may name other items too.

    Returns
    -------
    list of Block
        Disjoint in their MIDI items; MIDI items that miss the same recordings are in one block. Ordered by
        the first MIDI item.
    """
    blocks: dict[Ranges, list[Range]] = {}
    for first, last, taken in _slice_by_midi(midi, covered):
        missing = subtract_ranges(audio, taken)
        if missing:
            blocks.setdefault(missing, []).append((first, last))
    return sorted(Block(merge_ranges(rows), missing) for missing, rows in blocks.items())


def merge_rectangles(rectangles: Sequence[Rectangle]) -> list[Rectangle]:
    """Cover the same pairs by few rectangles; the same pairs always give the same ones."""
    everything = merge_ranges((row.midi_from, row.midi_to) for row in rectangles)
    strips: list[tuple[int, int, Ranges]] = []
    for first, last, taken in _slice_by_midi(everything, rectangles):
        if strips and strips[-1][1] + 1 == first and strips[-1][2] == taken:
            strips[-1] = (strips[-1][0], last, taken)
        else:
            strips.append((first, last, taken))
    return [Rectangle(first, last, *audio) for first, last, taken in strips for audio in taken]


def _slice_by_midi(midi: Ranges, covered: Sequence[Rectangle]) -> Iterable[tuple[int, int, Ranges]]:
    """Cut `midi` where the coverage changes; yield each slice with the recordings covered in all of it."""
    starts = sorted(covered)
    cuts = sorted({row.midi_from for row in covered} | {row.midi_to + 1 for row in covered})
    active: list[Rectangle] = []
    next_start = next_cut = 0
    for first, last in midi:
        while first <= last:
            while next_cut < len(cuts) and cuts[next_cut] <= first:
                next_cut += 1
            end = min(last, cuts[next_cut] - 1) if next_cut < len(cuts) else last
            while next_start < len(starts) and starts[next_start].midi_from <= first:
                active.append(starts[next_start])
                next_start += 1
            active = [row for row in active if row.midi_to >= first]
            yield first, end, merge_ranges((row.audio_from, row.audio_to) for row in active)
            first = end + 1
