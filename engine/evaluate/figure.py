"""The figure of rank curves."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from .ranks import find_share_curve

__all__ = ["plot_curves"]

# One place in the order of colours each, whatever else is drawn: a method looks the same in every figure.
STYLES = {
    "stats": ("0.6", ":"),
    "2dftm": ("0.45", "--"),
    "tpaa": ("0.3", "-."),
    "pse": ("#a6761d", "--"),
    "dhs-piano": ("#e6ab02", "-."),
    "dhs": ("#d95f02", "-."),
    "dtw-thesis": ("#e7298a", ":"),
    "cascade-thesis": ("#b2182b", "-"),
    "dtw": ("#7570b3", ":"),
    "embedding": ("#66a61e", "--"),
    "hash": ("#1b9e77", "-."),
    "cascade": ("#2166ac", "-"),
}

# Points of a curve.
N_POINTS = 200


def plot_curves(
    path: Path,
    ranks: Mapping[tuple[str, str], Sequence[float]],
    *,
    n_items: int,
    seed: int,
    title: str,
) -> None:
    """Draw the share of queries whose right recording ranks r or better, r on a logarithmic axis.

    Parameters
    ----------
    path : Path
        Its suffix names the format.
    ranks : mapping
        (method, case) → ranks of the queries; cases get panels, methods colours.
    n_items : int
        Recordings ranked.
    seed : int
        Of the intervals.
    title : str

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    # Not pyplot: it would look for a screen, and keep every figure.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    cases = list(dict.fromkeys(case for _, case in ranks))
    n_columns = min(len(cases), 2 if len(cases) <= 4 else 3)
    n_rows = -(-len(cases) // n_columns)
    size = (8.5, 5.5) if len(cases) == 1 else (4.6 * n_columns + 1.7, 3.4 * n_rows + 0.6)
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(n_rows, n_columns, sharex=True, sharey=True, squeeze=False).ravel()
    at = np.unique(np.rint(np.geomspace(1, max(n_items, 2), N_POINTS)).astype(np.int64))
    for axis, case in zip(axes, cases, strict=False):
        curves = {method: own for (method, one), own in ranks.items() if one == case}
        _draw_case(axis, curves, at, seed)
        if len(cases) > 1:
            n_queries = max(len(own) for own in curves.values())
            axis.set_title(f"{case} ({n_queries} queries)", fontsize="medium", loc="left")
    for axis in axes[len(cases) :]:
        axis.set_axis_off()
    _label(figure, axes, n_columns, len(cases))
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right center", frameon=False)
    figure.suptitle(title, fontsize="large")
    try:
        figure.savefig(path, dpi=130)
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be written: {error}.") from error


def _draw_case(axis: Any, curves: Mapping[str, Sequence[float]], at: Any, seed: int) -> None:
    for method, ranks in curves.items():
        share, low, high = find_share_curve(ranks, at, seed)
        colour, dashes = STYLES[method]
        axis.fill_between(at, 100 * low, 100 * high, color=colour, alpha=0.12, lw=0, step="post")
        axis.step(at, 100 * share, where="post", color=colour, ls=dashes, lw=1.8, label=method)
    axis.set_xscale("log")
    axis.xaxis.set_major_formatter(lambda rank, _at: f"{rank:,.0f}".replace(",", "\u202f"))
    axis.set_xlim(1, at[-1])
    axis.set_ylim(0, 101)
    axis.grid(alpha=0.3)
    axis.grid(alpha=0.12, which="minor")


def _label(figure: Any, axes: Any, n_columns: int, n_cases: int) -> None:
    figure.supxlabel("rank r among the recordings", fontsize="medium")
    figure.supylabel("queries whose right recording ranks r or better (%)", fontsize="medium")
    for number, axis in enumerate(axes[:n_cases]):
        # The last of each column has the numbers, also where the row below is not full.
        axis.tick_params(labelbottom=number + n_columns >= n_cases)
