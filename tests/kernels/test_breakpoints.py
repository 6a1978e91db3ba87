"""Paths as curves and breakpoints: never falling, never far from the path."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from lakhdb.kernels.breakpoints import smooth_path, thin_path

steps = st.lists(st.sampled_from([(1, 1), (1, 0), (0, 1)]), max_size=120)


@st.composite
def paths(draw):
    start = draw(st.sampled_from([(0, 0), (7, 0), (0, 40)]))
    cells = np.cumsum([start, *draw(steps)], axis=0).astype(np.int32)
    return cells[:, 0], cells[:, 1]


def distance_to_lines(points, corners):
    """Distance of each point to the nearest of the lines between corners: the slow way."""
    nearest = np.full(len(points), np.inf)
    for first, last in zip(corners, corners[1:] if len(corners) > 1 else corners, strict=False):
        along = last - first
        length = max(float(along @ along), 1e-12)
        share = np.clip((points - first) @ along / length, 0, 1)
        nearest = np.minimum(nearest, np.linalg.norm(points - first - share[:, None] * along, axis=1))
    return nearest


@given(paths(), st.floats(0.5, 20), st.floats(0, 3))
def test_smoothing_never_falls_keeps_its_ends_and_stays_near(path, width, limit):
    midi, audio = smooth_path(*path, width, limit)
    assert (np.diff(midi) >= 0).all()
    assert (np.diff(audio) >= 0).all()
    ends = [path[0][0], path[1][0], path[0][-1], path[1][-1]]
    assert_allclose([midi[0], audio[0], midi[-1], audio[-1]], ends, atol=1e-9)
    offset = np.interp(midi + audio, path[0] + path[1], path[1] - path[0])
    assert (np.abs((audio - midi) - offset) <= limit + 1e-9).all()


def test_a_steady_tempo_becomes_a_straight_line():
    audio = np.arange(1, 400)
    midi = (audio * 0.8).astype(np.int32)
    smooth_midi, smooth_audio = smooth_path(midi, audio.astype(np.int32), 15.0, 1.5)
    middle = slice(150, -150)
    assert np.abs(smooth_midi - (0.8 * smooth_audio - 0.4))[middle].max() < 0.1


def test_a_pause_stays_a_pause():
    cells = (
        [(n, n) for n in range(50)]
        + [(49, n) for n in range(50, 100)]
        + [(n - 50, n) for n in range(100, 150)]
    )
    midi, audio = np.array(cells, np.int32).T
    smooth_midi, smooth_audio = smooth_path(midi, audio, 15.0, 1.5)
    assert np.abs(np.interp([60, 75, 90], smooth_audio, smooth_midi) - 49).max() <= 0.75


@given(paths(), st.floats(0, 2))
def test_no_point_lies_further_than_the_tolerance(path, tolerance):
    midi, audio = path[0].astype(float), path[1].astype(float)
    kept = thin_path(midi, audio, tolerance)
    points = np.stack([midi, audio], axis=1)
    assert kept[0] == 0
    assert kept[-1] == midi.size - 1
    assert (np.diff(kept) > 0).all()
    assert distance_to_lines(points, points[kept]).max() <= tolerance + 1e-9


def test_a_straight_path_needs_two_points():
    line = np.linspace(0, 30, 500)
    assert thin_path(line, 1.1 * line + 3, 0.001).tolist() == [0, 499]


@pytest.mark.parametrize(
    ("midi", "audio", "message"),
    [([0, 1], [0], "one length"), ([], [], "one length"), ([1, 0], [0, 1], "never fall")],
)
def test_refuses_what_is_no_path(midi, audio, message):
    midi, audio = np.array(midi, np.int32), np.array(audio, np.int32)
    with pytest.raises(ValueError, match=message):
        thin_path(midi, audio, 0.1)
    with pytest.raises(ValueError, match=message):
        smooth_path(midi, audio, 1.0, 1.0)


def test_refuses_jumps_and_bad_scalars():
    line = np.arange(3, dtype=np.int32)
    with pytest.raises(ValueError, match="each step"):
        smooth_path(2 * line, line, 1.0, 1.0)
    with pytest.raises(ValueError, match="width"):
        smooth_path(line, line, 0.0, 1.0)
    with pytest.raises(ValueError, match="tolerance"):
        thin_path(line, line, -1.0)
