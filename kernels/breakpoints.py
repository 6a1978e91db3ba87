"""Warping paths as curves, and curves as few breakpoints."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["smooth_path", "thin_path"]


def smooth_path(
    midi_frame: NDArray[np.int32], audio_frame: NDArray[np.int32], width: float, limit: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Turn the staircase of a warping path into a curve.

    A path can only stay on a frame or go on by one: a steady tempo becomes an uneven staircase, whose steps
    lie wherever they are cheapest. The offset between the two sides, over their sum, is smoothed with a
    Gaussian, and held to the staircase where that has a real corner.

    Parameters
    ----------
    midi_frame, audio_frame : NDArray, shape (length,), int32
        Cells in order, each step (1, 1), (1, 0) or (0, 1).
    width : float
        Standard deviation of the Gaussian, in frames; more than 0.
    limit : float
        By how many frames the offset may change; not negative.

    Returns
    -------
    midi, audio : NDArray, shape (n_points,), float64
        Frames, never falling; from the first to the last cell by half steps.

    Raises
    ------
    ValueError
        If the arrays differ in length, are empty or do not step so, `width` is not positive or `limit` is
        negative.

    Notes
    -----
    With the sum s = midi + audio and the offset o = audio - midi, never falling means that o changes by no
    more than s does. A convolution with mass 1 keeps that, and so do minimum and maximum of two such curves.
    """
    _check(midi_frame, audio_frame)
    if width <= 0 or limit < 0:
        raise ValueError(f"width must be positive and limit not negative, not {width} and {limit}")
    steps = np.diff(midi_frame), np.diff(audio_frame)
    if (np.maximum(*steps) > 1).any() or (np.add(*steps) < 1).any():
        raise ValueError("each step must be (1, 1), (1, 0) or (0, 1)")
    total = np.arange(midi_frame[0] + audio_frame[0], midi_frame[-1] + audio_frame[-1] + 1)
    offset = np.interp(total, midi_frame + audio_frame, audio_frame - midi_frame)
    # The sum grows by two while each side grows by one.
    reach = max(1, round(4 * 2 * width))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / (2 * width)) ** 2)
    # Turned about its ends, the curve goes on there with the slope that it has.
    padded = np.pad(offset, reach, mode="reflect", reflect_type="odd")
    smooth = np.convolve(padded, kernel / kernel.sum(), mode="valid")
    smooth = np.clip(smooth, offset - limit, offset + limit)
    return _settle((total - smooth) / 2, midi_frame), _settle((total + smooth) / 2, audio_frame)


def _settle(curve: NDArray[np.float64], frame: NDArray[np.int32]) -> NDArray[np.float64]:
    """Undo what rounding did: a curve neither falls nor leaves the path's ends."""
    return np.maximum.accumulate(np.clip(curve, frame[0], frame[-1]))


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


def _check(midi: NDArray[Any], audio: NDArray[Any]) -> None:
    if midi.ndim != 1 or midi.shape != audio.shape or midi.size == 0:
        raise ValueError(
            f"midi and audio must be of one length, 1 or more, not {midi.shape} and {audio.shape}"
        )
    if (np.diff(midi) < 0).any() or (np.diff(audio) < 0).any():
        raise ValueError("midi and audio must never fall")
