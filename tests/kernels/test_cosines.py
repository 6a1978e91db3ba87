import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from lakhdb.kernels.cosines import compute_cosines, scale_to_unit

# Down to the least that a float32 holds whole, up to the greatest.
values = st.floats(-(2.0**127), 2.0**127, width=32, allow_subnormal=False)
matrices = st.tuples(st.integers(1, 5), st.integers(1, 40)).flatmap(
    lambda shape: arrays(np.float32, shape, elements=values)
)


def slow_cosine(one, other):
    one, other = one.astype(np.longdouble), other.astype(np.longdouble)
    norms = np.sqrt((one**2).sum() * (other**2).sum())
    return float((one * other).sum() / norms) if norms else 0.0


@given(matrices)
def test_agrees_with_the_slow_loop(vectors):
    query = vectors[0]
    expected = [slow_cosine(vector, query) for vector in vectors]
    found = compute_cosines(vectors, query)
    assert found.dtype == np.float32
    assert_allclose(found, expected, atol=1e-5)
    assert np.abs(found).max() <= 1


@given(matrices)
def test_scales_to_unit_length_but_for_zeros(vectors):
    before = vectors.copy()
    norms = np.linalg.norm(scale_to_unit(vectors).astype(np.float64), axis=1)
    assert_allclose(norms, vectors.any(axis=1), atol=1e-5)
    assert np.array_equal(vectors, before)


def test_equal_rows_are_equally_like_wherever_they_stand():
    vectors = np.repeat(np.random.default_rng(0).standard_normal((1, 37)).astype(np.float32), 1000, axis=0)
    assert len(set(compute_cosines(vectors, np.arange(37)).tolist())) == 1


def test_refuses_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match="two dimensions"):
        scale_to_unit(np.ones(3))
    with pytest.raises(ValueError, match="query"):
        compute_cosines(np.ones((2, 3)), np.ones(1))
