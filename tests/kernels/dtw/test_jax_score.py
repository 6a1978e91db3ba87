import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from lakhdb.kernels.dtw.jax_score import score_frames
from lakhdb.kernels.dtw.score import score_pairs

# Norms 0, 1 and 2, so that every cost is 0, 1/2 or 1: exact, however the arithmetic is arranged.
EXACT = np.array([[0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [1, 1, 1, 1]], np.uint8)
ENDS = ("midi_start", "midi_end", "audio_start", "audio_end")


@st.composite
def batches(draw):
    """One MIDI file and some recordings of a shape that compiles once."""
    frames = st.integers(1, 16).flatmap(lambda n: arrays(np.intp, n, elements=st.integers(0, 3)))
    midi = draw(st.integers(1, 40).flatmap(lambda n: arrays(np.intp, n, elements=st.integers(0, 3))))
    return EXACT[midi], [EXACT[one] for one in draw(st.lists(frames, min_size=1, max_size=8))]


@settings(max_examples=80, deadline=None)
@given(batches(), st.sampled_from([0.0, 0.5, 0.96, 1.0]), st.sampled_from([0.0, 0.25, 0.5, 64.0]))
def test_agrees_with_the_slow_loop(reference, batch, gully, penalty):
    midi, audio = batch
    found = score_frames(midi, audio, gully, penalty, "cpu")
    for k, one in enumerate(audio):
        answer = reference.align(reference.make_cosine_cost(midi, one), gully, penalty)
        assert (found.cost[k], found.length[k]) == (answer.cost, len(answer.midi_frame))
        assert tuple(int(getattr(found, end)[k]) for end in ENDS) == answer.ends
        assert found.block_mean[k] == pytest.approx(answer.block_mean, abs=1e-9)


def test_agrees_with_the_compiled_kernel():
    rng = np.random.default_rng(0)
    midi = rng.integers(0, 256, (500, 48), np.uint8)
    audio = [rng.integers(0, 256, (m, 48), np.uint8) for m in (1, 100, 210, 216, 223, 224)]
    audio.append(np.repeat(midi[200:320], 2, axis=0)[:220])
    found, expected = score_frames(midi, audio, 0.96, None, "cpu"), score_pairs(midi, audio)
    assert_allclose(found.cost, expected.cost, rtol=1e-5)
    assert_allclose(found.block_mean, expected.block_mean, rtol=1e-9)
    assert_allclose(found.score, expected.score, atol=1e-4)
    for field in ("length", *ENDS):
        assert getattr(found, field).tolist() == getattr(expected, field).tolist()


def test_no_candidates_no_scores():
    assert score_frames(EXACT, [], 0.96, None, "cpu").score.shape == (0,)
