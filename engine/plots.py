"""Pictures of alignments."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.constant_q import FRAME_S, LOWEST_NOTE, N_BINS, shift_bins

from .errors import InputError

if TYPE_CHECKING:
    from .align_pair import Alignment

__all__ = ["plot_alignment"]

# Tempo is measured over so many seconds: shorter, and it shows the path's steps rather than the music.
TEMPO_SPAN_S = 2.0

Frames = npt.NDArray[np.uint8]


def plot_alignment(
    path: Path, alignment: "Alignment", midi: Frames, audio: Frames, names: tuple[str, str]
) -> None:
    """Draw both constant-Q planes over the time of the recording, the path between them, and the tempo.

    Parameters
    ----------
    path : Path
        Its suffix names the format.
    alignment : Alignment
    midi, audio : uint8, shape (n_frames, 72)
    names : tuple of str
        Of the MIDI file and the recording, for the title.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    # Not pyplot: it would look for a screen, and keep every figure.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 9), layout="constrained")
    FigureCanvasAgg(figure)
    planes, path_axis, tempo_axis = _lay_out(figure)
    duration_s = len(audio) * FRAME_S
    _draw_plane(planes[0], audio.astype(np.float32), duration_s, "recording")
    title = "MIDI, on the time of the recording"
    if alignment.transposition:
        title += f", raised by {alignment.transposition:+d} semitones"
    _draw_plane(planes[1], _warp(alignment, midi, len(audio)), duration_s, title)
    _draw_path(path_axis, alignment)
    _draw_tempo(tempo_axis, alignment)
    tempo_axis.set_xlim(0, duration_s)
    figure.suptitle(
        f"{names[0]}  in  {names[1]}\nscore {alignment.score:.2f}, confidence {alignment.confidence:.2f}"
    )
    try:
        figure.savefig(path, dpi=110)
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be written: {error}.") from error


def _lay_out(figure: Any) -> tuple[list[Any], Any, Any]:
    grid = figure.add_gridspec(4, 1, height_ratios=[3, 3, 3, 1.4])
    first = figure.add_subplot(grid[0])
    others = [figure.add_subplot(grid[row], sharex=first) for row in range(1, 4)]
    for axis in (first, *others[:-1]):
        axis.tick_params(labelbottom=False)
    return [first, others[0]], others[1], others[2]


def _warp(alignment: "Alignment", midi: Frames, n_frames: int) -> npt.NDArray[np.float32]:
    """Take for each recorded frame the MIDI frame that sounds with it; NaN outside the aligned parts."""
    times_s = np.arange(n_frames) * FRAME_S
    at = np.rint(np.interp(times_s, alignment.audio_s, alignment.midi_s) / FRAME_S).astype(int)
    shifted = shift_bins(midi, alignment.transposition)
    warped: npt.NDArray[np.float32] = shifted[np.clip(at, 0, len(midi) - 1)].astype(np.float32)
    warped[_find_segments(alignment, times_s) == 0] = np.nan
    return warped


def _find_segments(alignment: "Alignment", audio_s: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.int64]:
    """Tell through which segment, from 1, the alignment goes at times of the recording; 0 for none."""
    found = np.zeros(audio_s.size, np.int64)
    for number, one in enumerate(alignment.segments, 1):
        if one.is_aligned:
            found[(one.audio_start_s <= audio_s) & (audio_s <= one.audio_end_s)] = number
    return found


def _draw_plane(axis: Any, plane: npt.NDArray[np.float32], duration_s: float, title: str) -> None:
    lowest, highest = LOWEST_NOTE - 0.5, LOWEST_NOTE + N_BINS - 0.5
    # A frame is centred on its time.
    extent = (-FRAME_S / 2, duration_s - FRAME_S / 2, lowest, highest)
    axis.imshow(
        plane.T, origin="lower", aspect="auto", extent=extent, cmap="magma", vmin=60, vmax=255,
        interpolation="nearest",
    )  # fmt: skip
    octaves = range(LOWEST_NOTE, LOWEST_NOTE + N_BINS, 12)
    axis.set_yticks(octaves, [f"C{note // 12 - 1}" for note in octaves])
    axis.set_facecolor("0.85")
    axis.set_ylabel("pitch")
    axis.set_title(title, fontsize="medium", loc="left")


def _draw_path(axis: Any, alignment: "Alignment") -> None:
    axis.plot(alignment.audio_s, alignment.midi_s, color="tab:blue", lw=1.5, label="alignment")
    again = [one for one in alignment.segments if not one.is_aligned]
    for at, one in enumerate(again):
        axis.plot(
            [one.audio_start_s, one.audio_end_s], [one.midi_start_s, one.midi_end_s], color="tab:orange",
            lw=3, alpha=0.6, label=None if at else "played once more",
        )  # fmt: skip
    ends = [0, -1]
    axis.plot(
        alignment.audio_s[ends], alignment.midi_s[ends], color="0.5", lw=0.8, ls="--", label="steady tempo"
    )
    axis.set_ylabel("MIDI (s)")
    axis.set_title(
        f"{alignment.midi_start_s:.1f}–{alignment.midi_end_s:.1f} s of the MIDI is "
        f"{alignment.audio_start_s:.1f}–{alignment.audio_end_s:.1f} s of the recording",
        fontsize="medium", loc="left",
    )  # fmt: skip
    axis.legend(loc="upper left", fontsize="small", frameon=False)
    axis.grid(alpha=0.3)


def _draw_tempo(axis: Any, alignment: "Alignment") -> None:
    audio_s = np.arange(alignment.audio_s[0], alignment.audio_s[-1], TEMPO_SPAN_S / 8)
    low = np.maximum(audio_s - TEMPO_SPAN_S / 2, alignment.audio_s[0])
    high = np.minimum(audio_s + TEMPO_SPAN_S / 2, alignment.audio_s[-1])
    midi_s = [np.interp(times, alignment.audio_s, alignment.midi_s) for times in (low, high)]
    tempo = 100 * (midi_s[1] - midi_s[0]) / np.maximum(high - low, FRAME_S)
    # Where something is left out, there is no tempo.
    first, last = _find_segments(alignment, low), _find_segments(alignment, high)
    tempo[(first == 0) | (first != last)] = np.nan
    axis.plot(audio_s, tempo, color="tab:orange", lw=1.2)
    axis.axhline(100, color="0.5", lw=0.8, ls="--")
    axis.set_ylabel("tempo (%)")
    axis.set_xlabel("recording (s)")
    axis.grid(alpha=0.3)
