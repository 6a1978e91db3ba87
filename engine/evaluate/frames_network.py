"""A small network for labelled windows that sees the same chord at every pitch in the same way."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from ..export.frames_settings import N_PITCHES
from ..torch_threads import single_threads

__all__ = ["HarmonicNetwork", "PitchBank", "score_bins", "train_harmonic"]

Labels = npt.NDArray[np.uint8]

# The bank's lowest pitch and its bins: four a semitone.
LOWEST_PITCH = 20
BINS_PER_SEMITONE = 4
MOST_SEMITONES = 104
# Filters are as long as the window; no longer than so many periods, about its middle; and as long as its
# first and second half: what sounds in the middle is told from what ends or begins beside it.
N_PLANES = 4
MOST_PERIODS = 34.0
# Of magnitudes before the logarithm; a full sine has 1.
GAIN = 1000.0
CHUNK = 1024
# The score of a pitch beyond the bank.
LAST = -1e4

# Where the partials of a note lie above it, and those of which it may be one, in semitones.
OFFSETS = (-24, -19, -12, 0, 12, 19, 24, 28, 31, 34, 36, 38, 40)
WIDTH = 32
HIDDEN = 96

BATCH = 128
PART = 32  # of a batch, for each thread; fixed, so that the sums do not depend on the number of cores
RATE = 2e-3
WEIGHT_DECAY = 1e-4


class PitchBank:
    """Magnitudes of windows at pitches, by filters of several lengths.

    Parameters
    ----------
    size, rate : int
        Samples of a window; hertz.
    device : torch.device

    Attributes
    ----------
    n_semitones : int
        As many as lie below half the rate.

    References
    ----------
    A logarithmic filter bank of windowed cosines and sines as in Thickstun et al. (2018).
    """

    def __init__(self, size: int, rate: int, device: torch.device) -> None:
        highest = 69 + 12 * np.log2(0.45 * rate / 440.0)
        self.n_semitones = max(1, min(MOST_SEMITONES, int(highest) - LOWEST_PITCH))
        bins = np.arange(self.n_semitones * BINS_PER_SEMITONE)
        # The middle of a semitone's four bins is its pitch.
        pitches = LOWEST_PITCH + (bins - (BINS_PER_SEMITONE - 1) / 2) / BINS_PER_SEMITONE
        hertz = 440.0 * 2.0 ** ((pitches - 69) / 12)
        times = np.arange(size) - size / 2
        whole, half = np.full(hertz.size, float(size)), np.full(hertz.size, size / 2)
        short = np.minimum(size, MOST_PERIODS * rate / hertz)
        filters = []
        for lengths, middle in ((whole, 0.0), (short, 0.0), (half, -size / 4), (half, size / 4)):
            inside = np.clip((times[:, None] - middle) / lengths, -0.5, 0.5)
            taper = 0.5 + 0.5 * np.cos(2 * np.pi * inside)
            taper /= taper.sum(axis=0) / 2
            angle = 2 * np.pi * times[:, None] * hertz / rate
            filters += [taper * np.cos(angle), taper * np.sin(angle)]
        self._filters = torch.from_numpy(np.stack(filters).astype(np.float32)).to(device)

    def describe(self, windows: npt.NDArray[np.float32]) -> Tensor:
        """Compute log magnitudes of windows, shape (n, N_PLANES, n_bins), float16, on the CPU."""
        found = []
        for first in range(0, len(windows), CHUNK):
            chunk = torch.from_numpy(np.array(windows[first : first + CHUNK])).to(self._filters.device)
            parts = torch.einsum("ns,pse->npe", chunk, self._filters)
            magnitudes = parts.reshape(len(parts), N_PLANES, 2, -1).norm(dim=2)
            found.append(torch.log1p(GAIN * magnitudes).half().cpu())
        return torch.cat(found)


class HarmonicNetwork(nn.Module):
    """Notes from log magnitudes at pitches; every pitch is judged by the same weights.

    Convolution over the four bins of a semitone and its neighbours, then what lies where partials would, and
    two layers for each semitone. Only a bias tells pitches apart.

    References
    ----------
    Thickstun, Harchaoui, Foster and Kakade, "Invariances and data augmentation for supervised music
    transcription" (2018): a logarithmic filter bank and convolution along frequency. Ours departs from it in
    that it looks at partials alone, shares the last layer among pitches, too, and is much smaller.
    """

    def __init__(self, n_semitones: int) -> None:
        super().__init__()
        self.near = nn.Conv1d(N_PLANES, WIDTH, 5 * BINS_PER_SEMITONE, stride=BINS_PER_SEMITONE, padding=8)
        self.partials = nn.Conv1d(WIDTH * len(OFFSETS), HIDDEN, 1)
        self.beside = nn.Conv1d(HIDDEN, HIDDEN // 2, 3, padding=1)
        self.told = nn.Conv1d(HIDDEN // 2, 1, 1)
        self.bias = nn.Parameter(torch.full((n_semitones,), -3.0))

    def forward(self, bins: Tensor) -> Tensor:
        """Compute logits, shape (n, n_semitones), from log magnitudes, shape (n, N_PLANES, n_bins)."""
        near = functional.relu(self.near(bins))
        low, high = -min(OFFSETS), max(OFFSETS)
        padded = functional.pad(near, (low, high))
        n_semitones = near.shape[-1]
        shifted = [padded[:, :, low + offset : low + offset + n_semitones] for offset in OFFSETS]
        x = functional.relu(self.partials(torch.cat(shifted, dim=1)))
        logits: Tensor = self.told(functional.relu(self.beside(x)))[:, 0]
        return logits + self.bias


def train_harmonic(
    bins: Tensor,
    labels: Labels,
    validation: Tensor,
    judge: Callable[[npt.NDArray[np.float32]], float],
    *,
    epochs: int,
    seed: int,
    device: torch.device,
    tell: Callable[[int], None] = lambda done: None,
) -> HarmonicNetwork:
    """Train on windows; the epoch that validation judges best is kept.

    Parameters
    ----------
    bins : Tensor, shape (n, N_PLANES, n_bins)
        As from `PitchBank.describe`.
    labels : uint8, shape (n, 128)
    validation : Tensor, shape (m, N_PLANES, n_bins)
    judge : callable
        Takes the scores of validation, shape (m, 128); higher is better.
    epochs : int
    seed : int
        Decides weights and order.
    device : torch.device
    tell : callable
        Is told how many epochs are done.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = HarmonicNetwork(bins.shape[-1] // BINS_PER_SEMITONE).to(device)
    n_semitones = network.bias.numel()
    wanted = torch.from_numpy(np.ascontiguousarray(labels[:, LOWEST_PITCH : LOWEST_PITCH + n_semitones]))
    optimizer = torch.optim.AdamW(network.parameters(), RATE, weight_decay=WEIGHT_DECAY)
    n_steps = epochs * -(-len(bins) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=n_steps, pct_start=0.2)
    best, best_state = -np.inf, network.state_dict()
    for epoch in range(epochs):
        network.train()
        with single_threads() as threads:
            for chosen in torch.split(torch.randperm(len(bins), generator=generator), BATCH):
                _set_gradients(network, bins, wanted, chosen, device, threads)
                optimizer.step()
                schedule.step()
        if (now := judge(score_bins(network, validation, device))) > best:
            best = now
            best_state = {name: values.clone() for name, values in network.state_dict().items()}
        tell(epoch + 1)
    network.load_state_dict(best_state)
    return network


def _set_gradients(
    network: HarmonicNetwork,
    bins: Tensor,
    wanted: Tensor,
    chosen: Tensor,
    device: torch.device,
    threads: ThreadPoolExecutor,
) -> None:
    """Set the gradients of a batch: the sum of those of its parts, each of which a thread computes."""
    parameters = list(network.parameters())

    def differentiate(part: Tensor) -> Sequence[Tensor]:
        logits = network(bins[part].to(device).float())
        truth = wanted[part].to(device).float()
        loss = functional.binary_cross_entropy_with_logits(logits, truth, reduction="sum")
        return torch.autograd.grad(loss / (len(chosen) * truth.shape[1]), parameters)

    found = list(threads.map(differentiate, torch.split(chosen, PART)))
    for parameter, gradients in zip(parameters, zip(*found, strict=True), strict=True):
        parameter.grad = torch.stack(gradients).sum(dim=0)


@torch.inference_mode()
def score_bins(network: HarmonicNetwork, bins: Tensor, device: torch.device) -> npt.NDArray[np.float32]:
    """Score all 128 pitches, shape (n, 128); those that the bank does not reach come last."""
    network.eval()
    scores = np.full((len(bins), N_PITCHES), LAST, np.float32)
    for first in range(0, len(bins), CHUNK):
        logits = network(bins[first : first + CHUNK].to(device).float()).cpu().numpy()
        scores[first : first + CHUNK, LOWEST_PITCH : LOWEST_PITCH + logits.shape[1]] = logits
    return scores
