"""Codes of vectors, and the exact search among them held against numpy on whole numbers."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from lakhdb.kernels import _scan
from lakhdb.kernels.scan import (
    count_bytes,
    find_best_windows,
    invert_norms,
    pack_vectors,
    quantise_vectors,
    restore_vectors,
    select_codes,
    spread_vectors,
    unpack_vectors,
)


def draw_vectors(n, dimension, seed, falls_by=0.0):
    """Unit vectors; dimension k holds exp(-falls_by · k) as much as the first."""
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((n, dimension)) * np.exp(-falls_by * np.arange(dimension))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def draw_codes(rng, n, dimension):
    return rng.integers(-127, 128, (n, dimension), dtype=np.int8)


def find_slowly(query, codes, starts, rows):
    """The same by numpy: products of whole numbers, then one scale after the other, in float32."""
    dots = query.astype(np.int64) @ codes[rows].astype(np.int64).T
    cosines = dots.astype(np.float32) * invert_norms(query)[:, None]
    best_query = cosines.argmax(axis=0)
    best = cosines.max(axis=0) * invert_norms(codes)[rows]
    at = [start + best[start:end].argmax() for start, end in pairwise(starts)]
    return best[at], best_query[at], rows[at]


@st.composite
def searches(draw):
    """A query, a table of codes, and items that own windows of it, perhaps not all and some twice."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, dimension = draw(st.integers(1, 150)), draw(st.integers(1, 140))
    query = draw_codes(rng, draw(st.integers(1, 11)), dimension)
    codes = draw_codes(rng, n, dimension)
    rows = rng.integers(0, n, draw(st.integers(1, 150))).astype(np.int32) if draw(st.booleans()) else None
    n_places = n if rows is None else rows.size
    cuts = rng.integers(1, n_places, draw(st.integers(0, 40))) if n_places > 1 else []
    return query, codes, np.unique([0, *cuts, n_places]).astype(np.int64), rows


@pytest.mark.parametrize("instruction_set", _scan.list_instruction_sets())
@pytest.mark.parametrize("n_threads", [1, 3])
@settings(deadline=None)
@given(search=searches())
def test_finds_what_numpy_finds_to_the_last_bit(instruction_set, n_threads, search):
    query, codes, starts, rows = search
    found = _scan.scan(
        query, invert_norms(query), codes, invert_norms(codes), rows, starts, n_threads, instruction_set
    )
    expected = find_slowly(query, codes, starts, np.arange(len(codes)) if rows is None else rows)
    for one, other in zip(found, expected, strict=True):
        assert_array_equal(one, other)


@pytest.mark.parametrize("instruction_set", _scan.list_instruction_sets())
def test_extreme_codes_do_not_overflow(instruction_set):
    codes = np.full((5, 1024), -127, np.int8)
    query = np.full((3, 1024), 127, np.int8)
    query[1] = -127
    similarity, best, row = _scan.scan(
        query, invert_norms(query), codes, invert_norms(codes), None, np.array([0, 5]), 1, instruction_set
    )
    assert_allclose(similarity, [1.0], rtol=1e-6)
    assert (best[0], row[0]) == (1, 0)


def test_many_windows_are_shared_among_threads():
    rng = np.random.default_rng(0)
    query, codes = draw_codes(rng, 3, 8), draw_codes(rng, 50_000, 8)
    starts = np.unique([0, *rng.integers(1, 50_000, 300), 50_000]).astype(np.int64)
    found = find_best_windows(query, codes, invert_norms(codes), starts)
    expected = find_slowly(query, codes, starts, np.arange(50_000))
    assert_array_equal(found.similarity, expected[0])
    assert_array_equal(found.query, expected[1])
    assert_array_equal(found.row, expected[2])


def test_similarities_of_a_shorter_vector_count_less():
    vectors = draw_vectors(3, 16, 0)
    codes = quantise_vectors(vectors)
    lengths = np.array([0.5, 1.0], np.float32)
    found = find_best_windows(codes[:2], codes, invert_norms(codes), np.arange(4), None, lengths)
    cosines = vectors[:2] @ vectors.T
    assert_allclose(found.similarity, (cosines * lengths[:, None]).max(axis=0), atol=0.02)
    assert_array_equal(found.query, (cosines * lengths[:, None]).argmax(axis=0))
    assert_array_equal(found.row, np.arange(3))


def test_of_equal_windows_the_first_is_found():
    codes = np.tile(quantise_vectors(draw_vectors(1, 16, 0)), (40, 1))
    found = find_best_windows(codes[:5], codes, invert_norms(codes), np.array([0, 17, 40]))
    assert_array_equal(found.row, [0, 17])
    assert_array_equal(found.query, [0, 0])


def test_refuses_an_unknown_instruction_set():
    codes = np.ones((1, 4), np.int8)
    with pytest.raises(ValueError, match="no instruction set mmx"):
        _scan.scan(codes, invert_norms(codes), codes, invert_norms(codes), None, np.array([0, 1]), 1, "mmx")


@settings(deadline=None)
@given(st.integers(1, 140), st.integers(0, 99))
def test_spreading_keeps_products_and_undoes_itself(dimension, seed):
    vectors = draw_vectors(4, dimension, seed)
    spread = spread_vectors(vectors)
    assert spread.shape[1] in (1, 2, 4, 8, 16, 32, 64, 128, 256)
    assert_allclose(spread @ spread.T, vectors @ vectors.T, atol=1e-5)
    twice = spread_vectors(spread)
    assert_allclose(twice[:, :dimension], vectors, atol=1e-6)
    assert_allclose(twice[:, dimension:], 0, atol=1e-6)


def test_a_vector_has_the_same_codes_whatever_is_beside_it():
    vectors = draw_vectors(33, 100, 5)
    alone = np.concatenate([quantise_vectors(one[None]) for one in vectors])
    assert_array_equal(quantise_vectors(vectors), alone)


def test_codes_are_the_spread_vector_over_its_largest_value():
    vectors = draw_vectors(50, 128, 6)
    spread = spread_vectors(vectors)
    scale = np.float32(127) / np.abs(spread).max(axis=1, keepdims=True)
    assert_array_equal(quantise_vectors(vectors), np.rint(spread * scale))


def test_no_vector_is_too_short_or_too_long():
    vectors = np.array([[0, 0, 0], [1e-30, 0, 0], [0, -1e30, 0]], np.float32)
    codes = quantise_vectors(vectors)
    assert_array_equal(codes[0], 0)
    assert np.abs(codes[1:]).min() == 127
    assert_array_equal(invert_norms(codes)[0], 0)


@pytest.mark.parametrize("falls_by", [0.0, 0.01, 0.2, 3.0])
def test_cosines_of_codes_are_as_near_as_the_notes_say(falls_by):
    vectors = draw_vectors(400, 128, 7, falls_by)
    codes = quantise_vectors(vectors) * invert_norms(quantise_vectors(vectors))[:, None]
    assert np.std(codes @ codes.T - vectors @ vectors.T) < 0.0009
    restored = restore_vectors(pack_vectors(vectors), 128)
    assert np.std(restored @ vectors.T - vectors @ vectors.T) < 0.0009 / 16


@settings(deadline=None)
@given(st.integers(1, 140), st.integers(0, 99))
def test_packed_vectors_are_codes_and_what_they_leave(dimension, seed):
    vectors = draw_vectors(5, dimension, seed)
    packed = pack_vectors(vectors)
    assert packed.shape == (5, count_bytes(dimension))
    assert_array_equal(select_codes(packed), quantise_vectors(vectors))
    spread = spread_vectors(vectors)
    step = np.abs(spread).max(axis=1, keepdims=True) / 127
    unpacked = unpack_vectors(packed)
    # They come out with unit length: what is largest, and so has no rest, says by how much they were scaled.
    largest = np.abs(spread).argmax(axis=1, keepdims=True)
    scale = np.take_along_axis(spread, largest, axis=1) / np.take_along_axis(unpacked, largest, axis=1)
    # Half a sixteenth of a step; a whole one where half a step would need a sixteenth more than there are.
    assert np.all(np.abs(unpacked * scale - spread) <= step / 15.9)


def test_a_vector_of_zeros_stays_one():
    packed = pack_vectors(np.zeros((2, 5), np.float32))
    assert_array_equal(packed, 0)
    assert_array_equal(restore_vectors(packed, 5), 0)


def test_codes_may_lie_apart():
    packed = pack_vectors(draw_vectors(90, 24, 3))
    codes, starts = select_codes(packed), np.array([0, 10, 90])
    apart = find_best_windows(codes[:7].copy(), codes, invert_norms(codes), starts)
    together = find_best_windows(codes[:7].copy(), codes.copy(), invert_norms(codes), starts)
    assert_array_equal(apart.similarity, together.similarity)
    assert_array_equal(apart.row, together.row)
    with pytest.raises(ValueError, match="side by side"):
        find_best_windows(codes[:7].copy(), packed[:, ::2][:, : codes.shape[1]], invert_norms(codes), starts)


def make_search():
    codes = draw_codes(np.random.default_rng(1), 6, 8)
    return {"query": codes[:2], "codes": codes, "inverse": invert_norms(codes), "starts": np.array([0, 2, 6])}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"query": np.zeros((2, 8), np.float32)}, "query must be int8"),
        ({"query": np.zeros((0, 8), np.int8)}, "query must have 1 row"),
        ({"query": np.zeros((2, 7), np.int8)}, "as many as codes"),
        ({"codes": np.zeros(8, np.int8)}, "codes must be int8 with 2"),
        ({"inverse": np.zeros(5, np.float32)}, "inverse must be float32"),
        ({"starts": np.array([0, 2, 5])}, "starts must rise"),
        ({"starts": np.array([0, 2, 2, 6])}, "starts must rise"),
        ({"starts": np.array([0])}, "starts must be int64 with 2"),
        ({"rows": np.arange(6)}, "rows must be int32"),
        ({"lengths": np.ones(3, np.float32)}, "lengths must be float32 \\(2,\\)"),
        ({"rows": np.array([0, 1, 2, 3, 4, 6], np.int32)}, "rows must be 0 to 5"),
        ({"rows": np.array([0, 1, 2, 3, 4, -1], np.int32)}, "rows must be 0 to 5"),
    ],
)
def test_refuses_what_does_not_fit(change, message):
    with pytest.raises(ValueError, match=message):
        find_best_windows(**{**make_search(), **change})


@pytest.mark.parametrize(
    "vectors", [np.zeros((2, 3)), np.zeros(3, np.float32), np.zeros((1, 1025), np.float32)]
)
def test_refuses_vectors_of_another_kind(vectors):
    with pytest.raises(ValueError, match="vectors must be float32"):
        quantise_vectors(vectors)
    with pytest.raises(ValueError, match="vectors must be float32"):
        spread_vectors(vectors)
