"""The thesis's networks: shapes, sizes, loss."""

import numpy as np
import pytest
import torch

from lakhdb.kernels.thesis_networks import EmbeddingNetwork, HashNetwork, compute_loss


@pytest.fixture(scope="module")
def hash_network():
    return HashNetwork(torch.Generator().manual_seed(0)).eval()


@pytest.fixture(scope="module")
def embedding_network():
    return EmbeddingNetwork(torch.Generator().manual_seed(0)).eval()


@pytest.mark.parametrize(("n_frames", "n_steps"), [(8, 1), (9, 2), (100, 13), (1, 1)])
@torch.inference_mode()
def test_a_hash_stands_for_eight_frames(hash_network, n_frames, n_steps):
    values = hash_network(torch.rand(2, n_frames, 48))
    assert values.shape == (2, n_steps, 32)
    assert values.abs().max() <= 1


@pytest.mark.parametrize("n_frames", [1, 2, 33])
@torch.inference_mode()
def test_an_embedding_has_128_dimensions_at_any_length(embedding_network, n_frames):
    assert embedding_network(torch.rand(3, n_frames, 48)).shape == (3, 128)


@torch.inference_mode()
def test_a_hash_sees_its_surroundings_only(hash_network):
    frames = torch.rand(1, 160, 48)
    changed = frames.clone()
    changed[:, 120:] = 0
    steps = (hash_network(frames) != hash_network(changed)).any(dim=2)[0]
    # Its convolutions reach 2 + 4 + 8 frames to either side: less than two steps.
    assert not steps[:12].any()
    assert steps[15:].all()


def test_the_networks_have_the_sizes_of_the_thesis(hash_network, embedding_network):
    convolutions = [16 * 9 + 16, 16 * 16 * 9 + 16, 32 * 16 * 9 + 32, 32 * 32 * 9 + 32]
    convolutions += [64 * 32 * 9 + 64, 64 * 64 * 9 + 64]
    dense = (64 * 48 + 1) * 2048 + (2048 + 1) * 2048
    assert count(hash_network) == sum(convolutions) + dense + (2048 + 1) * 32
    attention = (32 * 24 + 1) * 32 * 24 + 32 * 24
    dense = (32 * 24 + 1) * 2048 + (2048 + 1) * 2048 + (2048 + 1) * 128
    assert count(embedding_network) == 32 * 9 + 32 + attention + dense


def count(network):
    return sum(parameter.numel() for parameter in network.parameters())


def test_inputs_are_standardised():
    network = HashNetwork(torch.Generator().manual_seed(0))
    frames = torch.rand(2, 40, 48)
    plain = network((frames - 0.5) / 2)
    network.set_scale(torch.full((48,), 0.5), torch.full((48,), 2.0))
    torch.testing.assert_close(network(frames), plain)


def test_loss_is_that_of_the_formula():
    rng = np.random.default_rng(0)
    midi, audio = rng.uniform(-1, 1, (2, 4, 8))
    near = np.mean([np.sum((x - y) ** 2) for x, y in zip(midi, audio, strict=True)])
    far = [np.linalg.norm(midi[n] - audio[(n - 1) % 4]) for n in range(4)]
    apart = np.mean([max(0.0, 3.0 - one) ** 2 for one in far])
    penalty = np.mean([np.sum(x**2) + np.sum(y**2) for x, y in zip(midi, audio, strict=True)])
    loss = compute_loss(torch.from_numpy(midi), torch.from_numpy(audio), 5.0, 3.0, 0.1)
    assert loss.item() == pytest.approx(near + 5.0 * apart + 0.1 * penalty)


def test_equal_outputs_have_finite_gradients():
    outputs = torch.zeros(3, 8, requires_grad=True)
    compute_loss(outputs, torch.zeros(3, 8), 5.0, 4.0, 0.05).backward()
    assert torch.isfinite(outputs.grad).all()
