import numpy as np
import pytest

from lakhdb.engine.models.training_free import TrainingFreeModel


def make_frames(n_frames, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n_frames, 72), dtype=np.uint8)


def describe(n_frames, side="midi"):
    (one,) = TrainingFreeModel().describe([make_frames(n_frames)], side)
    return one


@pytest.mark.parametrize("side", ["midi", "audio"])
@pytest.mark.parametrize("n_frames", [1, 100, 646, 647, 5000])
def test_windows_of_an_item_have_unit_vectors(side, n_frames):
    model, one = TrainingFreeModel(), describe(n_frames, side)
    assert one.window_vectors.shape == (len(one.window_starts), model.dimension)
    assert model.dimension <= 128
    assert one.window_starts[0] == 0
    assert one.window_starts[-1] == max(n_frames - 646, 0)
    np.testing.assert_allclose(np.linalg.norm(one.window_vectors, axis=1), 1.0, rtol=1e-5)


def test_a_preview_has_one_window_and_songs_have_more_in_midi():
    assert len(describe(646, "audio").window_starts) == 1
    midi, audio = (len(describe(5000, side).window_starts) for side in ("midi", "audio"))
    assert midi > audio > 1


def test_the_same_frames_give_the_same_description_beside_any_others():
    items = [make_frames(n, seed=n) for n in (2000, 1, 700)]
    for one, other in zip(
        TrainingFreeModel().describe(items, "midi"),
        TrainingFreeModel().describe(items[::-1], "midi")[::-1],
        strict=True,
    ):
        assert (one.window_vectors == other.window_vectors).all()
        assert (one.hashes == other.hashes).all()


@pytest.mark.parametrize(("n_frames", "n_hashes"), [(1, 1), (8, 1), (9, 2), (646, 81)])
def test_a_hash_stands_for_eight_frames(n_frames, n_hashes):
    hashes = describe(n_frames).hashes
    assert hashes.shape == (n_hashes,)
    assert hashes.dtype == np.uint32
