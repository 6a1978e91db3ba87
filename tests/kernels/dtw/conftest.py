"""The plain loops that the DTW kernels are held against, in the same float32 arithmetic, cell by cell."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from lakhdb.kernels import _dtw

ONE = np.float32(1.0)


@dataclass(frozen=True)
class Answer:
    """What the loops find for one pair."""

    cost: np.float32
    block_mean: float
    midi_frame: list
    audio_frame: list
    margin: float  # by how much the closest choice on the way was made; 0 is a tie

    @property
    def ends(self):
        return self.midi_frame[0], self.midi_frame[-1], self.audio_frame[0], self.audio_frame[-1]


@pytest.fixture(scope="session")
def reference():
    """The loops, by name."""
    return SimpleNamespace(
        align=align, make_cosine_cost=make_cosine_cost, make_hamming_cost=make_hamming_cost
    )


@pytest.fixture(scope="session", params=_dtw.list_instruction_sets())
def instruction_set(request):
    """Each way in which the compiled kernels can run here."""
    return request.param


def make_cosine_cost(midi, audio):
    """1 − cosine of raw uint8 frames, a frame of zeros having cosine 0 with all."""
    dots = midi.astype(np.int64) @ audio.astype(np.int64).T
    cosine = dots.astype(np.float32) * _invert_norms(audio)[None, :] * _invert_norms(midi)[:, None]
    return ONE - np.minimum(cosine, ONE)


def make_hamming_cost(midi, audio):
    """Hamming distance of uint32 hashes, over 32."""
    bits = [[(a ^ b).bit_count() for b in audio.tolist()] for a in midi.tolist()]
    return np.array(bits, np.float32) / np.float32(32.0)


def align(cost, gully, penalty):
    """Fill the matrix row by row, then trace the best path back from its end."""
    n, m = cost.shape
    total, moves, margins = cost.copy(), np.zeros((n, m), int), np.full((n, m), np.inf)
    for i in range(1, n):
        for j in range(1, m):
            total[i, j], moves[i, j], margins[i, j] = _enter(total, cost[i, j], np.float32(penalty), i, j)
    last_i, last_j, margin = _find_end(total, gully)
    i, j = last_i, last_j
    cells = [(i, j)]
    while i > 0 and j > 0:
        margin = min(margin, margins[i, j])
        i, j = i - (moves[i, j] != 2), j - (moves[i, j] != 1)
        cells.append((i, j))
    midi_frame, audio_frame = (list(side) for side in zip(*cells[::-1], strict=True))
    mean = float(cost[i : last_i + 1, j : last_j + 1].astype(np.float64).mean())
    return Answer(total[last_i, last_j], mean, midi_frame, audio_frame, float(margin))


def _invert_norms(frames):
    squares = (frames.astype(np.int64) ** 2).sum(axis=1).astype(np.float64)
    return np.where(squares > 0, 1.0 / np.sqrt(np.maximum(squares, 1.0)), 0.0).astype(np.float32)


def _enter(total, cost, penalty, i, j):
    """Return the cell's total, its move (0 diagonal, 1 from above, 2 from the left) and the margin."""
    above, left = total[i - 1, j], total[i, j - 1]
    ahead, aside = total[i - 1, j - 1] + cost, min(above, left) + (cost + penalty)
    if ahead <= aside:
        return ahead, 0, aside - ahead
    return aside, 1 if above <= left else 2, min(ahead - aside, abs(above - left))


def _find_end(total, gully):
    n, m = total.shape
    first = min(int(gully * min(n, m)), min(n, m) - 1)
    j = first + int(np.argmin(total[-1, first:]))
    i = first + int(np.argmin(total[first:, -1]))
    end = (n - 1, j) if total[-1, j] <= total[i, -1] else (i, m - 1)
    edge = [(n - 1, k) for k in range(first, m)] + [(k, m - 1) for k in range(first, n)]
    return *end, min((total[other] - total[end] for other in edge if other != end), default=np.inf)
