"""What an evaluation on labelled windows found: a table, a JSON report and figures."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ..errors import InputError
from .frames_figure import plot_precision
from .frames_metrics import Curve

__all__ = ["WINDOWS", "FramesReport", "FramesResult", "thin_curve", "write_frames_report"]

REPORT, CURVES, WINDOWS = "report.json", "precision_recall.png", "windows.png"

# Points of a curve that are kept.
N_POINTS = 400


@dataclass(frozen=True, eq=False)
class FramesResult:
    """What one baseline reached.

    Attributes
    ----------
    method : str
    average_precision : float
        Micro average over all notes of all windows of test.
    validation : float
        The same of validation, by which `setting` was chosen.
    setting : str
        What was chosen: a penalty, or an epoch.
    best_f1 : float
        The largest F1 along the curve of test.
    seconds : float
        For training and scoring.
    curve : Curve
        Of test, thinned.
    """

    method: str
    average_precision: float
    validation: float
    setting: str
    best_f1: float
    seconds: float
    curve: Curve


@dataclass(frozen=True, eq=False)
class FramesReport:
    """What an evaluation found.

    Attributes
    ----------
    results : list of FramesResult
    windows : dict
        How many by split.
    chance : float
        Share of the notes of test that sound: the average precision of guessing.
    settings : dict
        What the evaluation was asked for.
    """

    results: list[FramesResult]
    windows: dict[str, int]
    chance: float
    settings: dict[str, Any]

    def to_table(self) -> pa.Table:
        """Return a row for each method: average precision, what was chosen by validation, and seconds."""
        rows = [
            {name: value for name, value in vars(one).items() if name != "curve"}
            | {"chance": self.chance}
            | {f"{split}_windows": n for split, n in self.windows.items()}
            for one in self.results
        ]
        return pa.Table.from_pylist(rows)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as JSON takes it."""
        results = [
            vars(one) | {"curve": {name: values.tolist() for name, values in one.curve._asdict().items()}}
            for one in self.results
        ]
        return vars(self) | {"results": results}


def thin_curve(curve: Curve) -> Curve:
    """Return as many points of a curve as a figure needs, evenly over recall, its ends among them."""
    at = np.searchsorted(curve.recall, np.linspace(0, 1, N_POINTS))
    at = np.unique(np.clip(at, 0, curve.recall.size - 1))
    return Curve(curve.precision[at], curve.recall[at])


def write_frames_report(report: FramesReport, folder: Path) -> None:
    """Write the report and the figure of its curves into a folder.

    Raises
    ------
    InputError
        If it cannot be written to.
    """
    try:
        temporary = folder / f".{REPORT}.tmp"
        temporary.write_text(json.dumps(report.to_dict(), indent=2) + "\n", encoding="utf-8")
        os.replace(temporary, folder / REPORT)
    except OSError as error:
        raise InputError(f"{folder} cannot be written to: {error.strerror}.") from error
    n = f"{report.windows['test']:,}".replace(",", "\u202f")
    title = f"Notes in {n} windows of test, all pitches together"
    curves = {one.method: (one.curve, one.average_precision) for one in report.results}
    plot_precision(folder / CURVES, curves, report.chance, title)
