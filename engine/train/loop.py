"""The training of a network: steps, validation, and the model that comes of it."""

import math
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lakhdb.kernels.networks import PairNetwork

from ..progress import Progress
from .batches import Batch, BatchMaker
from .losses import compare_steps, compare_windows
from .pairs import CONTEXT_STEPS
from .state import TrainingState, save_state

__all__ = ["make_optimizer", "rotate_vectors", "train_network", "validate"]

PEAK_RATE = 2e-3
WEIGHT_DECAY = 1e-2
WARM_UP = 0.05  # of all steps
LARGEST_GRADIENT = 1.0
# What the loss of codes counts beside that of windows.
STEP_LOSS = 0.5
# Vectors of so many earlier pairs are negatives, too, once the network no longer changes fast.
QUEUE = 1024
QUEUE_FROM = 0.15
# Hard groups are drawn from here on, by vectors computed anew at each validation.
HARD_FROM = 0.3
VALIDATIONS = 20


def make_optimizer(network: PairNetwork) -> torch.optim.Optimizer:
    """Return the optimizer of a network's parameters, those that are frozen included."""
    return torch.optim.AdamW(network.parameters(), lr=PEAK_RATE, weight_decay=WEIGHT_DECAY)


def train_network(
    state: TrainingState,
    batches: BatchMaker,
    held_out: Sequence[Batch],
    *,
    steps: int,
    folder: Path,
    device: torch.device,
    progress: Progress | None = None,
) -> None:
    """Train up to `steps`, from wherever `state` is; the best state so far is kept in it.

    Parameters
    ----------
    state : TrainingState
        Changed, and written to `folder` at each validation.
    batches : BatchMaker
    held_out : sequence of Batch
        Of the validation's compositions.
    steps : int
    folder : Path
    device : torch.device
        Computes in bfloat16 where that is allowed.
    progress : Progress, optional
        Told of the stage ``"training"``, in steps.
    """
    network, every = state.network.to(device), max(1, steps // VALIDATIONS)
    with ThreadPoolExecutor(1) as reader:
        following = reader.submit(batches.make, state.step, _hard(state, steps))
        while state.step < steps:
            batch = following.result()
            due = (state.step + 1) % every == 0 or state.step + 1 == steps
            if not due:
                following = reader.submit(batches.make, state.step + 1, _hard(state, steps))
            _take_step(state, batch, steps, device)
            state.step += 1
            if due:
                figures = validate(network, held_out, device)
                if figures["mrr"] >= state.best_figures.get("mrr", 0.0):
                    state.best_figures = {**figures, "step": float(state.step)}
                    state.best = {name: one.detach().cpu().clone() for name, one in network.state_dict().items()}
                if state.step >= HARD_FROM * steps:
                    state.vectors = torch.from_numpy(_embed(network, batches, device))
                save_state(state, folder)
                following = reader.submit(batches.make, state.step, _hard(state, steps))
            if progress is not None:
                progress("training", state.step, steps)
        following.cancel()


def _hard(state: TrainingState, steps: int) -> NDArray[np.float32] | None:
    return state.vectors.numpy() if len(state.vectors) and state.step >= HARD_FROM * steps else None


def _take_step(state: TrainingState, batch: Batch, steps: int, device: torch.device) -> None:
    network = state.network.train()
    for group in state.optimizer.param_groups:
        group["lr"] = _rate(state.step, steps)
    audio, midi, composition, owner, audio_step, midi_step = (one.to(device) for one in batch)
    with torch.autocast(device.type, torch.bfloat16):
        audio_features, audio_logits = network(audio)
        midi_features, midi_logits = network(midi)
        audio_vectors = network.pool(audio_features)
        midi_vectors = network.pool(midi_features[:, :, CONTEXT_STEPS:-CONTEXT_STEPS])
    old = (state.old_audio.to(device), state.old_midi.to(device), state.old_composition.to(device))
    window_loss, _ = compare_windows(
        audio_vectors, midi_vectors, composition, *old, spare_twins=state.step >= HARD_FROM * steps
    )
    step_loss, _ = compare_steps(audio_logits, midi_logits, owner, audio_step, midi_step)
    state.optimizer.zero_grad()
    (window_loss + STEP_LOSS * step_loss).backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(network.parameters(), LARGEST_GRADIENT)
    state.optimizer.step()
    if state.step >= QUEUE_FROM * steps:
        state.old_audio = torch.cat([audio_vectors.detach().cpu(), state.old_audio])[:QUEUE]
        state.old_midi = torch.cat([midi_vectors.detach().cpu(), state.old_midi])[:QUEUE]
        state.old_composition = torch.cat([batch.composition, state.old_composition])[:QUEUE]


def _rate(step: int, steps: int) -> float:
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
        ``rank_1`` and ``mrr`` of window vectors, ``loss`` of both heads, ``steps_right``: share of hashes that
        are nearer to their counterpart than to any other of their batch.
    """
    network.eval()
    audio, midi, composition, losses, right = [], [], [], [], []
    for batch in held_out:
        one, other, composition_, owner, audio_step, midi_step = (part.to(device) for part in batch)
        audio_features, audio_logits = network(one)
        midi_features, midi_logits = network(other)
        audio.append(network.pool(audio_features))
        midi.append(network.pool(midi_features[:, :, CONTEXT_STEPS:-CONTEXT_STEPS]))
        composition.append(composition_)
        loss, share = compare_steps(audio_logits, midi_logits, owner, audio_step, midi_step)
        losses.append(loss)
        right.append(share)
    everything = torch.cat(composition)
    similarity = torch.cat(midi) @ torch.cat(audio).T
    own = torch.where(everything[:, None] == everything[None, :], similarity, -torch.inf).max(dim=1).values
    rank = 1 + (similarity > own[:, None]).sum(dim=1)
    none = (torch.empty(0, audio[0].shape[1], device=device),) * 2
    nothing = torch.empty(0, dtype=torch.int64, device=device)
    loss, _ = compare_windows(
        torch.cat(audio), torch.cat(midi), everything, *none, nothing, spare_twins=False
    )
    return {
        "rank_1": float((rank == 1).float().mean()),
        "mrr": float((1 / rank).mean()),
        "loss": float(loss + STEP_LOSS * torch.stack(losses).mean()),
        "steps_right": float(torch.stack(right).mean()),
    }


@torch.inference_mode()
def _embed(network: PairNetwork, batches: BatchMaker, device: torch.device) -> NDArray[np.float32]:
    """Compute a vector of the middle of each recording."""
    network.eval()
    vectors = [network.pool(network(middles.to(device))[0]).cpu() for middles in batches.list_middles()]
    return torch.cat(vectors).numpy()


@torch.inference_mode()
def rotate_vectors(network: PairNetwork, vectors: Tensor) -> None:
    """Rotate the network's vectors so that their first dimensions carry most of `vectors`.

    Inner products stay what they are, while a beginning of a vector becomes its best short form.

    Parameters
    ----------
    network : PairNetwork
        Its last layer is changed.
    vectors : Tensor, shape (n, DIMENSION)
        Of this network.
    """
    _, directions = torch.linalg.eigh((vectors.double().T @ vectors.double()))
    directions = directions.flip(1)
    # A direction and its opposite are one to the solver: the larger side is made positive.
    largest = directions.gather(0, directions.abs().argmax(dim=0, keepdim=True))
    rotation = (directions * torch.sign(largest)).T
    head = network.window_head
    head.weight.copy_((rotation @ head.weight.double()).to(head.weight.dtype))
    head.bias.copy_((rotation @ head.bias.double()).to(head.bias.dtype))
