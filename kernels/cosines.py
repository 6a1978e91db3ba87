"""Cosine similarities of vectors of any length, in float32."""

import numpy as np
import numpy.typing as npt

__all__ = ["compute_cosines", "scale_to_unit"]

# Norms between these can be computed, and divided by, in float32; others are taken in float64.
LEAST_NORM, GREATEST_NORM = 1e-15, 1e15


def scale_to_unit(vectors: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """Scale vectors to unit length; those of zeros stay.

    Parameters
    ----------
    vectors : array_like, shape (n, dimension), float32
        Finite.

    Returns
    -------
    float32, shape (n, dimension)
        A copy.

    Raises
    ------
    ValueError
        If `vectors` is not two-dimensional.
    """
    scaled = np.array(vectors, np.float32, order="C")
    if scaled.ndim != 2:
        raise ValueError(f"vectors must have two dimensions, not {scaled.ndim}")
    with np.errstate(over="ignore"):
        norms = np.sqrt(np.einsum("ij,ij->i", scaled, scaled))
    is_strange = ~((norms > LEAST_NORM) & (norms < GREATEST_NORM))
    if is_strange.any():
        exact = scaled[is_strange].astype(np.float64)
        exact_norms = np.linalg.norm(exact, axis=1)
        scaled[is_strange] = exact / np.where(exact_norms > 0, exact_norms, 1)[:, None]
        norms[is_strange] = 1
    scaled /= norms[:, None]
    return scaled


def compute_cosines(vectors: npt.ArrayLike, query: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """Compute the cosine similarity of each vector with one; 0 where either is of zeros.

    Parameters
    ----------
    vectors : array_like, shape (n, dimension), float32
        Finite.
    query : array_like, shape (dimension,), float32
        Finite.

    Returns
    -------
    float32, shape (n,)
        -1 to 1.

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """
    units = scale_to_unit(vectors)
    if np.shape(query) != units.shape[1:]:
        raise ValueError(f"query must have the shape {units.shape[1:]}, not {np.shape(query)}")
    (unit,) = scale_to_unit(np.atleast_2d(query))
    # Not by BLAS, which rounds equal rows differently by their places; rounding leaves 1 + 1e-7.
    similarity: npt.NDArray[np.float32] = np.clip(np.einsum("ij,j->i", units, unit), -1, 1)
    return similarity
