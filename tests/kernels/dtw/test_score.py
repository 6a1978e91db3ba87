import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from lakhdb.kernels import _dtw
from lakhdb.kernels.dtw.score import PathScores, available_device, score_pairs

GULLIES = st.sampled_from([0.0, 0.5, 0.96, 1.0])
PENALTIES = st.sampled_from([0.0, 0.1, 0.5, 100.0])
FIELDS = ("cost", "length", "midi_start", "midi_end", "audio_start", "audio_end")


@st.composite
def batches(draw, most_frames=40):
    """One MIDI file and some recordings, often of few values, so that ties and silent frames abound."""
    n_bins = draw(st.integers(1, 9))
    levels = draw(st.sampled_from([[0, 1], [0, 2, 255], range(256)]))
    frames = st.integers(1, most_frames).flatmap(
        lambda n: arrays(np.uint8, (n, n_bins), elements=st.sampled_from(levels))
    )
    return draw(frames), draw(st.lists(frames, min_size=1, max_size=3))


def run(midi, audio, gully, penalty, instruction_set, threads=2):
    cost, mean, length, *ends = _dtw.score_cosine(midi, audio, gully, penalty, threads, instruction_set)
    return PathScores(cost, length, mean, np.zeros_like(mean), *ends)


def assert_is_answer(found, k, answer):
    assert found.cost[k] == answer.cost
    assert found.length[k] == len(answer.midi_frame)
    ends = found.midi_start, found.midi_end, found.audio_start, found.audio_end
    assert tuple(int(end[k]) for end in ends) == answer.ends
    assert_allclose(found.block_mean[k], answer.block_mean, atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(batches(), GULLIES, PENALTIES)
def test_agrees_with_the_slow_loop(reference, instruction_set, batch, gully, penalty):
    midi, audio = batch
    found = run(midi, audio, gully, penalty, instruction_set)
    for k, one in enumerate(audio):
        assert_is_answer(found, k, reference.align(reference.make_cosine_cost(midi, one), gully, penalty))


@pytest.mark.parametrize(
    ("n", "m"), [(1, 1), (1, 200), (200, 1), (63, 17), (64, 16), (65, 15), (130, 40), (17, 130), (129, 33)]
)
def test_agrees_where_blocks_of_frames_meet(reference, instruction_set, n, m):
    rng = np.random.default_rng(n + m)
    midi, audio = rng.integers(0, 256, (n, 5), np.uint8), rng.integers(0, 256, (m, 5), np.uint8)
    for gully in (0.5, 0.96):
        answer = reference.align(reference.make_cosine_cost(midi, audio), gully, 0.1)
        assert_is_answer(run(midi, [audio], gully, 0.1, instruction_set), 0, answer)


@pytest.mark.parametrize("n_bins", [1, 3, 4, 5, 48, 72, 256])
def test_instruction_sets_agree_to_the_last_bit(n_bins):
    rng = np.random.default_rng(n_bins)
    midi = rng.integers(0, 256, (300, n_bins), np.uint8)
    audio = [rng.integers(0, 256, (m, n_bins), np.uint8) for m in (5, 170, 333)]
    first, *others = (run(midi, audio, 0.96, None, one) for one in _dtw.list_instruction_sets())
    for other in others:
        for field in (*FIELDS, "block_mean"):
            assert_array_equal(getattr(other, field), getattr(first, field))


def test_penalty_defaults_to_the_mean_cost(reference, instruction_set):
    rng = np.random.default_rng(0)
    midi, audio = rng.integers(0, 256, (30, 8), np.uint8), rng.integers(0, 256, (20, 8), np.uint8)
    cost = reference.make_cosine_cost(midi, audio)
    answer = reference.align(cost, 0.96, cost.astype(np.float64).mean())
    found = run(midi, [audio], 0.96, None, instruction_set)
    assert_allclose(found.cost[0], answer.cost, rtol=1e-6)
    assert answer.margin > 1e-4
    assert found.length[0] == len(answer.midi_frame)


@settings(max_examples=60, deadline=None)
@given(batches(most_frames=25), GULLIES, PENALTIES)
def test_swapping_the_sides_swaps_the_path_unless_tied(reference, batch, gully, penalty):
    """The cost is the same always, to rounding; a tie may send the path, its ends and length elsewhere."""
    midi, (audio, *_) = batch
    found = score_pairs(midi, [audio], gully=gully, penalty=penalty)
    swapped = score_pairs(audio, [midi], gully=gully, penalty=penalty)
    assert_allclose(swapped.cost, found.cost, rtol=1e-5, atol=1e-5)
    if reference.align(reference.make_cosine_cost(midi, audio), gully, penalty).margin > 1e-4:
        assert swapped.length == found.length
        assert (swapped.midi_start, swapped.midi_end) == (found.audio_start, found.audio_end)
        assert (swapped.audio_start, swapped.audio_end) == (found.midi_start, found.midi_end)


def test_a_batch_of_mixed_lengths_is_its_members():
    rng = np.random.default_rng(1)
    midi = rng.integers(0, 256, (150, 12), np.uint8)
    audio = [rng.integers(0, 256, (m, 12), np.uint8) for m in rng.integers(1, 300, 37)]
    together = score_pairs(midi, audio)
    for k, one in enumerate(audio):
        alone = score_pairs(midi, [one])
        for field in (*FIELDS, "block_mean", "score"):
            assert getattr(alone, field)[0] == getattr(together, field)[k], field


def test_score_tells_an_excerpt_from_another_piece():
    rng = np.random.default_rng(2)
    midi, other = rng.integers(0, 256, (2, 400, 48), np.uint8)
    excerpt = np.repeat(midi[100:200], rng.integers(1, 3, 100), axis=0)
    found = score_pairs(midi, [midi, excerpt, other])
    assert found.score[0] > 0.999
    assert (found.midi_start[1], found.midi_end[1]) == (100, 199)
    assert found.score[1] > 0.5 > 0.2 > found.score[2]
    normalised = found.cost / found.length / found.block_mean
    assert_allclose(found.score, np.clip(2 * (1 - normalised), 0, 1), atol=1e-6)


@pytest.mark.parametrize("level", [0, 7])
def test_frames_all_alike_tell_nothing(level):
    frames = np.full((50, 6), level, np.uint8)
    assert score_pairs(frames, [frames]).score[0] == 0.0


def test_no_candidates_no_scores():
    assert score_pairs(np.ones((3, 4), np.uint8), []).score.shape == (0,)


def test_takes_slices_of_wider_arrays():
    rng = np.random.default_rng(3)
    midi, audio = rng.integers(0, 256, (60, 72), np.uint8), rng.integers(0, 256, (50, 72), np.uint8)
    sliced = score_pairs(midi[:, 10:58], [audio[:, 12:60]])
    copied = score_pairs(midi[:, 10:58].copy(), [audio[:, 12:60].copy()])
    assert sliced.cost == copied.cost


def test_costs_keep_their_precision_over_long_paths():
    """The sum of 30 000 cells in float32, against float64."""
    rng = np.random.default_rng(4)
    audio = rng.integers(0, 256, (30_000, 4), np.uint8)
    midi = np.clip(audio + rng.integers(0, 60, audio.shape), 0, 255).astype(np.uint8)
    found = score_pairs(midi, [audio], penalty=1.0)
    assert found.length[0] == 30_000
    unit = [frames / np.linalg.norm(frames.astype(float), axis=1, keepdims=True) for frames in (midi, audio)]
    assert_allclose(found.cost[0], np.sum(1.0 - np.sum(unit[0] * unit[1], axis=1)), rtol=1e-3)


FRAMES = np.ones((3, 4), np.uint8)


@pytest.mark.parametrize(
    ("midi", "audio", "options", "message"),
    [
        (FRAMES, FRAMES, {"gully": 1.1}, "gully"),
        (FRAMES, FRAMES, {"gully": float("nan")}, "gully"),
        (FRAMES, FRAMES, {"penalty": -0.1}, "penalty"),
        (FRAMES, FRAMES, {"penalty": float("inf")}, "penalty"),
        (FRAMES, FRAMES, {"device": "tpu"}, "device"),
        (FRAMES.astype(float), FRAMES, {}, "midi must be uint8"),
        (FRAMES[:0], FRAMES, {}, "midi must be"),
        (FRAMES, FRAMES[0], {}, r"audio\[0\] must be"),
        (FRAMES, FRAMES[:, :3], {}, r"audio\[0\] has 3 bins"),
        (np.ones((2, 257), np.uint8), np.ones((2, 257), np.uint8), {}, "1 to 256 bins"),
    ],
)
def test_refuses_bad_arguments(midi, audio, options, message):
    with pytest.raises(ValueError, match=message):
        score_pairs(midi, [audio], **options)


@pytest.mark.skipif(available_device() == "cuda", reason="there is a GPU")
def test_refuses_a_gpu_where_there_is_none():
    with pytest.raises(ValueError, match="no cuda device"):
        score_pairs(FRAMES, [FRAMES], device="cuda")


def test_imports_no_jax():
    code = "import sys; from lakhdb.kernels.dtw import hash, path, score; sys.exit('jax' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
