"""The two networks of Raffel's thesis, which ours are measured against."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = [
    "DIMENSION",
    "FRAMES_PER_HASH",
    "HASH_BITS",
    "N_BINS",
    "EmbeddingNetwork",
    "HashNetwork",
    "compute_loss",
]

N_BINS = 48
HASH_BITS = 32
FRAMES_PER_HASH = 8
DIMENSION = 128
# Units of each of the two dense layers in either network.
DENSE = 2048


class _Standardised(nn.Module):
    """Begins with the scaling of its inputs by the mean and deviation of each bin over the training set."""

    mean: Tensor
    deviation: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(N_BINS))
        self.register_buffer("deviation", torch.ones(N_BINS))

    def set_scale(self, mean: Tensor, deviation: Tensor) -> None:
        """Set mean and standard deviation, shape (48,) each."""
        self.mean.copy_(mean)
        # A bin that never sounds must not divide by nothing.
        self.deviation.copy_(deviation.clamp_min(1e-4))

    def _scale(self, frames: Tensor) -> Tensor:
        scaled: Tensor = (frames - self.mean) / self.deviation
        return scaled[:, None]


class HashNetwork(_Standardised):
    """Hash sequences: three pairs of convolutions, each halving time, and three dense layers a step.

    References
    ----------
    Raffel (2016), chapter 5, "System specifics".
    """

    def __init__(self, generator: torch.Generator) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        n_in = 1
        for n_out in (16, 32, 64):
            layers += [
                nn.Conv2d(n_in, n_out, 3, padding=1),
                nn.ReLU(),
                nn.Conv2d(n_out, n_out, 3, padding=1),
                nn.ReLU(),
                nn.MaxPool2d((2, 1), ceil_mode=True),
            ]
            n_in = n_out
        self.front = nn.Sequential(*layers)
        self.dense = _stack_dense(n_in * N_BINS, HASH_BITS)
        _initialise(self, generator)

    def forward(self, frames: Tensor) -> Tensor:
        """Compute values whose signs are the bits.

        Parameters
        ----------
        frames : Tensor, shape (n_items, n_frames, 48), float32
            Scaled frames or piano rolls.

        Returns
        -------
        Tensor, shape (n_items, ceil(n_frames / 8), 32)
            -1 to 1.
        """
        steps = self.front(self._scale(frames)).permute(0, 2, 1, 3).flatten(2)
        return torch.tanh(self.dense(steps))


class EmbeddingNetwork(_Standardised):
    """One vector for an item of any length: a convolution, attention over time, three dense layers.

    References
    ----------
    Raffel (2016), chapter 6, "Experiment specifics".
    """

    def __init__(self, generator: torch.Generator) -> None:
        super().__init__()
        n_filters = 32
        n_features = n_filters * N_BINS // 2
        self.front = nn.Sequential(
            nn.Conv2d(1, n_filters, 3, padding=1), nn.ReLU(), nn.MaxPool2d((2, 2), ceil_mode=True)
        )
        self.attention = nn.Sequential(
            nn.Linear(n_features, n_features), nn.Tanh(), nn.Linear(n_features, 1, bias=False)
        )
        self.dense = _stack_dense(n_features, DIMENSION)
        _initialise(self, generator)

    def forward(self, frames: Tensor) -> Tensor:
        """Compute embeddings.

        Parameters
        ----------
        frames : Tensor, shape (n_items, n_frames, 48), float32

        Returns
        -------
        Tensor, shape (n_items, 128)
            -1 to 1, of any length.
        """
        steps = self.front(self._scale(frames)).permute(0, 2, 1, 3).flatten(2)
        weights = torch.softmax(self.attention(steps), dim=1)
        return torch.tanh(self.dense((weights * steps).sum(dim=1)))


def compute_loss(midi: Tensor, audio: Tensor, alpha: float, margin: float, penalty: float) -> Tensor:
    """Compute the loss that both networks of a pair are trained with.

    Parameters
    ----------
    midi, audio : Tensor, shape (n_items, …, dimension)
        Outputs for items that belong together. Pairs that do not are made by taking the next item's audio.
    alpha : float
        Weight of keeping those apart.
    margin : float
        Distance that is far enough.
    penalty : float
        Weight of the outputs' squares.

    Returns
    -------
    Tensor
        Scalar.

    References
    ----------
    Raffel (2016), chapter 5, equation of the objective, after Masci et al. (2014).
    """
    near = (midi - audio).square().sum(dim=-1)
    # The root's slope at zero is infinite.
    far = ((midi - audio.roll(1, dims=0)).square().sum(dim=-1) + 1e-12).sqrt()
    squares = midi.square().sum(dim=-1) + audio.square().sum(dim=-1)
    loss: Tensor = (near + alpha * functional.relu(margin - far).square() + penalty * squares).mean()
    return loss


def _stack_dense(n_in: int, n_out: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(n_in, DENSE), nn.ReLU(), nn.Linear(DENSE, DENSE), nn.ReLU(), nn.Linear(DENSE, n_out)
    )


def _initialise(network: nn.Module, generator: torch.Generator) -> None:
    """Draw weights as He et al. (2015) do, with biases of zero."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            n_in = layer.weight[0].numel()
            nn.init.normal_(layer.weight, 0.0, math.sqrt(2 / n_in), generator=generator)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
