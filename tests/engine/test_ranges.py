"""Ranges, held against plain sets of numbers and pairs."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lakhdb.engine.ranges import (
    Rectangle,
    find_uncovered,
    merge_ranges,
    merge_rectangles,
    subtract_ranges,
    to_ranges,
)

numbers = st.sets(st.integers(1, 25))
rectangles = st.lists(
    st.tuples(st.integers(1, 20), st.integers(0, 8), st.integers(1, 20), st.integers(0, 8)).map(
        lambda at: Rectangle(at[0], at[0] + at[1], at[2], at[2] + at[3])
    ),
    max_size=8,
)


def spell(ranges):
    return {number for first, last in ranges for number in range(first, last + 1)}


def pairs_of(rows):
    return {
        (midi, audio)
        for row in rows
        for midi in range(row.midi_from, row.midi_to + 1)
        for audio in range(row.audio_from, row.audio_to + 1)
    }


@given(numbers)
def test_ranges_hold_their_numbers_and_keep_apart(wanted):
    ranges = to_ranges(wanted)
    assert spell(ranges) == wanted
    assert all(after[0] > before[1] + 1 for before, after in pairwise(ranges))


@given(numbers, numbers)
def test_union_and_difference_are_those_of_sets(left, right):
    assert merge_ranges((*to_ranges(left), *to_ranges(right))) == to_ranges(left | right)
    assert subtract_ranges(to_ranges(left), to_ranges(right)) == to_ranges(left - right)


@given(numbers, numbers, rectangles)
def test_uncovered_is_what_no_rectangle_holds(midi, audio, covered):
    blocks = find_uncovered(to_ranges(midi), to_ranges(audio), covered)
    found = [(m, a) for block in blocks for m in spell(block.midi) for a in spell(block.audio)]
    assert len(found) == len(set(found))
    assert set(found) == {(m, a) for m in midi for a in audio} - pairs_of(covered)


@given(numbers, numbers, rectangles)
def test_items_that_miss_the_same_share_a_block(midi, audio, covered):
    blocks = find_uncovered(to_ranges(midi), to_ranges(audio), covered)
    assert len({block.audio for block in blocks}) == len(blocks)


@given(rectangles, st.randoms(use_true_random=False))
def test_merged_rectangles_hold_the_same_pairs_in_one_way(rows, random):
    merged = merge_rectangles(rows)
    assert pairs_of(merged) == pairs_of(rows)
    cut = [
        Rectangle(m, m, row.audio_from, row.audio_to)
        for row in rows
        for m in range(row.midi_from, row.midi_to + 1)
    ]
    random.shuffle(cut)
    assert merge_rectangles(cut) == merged


def test_batches_of_one_run_merge_into_one_rectangle():
    assert merge_rectangles([Rectangle(4, 6, 1, 9), Rectangle(1, 3, 1, 9)]) == [Rectangle(1, 6, 1, 9)]
