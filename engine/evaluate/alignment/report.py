"""How far alignments are from the truth: a table, a list of errors, and a figure."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray
from scipy.stats import kendalltau

from ...errors import InputError
from .aligners import Found
from .tasks import AlignmentTask

__all__ = ["AlignmentReport", "TaskResult", "measure"]

# As in the thesis: beyond it, an alignment is wrong, however far.
CLIP_S = 0.5
TABLE, ERRORS, FIGURE = "alignment.csv", "errors.csv", "errors.png"

COLUMNS = pa.schema(
    [
        ("aligner", pa.string()),
        ("group", pa.string()),
        ("pairs", pa.int64()),
        ("clipped_ms", pa.float64()),
        ("median_ms", pa.float64()),
        ("within_25", pa.float64()),
        ("within_50", pa.float64()),
        ("within_100", pa.float64()),
        ("covered", pa.float64()),
        ("tau", pa.float64()),
        ("seconds", pa.float64()),
    ]
)


@dataclass(frozen=True, eq=False)
class TaskResult:
    """What an aligner made of a pair.

    Attributes
    ----------
    aligner, group, name : str
    error_s : float64, shape (n,)
        Absolute, in the recording, at each moment that the alignment covers.
    covered : float
        Share of the moments.
    score : float or None
    seconds : float
        For each minute of the recording.
    """

    aligner: str
    group: str
    name: str
    error_s: NDArray[np.float64]
    covered: float
    score: float | None
    seconds: float

    @property
    def clipped_s(self) -> float:
        """Mean error, none counted more than half a second; half a second where nothing is covered."""
        return float(np.minimum(self.error_s, CLIP_S).mean()) if self.error_s.size else CLIP_S


def measure(task: AlignmentTask, aligner: str, found: Found, passed_s: float) -> TaskResult:
    """Hold an alignment against the truth."""
    inside = (task.midi_s >= found.midi_s[0]) & (task.midi_s <= found.midi_s[-1])
    placed_s = np.interp(task.midi_s[inside], found.midi_s, found.audio_s)
    minutes = len(task.samples) / task.sample_rate / 60
    return TaskResult(
        aligner,
        task.group,
        task.name,
        np.abs(placed_s - task.audio_s[inside]),
        float(inside.mean()),
        found.score,
        passed_s / minutes,
    )


@dataclass(frozen=True)
class AlignmentReport:
    """What an evaluation found, pair by pair."""

    results: list[TaskResult]

    def to_table(self) -> pa.Table:
        """Return a row for each group and aligner.

        Returns
        -------
        pyarrow.Table
            aligner, group, pairs, clipped_ms (mean over pairs of their mean error, clipped at 500 ms),
            median_ms and within_25, within_50, within_100 (ms) over all moments, covered (share of the
            moments), tau (Kendall's, of score and error: 1 if the better scored are always the better
            aligned; null without scores), seconds (a minute of audio).
        """
        keys = dict.fromkeys((one.group, one.aligner) for one in self.results)
        rows = [_summarise([one for one in self.results if (one.group, one.aligner) == key]) for key in keys]
        return pa.Table.from_pylist(rows, COLUMNS)

    def write(self, folder: Path) -> None:
        """Write the table, the errors of each pair, and the figure into a folder.

        Raises
        ------
        InputError
            If the folder cannot be written.
        """
        try:
            pyarrow.csv.write_csv(self.to_table(), folder / TABLE)
            with (folder / ERRORS).open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(("aligner", "group", "name", "clipped_ms", "covered", "score"))
                for one in self.results:
                    clipped = round(1e3 * one.clipped_s, 2)
                    writer.writerow(
                        (one.aligner, one.group, one.name, clipped, round(one.covered, 4), one.score)
                    )
            self._plot(folder / FIGURE)
        except OSError as error:
            raise InputError(f"{folder} cannot be written: {error.strerror}; name another --out.") from error

    def _plot(self, path: Path) -> None:
        from matplotlib.figure import Figure

        groups = list(dict.fromkeys(one.group for one in self.results))
        aligners = list(dict.fromkeys(one.aligner for one in self.results))
        figure = Figure(figsize=(1 + 4.2 * len(groups), 3.6), layout="constrained")
        axes: Any = figure.subplots(1, len(groups), sharey=True, squeeze=False)[0]
        for axis, group in zip(axes, groups, strict=True):
            for aligner in aligners:
                errors = [one.error_s for one in self.results if (one.group, one.aligner) == (group, aligner)]
                ms = np.sort(1e3 * np.concatenate(errors)) if errors else np.empty(0)
                if ms.size:
                    axis.plot(np.maximum(ms, 0.5), np.arange(1, ms.size + 1) / ms.size, label=aligner)
            axis.set_xscale("log")
            axis.set_xlim(1, 1000)
            axis.set_ylim(0, 1)
            axis.grid(visible=True, alpha=0.3)
            axis.set_xlabel("error (ms)")
            axis.set_title(group)
        axes[0].set_ylabel("share of moments so near or nearer")
        axes[0].legend(loc="upper left", frameon=False)
        figure.savefig(path, dpi=150)


def _summarise(results: Sequence[TaskResult]) -> dict[str, object]:
    error_s = np.concatenate([one.error_s for one in results])
    clipped_s = [one.clipped_s for one in results]
    scores = [one.score for one in results if one.score is not None]
    tau = None
    if len(scores) == len(results) > 1:
        found = float(kendalltau(scores, [-one for one in clipped_s]).statistic)
        tau = found if np.isfinite(found) else None
    return {
        "aligner": results[0].aligner,
        "group": results[0].group,
        "pairs": len(results),
        "clipped_ms": 1e3 * float(np.mean(clipped_s)),
        "median_ms": 1e3 * float(np.median(error_s)) if error_s.size else None,
        **{
            f"within_{ms}": float((error_s <= ms / 1e3).mean()) if error_s.size else None
            for ms in (25, 50, 100)
        },
        "covered": float(np.mean([one.covered for one in results])),
        "tau": tau,
        "seconds": float(np.median([one.seconds for one in results])),
    }
