"""The directions in which a trained network's vectors are written down: how few, and in what order."""

from itertools import pairwise

import torch
from torch import Tensor

from lakhdb.kernels.networks import DIMENSION, PART_BOUNDS, PARTS, PairNetwork

from .batches import BatchMaker
from .loop import list_features

__all__ = ["find_directions", "fit_axes"]


@torch.inference_mode()
def fit_axes(network: PairNetwork, batches: BatchMaker, device: torch.device) -> None:
    """Choose the axes of a trained network by the middle windows of the recordings that it was trained on.

    A quarter is shortened to the directions that carry most of all quarters: those of 128 that a training
    used, 32 hold 94 %, and as many recordings are found by these as by all. Windows are then rotated, so that
    a beginning of a vector is its best short form.

    Parameters
    ----------
    network : PairNetwork
        On `device`. Its axes are changed, all else stays.
    batches : BatchMaker
    device : torch.device
    """
    network.eval()
    pooled = [
        [network.pool_stretch(features[:, :, first:past]) for first, past in pairwise(PART_BOUNDS)]
        for features in list_features(network, batches, device)
    ]
    quarters = [torch.cat(column) for column in zip(*pooled, strict=True)]
    network.part_axes.copy_(find_directions(torch.cat(quarters))[:, : DIMENSION // PARTS])
    network.axes.copy_(torch.eye(DIMENSION))
    network.axes.copy_(find_directions(network.join(quarters)))


def find_directions(vectors: Tensor) -> Tensor:
    """Find the directions that carry most of some vectors, beginning with the most.

    Parameters
    ----------
    vectors : Tensor, shape (n, dimension)

    Returns
    -------
    Tensor, shape (dimension, dimension), float32
        Orthonormal columns: their principal components about the origin.
    """
    _, directions = torch.linalg.eigh(vectors.double().T @ vectors.double())
    directions = directions.flip(1)
    # A direction and its opposite are one to the solver: the larger side is made positive.
    largest = directions.gather(0, directions.abs().argmax(dim=0, keepdim=True))
    signed: Tensor = directions * torch.sign(largest)
    return signed.float()
