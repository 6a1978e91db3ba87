"""The network behind learned pruning: one trunk for both sides, a head for hashes and one for windows."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = [
    "DIMENSION",
    "FRAMES_PER_MEAN",
    "FRAMES_PER_STEP",
    "HASH_BITS",
    "MARGIN_STEPS",
    "PARTS",
    "PART_BOUNDS",
    "STEPS_PER_WINDOW",
    "PairNetwork",
    "average_frames",
    "pack_bits",
]

N_BINS = 72
DIMENSION = 128
HASH_BITS = 32
# A step of the trunk stands for 8 frames (0.37 s), as a hash does; it sees two means of 4 frames.
FRAMES_PER_STEP = 8
FRAMES_PER_MEAN = 4
# 30 s, the length of a preview.
STEPS_PER_WINDOW = 81
# A window's vector is made of those of its quarters, in order: what comes before what tells pieces of one
# key apart. Of 419 files from pop909 and asap, 0.919 had their recording first by one vector for the whole
# window, 0.959 by halves, 0.969 by quarters, 0.957 by sixths.
PARTS = 4
PART_BOUNDS = tuple(round(STEPS_PER_WINDOW * part / PARTS) for part in range(PARTS + 1))
# Steps of silence that an item stands between, in training as in use.
MARGIN_STEPS = 8

# Means of the surroundings that a value is seen against: 30 s of its own bin, an octave of its own moment.
TIME_REACH = 80
BIN_REACH = 6
# Brings the differences from the surroundings near to unit variance.
GAIN = 5.0
WIDTH = 48
FEATURES = 256
HEADS = 4
DILATIONS = (1, 2, 4, 8)
# Hashes are taken behind this many residual blocks: local enough to tell a step from its neighbours.
BLOCKS_BEFORE_HASH = 2


class PairNetwork(nn.Module):
    """Features of constant-Q frames, alike for a recording and the MIDI file it was made from.

    Both sides share all weights. Convolutions over time and semitones lead to one feature vector per
    `FRAMES_PER_STEP` frames, at any length of item; hashes are signs of a projection of these, vectors of
    stretches attention-weighted means over their steps. Whole windows are what the network is trained on:
    trained on quarters, one by one or together, it was no better at finding by them.

    Attributes
    ----------
    part_axes : Tensor, shape (DIMENSION, DIMENSION / PARTS)
        The few directions that a quarter's vector is shortened to.
    axes : Tensor, shape (DIMENSION, DIMENSION)
        A rotation after which the first dimensions of a window's vector carry most.

    References
    ----------
    Attention pooling as in Raffel (2016), chapter 6; the loss is InfoNCE (van den Oord et al., 2018).
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = _Patch(2, WIDTH, (4, 15), (2, 2), (1, 7))  # 36 rows of semitones
        self.middle = _Patch(WIDTH, WIDTH * 4 // 3, (3, 3), (1, 2), (1, 1))  # 18
        self.top = _Patch(WIDTH * 4 // 3, WIDTH * 2, (3, 3), (1, 2), (1, 1))  # 9
        self.flatten = nn.Conv1d(WIDTH * 2 * (N_BINS // 8), FEATURES, 1, bias=False)
        self.flatten_norm = nn.BatchNorm1d(FEATURES)
        self.blocks = nn.ModuleList(_Residual(FEATURES, dilation) for dilation in DILATIONS)
        self.hash_head = nn.Conv1d(FEATURES, HASH_BITS, 1)
        self.attention = nn.Conv1d(FEATURES, HEADS, 1)
        self.stretch_head = nn.Linear(FEATURES * (HEADS + 1), DIMENSION)
        self.part_axes: Tensor
        self.register_buffer("part_axes", torch.eye(DIMENSION, DIMENSION // PARTS))
        self.axes: Tensor
        self.register_buffer("axes", torch.eye(DIMENSION))

    def forward(self, means: Tensor) -> tuple[Tensor, Tensor]:
        """Compute features and hash logits.

        Parameters
        ----------
        means : Tensor, shape (n_items, 2 · n_steps, 72), float32
            As from `average_frames`, 0 to 255.

        Returns
        -------
        features : Tensor, shape (n_items, FEATURES, n_steps)
        logits : Tensor, shape (n_items, HASH_BITS, n_steps)
            Bits are their signs.
        """
        x = means / 255
        planes = torch.stack([x - _mean_over_time(x), x - _mean_over_bins(x)], dim=1) * GAIN
        planes = planes.contiguous(memory_format=torch.channels_last)
        planes = self.top(self.middle(self.stem(planes)))
        x = planes.permute(0, 1, 3, 2).flatten(1, 2)
        x = functional.relu(self.flatten_norm(self.flatten(x)))
        logits = x
        for number, block in enumerate(self.blocks, start=1):
            x = block(x)
            if number == BLOCKS_BEFORE_HASH:
                logits = self.hash_head(x)
        return x, logits

    def pool(self, features: Tensor) -> Tensor:
        """Compute unit vectors of windows.

        Parameters
        ----------
        features : Tensor, shape (n_windows, FEATURES, n_steps)
            Steps of `forward`'s features, `STEPS_PER_WINDOW` at most. Fewer are a window that ends early: a
            quarter counts by how much of it there is.

        Returns
        -------
        Tensor, shape (n_windows, DIMENSION), float32
        """
        nothing = features.new_zeros(len(features), DIMENSION, dtype=torch.float32)
        parts, shares = [], []
        for first, past in pairwise(PART_BOUNDS):
            part = features[:, :, first:past]
            parts.append(self.pool_stretch(part) if part.shape[-1] else nothing)
            shares.append(part.shape[-1] / (past - first))
        return self.join(parts, shares)

    def join(self, parts: Sequence[Tensor], shares: Sequence[float] = (1.0,) * PARTS) -> Tensor:
        """Compute unit vectors of windows from those of their quarters.

        Parameters
        ----------
        parts : sequence of Tensor, shape (n_windows, DIMENSION)
            A unit vector for each window and quarter; zeros for a quarter that is not there.
        shares : sequence of float
            How much of each quarter there is, 0 to 1.

        Returns
        -------
        Tensor, shape (n_windows, DIMENSION), float32
        """
        short = [
            functional.normalize(part @ self.part_axes, dim=1) * share**0.5
            for part, share in zip(parts, shares, strict=True)
        ]
        return functional.normalize(torch.cat(short, dim=1), dim=1) @ self.axes

    def pool_stretch(self, features: Tensor) -> Tensor:
        """Compute unit vectors of stretches of any length, whatever the order of their steps.

        Parameters
        ----------
        features : Tensor, shape (n_stretches, FEATURES, n_steps)
            Steps of `forward`'s features, one or more.

        Returns
        -------
        Tensor, shape (n_stretches, DIMENSION), float32
        """
        weights = torch.softmax(self.attention(features), dim=-1)
        heads = torch.einsum("wht,wft->whf", weights, features).flatten(1)
        pooled = torch.cat([heads, features.mean(dim=-1)], dim=1)
        return functional.normalize(self.stretch_head(pooled).float(), dim=1)


class _Patch(nn.Module):
    """Convolution over time and semitones, normalised and rectified."""

    def __init__(
        self,
        n_in: int,
        n_out: int,
        size: tuple[int, int],
        stride: tuple[int, int],
        padding: tuple[int, int],
    ) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(n_in, n_out, size, stride, padding, bias=False)
        self.norm = nn.BatchNorm2d(n_out)

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.norm(self.convolution(x)))


class _Residual(nn.Module):
    """Two convolutions over time beside the way straight on."""

    def __init__(self, n: int, dilation: int) -> None:
        super().__init__()
        self.spread = nn.Conv1d(n, n, 3, padding=dilation, dilation=dilation, groups=4, bias=False)
        self.spread_norm = nn.BatchNorm1d(n)
        self.mix = nn.Conv1d(n, n, 1, bias=False)
        self.mix_norm = nn.BatchNorm1d(n)

    def forward(self, x: Tensor) -> Tensor:
        spread = functional.relu(self.spread_norm(self.spread(x)))
        mixed: Tensor = self.mix_norm(self.mix(spread))
        return x + mixed


def average_frames(frames: Tensor) -> Tensor:
    """Average frames to what `PairNetwork` takes.

    Parameters
    ----------
    frames : Tensor, shape (n_items, n_frames, 72), uint8
        Quantised constant-Q, one frame or more.

    Returns
    -------
    Tensor, shape (n_items, 2 · ceil(n_frames / FRAMES_PER_STEP), 72), float32
        Beyond the end is silence.
    """
    n_items, n_frames, n_bins = frames.shape
    missing = -n_frames % FRAMES_PER_STEP
    padded = functional.pad(frames, (0, 0, 0, missing))
    return padded.view(n_items, -1, FRAMES_PER_MEAN, n_bins).float().mean(dim=2)


def pack_bits(logits: Tensor) -> Tensor:
    """Pack the signs of logits, shape (HASH_BITS, n_steps), to int64 in 0 to 2³² - 1, shape (n_steps,)."""
    places = 1 << torch.arange(HASH_BITS, dtype=torch.int64, device=logits.device)
    return ((logits > 0).to(torch.int64) * places[:, None]).sum(dim=0)


def _mean_over_time(x: Tensor) -> Tensor:
    # By running sums: pooling over 161 values each would cost more than the first convolution.
    sums = functional.pad(x.double().cumsum(dim=1), (0, 0, 1, 0))
    n = x.shape[1]
    at = torch.arange(n, device=x.device)
    first, past = (at - TIME_REACH).clamp(min=0), (at + TIME_REACH + 1).clamp(max=n)
    return ((sums[:, past] - sums[:, first]) / (past - first)[None, :, None]).to(x.dtype)


def _mean_over_bins(x: Tensor) -> Tensor:
    size = 2 * BIN_REACH + 1
    return functional.avg_pool1d(x, size, stride=1, padding=BIN_REACH, count_include_pad=False)
