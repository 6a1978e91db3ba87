import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lakhdb.kernels.constant_q import (
    COMPARED_BINS,
    DYNAMIC_RANGE_DB,
    FRAME_S,
    HOP,
    LOWEST_NOTE,
    MAX_TRANSPOSITION,
    N_BINS,
    SAMPLE_RATE,
    compute_constant_q,
    count_frames,
    dequantise,
    quantise,
    shift_bins,
)

frames = arrays(np.uint8, st.tuples(st.integers(1, 20), st.just(N_BINS)))


def make_tone(note, seconds=2.0, sample_rate=SAMPLE_RATE):
    time_s = np.arange(int(seconds * sample_rate)) / sample_rate
    return np.sin(2 * np.pi * 440.0 * 2 ** ((note - 69) / 12) * time_s).astype(np.float32)


@pytest.mark.parametrize("note", [LOWEST_NOTE, 48, 69, LOWEST_NOTE + N_BINS - 1])
@pytest.mark.parametrize("sample_rate", [SAMPLE_RATE, 44100, 16000])
def test_a_tone_is_loudest_in_its_own_bin(note, sample_rate):
    if note > 90 and sample_rate < SAMPLE_RATE:
        pytest.skip("near the end of the band the resampler has begun to fade")
    log_magnitude = compute_constant_q(make_tone(note, sample_rate=sample_rate), sample_rate)
    middle = log_magnitude[10:-10]
    assert (middle.argmax(axis=1) == note - LOWEST_NOTE).all()


def test_half_the_amplitude_is_six_decibels_less():
    loud = compute_constant_q(make_tone(60), SAMPLE_RATE)
    soft = compute_constant_q(0.5 * make_tone(60), SAMPLE_RATE)
    np.testing.assert_allclose(loud[15:-15, 36] - soft[15:-15, 36], 6.02, atol=0.01)


@pytest.mark.parametrize("n_samples", [1, 100, HOP - 1, HOP, 5000, 30 * SAMPLE_RATE])
def test_frames_follow_the_hop_however_short_the_audio(n_samples, recwarn):
    samples = np.full(n_samples, 0.1, dtype=np.float32)
    log_magnitude = compute_constant_q(samples, SAMPLE_RATE)
    assert log_magnitude.shape == (1 + n_samples // HOP, N_BINS)
    assert log_magnitude.shape[0] == count_frames(n_samples / SAMPLE_RATE)
    assert log_magnitude.dtype == np.float32
    assert log_magnitude.flags.c_contiguous
    assert not recwarn.list


def test_an_onset_lies_in_its_frame():
    samples = np.concatenate([np.zeros(20 * HOP, dtype=np.float32), make_tone(84)])
    column = compute_constant_q(samples, SAMPLE_RATE)[:, 60]
    assert np.flatnonzero(column > column.max() - 12)[0] in (19, 20)


def test_silence_is_finite_and_quantises_to_nothing():
    log_magnitude = compute_constant_q(np.zeros(SAMPLE_RATE, dtype=np.float32), SAMPLE_RATE)
    values, reference_db = quantise(log_magnitude)
    assert np.isfinite(log_magnitude).all()
    assert reference_db == -120.0
    assert not values.any()


@pytest.mark.parametrize(
    ("samples", "sample_rate", "message"),
    [
        (np.zeros((2, 100)), SAMPLE_RATE, "one-dimensional"),
        (np.zeros(0), SAMPLE_RATE, "not empty"),
        (np.array([0.0, np.nan]), SAMPLE_RATE, "finite"),
        (np.zeros(100), 0, "sample_rate"),
    ],
)
def test_refuses_what_is_not_audio(samples, sample_rate, message):
    with pytest.raises(ValueError, match=message):
        compute_constant_q(samples, sample_rate)


@given(
    arrays(np.float32, st.tuples(st.integers(1, 20), st.just(N_BINS)), elements=st.floats(-119, 60, width=32))
)
def test_quantising_loses_half_a_step_above_the_floor(log_magnitude):
    values, reference_db = quantise(log_magnitude)
    assert reference_db == log_magnitude.max()
    assert values.max() == 255
    kept = np.maximum(log_magnitude, reference_db - DYNAMIC_RANGE_DB)
    np.testing.assert_allclose(dequantise(values, reference_db), kept, atol=DYNAMIC_RANGE_DB / 255 / 2 + 1e-3)


@pytest.mark.parametrize(
    ("log_magnitude", "message"),
    [(np.zeros(5), "two-dimensional"), (np.zeros((0, 72)), "empty"), (np.full((1, 72), np.inf), "finite")],
)
def test_refuses_to_quantise_what_is_no_spectrum(log_magnitude, message):
    with pytest.raises(ValueError, match=message):
        quantise(log_magnitude)


@given(frames, st.integers(-MAX_TRANSPOSITION, MAX_TRANSPOSITION))
def test_a_shift_moves_content_up_and_repeats_the_edge(values, semitones):
    shifted = shift_bins(values, semitones)
    assert shifted.flags.c_contiguous
    for k in range(N_BINS):
        assert (shifted[:, k] == values[:, np.clip(k - semitones, 0, N_BINS - 1)]).all()


@given(frames, st.integers(-MAX_TRANSPOSITION, MAX_TRANSPOSITION))
def test_what_is_compared_of_a_shift_is_a_slice_of_the_item(values, semitones):
    start, stop = COMPARED_BINS.start, COMPARED_BINS.stop
    moved = values[:, max(start - semitones, 0) : stop - semitones]
    assert (shift_bins(values, semitones)[:, COMPARED_BINS][:, -moved.shape[1] :] == moved).all()


def test_refuses_a_shift_beyond_the_spare_bins():
    with pytest.raises(ValueError, match="semitones"):
        shift_bins(np.zeros((1, N_BINS), dtype=np.uint8), MAX_TRANSPOSITION + 1)


@pytest.mark.parametrize(
    ("duration_s", "n_frames"), [(0.0, 1), (FRAME_S * 0.99, 1), (FRAME_S, 2), (30.0, 646)]
)
def test_counts_frames(duration_s, n_frames):
    assert count_frames(duration_s) == n_frames


@pytest.mark.parametrize("duration_s", [-1.0, float("nan"), float("inf")])
def test_refuses_to_count_frames_of_no_duration(duration_s):
    with pytest.raises(ValueError, match="duration_s"):
        count_frames(duration_s)
