"""What features cost, beside the predecessor's way and beside bare decoding; what their quantisation costs.

    python benchmarks/bench_features.py [--files 12] [--repeats 5]

Prints one JSON line each for MIDI, audio and quantisation. Times are of processor, one thread, so that what
else the machine does counts little. Real data are found through LAKHDB_DATA (default ../shared/data).
"""

import os

os.environ.update({name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")})

import argparse
import io
import statistics
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import librosa
import numba
import numpy as np
import pretty_midi
import soundfile
from figures import print_figure
from numpy.typing import NDArray

from lakhdb.engine.features import compute_audio_features, compute_midi_features
from lakhdb.engine.recordings import find_soundfont
from lakhdb.kernels.constant_q import COMPARED_BINS, HOP, LOWEST_NOTE, N_BINS, SAMPLE_RATE, compute_constant_q
from lakhdb.kernels.dtw.score import score_pairs
from lakhdb.kernels.midi_file import read_midi
from lakhdb.kernels.whitening import MEAN_SHARE, REACH, prepare_frames

DATA = Path(os.environ.get("LAKHDB_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
Floats = NDArray[np.float32]


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=12, help="files of pop909 that the predecessor does too")
    parser.add_argument("--repeats", type=int, default=5, help="passes, of which the median counts")
    arguments = parser.parse_args()
    if not DATA.is_dir():
        parser.error(f"no real data at {DATA}; name its folder in LAKHDB_DATA")
    warnings.simplefilter("ignore")
    songs = read_songs(arguments.files)
    time_midi(songs, arguments.repeats)
    time_audio(arguments.repeats)
    measure_quantisation(songs)


def read_songs(n_files: int) -> list[bytes]:
    """Main files of pop909, spread over the collection."""
    numbers = np.unique(np.linspace(1, 600, n_files).astype(int))
    with zipfile.ZipFile(DATA / "pop909.zip") as archive:
        return [archive.read(f"{number:03d}/{number:03d}.mid") for number in numbers]


def time_one(function: Callable[[], object], repeats: int) -> float:
    """Median processor seconds; a first call warms up."""
    function()
    seconds = []
    for _ in range(repeats):
        started = time.process_time()
        function()
        seconds.append(time.process_time() - started)
    return statistics.median(seconds)


def synthesise_features(data: bytes, soundfont: Path) -> Floats:
    """The predecessor's way: pretty_midi, FluidSynth at 11 025 Hz, librosa.cqt of 48 bins."""
    samples = pretty_midi.PrettyMIDI(io.BytesIO(data)).fluidsynth(fs=11025, synthesizer=str(soundfont))
    transform = librosa.cqt(samples, sr=11025, hop_length=512, fmin=librosa.midi_to_hz(36), n_bins=48)
    return librosa.amplitude_to_db(np.abs(transform))


def time_midi(songs: list[bytes], repeats: int) -> None:
    """Bytes to all features, beside the predecessor's bytes to constant-Q, file by file."""
    ours = [time_one(lambda data=data: compute_midi_features(read_midi(data)), repeats) for data in songs]
    figures = {
        "files": len(songs),
        "ours_ms": 1000 * statistics.median(ours),
        "files_per_s": 1 / np.mean(ours),
    }
    soundfont = find_soundfont()
    if soundfont is not None:
        theirs = [time_one(lambda data=data: synthesise_features(data, soundfont), 1) for data in songs]
        figures |= {"predecessor_ms": 1000 * statistics.median(theirs), "ratio": sum(theirs) / sum(ours)}
    print_figure("features_midi", **round_all(figures))


def decode(encoded: bytes) -> tuple[Floats, int]:
    """Decode to mono."""
    samples, sample_rate = soundfile.read(io.BytesIO(encoded), dtype="float32", always_2d=True)
    return samples.mean(axis=1), sample_rate


def transform_barely(encoded: bytes) -> Floats:
    """Decoding and librosa.cqt at the file's own rate, nothing else."""
    samples, sample_rate = decode(encoded)
    hop = HOP * sample_rate // SAMPLE_RATE
    fmin = librosa.midi_to_hz(LOWEST_NOTE)
    return np.abs(librosa.cqt(samples, sr=sample_rate, hop_length=hop, fmin=fmin, n_bins=N_BINS))


def time_audio(repeats: int) -> None:
    """30 s of MP3 to all features, beside bare decoding and transform, at two sample rates."""
    samples, rate = soundfile.read(
        DATA / "real_audio" / "lets_go_fishin.ogg", dtype="float32", always_2d=True
    )
    for sample_rate in (22050, 44100):
        clip = librosa.resample(samples[: 30 * rate].T, orig_sr=rate, target_sr=sample_rate).T
        encoded = io.BytesIO()
        soundfile.write(encoded, clip, sample_rate, format="MP3")
        data = encoded.getvalue()
        bare = time_one(lambda data=data: transform_barely(data), repeats)
        ours = time_one(lambda data=data: compute_audio_features(*decode(data)), repeats)
        figures = {"bare_ms": 1000 * bare, "ours_ms": 1000 * ours, "ratio": ours / bare}
        print_figure("features_audio", sample_rate=sample_rate, seconds=30, **round_all(figures))


def measure_quantisation(songs: list[bytes]) -> None:
    """Normalised path cost of real recordings against their scores and songs: from bytes and from floats."""
    differences, changed = [], 0
    notes = [read_midi(path.read_bytes()) for path in sorted((DATA / "real_audio").glob("*_SCORE.mid"))]
    midi = [compute_midi_features(one).frames for one in (*notes, *map(read_midi, songs[:5]))]
    for path in sorted((DATA / "real_audio").glob("*_SCORE.mid")):
        name = path.name.removesuffix("_SCORE.mid")
        audio = next(other for other in path.parent.glob(f"{name}.*"))
        samples, rate = soundfile.read(audio, dtype="float32", always_2d=True)
        log_magnitude = compute_constant_q(samples[: 30 * rate].mean(axis=1), rate)
        exact = whiten_floats(
            np.clip((log_magnitude - log_magnitude.max() + 80) * np.float32(255 / 80), 0, 255)
        )
        stored = compute_audio_features(samples[: 30 * rate].mean(axis=1), rate).frames
        scores = score_pairs(
            np.ascontiguousarray(prepare_frames(stored)[:, COMPARED_BINS]),
            [np.ascontiguousarray(prepare_frames(one)[:, COMPARED_BINS]) for one in midi],
        )
        coarse = scores.cost / scores.length / scores.block_mean
        fine = np.array([score_floats(exact, whiten_floats(one.astype(np.float32))) for one in midi])
        differences.append(np.abs(coarse - fine))
        changed += int(coarse.argmin() != fine.argmin())
    figures = {"mean": float(np.mean(differences)), "largest": float(np.max(differences))}
    print_figure(
        "features_quantisation",
        pairs=sum(map(len, differences)),
        changed_first=changed,
        **round_all(figures, 5),
    )


def whiten_floats(values: Floats) -> Floats:
    """`prepare_frames` without rounding, cut to the compared bins, to unit length."""
    above = np.maximum(values - MEAN_SHARE * values.mean(axis=0), 0)
    around = [above[:, max(k - REACH, 0) : k + REACH + 1].mean(axis=1) for k in range(N_BINS)]
    stands_out = np.sqrt(np.maximum(above - np.stack(around, axis=1), 0))[:, COMPARED_BINS]
    return stands_out / np.maximum(np.linalg.norm(stands_out, axis=1, keepdims=True), 1e-9)


def score_floats(one: Floats, other: Floats, gully: float = 0.96) -> float:
    """Normalised path cost as `score_pairs` has it, in plain loops over floats."""
    cost = 1.0 - one.astype(np.float64) @ other.T.astype(np.float64)
    total, length, first = accumulate(cost, float(cost.mean()))
    reach = int(np.ceil(gully * min(cost.shape)))
    ends = [(cost.shape[0] - 1, j) for j in range(reach - 1, cost.shape[1])]
    ends += [(i, cost.shape[1] - 1) for i in range(reach - 1, cost.shape[0])]
    i, j = min(ends, key=lambda end: total[end])
    start_i, start_j = first[i, j]
    return float(total[i, j] / length[i, j] / cost[start_i : i + 1, start_j : j + 1].mean())


@numba.njit
def accumulate(cost, penalty):
    """Total, cells and first cell of the cheapest path to each cell."""
    total, length = cost.copy(), np.ones(cost.shape, np.int64)
    first = np.zeros((*cost.shape, 2), np.int64)
    for i in range(cost.shape[0]):
        for j in range(cost.shape[1]):
            first[i, j, 0], first[i, j, 1] = i, j
            if i == 0 or j == 0:
                continue
            best, from_i, from_j = total[i - 1, j - 1], i - 1, j - 1
            if total[i - 1, j] + penalty < best:
                best, from_i, from_j = total[i - 1, j] + penalty, i - 1, j
            if total[i, j - 1] + penalty < best:
                best, from_i, from_j = total[i, j - 1] + penalty, i, j - 1
            total[i, j] += best
            length[i, j] = length[from_i, from_j] + 1
            first[i, j] = first[from_i, from_j]
    return total, length, first


def round_all(figures: dict[str, float], digits: int = 3) -> dict[str, float]:
    """Round floats for printing."""
    return {name: round(float(value), digits) for name, value in figures.items()}


if __name__ == "__main__":
    main()
