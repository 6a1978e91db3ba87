import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal

from lakhdb.kernels import _dtw
from lakhdb.kernels.dtw.hash import score_hashes


@st.composite
def batches(draw):
    """Hash sequences of one MIDI file and some recordings, often of few values."""
    values = draw(st.sampled_from([[0, 1], [0, 0xFFFFFFFF, 0xF0], list(range(0, 2**32, 0x3333335))]))
    hashes = st.integers(1, 40).flatmap(lambda n: arrays(np.uint32, n, elements=st.sampled_from(values)))
    return draw(hashes), draw(st.lists(hashes, min_size=1, max_size=3))


@settings(max_examples=60, deadline=None)
@given(batches(), st.sampled_from([0.0, 0.5, 0.96, 1.0]), st.sampled_from([None, 0.0, 0.1, 0.5, 100.0]))
def test_agrees_with_the_slow_loop(reference, instruction_set, batch, gully, penalty):
    midi, audio = batch
    cost, mean, length, *ends = _dtw.score_hamming(midi, audio, gully, penalty, 2, instruction_set)
    for k, one in enumerate(audio):
        distances = reference.make_hamming_cost(midi, one)
        step = distances.astype(np.float64).mean() if penalty is None else penalty
        answer = reference.align(distances, gully, step)
        assert (cost[k], length[k]) == (answer.cost, len(answer.midi_frame))
        assert tuple(int(end[k]) for end in ends) == answer.ends
        assert mean[k] == pytest.approx(answer.block_mean, abs=1e-12)


def test_instruction_sets_agree_to_the_last_bit():
    rng = np.random.default_rng(0)
    midi = rng.integers(0, 2**32, 400, np.uint32)
    audio = [rng.integers(0, 2**32, m, np.uint32) for m in (1, 81, 500)]
    sets = _dtw.list_instruction_sets()
    first, *others = (_dtw.score_hamming(midi, audio, 0.96, None, 1, one) for one in sets)
    for other in others:
        for found, expected in zip(other, first, strict=True):
            assert_array_equal(found, expected)


def test_score_tells_an_excerpt_from_another_piece():
    rng = np.random.default_rng(1)
    midi, other = rng.integers(0, 2**32, (2, 300), np.uint32)
    found = score_hashes(midi, [midi[50:130], other])
    assert found.score[0] == 1.0
    assert (found.midi_start[0], found.midi_end[0]) == (50, 129)
    assert found.score[1] < 0.6


@pytest.mark.parametrize(
    ("midi", "audio", "options", "message"),
    [
        (np.zeros(3, np.uint32), np.zeros(0, np.uint32), {}, r"audio\[0\] must be"),
        (np.zeros(3, np.int32), np.zeros(3, np.uint32), {}, "midi must be uint32"),
        (np.zeros((3, 2), np.uint32), np.zeros(3, np.uint32), {}, "midi must be"),
        (np.zeros(3, np.uint32), np.zeros(3, np.uint32), {"gully": -1.0}, "gully"),
        (np.zeros(3, np.uint32), np.zeros(3, np.uint32), {"penalty": float("nan")}, "penalty"),
    ],
)
def test_refuses_bad_arguments(midi, audio, options, message):
    with pytest.raises(ValueError, match=message):
        score_hashes(midi, [audio], **options)
