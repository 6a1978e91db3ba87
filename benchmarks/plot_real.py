"""Draw the alignments of real recordings with their scores, for people to look at.

    python benchmarks/plot_real.py docs/real_recordings.png

Each has its tempo by our alignment, and by the published one where there is one.
"""

import argparse
import csv
import os
from pathlib import Path

import numpy as np

from lakhdb import engine
from lakhdb.engine.align_pair import Alignment

# Tempi are means over so much of the recording.
SPAN_S = 3.0


def main() -> None:
    """Align, and draw one row for each recording."""
    from matplotlib.figure import Figure

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("figure", type=Path)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("LAKHDB_DATA", "../shared/data")))
    options = parser.parse_args()
    folder = options.data / "real_audio"
    with (folder / "real_audio.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["score_file"]]
    figure = Figure(figsize=(10, 2.2 * len(rows)), layout="constrained")
    for axis, row in zip(figure.subplots(len(rows), 1), rows, strict=True):
        alignment = engine.align(folder / row["score_file"], folder / row["file"])
        draw_tempo(axis, alignment.audio_s, alignment.midi_s, color="tab:blue", label="lakhdb")
        if row["alignment_file"]:
            known = np.loadtxt(folder / row["alignment_file"], delimiter=",", skiprows=1, usecols=(2, 0))
            audio_s, first = np.unique(known[:, 0], return_index=True)
            draw_tempo(axis, audio_s, known[first, 1], color="tab:orange", label="published", ls="--")
        axis.set_title(describe(row, alignment), fontsize="medium", loc="left")
        axis.set_ylabel("tempo (%)")
        axis.set_ylim(0, 170)
        axis.grid(alpha=0.3)
        axis.legend(loc="lower left", fontsize="small", frameon=False, ncols=2)
    axis.set_xlabel("recording (s)")
    figure.savefig(options.figure, dpi=110)


def draw_tempo(axis, audio_s: np.ndarray, midi_s: np.ndarray, **style: str) -> None:
    """Draw how fast the score goes by, beside its own mean."""
    at_s = np.arange(audio_s[0] + SPAN_S / 2, audio_s[-1] - SPAN_S / 2, SPAN_S / 12)
    passed_s = [np.interp(at_s + side * SPAN_S / 2, audio_s, midi_s) for side in (-1, 1)]
    mean = (midi_s[-1] - midi_s[0]) / (audio_s[-1] - audio_s[0])
    axis.plot(at_s, 100 * (passed_s[1] - passed_s[0]) / SPAN_S / mean, lw=1.2, **style)


def describe(row: dict[str, str], alignment: Alignment) -> str:
    """Put into words what was found."""
    return (
        f"{row['title']} ({row['artist']}): score {alignment.score:.2f}, "
        f"confidence {alignment.confidence:.4f}, segments {len(alignment.segments)}"
    )


if __name__ == "__main__":
    main()
