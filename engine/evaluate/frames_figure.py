"""Figures of an evaluation on labelled windows."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import InputError
from .frames_metrics import Curve

__all__ = ["Sample", "plot_precision", "plot_windows"]

# One place in the order of colours each, whatever else is drawn.
STYLES = {
    "ridge": ("0.55", ":"),
    "ridge-fft": ("#e6ab02", "-."),
    "log-spectrogram": ("#1b9e77", "--"),
    "convolutional": ("#2166ac", "-"),
}

# Pitches of a piano; labels beyond them widen the panel.
LOWEST, HIGHEST = 21, 108
HIGHEST_HZ = 5000.0

Sample = tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8], npt.NDArray[np.float32], str]


def plot_precision(path: Path, curves: Mapping[str, tuple[Curve, float]], chance: float, title: str) -> None:
    """Draw precision over recall, a curve a method.

    Parameters
    ----------
    path : Path
        Its suffix names the format.
    curves : mapping
        Method → curve and average precision.
    chance : float
        The precision of guessing.
    title : str

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    figure = _make_figure((7, 5.5))
    axis = figure.subplots()
    for method, (curve, average) in curves.items():
        colour, dashes = STYLES[method]
        label = f"{method} (AP {average:.3f})"
        axis.plot(100 * curve.recall, 100 * curve.precision, color=colour, ls=dashes, lw=1.8, label=label)
    axis.axhline(100 * chance, color="0.8", lw=1, label=f"guessing ({chance:.3f})")
    axis.set(xlim=(0, 100), ylim=(0, 101), xlabel="recall (%)", ylabel="precision (%)")
    axis.grid(alpha=0.3)
    axis.legend(frameon=False, fontsize="small")
    axis.set_title(title, fontsize="medium", loc="left")
    _save(figure, path)


def plot_windows(path: Path, samples: Sequence[Sample], rate: int, title: str) -> None:
    """Draw windows, each with its spectrum, its labels and the scores of a method.

    Parameters
    ----------
    path : Path
        Its suffix names the format.
    samples : sequence of (window, labels, scores, name)
        Of shapes (size,), (128,) and (128,).
    rate : int
        Hertz.
    title : str

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    figure = _make_figure((11, 1.9 * len(samples) + 0.9))
    axes = figure.subplots(len(samples), 3, squeeze=False, width_ratios=[2, 2, 3], sharex="col")
    for row, (window, labels, scores, name) in zip(axes, samples, strict=True):
        _draw_window(row[0], window, rate, name)
        _draw_spectrum(row[1], window, labels, rate)
        _draw_notes(row[2], labels, scores)
    for axis, label in zip(axes[-1], ("ms from the middle", "hertz", "pitch (MIDI note)"), strict=True):
        axis.set_xlabel(label)
    figure.suptitle(title, fontsize="medium")
    _save(figure, path)


def _make_figure(size: tuple[float, float]) -> Any:
    # Not pyplot: it would look for a screen, and keep every figure.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _save(figure: Any, path: Path) -> None:
    try:
        figure.savefig(path, dpi=130)
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be written: {error}.") from error


def _draw_window(axis: Any, window: npt.NDArray[np.float32], rate: int, name: str) -> None:
    times_ms = (np.arange(window.size) - window.size // 2) / rate * 1000
    axis.plot(times_ms, window, color="0.3", lw=0.6)
    axis.axvline(0, color="tab:red", lw=0.8)
    axis.set_title(name, fontsize="small", loc="left")
    axis.tick_params(labelsize="small")


def _draw_spectrum(
    axis: Any, window: npt.NDArray[np.float32], labels: npt.NDArray[np.uint8], rate: int
) -> None:
    magnitudes = np.abs(np.fft.rfft(window * np.hanning(window.size)))
    hertz = np.fft.rfftfreq(window.size, 1 / rate)
    decibels = 20 * np.log10(magnitudes / max(magnitudes.max(), 1e-9) + 1e-4)
    for pitch in np.flatnonzero(labels).tolist():
        axis.axvline(440 * 2 ** ((pitch - 69) / 12), color="tab:red", lw=0.8, alpha=0.6)
    axis.plot(hertz, decibels, color="0.3", lw=0.7)
    axis.set_xscale("log")
    axis.set_xlim(25, min(HIGHEST_HZ, rate / 2))
    axis.set_ylabel("dB", fontsize="small")
    axis.tick_params(labelsize="small")


def _draw_notes(axis: Any, labels: npt.NDArray[np.uint8], scores: npt.NDArray[np.float32]) -> None:
    sounding = np.flatnonzero(labels)
    low, high = min([LOWEST, *sounding.tolist()]), max([HIGHEST, *sounding.tolist()])
    pitches = np.arange(low, high + 1)
    colours = np.where(labels[pitches] > 0, "tab:red", "0.75").tolist()
    axis.bar(pitches, scores[pitches], color=colours, width=0.8)
    axis.plot(sounding, np.full(sounding.size, 1.06), "v", color="tab:red", ms=4, clip_on=False)
    axis.set_ylim(0, 1.1)
    axis.set_ylabel("score", fontsize="small")
    axis.tick_params(labelsize="small")
