"""The network over items: the same for each wherever it stands, in one piece or in several."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from lakhdb.engine.errors import InputError, ModelError
from lakhdb.engine.models import inference, learned
from lakhdb.engine.models.files import WEIGHTS, read_card
from lakhdb.engine.models.inference import Inference, place_windows
from lakhdb.engine.models.learned import LearnedModel
from lakhdb.kernels.networks import MARGIN_STEPS, PART_BOUNDS, average_frames, pack_bits

WINDOW = 81 * 8


@pytest.fixture
def model(model_folder):
    return LearnedModel(model_folder)


def make_frames(n_frames, seed=0):
    """Make notes that begin and end on a floor of noise."""
    rng = np.random.default_rng(seed)
    frames = rng.integers(0, 30, (n_frames, 72))
    for _ in range(max(1, n_frames // 4)):
        start, pitch = rng.integers(0, n_frames), rng.integers(0, 72)
        frames[start : start + rng.integers(2, 20), pitch] += rng.integers(60, 200)
    return np.clip(frames, 0, 255).astype(np.uint8)


def assert_same(one, other, *, exactly=True):
    assert (one.window_starts == other.window_starts).all()
    if exactly:
        assert (one.hashes == other.hashes).all()
        assert (one.window_vectors == other.window_vectors).all()
    else:
        # A logit next to zero can change its sign by rounding.
        assert np.bitwise_count(one.hashes ^ other.hashes).mean() < 0.01
        np.testing.assert_allclose(one.window_vectors, other.window_vectors, atol=1e-5)


@pytest.mark.parametrize("side", ["midi", "audio"])
@pytest.mark.parametrize("n_frames", [1, 7, 8, 9, 100, WINDOW - 1, WINDOW, WINDOW + 1, 5000])
def test_shapes_and_lengths(model, side, n_frames):
    (one,) = model.describe([make_frames(n_frames)], side)
    assert one.hashes.shape == (-(-n_frames // 8),)
    assert one.hashes.dtype == np.uint32
    assert one.window_starts.dtype == np.int32
    assert one.window_vectors.shape == (len(one.window_starts), model.dimension)
    assert one.window_vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(one.window_vectors, axis=1), 1.0, rtol=1e-5)
    assert one.window_starts[0] == 0
    assert (one.window_starts % 8 == 0).all()
    assert one.window_starts[-1] == max(8 * len(one.hashes) - WINDOW, 0)


def test_what_comes_out_is_what_the_network_says(model, network):
    frames = make_frames(WINDOW)
    (one,) = model.describe([frames], "audio")
    silence = np.zeros((8 * MARGIN_STEPS, 72), np.uint8)
    surrounded = np.concatenate([silence, frames, silence])
    inside = slice(MARGIN_STEPS, -MARGIN_STEPS)
    with torch.inference_mode():
        features, logits = network(average_frames(torch.from_numpy(surrounded)[None]))
        vector = network.pool(features[:, :, inside])
    assert (one.hashes == pack_bits(logits[0, :, inside]).numpy()).mean() > 0.95
    np.testing.assert_allclose(one.window_vectors, vector, atol=1e-5)


@pytest.mark.parametrize("n_frames", [1, 8, 300])
def test_what_an_item_lacks_of_a_window_says_nothing(model, network, n_frames):
    frames = make_frames(n_frames)
    longer = np.zeros((WINDOW, 72), np.uint8)
    longer[:n_frames] = frames
    short, padded = model.describe([frames, longer], "midi")
    assert (short.hashes == padded.hashes[: len(short.hashes)]).all()
    # Quarters that are not there are zeros, where silence has features of its own.
    missing = sum(first >= len(short.hashes) for first in PART_BOUNDS[:-1])
    before = short.window_vectors @ network.axes.T.numpy()
    assert (np.abs(before.reshape(4, -1)).max(axis=1) < 1e-5).tolist() == [False] * (4 - missing) + [
        True
    ] * missing
    assert not np.allclose(short.window_vectors, padded.window_vectors, atol=1e-3)


def test_silence_has_a_vector(model):
    (one,) = model.describe([np.zeros((2000, 72), np.uint8)], "midi")
    np.testing.assert_allclose(np.linalg.norm(one.window_vectors, axis=1), 1.0, rtol=1e-5)
    # The same wherever it is seen, away from the edges.
    assert np.unique(one.hashes[30:-30]).size == 1


def test_an_item_is_described_alike_beside_any_others(model):
    items = [make_frames(n, seed=n) for n in (646, 1, 3000, 1500, 40, 646)]
    together = model.describe(items, "midi")
    alone = [model.describe([one], "midi")[0] for one in items]
    backwards = model.describe(items[::-1], "midi")[::-1]
    for one, other, third in zip(together, alone, backwards, strict=True):
        assert_same(one, other)
        assert_same(one, third)


def test_the_threads_of_the_caller_stay_as_they_were(model):
    before = torch.get_num_threads()
    model.describe([make_frames(100)], "midi")
    assert torch.get_num_threads() == before


def test_nothing_is_described_by_nothing(model):
    assert model.describe([], "midi") == []


@pytest.mark.parametrize("n_frames", [1599, 1600, 1601, 8 * 800, 6007])
def test_a_long_item_in_pieces_is_as_in_one(network, monkeypatch, n_frames):
    frames = make_frames(n_frames)
    (whole,) = Inference(network, "cpu").describe([frames], "midi")
    monkeypatch.setattr(inference, "CHUNK_STEPS", 200)
    (pieces,) = Inference(network, "cpu").describe([frames], "midi")
    assert_same(pieces, whole, exactly=False)


def test_pieces_need_their_margin(network, monkeypatch):
    # Else the test above would pass whatever the margin is.
    frames = make_frames(6000)
    (whole,) = Inference(network, "cpu").describe([frames], "midi")
    monkeypatch.setattr(inference, "CHUNK_STEPS", 200)
    monkeypatch.setattr(inference, "MARGIN_STEPS", 20)
    (pieces,) = Inference(network, "cpu").describe([frames], "midi")
    assert np.abs(pieces.window_vectors - whole.window_vectors).max() > 1e-4


def test_many_windows_are_pooled_in_groups(network, monkeypatch):
    frames = make_frames(5000)
    (whole,) = Inference(network, "cpu").describe([frames], "midi")
    monkeypatch.setattr(inference, "WINDOWS_AT_ONCE", 7)
    (groups,) = Inference(network, "cpu").describe([frames], "midi")
    assert_same(groups, whole, exactly=False)


@pytest.mark.parametrize("n_steps", [1, 80, 81, 82, 91, 92, 93, 500])
@pytest.mark.parametrize("hop", [1, 11, 20, 81])
def test_windows_cover_the_item(n_steps, hop):
    starts = place_windows(n_steps, hop)
    assert starts[0] == 0
    assert starts[-1] == max(0, n_steps - 81)
    assert (np.diff(starts) > 0).all()
    assert np.diff(starts).max(initial=0) <= hop


def test_refuses_what_are_no_frames(model):
    with pytest.raises(ValueError, match="uint8"):
        model.describe([np.zeros((0, 72), np.uint8)], "midi")


def test_weights_are_loaded_once_and_only_when_used(model_folder, monkeypatch):
    loaded = []
    monkeypatch.setattr(
        learned, "load_weights", lambda *given, load=learned.load_weights: loaded.append(1) or load(*given)
    )
    model = LearnedModel(model_folder)
    assert model.version == read_card(model_folder).version
    assert loaded == []
    for _ in range(2):
        model.describe([make_frames(100)], "midi")
    assert loaded == [1]


def test_damaged_weights_end_in_an_error(model_folder):
    (model_folder / WEIGHTS).write_bytes(b"no weights")
    with pytest.raises(ModelError, match="checksum"):
        LearnedModel(model_folder).describe([make_frames(100)], "midi")


def test_a_device_that_is_not_there_is_refused(model, monkeypatch):
    monkeypatch.setenv("LMDB_DEVICE", "abacus")
    with pytest.raises(InputError, match="abacus"):
        model.describe([make_frames(100)], "midi")


def test_the_version_is_told_without_torch(model_folder):
    script = (
        "import sys; from lakhdb.engine.models import choose_model; "
        "print(choose_model().version, 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"LMDB_MODEL": str(model_folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [read_card(model_folder).version, "False"]
