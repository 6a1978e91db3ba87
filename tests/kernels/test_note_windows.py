"""Vectors of windows of notes."""

import numpy as np
import pytest

from lakhdb.kernels.note_windows import DIMENSION, HOP, WINDOW, compute_note_vectors, place_note_windows


def make_classes(n_steps, seed=0):
    return (np.random.default_rng(seed).random((n_steps, 12)) < 0.2).astype(np.uint8) * 90


@pytest.mark.parametrize("n_steps", [1, 2, HOP, WINDOW, WINDOW + 1, 1000])
def test_windows_cover_all_but_less_than_half_a_window(n_steps):
    starts = place_note_windows(n_steps)
    assert starts[0] == 0
    assert (np.diff(starts) == HOP).all()
    assert n_steps - (starts[-1] + WINDOW) < HOP
    vectors = compute_note_vectors(make_classes(n_steps))
    assert vectors.shape == (len(starts), DIMENSION)
    assert vectors.dtype == np.float32


def test_vectors_are_the_same_in_every_key():
    classes = make_classes(300)
    vectors = compute_note_vectors(classes)
    for semitones in range(1, 12):
        raised = compute_note_vectors(np.roll(classes, semitones, axis=1))
        assert np.allclose(vectors, raised, atol=1e-5)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_other_music_is_less_alike_than_the_same_music_begun_elsewhere():
    classes = make_classes(400)
    ours = compute_note_vectors(classes)[3]
    shifted = compute_note_vectors(classes[8:])[3]
    other = compute_note_vectors(make_classes(400, seed=1))
    assert ours @ shifted > (other @ ours).max()


def test_a_stretched_window_finds_a_slower_copy():
    classes = make_classes(320)
    slower = np.repeat(classes, 5, axis=0)[::4]  # 1.25 times as long
    ours = compute_note_vectors(classes)
    assert (compute_note_vectors(slower, 1.25) @ ours.T).max() > (compute_note_vectors(slower) @ ours.T).max()


def test_silence_has_a_vector():
    assert np.isfinite(compute_note_vectors(np.zeros((70, 12), np.uint8))).all()


def test_what_is_no_row_of_pitch_classes_is_refused():
    for wrong in (np.zeros((5, 11), np.uint8), np.zeros((5, 12), np.float32), np.zeros(12, np.uint8)):
        with pytest.raises(ValueError, match=r"classes must be \(n, 12\) uint8"):
            compute_note_vectors(wrong)
    with pytest.raises(ValueError, match="1 or more"):
        compute_note_vectors(np.zeros((0, 12), np.uint8))
