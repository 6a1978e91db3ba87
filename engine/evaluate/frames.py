"""Baselines that tell which notes sound in a window of audio, from the raw samples to a small network."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..device import choose_torch_device
from ..errors import InputError
from ..export.frames_reader import Frames, load_frames
from ..export.frames_settings import SPLITS
from ..progress import Progress
from .frames_figure import Sample, plot_windows
from .frames_metrics import compute_average_precision, find_curve
from .frames_names import FRAME_METHODS
from .frames_report import WINDOWS, FramesReport, FramesResult, thin_curve, write_frames_report
from .frames_ridge import fit_ridges, score_windows
from .frames_spectra import FEATURES
from .report import make_folder

__all__ = ["EPOCHS", "eval_frames"]

EPOCHS = 8
# Windows in the figure.
N_SHOWN = 5

Scores = npt.NDArray[np.float32]


class _Fitted(NamedTuple):
    """Scores of test, average precision on validation, and what was chosen by that."""

    scores: Scores
    validation: float
    setting: str


def eval_frames(
    folder: str | Path,
    *,
    methods: Sequence[str] = FRAME_METHODS,
    out: Path | None = None,
    seed: int = 0,
    epochs: int = EPOCHS,
    device: str | None = None,
    progress: Progress | None = None,
) -> FramesReport:
    """Train baselines on labelled windows, and tell how well they find the notes of those of test.

    Parameters
    ----------
    folder : str or Path
        As from `lmdb export frames`.
    methods : sequence of str
        Of ``ridge`` (regression on raw samples), ``ridge-fft`` (on the magnitudes of their Fourier
        transform), ``log-spectrogram`` (ridge regression on the logarithm of the magnitudes of the tapered
        window) and ``convolutional`` (a network that treats all pitches alike).
    out : Path, optional
        Folder for ``report.json``, ``precision_recall.png`` and ``windows.png``.
    seed : int
        Decides the network's weights and the order of its windows, and which windows are drawn.
    epochs : int
        Of the network.
    device : {"cpu", "cuda"}, optional
        Of the network; the best there is, if none is named.
    progress : callable, optional

    Raises
    ------
    InputError
        If there is no such set, a split is empty or silent, a method is unknown, or `out` cannot be written.

    References
    ----------
    Thickstun, Harchaoui and Kakade (2017) for the linear baselines; Thickstun et al. (2018) for the network.
    """
    _check(methods, epochs)
    frames = load_frames(folder)
    truth = {split: np.asarray(frames.labels[split]) for split in SPLITS}
    for split, labels in truth.items():
        if not labels.any():
            raise InputError(f"no note sounds in any window of {split} in {folder}; export a larger set.")
    if out is not None:
        make_folder(out)
    where = choose_torch_device() if device is None else device
    results, scores = [], {}
    for method in methods:
        started = time.monotonic()
        if method == "convolutional":
            fitted = _fit_network(frames, truth, seed, epochs, where, progress)
        else:
            fitted = _fit_linear(frames, truth, method, progress)
        scores[method] = fitted.scores
        results.append(_describe(method, fitted, truth["test"], time.monotonic() - started))
    windows = {split: len(labels) for split, labels in truth.items()}
    settings = {"folder": str(folder), "seed": seed, "epochs": epochs, "device": where}
    report = FramesReport(results, windows, float(truth["test"].mean()), settings)
    if out is not None:
        write_frames_report(report, out)
        _show_windows(frames, scores, report, seed, out)
    return report


def _check(methods: Sequence[str], epochs: int) -> None:
    if unknown := [method for method in methods if method not in FRAME_METHODS]:
        raise InputError(f"there is no method {unknown[0]}; choose of {', '.join(FRAME_METHODS)}.")
    if not methods or epochs < 1:
        raise InputError("there is nothing to evaluate; name a method, and one epoch or more.")


def _fit_linear(frames: Frames, truth: dict[str, Any], method: str, progress: Progress | None) -> _Fitted:
    describe = FEATURES[method]
    audio = frames.audio
    n = len(audio["train"])
    tell = _ignore if progress is None else lambda done: progress(method, done, n)
    ridges = fit_ridges(audio["train"], truth["train"], describe, tell=tell)
    reached = [
        compute_average_precision(find_curve(scores, truth["validation"]))
        for scores in score_windows(audio["validation"], describe, ridges)
    ]
    best = int(np.argmax(reached))
    (scores,) = score_windows(audio["test"], describe, ridges[best : best + 1])
    return _Fitted(scores, reached[best], f"penalty {ridges[best].penalty:g}")


def _fit_network(
    frames: Frames, truth: dict[str, Any], seed: int, epochs: int, device: str, progress: Progress | None
) -> _Fitted:
    import torch

    from .frames_network import PitchBank, score_bins, train_harmonic

    where = torch.device(device)
    bank = PitchBank(frames.size, frames.rate, where)
    bins = {split: bank.describe(frames.audio[split]) for split in SPLITS}
    reached: list[float] = []

    def judge(scores: Scores) -> float:
        reached.append(compute_average_precision(find_curve(scores, truth["validation"])))
        return reached[-1]

    tell = _ignore if progress is None else lambda done: progress("convolutional", done, epochs)
    network = train_harmonic(
        bins["train"],
        truth["train"],
        bins["validation"],
        judge,
        epochs=epochs,
        seed=seed,
        device=where,
        tell=tell,
    )
    best = int(np.argmax(reached))
    scores = score_bins(network, bins["test"], where)
    return _Fitted(scores, reached[best], f"epoch {best + 1} of {epochs}")


def _ignore(done: int) -> None:
    """Tell nobody."""


def _describe(method: str, fitted: _Fitted, labels: npt.NDArray[np.uint8], seconds: float) -> FramesResult:
    curve = find_curve(fitted.scores, labels)
    f1 = 2 * curve.precision * curve.recall / np.maximum(curve.precision + curve.recall, 1e-12)
    return FramesResult(
        method=method,
        average_precision=compute_average_precision(curve),
        validation=fitted.validation,
        setting=fitted.setting,
        best_f1=float(f1.max()),
        seconds=seconds,
        curve=thin_curve(curve),
    )


def _show_windows(
    frames: Frames, scores: dict[str, Scores], report: FramesReport, seed: int, out: Path
) -> None:
    """Draw some windows of test in which something sounds, with the scores of the best method."""
    best = max(report.results, key=lambda one: one.average_precision).method
    labels = frames.labels["test"]
    sounding = np.flatnonzero(np.asarray(labels).any(axis=1))
    drawn = np.sort(np.random.default_rng(seed).permutation(sounding)[:N_SHOWN])
    shown = _scale(scores[best][drawn], best)
    samples: list[Sample] = [
        (np.array(frames.audio["test"][row]), np.array(labels[row]), own, f"test, row {row}")
        for row, own in zip(drawn.tolist(), shown, strict=True)
    ]
    title = f"Windows of test: samples, spectrum, and scores by {best}; what sounds is red"
    plot_windows(out / WINDOWS, samples, frames.rate, title)


def _scale(scores: Scores, method: str) -> Scores:
    """Bring scores to 0 to 1: the network's are logits."""
    if method == "convolutional":
        return np.asarray(1 / (1 + np.exp(-np.clip(scores, -50, 50))), np.float32)
    return np.clip(scores, 0, 1)
