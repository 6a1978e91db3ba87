import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lakhdb.kernels.constant_q import shift_bins
from lakhdb.kernels.window_vector import DIMENSION, WINDOW_FRAMES, compute_window_vectors, place_windows


def make_music(seed, n_frames=WINDOW_FRAMES):
    """Chords of three notes, eight frames each, over faint noise."""
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 30, (n_frames, 72), dtype=np.uint8)
    scale = 24 + np.concatenate([rng.permutation(12)[:7], 12 + rng.permutation(12)[:7]])
    for start in range(0, n_frames, 8):
        values[start : start + 8, rng.choice(scale, 3, replace=False)] = rng.integers(150, 255)
    return values


@given(st.integers(1, 10_000), st.integers(1, WINDOW_FRAMES))
def test_windows_cover_the_item(n_frames, hop):
    starts = place_windows(n_frames, hop)
    assert starts.dtype == np.int32
    assert starts[0] == 0
    assert (np.diff(starts) > 0).all()
    assert (np.diff(starts) <= hop).all()
    assert starts[-1] == max(n_frames - WINDOW_FRAMES, 0)


def test_a_preview_is_one_window():
    assert place_windows(WINDOW_FRAMES, 100).tolist() == [0]


@pytest.mark.parametrize(("n_frames", "hop", "message"), [(0, 5, "n_frames"), (5, 0, "hop"), (5, 647, "hop")])
def test_refuses_to_place_no_windows(n_frames, hop, message):
    with pytest.raises(ValueError, match=message):
        place_windows(n_frames, hop)


@given(arrays(np.uint8, st.tuples(st.integers(1, 50), st.just(72))))
def test_vectors_have_unit_length_whatever_the_frames(values):
    vectors = compute_window_vectors(values, np.array([0, len(values) - 1], dtype=np.int32))
    assert vectors.shape == (2, DIMENSION)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, rtol=1e-5)


def test_silence_resembles_no_music():
    silence = compute_window_vectors(np.zeros((WINDOW_FRAMES, 72), np.uint8), np.zeros(1, np.int32))
    music = compute_window_vectors(make_music(1), np.zeros(1, np.int32))
    assert abs(float(silence[0] @ music[0])) < 0.3


def test_a_window_of_a_long_item_is_that_window_alone():
    music = make_music(2, 2000)
    starts = np.array([0, 501, 1354], dtype=np.int32)
    together = compute_window_vectors(music, starts)
    for vector, start in zip(together, starts, strict=True):
        alone = compute_window_vectors(music[start : start + WINDOW_FRAMES], np.zeros(1, np.int32))
        np.testing.assert_allclose(vector, alone[0], atol=1e-5)


def test_the_same_music_is_near_whoever_plays_it_and_other_music_is_not():
    rng = np.random.default_rng(0)
    pieces = [make_music(seed) for seed in range(8)]
    # Another room and another loudness, a little late.
    played = [np.roll(np.clip(0.8 * piece + rng.integers(0, 40, 72), 0, 255), 3, axis=0) for piece in pieces]
    start = np.zeros(1, dtype=np.int32)
    one = np.concatenate([compute_window_vectors(piece, start) for piece in pieces])
    other = np.concatenate([compute_window_vectors(piece.astype(np.uint8), start) for piece in played])
    similarity = one @ other.T
    assert (similarity.argmax(axis=1) == np.arange(8)).all()
    assert similarity.diagonal().min() > similarity[~np.eye(8, dtype=bool)].max()


def test_a_transposition_is_another_vector_and_its_shift_undoes_it():
    music, start = make_music(3), np.zeros(1, dtype=np.int32)
    music[:, :12], music[:, 60:] = 0, 0
    vector = compute_window_vectors(music, start)[0]
    raised = shift_bins(music, 5)
    assert vector @ compute_window_vectors(raised, start)[0] < 0.8
    assert vector @ compute_window_vectors(shift_bins(raised, -5), start)[0] == pytest.approx(1.0)


def test_refuses_frames_and_starts_that_are_not():
    with pytest.raises(ValueError, match="frames"):
        compute_window_vectors(np.zeros((5, 48), np.uint8), np.zeros(1, np.int32))
    with pytest.raises(ValueError, match="starts"):
        compute_window_vectors(np.zeros((5, 72), np.uint8), np.full(1, 5, np.int32))
