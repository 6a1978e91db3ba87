"""The shared pass: it says of a window what the model says of a recording, where nothing surrounds it."""

import numpy as np
import pytest

from lakhdb.engine.evaluate.shared_pass import SharedPass, choose_pass
from lakhdb.engine.models import choose_model


@pytest.fixture
def in_use(model_folder, monkeypatch):
    """The random network as the model in use, on the processor."""
    monkeypatch.setenv("LMDB_MODEL", str(model_folder))
    monkeypatch.setenv("LMDB_DEVICE", "cpu")
    return choose_model()


def test_the_first_window_of_30_s_is_the_model_s(in_use, tunes):
    frames = tunes[0].perform(0, 29.98, 1.0).render()
    assert len(frames) == 646
    shared = choose_pass()
    assert shared.key == in_use.version
    vectors, hashes = shared.describe(frames, np.array([0]))
    (alone,) = in_use.describe([frames], "audio")
    np.testing.assert_allclose(vectors, alone.window_vectors, atol=1e-5)
    np.testing.assert_array_equal(hashes[0], alone.hashes)
    assert (vectors.dtype, hashes.dtype) == (np.float32, np.uint32)


def test_windows_by_themselves_are_recordings_of_30_s(in_use, midi_frames):
    frames, steps = midi_frames["tune 2"], np.arange(0, 60, 6)
    own = choose_pass(shared=False)
    vectors, hashes = own.describe(frames, steps)
    alone = in_use.describe([frames[8 * step : 8 * step + 646] for step in steps.tolist()], "audio")
    np.testing.assert_allclose(vectors, np.concatenate([one.window_vectors for one in alone]), atol=1e-5)
    assert (np.bitwise_count(hashes ^ np.stack([one.hashes for one in alone])) > 0).mean() < 0.01
    shared = choose_pass()
    assert (shared.key, own.key) == (in_use.version,) * 2
    assert shared.kind != own.kind
    assert np.abs(shared.describe(frames, steps)[0] - vectors).max() > 1e-3  # surroundings are seen


def test_windows_are_those_of_one_pass(in_use, midi_frames):
    frames = midi_frames["tune 1"]
    (whole,) = in_use.describe([frames], "midi")
    steps = whole.window_starts // 8
    vectors, hashes = choose_pass().describe(frames, steps)
    np.testing.assert_allclose(vectors, whole.window_vectors, atol=1e-5)
    for step, own in zip(steps.tolist(), hashes, strict=True):
        np.testing.assert_array_equal(own, whole.hashes[step : step + 81])


def test_there_is_none_without_a_network(monkeypatch):
    monkeypatch.setenv("LMDB_MODEL", "training-free")
    assert choose_pass() is None


def test_the_key_changes_with_the_weights(tmp_path, network, model_folder):
    import torch

    from lakhdb.engine.models.files import save_model

    one = SharedPass(model_folder, "cpu")
    other = type(network)()
    other.load_state_dict(network.state_dict())
    with torch.no_grad():
        other.hash_head.bias += 1
    save_model(other, tmp_path / "other", {})
    assert SharedPass(tmp_path / "other", "cpu").key != one.key
