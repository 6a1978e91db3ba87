"""What the network is trained to do: find the other side's window among all, and its step among all."""

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["compare_steps", "compare_windows"]

# Of the window vectors, as in most work with InfoNCE; of the codes, softer: a repeated bar is no mistake.
WINDOW_TEMPERATURE = 0.06
STEP_TEMPERATURE = 0.12
# Steps of one window closer than this are no negatives: their music overlaps.
NEAR_STEPS = 3
# MIDI windows more alike than this are taken for the same music under another name.
TWIN_SIMILARITY = 0.95


def compare_windows(audio: Tensor, midi: Tensor, composition: Tensor, *, spare_twins: bool) -> Tensor:
    """Compute InfoNCE over window vectors, both ways; all windows of the batch are negatives.

    Vectors of earlier batches as further negatives (Wang et al., 2020) were tried and made the network worse,
    from the step on at which they came in: it learned to move away from where it had been.

    Parameters
    ----------
    audio, midi : Tensor, shape (n, dimension)
        Unit vectors of pairs.
    composition : Tensor, shape (n,), int64
        Pairs of one composition are no negatives of each other.
    spare_twins : bool
        Leave out negatives whose MIDI sides are nearly the same.

    Returns
    -------
    Tensor
        The loss.

    References
    ----------
    van den Oord et al. (2018).
    """
    same = composition[:, None] == composition[None, :]
    if spare_twins:
        with torch.no_grad():
            same |= midi @ midi.T > TWIN_SIMILARITY
    same.fill_diagonal_(False)
    wanted = torch.arange(len(audio), device=audio.device)
    similarity = (audio @ midi.T / WINDOW_TEMPERATURE).masked_fill(same, -torch.inf)
    loss = functional.cross_entropy(similarity, wanted) + functional.cross_entropy(similarity.T, wanted)
    return loss / 2


def compare_steps(
    audio: Tensor, midi: Tensor, owner: Tensor, audio_step: Tensor, midi_step: Tensor
) -> tuple[Tensor, Tensor]:
    """Compute InfoNCE over codes of steps, both ways; all steps of the batch are negatives.

    Parameters
    ----------
    audio, midi : Tensor, shape (n_items, HASH_BITS, n_steps)
        Logits.
    owner, audio_step, midi_step : Tensor, shape (n,), int64
        Steps that belong together: the item, and where on either side.

    Returns
    -------
    loss : Tensor
    right : Tensor, float
        Share of steps whose counterpart is the nearest by Hamming distance, ties counted wrong.
    """
    one = torch.tanh(audio[owner, :, audio_step].float())
    other = torch.tanh(midi[owner, :, midi_step].float())
    near = (owner[:, None] == owner[None, :]) & ((midi_step[:, None] - midi_step[None, :]).abs() < NEAR_STEPS)
    near.fill_diagonal_(False)
    similarity = (one @ other.T / one.shape[1] / STEP_TEMPERATURE).masked_fill(near, -torch.inf)
    wanted = torch.arange(len(one), device=one.device)
    loss = functional.cross_entropy(similarity, wanted) + functional.cross_entropy(similarity.T, wanted)
    with torch.no_grad():
        agreement = (torch.sign(one) @ torch.sign(other).T).masked_fill(near, -torch.inf)
        own = agreement.diagonal().clone()
        right = (agreement.fill_diagonal_(-torch.inf).max(dim=1).values < own).float().mean()
    return loss / 2, right
