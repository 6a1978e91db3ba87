"""Measure the DTW kernels in cells a second, beside plain numba loops and librosa in the same run.

One JSON line a figure. On the CPU: `python benchmarks/bench_dtw.py`; the JAX kernel on a GPU:
`python benchmarks/bench_dtw.py --device cuda`.
"""

import argparse
import json
import platform
import statistics
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numba
import numpy as np

from lakhdb.kernels.dtw.hash import score_hashes
from lakhdb.kernels.dtw.path import find_path
from lakhdb.kernels.dtw.result import BEST_INSTRUCTION_SET, count_threads
from lakhdb.kernels.dtw.score import score_pairs

# A MIDI file of 140 s against previews of 30 s, at 46.44 ms a frame and 8 frames a hash.
N_MIDI, N_AUDIO, FRAMES_PER_HASH = 3000, 646, 8
# A song of 4 minutes against another, for the path.
N_SONG = 5168


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--candidates", type=int, help="previews at once: 64 on the CPU, 4096 on a GPU")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    for n_bins in (48, 72):
        if options.device == "cuda":
            bench_cuda(rng, n_bins, options.candidates or 4096, options.repeats)
        else:
            bench_score(rng, n_bins, options.candidates or 64, options.repeats)
            bench_path(rng, n_bins, options.repeats)
    if options.device == "cpu":
        bench_hash(rng, 40 * (options.candidates or 64), options.repeats)


def bench_score(rng, n_bins, n_candidates, repeats):
    """Score previews: ours, the plain loop on as many threads, librosa on one pair."""
    midi, audio = make_frames(rng, N_MIDI, n_bins), make_frames(rng, n_candidates, N_AUDIO, n_bins)
    few = audio[: max(2, n_candidates // 8)]
    cells = N_MIDI * N_AUDIO
    ours = measure(lambda: score_pairs(midi, audio), cells * n_candidates, repeats)
    plain = measure(lambda: score_plainly(scale(midi), scale(few)), cells * len(few), repeats)
    theirs = measure(lambda: align_librosa(midi, audio[0]), cells, repeats)
    sizes = {"n_midi": N_MIDI, "n_audio": N_AUDIO, "n_bins": n_bins, "candidates": n_candidates}
    report("dtw_score", ours, sizes, numba=plain, librosa=theirs)


def bench_path(rng, n_bins, repeats):
    """Find the path of one long pair: ours, and librosa, both on one thread."""
    midi, audio = make_frames(rng, N_SONG, n_bins), make_frames(rng, N_SONG, n_bins)
    ours = measure(lambda: find_path(midi, audio), N_SONG**2, repeats)
    theirs = measure(lambda: align_librosa(midi, audio), N_SONG**2, max(1, repeats // 3))
    report("dtw_path", ours, {"n_midi": N_SONG, "n_audio": N_SONG, "n_bins": n_bins}, librosa=theirs)


def bench_hash(rng, n_candidates, repeats):
    """Score hash sequences: ours, and the plain loop on as many threads."""
    n, m = -(-N_MIDI // FRAMES_PER_HASH), -(-N_AUDIO // FRAMES_PER_HASH)
    midi = rng.integers(0, 2**32, n, dtype=np.uint32)
    audio = rng.integers(0, 2**32, (n_candidates, m), dtype=np.uint32)
    few = audio[: max(2, n_candidates // 8)]
    ours = measure(lambda: score_hashes(midi, audio), n * m * n_candidates, repeats)
    plain = measure(lambda: score_hashes_plainly(midi, few), n * m * len(few), repeats)
    report("dtw_hash", ours, {"n_midi": n, "n_audio": m, "candidates": n_candidates}, numba=plain)


def bench_cuda(rng, n_bins, n_candidates, repeats):
    """Score previews on the GPU, the host's share included, and hold it against the compiled kernel."""
    import jax

    midi, audio = make_frames(rng, N_MIDI, n_bins), make_frames(rng, n_candidates, N_AUDIO, n_bins)
    ours = measure(lambda: score_pairs(midi, audio, device="cuda"), N_MIDI * N_AUDIO * n_candidates, repeats)
    found, truth = (score_pairs(midi, audio[:256], device=device) for device in ("cuda", "cpu"))
    agreement = {
        "same_paths": float(np.mean((found.length == truth.length) & (found.audio_end == truth.audio_end))),
        "worst_cost": float(np.max(np.abs(found.cost / truth.cost - 1))),
    }
    sizes = {"n_midi": N_MIDI, "n_audio": N_AUDIO, "n_bins": n_bins, "candidates": n_candidates}
    report("dtw_score_cuda", ours, sizes | agreement | {"device": jax.devices("cuda")[0].device_kind})


def make_frames(rng, *shape):
    """Make frames whose neighbours resemble each other, as music's do."""
    noise = rng.normal(size=shape)
    slow = np.cumsum(noise, axis=-2) / np.sqrt(np.arange(1, shape[-2] + 1))[:, None]
    return np.clip(128 + 50 * slow, 0, 255).astype(np.uint8)


def scale(frames):
    """Give frames unit norm, which is how a plain loop has its cosine by a product."""
    frames = frames.astype(np.float32)
    return frames / np.maximum(np.linalg.norm(frames, axis=-1, keepdims=True), 1.0)


def align_librosa(midi, audio):
    """Align by librosa as near to our semantics as it comes: additive weights, one side's ends free."""
    import librosa

    weights = np.array([0.0, 0.5, 0.5])
    return librosa.sequence.dtw(
        scale(midi).T, scale(audio).T, metric="cosine", subseq=True, backtrack=True, weights_add=weights
    )


@numba.njit(fastmath=True)
def enter_row(total, length, start, corner, cost, penalty, i):
    """Replace the cells of one row in place; return the last one. What a path needs travels with its cost."""
    for j in range(total.size):
        above = total[j], length[j], start[j]
        if i == 0 or j == 0:
            total[j], length[j], start[j] = cost[j], 1, j - i
        else:
            ahead, aside = corner[0] + cost[j], min(total[j], total[j - 1]) + cost[j] + penalty
            if ahead <= aside:
                total[j], length[j], start[j] = ahead, corner[1] + 1, corner[2]
            elif total[j] <= total[j - 1]:
                total[j], length[j] = aside, length[j] + 1
            else:
                total[j], length[j], start[j] = aside, length[j - 1] + 1, start[j - 1]
        corner = above
    return total[-1], length[-1], start[-1]


@numba.njit(fastmath=True)
def fill_costs(midi, audio, i, cost):
    for j in range(len(audio)):
        product = np.float32(0.0)
        for k in range(midi.shape[1]):
            product += midi[i, k] * audio[j, k]
        cost[j] = np.float32(1.0) - product


@numba.njit
def fill_distances(midi, audio, i, cost):
    for j in range(len(audio)):
        bits = np.int64(midi[i] ^ audio[j])
        bits = bits - ((bits >> 1) & 0x55555555)
        bits = (bits & 0x33333333) + ((bits >> 2) & 0x33333333)
        bits = (bits + (bits >> 4)) & 0x0F0F0F0F
        cost[j] = np.float32(((bits * 0x01010101) >> 24) & 0xFF) / np.float32(32.0)


@numba.njit
def keep_better(best, cell, is_end):
    return cell if is_end and cell[0] < best[0] else best


@numba.njit(parallel=True)
def score_plainly(midi, audio):
    """The same score by the obvious loop, with a fixed penalty: cost, length and start of each best path."""
    best = np.zeros((len(audio), 3), np.float32)
    for k in numba.prange(len(audio)):
        best[k] = np.array(sweep_plainly(midi, audio[k], fill_costs))
    return best


@numba.njit(parallel=True)
def score_hashes_plainly(midi, audio):
    best = np.zeros((len(audio), 3), np.float32)
    for k in numba.prange(len(audio)):
        best[k] = np.array(sweep_plainly(midi, audio[k], fill_distances))
    return best


@numba.njit
def sweep_plainly(midi, audio, fill):
    n, m = len(midi), len(audio)
    total, cost = np.zeros(m, np.float32), np.zeros(m, np.float32)
    length, start = np.zeros(m, np.int32), np.zeros(m, np.int32)
    first_end = int(0.96 * min(n, m))
    nothing = total[0], length[0], start[0]
    best = np.float32(np.inf), length[0], start[0]
    for i in range(n):
        fill(midi, audio, i, cost)
        last = enter_row(total, length, start, nothing, cost, np.float32(0.5), i)
        best = keep_better(best, last, i >= first_end)
    for j in range(first_end, m):
        best = keep_better(best, (total[j], length[j], start[j]), True)
    return best


def measure(work, cells, repeats):
    """Median time of one call, warm, and what it makes of cells a second."""
    work()
    times = []
    for _ in range(repeats):
        before = time.perf_counter()
        work()
        times.append(time.perf_counter() - before)
    median = statistics.median(times)
    return {"median_ms": round(1e3 * median, 3), "gcells_per_s": round(cells / median / 1e9, 4)}


def report(bench, ours, details, **others):
    """Print one figure; beside it, how many times as fast as each other it is."""
    beside = {
        name: one | {"times_as_fast": round(ours["gcells_per_s"] / one["gcells_per_s"], 1)}
        for name, one in others.items()
    }
    packages = {name: find_version(name) for name in ("lakhdb", "numpy", "numba", "librosa", "jax")}
    machine = {
        "device": read_processor(),
        "threads": count_threads(),
        "instruction_set": BEST_INSTRUCTION_SET,
        "versions": packages,
    }
    print(json.dumps({"bench": bench} | ours | beside | machine | details), flush=True)


def find_version(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def read_processor():
    info = Path("/proc/cpuinfo")
    names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line]
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    main()
