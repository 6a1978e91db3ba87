"""A network with random weights, on disk."""

import pytest
import torch

from lakhdb.engine.models.files import save_model
from lakhdb.kernels.networks import PairNetwork


@pytest.fixture(scope="session")
def network():
    """A network with random weights, some of them in its statistics."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = PairNetwork()
        for _ in range(3):
            network(torch.rand(4, 32, 72) * 255)
    return network.eval()


@pytest.fixture
def model_folder(tmp_path, network):
    """A folder with that network as a model."""
    save_model(network, tmp_path / "model", {"seed": 0, "licence": "MIT"})
    return tmp_path / "model"
