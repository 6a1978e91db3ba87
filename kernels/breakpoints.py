"""Alignment paths as few breakpoints, and their slope at the ends."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["measure_end_slopes", "thin_path"]


def thin_path(midi: NDArray[np.float64], audio: NDArray[np.float64], tolerance: float) -> NDArray[np.int64]:
    """Choose the points of a path that straight lines between them need.

    Parameters
    ----------
    midi, audio : NDArray, shape (n_points,), float64
        Never falling; one point or more.
    tolerance : float
        No point of the path lies further than this from the lines, in the unit of both axes; not negative.

    Returns
    -------
    NDArray, shape (n_kept,), int64
        Positions, ascending, the first and the last point among them.

    Raises
    ------
    ValueError
        If the arrays differ in length, are empty or fall, or `tolerance` is negative.

    References
    ----------
    Douglas and Peucker (1973).
    """
    _check(midi, audio)
    if tolerance < 0:
        raise ValueError(f"tolerance must not be negative, not {tolerance}")
    points = np.stack([midi, audio], axis=1).astype(np.float64)
    kept = np.zeros(midi.size, dtype=bool)
    kept[[0, -1]] = True
    spans = [(0, midi.size - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        along = points[last] - points[first]
        aside = points[first + 1 : last] - points[first]
        length = float(np.hypot(*along))
        # A path never falls, so that between two points all others project onto the line between them.
        distance = np.abs(along[0] * aside[:, 1] - along[1] * aside[:, 0]) / length if length else aside[:, 0]
        at = int(distance.argmax())
        if distance[at] > tolerance:
            middle = first + 1 + at
            kept[middle] = True
            spans += [(first, middle), (middle, last)]
    return np.flatnonzero(kept)


def measure_end_slopes(
    midi_s: NDArray[np.float64], audio_s: NDArray[np.float64], span_s: float
) -> tuple[float, float]:
    """Measure how fast the recording runs against the MIDI file at both ends of a path.

    Parameters
    ----------
    midi_s, audio_s : NDArray, shape (n_points,), float64
        Seconds, never falling; all points of the path, not only breakpoints.
    span_s : float
        Seconds of MIDI to measure over at either end; more than 0.

    Returns
    -------
    start, end : float
        Recorded seconds per MIDI second, 0.25 to 4: a slope beyond is no tempo but a part that stands still.
        1 where the path is too short to tell.

    Raises
    ------
    ValueError
        If the arrays differ in length, are empty or fall, or `span_s` is not positive.

    Notes
    -----
    The median of the slopes between points half a span apart, as Theil and Sen: some wrong steps at the very
    end of a path, where nothing pins it, do not turn it.
    """
    _check(midi_s, audio_s)
    if span_s <= 0:
        raise ValueError(f"span_s must be positive, not {span_s}")
    return (
        _median_slope(midi_s, audio_s, midi_s <= midi_s[0] + span_s),
        _median_slope(midi_s, audio_s, midi_s >= midi_s[-1] - span_s),
    )


def _median_slope(
    midi_s: NDArray[np.float64], audio_s: NDArray[np.float64], near: NDArray[np.bool_]
) -> float:
    midi, audio = midi_s[near], audio_s[near]
    half = midi.size // 2
    run = midi[half:] - midi[: midi.size - half]
    rise = audio[half:] - audio[: audio.size - half]
    if half == 0 or not run.any():
        return 1.0
    return float(np.clip(np.median(rise[run > 0] / run[run > 0]), 0.25, 4.0))


def _check(midi: NDArray[np.float64], audio: NDArray[np.float64]) -> None:
    if midi.ndim != 1 or midi.shape != audio.shape or midi.size == 0:
        raise ValueError(
            f"midi and audio must be of one length, 1 or more, not {midi.shape} and {audio.shape}"
        )
    if (np.diff(midi) < 0).any() or (np.diff(audio) < 0).any():
        raise ValueError("midi and audio must never fall")
