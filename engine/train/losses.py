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


def compare_windows(
    audio: Tensor,
    midi: Tensor,
    composition: Tensor,
    old_audio: Tensor,
    old_midi: Tensor,
    old_composition: Tensor,
    *,
    spare_twins: bool,
) -> tuple[Tensor, Tensor]:
    """Compute InfoNCE over window vectors, both ways, with vectors of earlier batches as more negatives.

    Parameters
    ----------
    audio, midi : Tensor, shape (n, dimension)
        Unit vectors of pairs.
    composition : Tensor, shape (n,), int64
        Pairs of one composition are no negatives of each other.
    old_audio, old_midi : Tensor, shape (n_old, dimension)
        Without gradients.
    old_composition : Tensor, shape (n_old,), int64
    spare_twins : bool
        Leave out negatives whose MIDI sides are nearly the same.

    Returns
    -------
    loss : Tensor
    right : Tensor, float
        Share of recordings whose own MIDI file is the nearest.

    References
    ----------
    van den Oord et al. (2018); Wang et al., cross-batch memory (2020).
    """
    n = len(audio)
    everything = torch.cat([composition, old_composition])
    same = composition[:, None] == everything[None, :]
    if spare_twins:
        with torch.no_grad():
            same |= midi @ torch.cat([midi, old_midi]).T > TWIN_SIMILARITY
    same[:, :n].fill_diagonal_(False)
    wanted = torch.arange(n, device=audio.device)
    to_midi = (audio @ torch.cat([midi, old_midi]).T / WINDOW_TEMPERATURE).masked_fill(same, -torch.inf)
    to_audio = (midi @ torch.cat([audio, old_audio]).T / WINDOW_TEMPERATURE).masked_fill(same, -torch.inf)
    loss = (functional.cross_entropy(to_midi, wanted) + functional.cross_entropy(to_audio, wanted)) / 2
    right = (to_midi.argmax(dim=1) == wanted).float().mean()
    return loss, right


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
