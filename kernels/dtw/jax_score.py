"""The score in JAX, for accelerators. Importing this imports jax: `score_pairs` does so only when asked to.

All candidates of a batch advance together along anti-diagonals: lane j holds audio frame j, and step t
computes the cells of MIDI frame t − j. Recordings are aligned at their last frames, so that the last column
is one lane.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.typing import NDArray

from lakhdb.kernels import _dtw
from lakhdb.kernels.dtw.result import PathScores, compute_scores, count_threads

__all__ = ["score_frames"]

# These three are estimates, not yet tuned on a GPU.
# Steps whose costs one product computes: enough rows for the matrix units, few enough to hold.
_N_STEPS = 64
# Steps in one pass of the compiled loop: fewer trips, and fewer copies of what they carry.
_UNROLL = 8
# Cells of one step in a batch; their costs take 256 bytes each.
_MAX_CELLS = 1 << 20


class _Cells(NamedTuple):
    """Paths to the cells of a step: cost, cells, and moves along the audio less moves along the MIDI."""

    cost: jax.Array
    length: jax.Array
    drift: jax.Array


class _Batch(NamedTuple):
    """Recordings of similar length, padded at the front to one length and with empty ones to one number."""

    members: NDArray[np.intp]
    frames: NDArray[np.uint8]  # (n_batch, n_lanes, d)
    n_frames: NDArray[np.int32]  # (n_batch,)


def score_frames(
    midi: NDArray[np.uint8],
    audio: Sequence[NDArray[np.uint8]],
    gully: float,
    penalty: float | None,
    platform: Literal["cpu", "cuda"],
) -> PathScores:
    """Do the work of `lakhdb.kernels.dtw.score.score_pairs`, which describes and checks the arguments.

    Parameters
    ----------
    midi : NDArray, shape (n, d), uint8
    audio : sequence of K NDArray, shape (m_k, d), uint8
    gully : float
    penalty : float or None
    platform : {"cpu", "cuda"}
        Where JAX computes.

    Returns
    -------
    PathScores
        Costs as the compiled kernel's, to rounding. Where rounding turns a tie, so may the paths.

    Raises
    ------
    ValueError
        If JAX has no such device.
    """
    try:
        device = jax.devices(platform)[0]
    except RuntimeError as error:
        raise ValueError(f"JAX has no {platform} device; install lakhdb[cuda], or use device cpu") from error
    n, n_audio = midi.shape[0], len(audio)
    whole = np.array([[0, n - 1, 0, len(one) - 1] for one in audio], np.int32).reshape(n_audio, 4)
    if penalty is None:
        penalties = _dtw.mean_cosine(midi, audio, whole, count_threads()).astype(np.float32)
    else:
        penalties = np.full(n_audio, penalty, np.float32)
    shorter = np.minimum(n, whole[:, 3] + 1)
    first_end = np.minimum((gully * shorter).astype(np.int32), shorter - 1)
    batches = list(_make_batches(audio, midi.shape[1]))
    # All are sent before the first is fetched, so that the device never waits.
    answers = [_send(midi, batch, penalties, first_end, device) for batch in batches]
    table = np.zeros((5, n_audio), np.float64)
    for batch, answer in zip(batches, answers, strict=True):
        table[:, batch.members] = np.asarray(answer, np.float64)[:, : batch.members.size]
    return _read(table, midi, audio)


def _read(
    table: NDArray[np.float64], midi: NDArray[np.uint8], audio: Sequence[NDArray[np.uint8]]
) -> PathScores:
    """Turn cost, length, drift and end of each path into scores."""
    cost = table[0].astype(np.float32)
    length, drift, midi_end, audio_end = table[1:].astype(np.int32)
    start = audio_end - midi_end - drift
    midi_start, audio_start = np.maximum(-start, 0), np.maximum(start, 0)
    bounds = np.stack([midi_start, midi_end, audio_start, audio_end], axis=1)
    mean = _dtw.mean_cosine(midi, audio, bounds, count_threads())
    score = compute_scores(cost, length, mean)
    return PathScores(cost, length, mean, score, midi_start, midi_end, audio_start, audio_end)


def _make_batches(audio: Sequence[NDArray[np.uint8]], n_bins: int) -> Iterator[_Batch]:
    """Group recordings by length, in shapes so few that compilation stays rare."""
    n_frames = np.array([len(one) for one in audio], np.int32)
    n_lanes = np.array([_round_up(int(size), 16) for size in n_frames], np.int64)
    for size in np.unique(n_lanes).tolist():
        same = np.flatnonzero(n_lanes == size)
        most = 1 << max(0, (_MAX_CELLS // size).bit_length() - 1)
        for first in range(0, same.size, most):
            members = same[first : first + most]
            n_batch = min(most, max(8, 1 << (members.size - 1).bit_length()))
            frames = np.zeros((n_batch, size, n_bins), np.uint8)
            lengths = np.zeros(n_batch, np.int32)
            lengths[: members.size] = n_frames[members]
            for row, k in zip(frames, members.tolist(), strict=False):
                row[size - n_frames[k] :] = audio[k]
            yield _Batch(members, frames, lengths)


def _round_up(size: int, least: int) -> int:
    """Round up to one of eight sizes an octave."""
    step = max(least, 1 << max(0, size.bit_length() - 4))
    return -(-size // step) * step


def _send(
    midi: NDArray[np.uint8],
    batch: _Batch,
    penalties: NDArray[np.float32],
    first_end: NDArray[np.int32],
    device: Any,
) -> jax.Array:
    """Start the sweep of one batch."""
    n, n_lanes = midi.shape[0], batch.frames.shape[1]
    # Lanes before and beyond the MIDI file read silence.
    padded = np.zeros((_round_up(n, 256) + 2 * n_lanes + _N_STEPS, midi.shape[1]), np.uint8)
    padded[n_lanes - 1 : n_lanes - 1 + n] = midi
    fill = (0, batch.frames.shape[0] - batch.members.size)
    arrays = (
        padded,
        batch.frames,
        batch.n_frames,
        np.pad(penalties[batch.members], fill),
        np.pad(first_end[batch.members], fill),
        np.int32(n),
    )
    answer: jax.Array = _sweep(*jax.device_put(arrays, device))
    return answer


def _invert_norms(frames: jax.Array) -> jax.Array:
    squares = jnp.sum(jnp.square(frames.astype(jnp.float32)), axis=-1)
    return jnp.where(squares > 0, 1.0 / jnp.sqrt(jnp.maximum(squares, 1.0)), 0.0)


@jax.jit
def _sweep(
    midi: jax.Array,
    audio: jax.Array,
    n_frames: jax.Array,
    penalty: jax.Array,
    first_end: jax.Array,
    n: jax.Array,
) -> jax.Array:
    """Sweep all cells; return cost, length, drift, MIDI and audio end, each a row of (n_batch,)."""
    n_batch, n_lanes, _ = audio.shape
    lane = jnp.arange(n_lanes)[:, None]
    first_lane = n_lanes - n_frames
    inside = lane >= first_lane
    frames = jnp.swapaxes(audio, 0, 1).astype(jnp.bfloat16)
    audio_inverse = _invert_norms(audio).T
    midi_inverse = _invert_norms(midi)

    # A cell outside the matrix stands at cost 0 and length 0: the first cell of a path enters from it by a
    # diagonal move, which is always the cheapest, and starts there.
    def step(offset: Any, state: Any) -> Any:
        t, dots, inverse, before, earlier, best, best_end = state
        cosine = lax.dynamic_index_in_dim(dots, offset, 1, keepdims=False) * audio_inverse
        cosine = cosine * lax.dynamic_index_in_dim(inverse, offset, 1)
        cost = jnp.maximum(1.0 - cosine, 0.0)
        cells = _enter(before, earlier, cost, penalty)
        row = t + offset - lane
        is_cell = inside & (row >= 0) & (row < n)
        # A lane beyond the last MIDI frame keeps that frame's cell: a path may end there.
        cells = _Cells(*(jnp.where(is_cell, new, old) for new, old in zip(cells, before, strict=True)))
        is_end = (row[-1] >= first_end) & (row[-1] < n)
        best, best_end = _keep_cheaper(best, best_end, cells, row[-1], is_end)
        return t, dots, inverse, cells, before, best, best_end

    def steps(chunk: Any, state: Any) -> Any:
        t = chunk * _N_STEPS
        rows = t + jnp.arange(_N_STEPS) - lane + (n_lanes - 1)
        state = (t, _multiply(midi[rows], frames), midi_inverse[rows], *state)
        return lax.fori_loop(0, _N_STEPS, step, state, unroll=_UNROLL)[3:]

    nothing = _Cells(*(jnp.zeros((n_lanes, n_batch), kind) for kind in (jnp.float32, jnp.int32, jnp.int32)))
    best = _Cells(jnp.full(n_batch, jnp.inf), *jnp.zeros((2, n_batch), jnp.int32))
    start = (nothing, nothing, best, jnp.zeros(n_batch, jnp.int32))
    n_chunks = (n + n_lanes - 1 + _N_STEPS - 1) // _N_STEPS
    last_row, _, last_column, column_end = lax.fori_loop(0, n_chunks, steps, start)
    return _choose_end(last_row, last_column, column_end, lane - first_lane, first_end, n)


def _multiply(midi: jax.Array, audio: jax.Array) -> jax.Array:
    """Multiply frames lane by lane: (lane, step, d) and (lane, batch, d) to (lane, step, batch)."""
    # Products of uint8 are exact in bfloat16 with float32 sums, which a GPU's matrix units do fastest.
    rows = midi.astype(jnp.bfloat16)
    return jnp.einsum("jtd,jkd->jtk", rows, audio, preferred_element_type=jnp.float32, precision="highest")


def _keep_cheaper(
    best: _Cells, best_end: jax.Array, cells: _Cells, row: jax.Array, is_end: jax.Array
) -> tuple[_Cells, jax.Array]:
    """Keep the cheapest end so far in the last lane, the earliest on a tie."""
    is_best = is_end & (cells.cost[-1] < best.cost)
    kept = _Cells(*(jnp.where(is_best, new[-1], old) for new, old in zip(cells, best, strict=True)))
    return kept, jnp.where(is_best, row, best_end)


def _enter(before: _Cells, earlier: _Cells, cost: jax.Array, penalty: jax.Array) -> _Cells:
    """Choose the way into each cell of a step from the cells of the two steps before."""
    left, diagonal = (_Cells(*map(_shift, cells)) for cells in (before, earlier))
    is_up = before.cost <= left.cost
    ahead = diagonal.cost + cost
    aside = jnp.where(is_up, before.cost, left.cost) + (cost + penalty)
    is_diagonal = ahead <= aside
    length = jnp.where(is_diagonal, diagonal.length, jnp.where(is_up, before.length, left.length)) + 1
    drift = jnp.where(is_diagonal, diagonal.drift, jnp.where(is_up, before.drift - 1, left.drift + 1))
    return _Cells(jnp.where(is_diagonal, ahead, aside), length, drift)


def _shift(lanes: jax.Array) -> jax.Array:
    """Give each lane its left neighbour's value, and the first one what lies outside."""
    return jnp.concatenate([jnp.zeros_like(lanes[:1]), lanes[:-1]])


def _choose_end(
    last_row: _Cells,
    last_column: _Cells,
    column_end: jax.Array,
    audio_frame: jax.Array,
    first_end: jax.Array,
    n: jax.Array,
) -> jax.Array:
    """Take the cheaper end of the last MIDI frame's and the last audio frame's best."""
    costs = jnp.where(audio_frame >= first_end, last_row.cost, jnp.inf)
    at = jnp.argmin(costs, axis=0)
    on_row = _Cells(*(jnp.take_along_axis(one, at[None], axis=0)[0] for one in last_row))
    is_row = costs.min(axis=0) <= last_column.cost
    columns = [jnp.where(is_row, *pair) for pair in zip(on_row, last_column, strict=True)]
    columns.append(jnp.where(is_row, n - 1, column_end))
    columns.append(jnp.where(is_row, jnp.take_along_axis(audio_frame, at[None], axis=0)[0], audio_frame[-1]))
    return jnp.stack([one.astype(jnp.float32) for one in columns])
