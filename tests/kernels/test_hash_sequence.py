import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lakhdb.kernels.hash_sequence import FRAMES_PER_HASH, compute_hash_sequence
from lakhdb.kernels.whitening import prepare_frames

frames = arrays(np.uint8, st.tuples(st.integers(1, 40), st.just(72)))


def slow_hash(values):
    prepared = prepare_frames(values).astype(int)
    hashes = []
    for start in range(0, len(values), FRAMES_PER_HASH):
        totals = [0] * 32
        for frame in prepared[start : start + FRAMES_PER_HASH]:
            for k in range(36):
                totals[k % 12] += frame[k]
            for k in range(36, 56):
                totals[12 + k - 36] += frame[k]
            for k in range(52, 68):
                totals[16 + k - 52] += frame[k]
        hashes.append(sum(1 << bit for bit, total in enumerate(totals) if 32 * total > sum(totals)))
    return hashes


@given(frames)
def test_agrees_with_the_slow_loop(values):
    hashes = compute_hash_sequence(values)
    assert hashes.dtype == np.uint32
    assert hashes.tolist() == slow_hash(values)


def test_a_note_sets_its_bit_for_as_long_as_it_sounds():
    values = np.zeros((80, 72), dtype=np.uint8)
    values[16:32, 40] = 200
    hashes = compute_hash_sequence(values)
    assert (hashes[2:4] == 1 << (12 + 40 - 36)).all()
    assert not hashes[:2].any()
    assert not hashes[4:].any()


def test_refuses_what_is_no_frames():
    with pytest.raises(ValueError, match="frames must be"):
        compute_hash_sequence(np.zeros((8, 48), dtype=np.uint8))
