"""The training of a network: steps, validation, and the model that comes of it."""

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lakhdb.kernels.networks import MARGIN_STEPS, PairNetwork

from ..progress import Progress
from .batches import Batch, BatchMaker
from .losses import compare_steps, compare_windows
from .state import TrainingState, save_state

__all__ = ["embed_recordings", "list_features", "make_optimizer", "take_step", "train_network", "validate"]

PEAK_RATE = 2e-3
WEIGHT_DECAY = 5e-2
WARM_UP = 0.05  # of all steps
LARGEST_GRADIENT = 1.0
# What the loss of codes counts beside that of windows.
STEP_LOSS = 0.5
# Hard groups are drawn from here on, by vectors computed anew at each validation.
HARD_FROM = 0.3
VALIDATIONS = 20
# The steps of a window, without what is around it.
INSIDE = slice(MARGIN_STEPS, -MARGIN_STEPS)


def make_optimizer(network: PairNetwork) -> torch.optim.Optimizer:
    """Return the optimizer of a network's parameters, those that are frozen included."""
    return torch.optim.AdamW(network.parameters(), lr=PEAK_RATE, weight_decay=WEIGHT_DECAY)


def train_network(
    state: TrainingState,
    batches: BatchMaker,
    held_out: Sequence[Batch],
    *,
    folder: Path,
    device: torch.device,
    progress: Progress | None = None,
) -> None:
    """Train from wherever `state` is to its last step; the best state of the network is kept in it.

    Parameters
    ----------
    state : TrainingState
        Changed, and written to `folder` at each validation.
    batches : BatchMaker
    held_out : sequence of Batch
        Of the validation's compositions.
    folder : Path
    device : torch.device
        Computes in bfloat16 where that is allowed.
    progress : Progress, optional
        Told of the stage ``"training"``, in steps.
    """
    state.network.to(device)
    steps = state.settings["steps"]
    every = max(1, steps // VALIDATIONS)
    with ThreadPoolExecutor(1) as reader:
        batch = None
        while state.step < steps:
            batch = batch or batches.make(state.step, _find_hard(state))
            is_due = (state.step + 1) % every == 0 or state.step + 1 == steps
            # A check changes which groups are hard: only between checks the next batch is made ahead.
            ahead = None if is_due else reader.submit(batches.make, state.step + 1, _find_hard(state))
            take_step(state, batch, device)
            state.step += 1
            if is_due:
                _check_state(state, batches, held_out, device)
                save_state(state, folder)
            batch = ahead.result() if ahead is not None else None
            if progress is not None:
                progress("training", state.step, steps)


def _find_hard(state: TrainingState) -> NDArray[np.float32] | None:
    return state.vectors.numpy() if len(state.vectors) else None


def _check_state(
    state: TrainingState, batches: BatchMaker, held_out: Sequence[Batch], device: torch.device
) -> None:
    """Keep the network if it is the best so far, and see anew which recordings are hard to tell apart."""
    figures = validate(state.network, held_out, device)
    # By the loss: among so few recordings, ranks jump from one check to the next.
    if figures["loss"] <= state.best_figures.get("loss", math.inf):
        state.best_figures = {**figures, "step": float(state.step)}
        weights = state.network.state_dict().items()
        state.best = {name: one.detach().cpu().clone() for name, one in weights}
    if _is_past(state, HARD_FROM):
        state.vectors = torch.from_numpy(embed_recordings(state.network, batches, device))


def _is_past(state: TrainingState, share: float) -> bool:
    return bool(state.step >= share * state.settings["steps"])


def take_step(state: TrainingState, batch: Batch, device: torch.device) -> None:
    """Change the network and the optimizer of `state` by one batch."""
    network, whole = state.network, state.settings["head"] == "embedding"
    network.train(whole)  # without it, running means of the frozen part would drift
    for group in state.optimizer.param_groups:
        group["lr"] = _compute_rate(state.step, state.settings["steps"])
    audio, midi, composition, owner, audio_step, midi_step = (one.to(device) for one in batch)
    with torch.autocast(device.type, torch.bfloat16):
        # In one pass: statistics of each side alone would hide how the two differ.
        features, logits = (one[:, :, INSIDE] for one in network(torch.cat([audio, midi])))
        audio_vectors, midi_vectors = network.pool_stretch(features).chunk(2)
    audio_logits, midi_logits = logits.chunk(2)
    loss, _ = compare_steps(audio_logits, midi_logits, owner, audio_step, midi_step)
    if whole:
        windows = compare_windows(
            audio_vectors, midi_vectors, composition, spare_twins=_is_past(state, HARD_FROM)
        )
        loss = windows + STEP_LOSS * loss
    state.optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(network.parameters(), LARGEST_GRADIENT)
    state.optimizer.step()


def _compute_rate(step: int, steps: int) -> float:
    """Return the learning rate of a step: a straight way up, half a cosine down."""
    done = step / steps
    if done < WARM_UP:
        return PEAK_RATE * (step + 1) / (WARM_UP * steps + 1)
    return PEAK_RATE * 0.5 * (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP))) + 1e-6


@torch.inference_mode()
def validate(network: PairNetwork, held_out: Sequence[Batch], device: torch.device) -> dict[str, float]:
    """Rank all held-out recordings by each held-out MIDI window.

    Returns
    -------
    dict
        ``rank_1`` and ``mrr`` of whole windows, ``loss`` of both heads, ``steps_right``: share of hashes
        that are nearer to their counterpart than to any other of their batch.
    """
    network.eval()
    audio: list[Tensor] = []
    midi: list[Tensor] = []
    composition, losses, right = [], [], []
    for batch in held_out:
        one, other, composition_, owner, audio_step, midi_step = (part.to(device) for part in batch)
        features, logits = (part[:, :, INSIDE] for part in network(torch.cat([one, other])))
        for side, vectors in zip((audio, midi), network.pool_stretch(features).chunk(2), strict=True):
            side.append(vectors)
        composition.append(composition_)
        audio_logits, midi_logits = logits.chunk(2)
        loss, share = compare_steps(audio_logits, midi_logits, owner, audio_step, midi_step)
        losses.append(loss)
        right.append(share)
    everything = torch.cat(composition)
    similarity = torch.cat(midi) @ torch.cat(audio).T
    own = torch.where(everything[:, None] == everything[None, :], similarity, -torch.inf).max(dim=1).values
    rank = 1 + (similarity > own[:, None]).sum(dim=1)
    loss = compare_windows(torch.cat(audio), torch.cat(midi), everything, spare_twins=False)
    return {
        "rank_1": float((rank == 1).float().mean()),
        "mrr": float((1 / rank).mean()),
        "loss": float(loss + STEP_LOSS * torch.stack(losses).mean()),
        "steps_right": float(torch.stack(right).mean()),
    }


@torch.inference_mode()
def embed_recordings(network: PairNetwork, batches: BatchMaker, device: torch.device) -> NDArray[np.float32]:
    """Compute a vector of the middle of each recording, shape (n_recordings, DIMENSION)."""
    network.eval()
    features = list_features(network, batches, device)
    return torch.cat([network.pool_stretch(one).cpu() for one in features]).numpy()


def list_features(network: PairNetwork, batches: BatchMaker, device: torch.device) -> Iterator[Tensor]:
    """Yield features of the middle windows of all recordings, in order: (n_windows, FEATURES, n_steps)."""
    for middles in batches.list_middles():
        yield network(middles.to(device))[0][:, :, INSIDE]
