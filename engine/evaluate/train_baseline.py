"""Training of the thesis's networks on pairs of windows that belong together."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch

from lakhdb.kernels.thesis_networks import compute_loss

from ..device import Device
from ..errors import InputError, ModelError
from ..models import Side
from ..progress import Progress
from .baselines import RECIPES, BaselineName, Networks, Recipe, read_tensors, scale_frames, write_tensors

__all__ = ["PairSource", "TrainingReport", "train_baseline"]

Frames = npt.NDArray[np.uint8]

# Lasagne's RMSProp, which the thesis used, has this under the root; torch's has it beside.
EPSILON = 1e-6

# Raffel (2016): training goes on for so many steps whenever the validation loss falls to 99 % of its best.
PATIENCE = 1000
IMPROVEMENT = 0.99

SIDES: tuple[Side, Side] = ("midi", "audio")

# Pairs that means and deviations of the inputs are taken from.
N_SCALED = 500


class PairSource(Protocol):
    """Pairs by number: any sequence will do, or what makes a pair whenever it is asked for."""

    def __len__(self) -> int: ...

    def __getitem__(self, number: int, /) -> tuple[Frames, Frames]:
        """Return MIDI and audio frames of one window, uint8, shape (n, 72).

        Both aligned frame by frame and of one length for ``dhs`` and ``dhs-piano`` (for the latter a piano
        roll instead of MIDI frames); for ``pse`` neither is asked for.
        """
        ...


@dataclass(frozen=True)
class TrainingReport:
    """What training has come to.

    Attributes
    ----------
    file : Path
        The weights: of the best validation, or the last without validation.
    n_steps : int
        Done in all, earlier calls included.
    loss : float
        Mean training loss since the last save.
    validation_loss : float or None
        The best so far.
    """

    file: Path
    n_steps: int
    loss: float
    validation_loss: float | None


def train_baseline(
    name: BaselineName,
    pairs: PairSource,
    *,
    steps: int,
    seed: int,
    folder: Path,
    validation: PairSource | None = None,
    device: Device = "cpu",
    progress: Progress | None = None,
) -> TrainingReport:
    """Train one of the thesis's pairs of networks by its recipe, or go on where a training stopped.

    Parameters
    ----------
    name : {"dhs", "dhs-piano", "pse"}
    pairs : PairSource
    steps : int
        To be done in all; fewer are if the validation loss stops falling, as in the thesis.
    seed : int
        Decides weights, batches and crops: the same calls give the same networks.
    folder : Path
        Gets ``NAME.safetensors``, and ``NAME.state.safetensors`` to go on from.
    validation : PairSource, optional
        Compositions that `pairs` does not have.
    device : {"cpu", "cuda"}
    progress : Progress, optional
        Told of stage ``"train NAME"``, in steps.

    Raises
    ------
    InputError
        If `steps` is below 1, or there are fewer than two pairs.
    ModelError
        If what the folder holds comes from another recipe or seed, or the loss is no longer finite.
    """
    if steps < 1:
        raise InputError(f"steps is {steps}; give 1 or more.")
    if len(pairs) < 2 or (validation is not None and len(validation) < 2):
        raise InputError("there are fewer than two pairs; networks learn from what does not belong together.")
    training = _Training(name, pairs, validation, seed, folder, device)
    while training.step < steps and not training.is_over:
        training.advance()
        if progress is not None:
            progress(f"train {name}", training.step, steps)
    return training.finish()


class _Training:
    """The state of a training: networks, running squares of gradients, the best validation."""

    def __init__(
        self,
        name: BaselineName,
        pairs: PairSource,
        validation: PairSource | None,
        seed: int,
        folder: Path,
        device: Device,
    ) -> None:
        self.name, self.recipe, self.seed, self.device = name, RECIPES[name], seed, device
        self.pairs, self.validation = pairs, validation
        self.file = folder / f"{name}.safetensors"
        self.state_file = folder / f"{name}.state.safetensors"
        self.networks = Networks(self.recipe, seed).to(device)
        self.squares = {key: torch.zeros_like(p) for key, p in self.networks.named_parameters()}
        self.step, self.best, self.until = 0, float("inf"), PATIENCE
        self.losses: list[float] = []
        self.last_loss = float("nan")
        if self.state_file.exists():
            self._take_up()
        else:
            self._set_scale()

    @property
    def is_over(self) -> bool:
        """Whether validation has stopped getting better."""
        return self.validation is not None and self.step >= self.until

    def advance(self) -> None:
        """Do one step; validate and save when it is time."""
        midi, audio = _draw_batch(
            self.name, self.pairs, self.recipe, np.random.default_rng([self.seed, self.step])
        )
        loss = self._compute_loss(midi, audio)
        if not torch.isfinite(loss):
            raise ModelError(f"the loss of {self.name} is no longer finite after {self.step} steps.")
        self.networks.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self._update()
        self.losses.append(loss.item())
        self.step += 1
        if self.step % self.recipe.validate_every == 0:
            self._validate()

    def finish(self) -> TrainingReport:
        """Save what has not been saved."""
        if self.losses:
            self._validate()
        return TrainingReport(
            self.file, self.step, self.last_loss, self.best if self.validation is not None else None
        )

    def _compute_loss(self, midi: torch.Tensor, audio: torch.Tensor) -> torch.Tensor:
        recipe = self.recipe
        # As our own networks are trained: weights, loss and updates stay in float32.
        with torch.autocast(self.device, torch.bfloat16):
            outputs = self.networks.midi(midi.to(self.device)), self.networks.audio(audio.to(self.device))
        midi_out, audio_out = (one.float() for one in outputs)
        return compute_loss(midi_out, audio_out, recipe.alpha, recipe.margin, recipe.penalty)

    @torch.no_grad()
    def _update(self) -> None:
        """Do a step of RMSProp (Tieleman and Hinton, 2012)."""
        recipe = self.recipe
        for key, parameter in self.networks.named_parameters():
            assert parameter.grad is not None
            squares = self.squares[key].mul_(recipe.decay)
            squares.addcmul_(parameter.grad, parameter.grad, value=1 - recipe.decay)
            parameter.addcdiv_(parameter.grad, (squares + EPSILON).sqrt(), value=-recipe.learning_rate)

    def _validate(self) -> None:
        """Keep the weights if they are the best so far, and the state in any case."""
        self.last_loss = float(np.mean(self.losses))
        self.losses = []
        if self.validation is None:
            self._save(self.file, self.networks.state_dict())
        else:
            loss = self._measure(self.validation)
            if loss < IMPROVEMENT * self.best:
                self.until = self.step + PATIENCE
            if loss < self.best:
                self.best = loss
                self._save(self.file, self.networks.state_dict())
        squares = {f"squares.{key}": tensor for key, tensor in self.squares.items()}
        self._save(self.state_file, self.networks.state_dict() | squares)

    def _measure(self, validation: PairSource) -> float:
        # The same crops each time.
        rng = np.random.default_rng([self.seed, 1 << 31])
        size = self.recipe.batch_size
        losses = []
        with torch.inference_mode():
            for start in range(0, len(validation) - 1, size):
                numbers = list(range(start, min(start + size, len(validation))))
                if len(numbers) > 1:
                    batch = _cut_batch(self.name, validation, numbers, self.recipe, rng)
                    losses.append(self._compute_loss(*batch).item())
        return float(np.mean(losses))

    def _save(self, file: Path, tensors: Mapping[str, torch.Tensor]) -> None:
        facts = {"seed": self.seed, "step": self.step, "best": self.best, "until": self.until}
        write_tensors(file, tensors, self.recipe, facts | {"loss": self.last_loss})

    def _take_up(self) -> None:
        tensors, facts = read_tensors(self.state_file)
        if json.loads(facts["recipe"]) != asdict(self.recipe) or int(facts["seed"]) != self.seed:
            raise ModelError(f"{self.state_file} is of another recipe or seed; name another folder.")
        self.step, self.until = int(facts["step"]), int(facts["until"])
        self.best, self.last_loss = float(facts["best"]), float(facts["loss"])
        self.squares = {key: tensors.pop(f"squares.{key}").to(self.device) for key in self.squares}
        self.networks.load_state_dict(tensors)

    def _set_scale(self) -> None:
        n_scaled = min(N_SCALED, len(self.pairs))
        sample = [self.pairs[number * len(self.pairs) // n_scaled] for number in range(n_scaled)]
        for network, side, items in zip(
            (self.networks.midi, self.networks.audio), SIDES, zip(*sample, strict=True), strict=True
        ):
            scaled = np.concatenate([scale_frames(self.name, frames, side) for frames in items])
            network.set_scale(torch.from_numpy(scaled.mean(axis=0)), torch.from_numpy(scaled.std(axis=0)))


def _draw_batch(
    name: BaselineName, pairs: PairSource, recipe: Recipe, rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    numbers = rng.choice(len(pairs), min(recipe.batch_size, len(pairs)), replace=False)
    return _cut_batch(name, pairs, numbers.tolist(), recipe, rng)


def _cut_batch(
    name: BaselineName,
    pairs: PairSource,
    numbers: list[int],
    recipe: Recipe,
    rng: np.random.Generator,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Cut pairs to one length, both sides at the same frame where they are aligned."""
    chosen = [pairs[number] for number in numbers]
    midi, audio = [pair[0] for pair in chosen], [pair[1] for pair in chosen]
    n_shared = [min(len(one), len(other)) for one, other in chosen]
    if recipe.crop_frames is None:
        cuts = _draw_cuts([len(one) for one in midi], None, rng)
        audio_cuts = _draw_cuts([len(one) for one in audio], None, rng)
    else:
        cuts = audio_cuts = _draw_cuts(n_shared, recipe.crop_frames, rng)
    return _stack(name, midi, cuts, "midi"), _stack(name, audio, audio_cuts, "audio")


def _draw_cuts(lengths: list[int], longest: int | None, rng: np.random.Generator) -> list[slice]:
    """Draw where to cut items for all to be as long as the shortest, and no longer than `longest`."""
    n_frames = min(lengths) if longest is None else min(longest, *lengths)
    starts = [int(rng.integers(0, length - n_frames + 1)) for length in lengths]
    return [slice(start, start + n_frames) for start in starts]


def _stack(name: BaselineName, items: list[Frames], cuts: list[slice], side: Side) -> torch.Tensor:
    cut = [scale_frames(name, frames[at], side) for frames, at in zip(items, cuts, strict=True)]
    return torch.from_numpy(np.stack(cut))
