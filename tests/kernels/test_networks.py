"""The pooling of `PairNetwork`; what else it does is tested where it is trained and used."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from lakhdb.kernels.networks import DIMENSION, PART_BOUNDS, PARTS, STEPS_PER_WINDOW, PairNetwork


@pytest.fixture
def network():
    torch.manual_seed(4)
    network = PairNetwork().eval()
    network.axes.copy_(torch.linalg.qr(torch.randn(DIMENSION, DIMENSION))[0])
    return network


@pytest.fixture
def features():
    return torch.randn(3, 256, STEPS_PER_WINDOW, generator=torch.Generator().manual_seed(5))


def test_quarters_fill_the_window():
    assert PART_BOUNDS[0] == 0
    assert PART_BOUNDS[-1] == STEPS_PER_WINDOW
    assert set(np.diff(PART_BOUNDS)) <= {20, 21}


@torch.inference_mode()
def test_vectors_have_unit_length(network, features):
    for n_steps in (1, 19, 20, 21, 60, STEPS_PER_WINDOW):
        vectors = network.pool(features[:, :, :n_steps])
        assert vectors.shape == (3, DIMENSION)
        torch.testing.assert_close(vectors.norm(dim=1), torch.ones(3))


@torch.inference_mode()
def test_the_order_of_quarters_counts_and_that_within_them_does_not(network, features):
    within, across = features.clone(), features.clone()
    within[:, :, :20] = features[:, :, :20].flip(-1)
    across[:, :, :20], across[:, :, 20:40] = features[:, :, 20:40], features[:, :, :20]
    before = network.pool(features)
    torch.testing.assert_close(network.pool(within), before, atol=1e-5, rtol=0)
    assert ((network.pool(across) * before).sum(dim=1) < 0.99).all()


@torch.inference_mode()
def test_similarities_are_those_of_the_quarters(network, features):
    one, other = network.pool(features)[:2]
    shares = []
    for first, past in pairwise(PART_BOUNDS):
        short = network.pool_stretch(features[:2, :, first:past]) @ network.part_axes
        shares.append(torch.cosine_similarity(short[0], short[1], dim=0))
    assert float(one @ other) == pytest.approx(float(sum(shares)) / PARTS, abs=1e-5)


@torch.inference_mode()
def test_a_quarter_counts_by_how_much_of_it_there_is(network, features):
    # 20 steps of the first quarter, 5 of the 20 of the second.
    parts = (network.pool(features[:, :, :25]) @ network.axes.T).view(3, PARTS, -1).square().sum(dim=-1)
    torch.testing.assert_close(parts, torch.tensor([[0.8, 0.2, 0.0, 0.0]]).expand(3, -1), atol=1e-5, rtol=0)
