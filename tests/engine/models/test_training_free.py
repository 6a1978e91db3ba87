import numpy as np
import pytest

from lakhdb.engine.models import default_embedder, default_hasher


def make_frames(n_frames, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n_frames, 72), dtype=np.uint8)


@pytest.mark.parametrize("side", ["midi", "audio"])
@pytest.mark.parametrize("n_frames", [1, 100, 646, 647, 5000])
def test_windows_of_an_item_have_unit_vectors(side, n_frames):
    embedder = default_embedder()
    starts, vectors = embedder.embed(make_frames(n_frames), side)
    assert vectors.shape == (len(starts), embedder.dimension)
    assert embedder.dimension <= 128
    assert starts[0] == 0
    assert starts[-1] == max(n_frames - 646, 0)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, rtol=1e-5)


def test_a_preview_has_one_window_and_songs_have_more_in_midi():
    embedder = default_embedder()
    assert len(embedder.embed(make_frames(646), "audio")[0]) == 1
    midi, audio = (len(embedder.embed(make_frames(5000), side)[0]) for side in ("midi", "audio"))
    assert midi > audio > 1


def test_the_same_frames_give_the_same_vectors():
    one, other = (default_embedder().embed(make_frames(2000), "midi")[1] for _ in range(2))
    assert (one == other).all()


@pytest.mark.parametrize(("n_frames", "n_hashes"), [(1, 1), (8, 1), (9, 2), (646, 81)])
def test_a_hash_stands_for_eight_frames(n_frames, n_hashes):
    hashes = default_hasher().hash(make_frames(n_frames))
    assert hashes.shape == (n_hashes,)
    assert hashes.dtype == np.uint32


def test_models_are_told_apart():
    embedder, hasher = default_embedder(), default_hasher()
    assert embedder.version != hasher.version
