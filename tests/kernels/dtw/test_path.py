import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lakhdb.kernels import _dtw
from lakhdb.kernels.dtw.path import find_path
from lakhdb.kernels.dtw.score import score_pairs


@st.composite
def pairs(draw):
    """A MIDI file and a recording, often of few values, so that ties and silent frames abound."""
    n_bins = draw(st.integers(1, 9))
    levels = draw(st.sampled_from([[0, 1], [0, 2, 255], range(256)]))
    frames = st.integers(1, 40).flatmap(
        lambda n: arrays(np.uint8, (n, n_bins), elements=st.sampled_from(levels))
    )
    return draw(frames), draw(frames)


@settings(max_examples=60, deadline=None)
@given(pairs(), st.sampled_from([0.0, 0.5, 0.96, 1.0]), st.sampled_from([0.0, 0.1, 0.5, 100.0]))
def test_agrees_with_the_slow_loop(reference, instruction_set, pair, gully, penalty):
    answer = reference.align(reference.make_cosine_cost(*pair), gully, penalty)
    midi_frame, audio_frame, cost, mean = _dtw.trace_cosine(*pair, gully, penalty, instruction_set)
    assert (midi_frame.tolist(), audio_frame.tolist()) == (answer.midi_frame, answer.audio_frame)
    assert cost == answer.cost
    assert mean == pytest.approx(answer.block_mean, abs=1e-6)


def test_is_the_path_that_the_score_tells_of():
    rng = np.random.default_rng(0)
    for n, m in ((1, 1), (300, 77), (77, 300), (500, 500)):
        midi, audio = rng.integers(0, 256, (n, 48), np.uint8), rng.integers(0, 256, (m, 48), np.uint8)
        path, told = find_path(midi, audio), score_pairs(midi, [audio])
        assert (path.cost, path.block_mean, path.score) == (told.cost[0], told.block_mean[0], told.score[0])
        assert path.midi_frame.size == told.length[0]
        assert (path.midi_frame[0], path.midi_frame[-1]) == (told.midi_start[0], told.midi_end[0])
        assert (path.audio_frame[0], path.audio_frame[-1]) == (told.audio_start[0], told.audio_end[0])
        steps = np.stack([np.diff(path.midi_frame), np.diff(path.audio_frame)])
        assert set(map(tuple, steps.T.tolist())) <= {(1, 1), (1, 0), (0, 1)}


def test_follows_a_changing_tempo():
    rng = np.random.default_rng(1)
    midi = rng.integers(0, 256, (400, 48), np.uint8)
    truth = np.repeat(np.arange(100, 300), rng.integers(1, 3, 200))
    path = find_path(midi, midi[truth])
    assert np.array_equal(path.midi_frame, truth[path.audio_frame])


def test_20_minutes_squared_fit_in_a_gibibyte():
    code = (
        "import re, numpy; from lakhdb.kernels.dtw.path import find_path;"
        "frames = numpy.random.default_rng(0).integers(0, 256, (26_000, 4), numpy.uint8);"
        "assert find_path(frames, frames[::-1]).midi_frame.size > 0;"
        # Not ru_maxrss, which a process inherits from the one that started it.
        "print(re.search(r'VmHWM:\\s+(\\d+) kB', open('/proc/self/status').read())[1])"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert int(found.stdout) < 1 << 20  # KiB


@pytest.mark.parametrize(
    ("options", "message"), [({"gully": 2.0}, "gully"), ({"penalty": -1.0}, "penalty"), ({}, "bins")]
)
def test_refuses_bad_arguments(options, message):
    with pytest.raises(ValueError, match=message):
        find_path(np.ones((3, 4), np.uint8), np.ones((3, 5 if not options else 4), np.uint8), **options)
