"""Training a model from MIDI files alone: recordings are made of them, and a network learns to find them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import torch

from lakhdb.kernels.networks import PairNetwork

from ..device import Device, choose_torch_device
from ..errors import InputError
from ..models.files import load_network, save_model
from ..progress import Progress
from ..workers import count_cores
from .axes import fit_axes
from .batches import Batch, BatchMaker
from .card import write_card
from .loop import make_optimizer, take_step, train_network
from .matched import read_matched
from .pairs import NoteReader, PairMaker
from .pieces import Piece, list_mirrored, list_pieces
from .pool import PoolRecording, make_pool, read_pool
from .state import TrainingState, load_state

if TYPE_CHECKING:
    from ..database import Database

__all__ = ["Head", "TrainSummary", "train_model"]

AnyPath = str | PathLike[str]
Head = Literal["embedding", "hash"]

BATCH = 96
DEFAULT_STEPS = 6000
# Share of a budget of time that is for making recordings, and how long one takes on one core.
RECORDING_SHARE = 0.25
RECORDING_S = 0.3
# Steps by which a machine's speed is measured.
TRIAL_STEPS = 4
# Share of the rest for validation and for computing vectors anew.
OTHER_SHARE = 0.1


@dataclass(frozen=True)
class TrainSummary:
    """What a training came to.

    Attributes
    ----------
    weights : Path
    n_recordings, n_compositions, steps : int
    figures : dict
        Of the state that was kept, on the compositions held out for validation.
    """

    weights: Path
    n_recordings: int
    n_compositions: int
    steps: int
    figures: dict[str, float]

    def __str__(self) -> str:
        return (
            f"{self.weights}: {self.steps} steps on {self.n_recordings} recordings of {self.n_compositions} "
            f"compositions; {self.figures['rank_1']:.1%} of the held-out windows rank their recording first."
        )


def train_model(
    head: Head,
    midi: Sequence[AnyPath],
    *,
    output: AnyPath = "model",
    compositions: AnyPath | None = None,
    model: AnyPath | None = None,
    database: "Database | None" = None,
    matches: int | None = None,
    recordings: int | None = None,
    steps: int | None = None,
    budget_min: float | None = None,
    seed: int = 0,
    jobs: int | None = None,
    device: Device | None = None,
    progress: Progress | None = None,
) -> TrainSummary:
    """Train a model, or go on with a training that was stopped.

    The same files, seed, steps and machine give the same weights. The folder `output` gets the model
    (``model.safetensors``, ``model.json``, ``MODEL_CARD.md``), and keeps the recordings and the state.

    Parameters
    ----------
    head : {"embedding", "hash"}
        ``embedding`` trains the whole network, both heads at once; ``hash`` only the hashes of `model`.
    midi : sequence of path
        Folders, archives, files.
    output : path
        A new folder, or that of a training with the same settings.
    compositions : path, optional
        A table of which files are versions of each other: see `list_pieces`.
    model : path, optional
        Folder of a model to start from; needed by ``hash``.
    database : Database, optional
    matches : int, optional
        Number of a run of `database`, whose surest pairs are trained on, too.
    recordings : int, optional
        Recordings to make at most; by default all that the files give.
    steps : int, optional
        Training steps of `BATCH` pairs.
    budget_min : float, optional
        Minutes, instead of `steps`: fewer recordings and as many steps as fit.
    seed : int
    jobs : int, optional
        Processes that make recordings; by default one a core.
    device : {"cpu", "cuda"}, optional
        By default the best there is.
    progress : Progress, optional

    Raises
    ------
    InputError
        If an option or a file cannot be used.
    ModelError
        If `model` cannot be.
    """
    started = time.monotonic()
    folder, start = Path(output), None if model is None else Path(model)
    _check(head, start, steps, budget_min)
    extra = [] if database is None or matches is None else read_matched(database.store, matches)
    jobs = jobs or count_cores()
    if recordings is None and budget_min is not None:
        recordings = max(BATCH, round(budget_min * 60 * RECORDING_SHARE * jobs / RECORDING_S))
    pieces = list_pieces([Path(path) for path in midi], None if compositions is None else Path(compositions))
    pieces += list_mirrored(pieces)
    make_pool(folder / "recordings", pieces, seed=seed, most=recordings, jobs=jobs, progress=progress)
    known = [*read_pool(folder / "recordings", "train", progress), *extra]
    batches, checks = _make_batches(known, read_pool(folder / "recordings", "validation", progress), seed)
    target = torch.device(device or choose_torch_device())
    state = _begin(head, start, seed)
    if steps is not None or budget_min is None:
        state.settings["steps"] = steps or DEFAULT_STEPS
    if not load_state(state, folder) and "steps" not in state.settings:
        left_s = 60 * (budget_min or 0) - (time.monotonic() - started)
        state.settings["steps"] = _fit_steps(left_s, head, start, seed, batches, target)
    train_network(state, batches, checks, folder=folder, device=target, progress=progress)
    return _finish(state, batches, known, pieces, folder, target)


def _make_batches(
    known: Sequence[PoolRecording], held_out: Sequence[PoolRecording], seed: int
) -> tuple[BatchMaker, list[Batch]]:
    """Return what draws the batches to train on, and those to validate by."""
    if min(len({one.composition for one in part}) for part in (known, held_out)) < 2:
        raise InputError("too few compositions can be recorded to train on; give some dozens of MIDI files.")
    notes = NoteReader()
    notes.read_all(source.path for one in (*known, *held_out) for source in one.sources)
    batches = BatchMaker(known, PairMaker(notes, vary=True), BATCH, seed)
    return batches, list(BatchMaker(held_out, PairMaker(notes, vary=False), BATCH, seed).list_all())


def _check(head: Head, model: Path | None, steps: int | None, budget_min: float | None) -> None:
    if head == "hash" and model is None:
        raise InputError("the hash head needs a model to belong to; give one by --model.")
    if steps is not None and steps < 1:
        raise InputError(f"steps is {steps}; give 1 or more.")
    if budget_min is not None and not budget_min > 0:
        raise InputError(f"budget is {budget_min:g} minutes; give more than 0.")


def _begin(head: Head, model: Path | None, seed: int) -> TrainingState:
    torch.manual_seed(seed)
    network = PairNetwork() if model is None else load_network(model)[0]
    if head == "hash":
        network.requires_grad_(False)
        network.hash_head.requires_grad_(True)
    settings: dict[str, Any] = {"head": head, "seed": seed, "batch": BATCH}
    return TrainingState(network, make_optimizer(network), settings)


def _fit_steps(
    left_s: float, head: Head, model: Path | None, seed: int, batches: BatchMaker, device: torch.device
) -> int:
    """Return how many steps fit into the time that is left, by trying some on a network of their own."""
    trial = _begin(head, model, seed)
    trial.settings["steps"] = TRIAL_STEPS
    before = time.monotonic()
    for step in range(TRIAL_STEPS):
        take_step(trial, batches.make(step, None), device)
    step_s = (time.monotonic() - before) / TRIAL_STEPS
    return max(1, int((1 - OTHER_SHARE) * left_s / step_s))


def _finish(
    state: TrainingState,
    batches: BatchMaker,
    known: Sequence[PoolRecording],
    pieces: Sequence[Piece],
    output: Path,
    device: torch.device,
) -> TrainSummary:
    """Write the best state as a model, with all that is known of it."""
    network = state.network
    network.load_state_dict(state.best)
    if state.settings["head"] == "embedding":
        fit_axes(network.cpu(), batches, torch.device("cpu"))
    trained = {one.composition for one in known}
    facts = {
        "head": state.settings["head"],
        "seed": state.settings["seed"],
        "steps": state.settings["steps"],
        "batch": state.settings["batch"],
        "recordings": len(known),
        "compositions": len(trained),
        "files": sorted({Path(piece.name).parts[0] for piece in pieces}),
        "held_out": state.best_figures,
        "lakhdb": version("lakhdb"),
        "torch": torch.__version__,
        "device": device.type,
    }
    weights = save_model(network, output, facts)
    write_card(output)
    return TrainSummary(weights, len(known), len(trained), state.settings["steps"], state.best_figures)
