"""Baselines on labelled windows: average precision and ridge against plain definitions, and the ladder."""

import json

import numpy as np
import pytest
import soundfile
import torch
from click.testing import CliRunner

from lakhdb.cli.evaluate_frames import frames as command
from lakhdb.engine.errors import InputError
from lakhdb.engine.evaluate.frames import eval_frames
from lakhdb.engine.evaluate.frames_metrics import compute_average_precision, find_curve
from lakhdb.engine.evaluate.frames_names import FRAME_METHODS
from lakhdb.engine.evaluate.frames_network import BINS_PER_SEMITONE, LOWEST_PITCH, PitchBank, train_harmonic
from lakhdb.engine.evaluate.frames_ridge import fit_ridges, score_windows
from lakhdb.engine.evaluate.frames_spectra import FEATURES
from lakhdb.engine.export.frames import export_frames
from lakhdb.kernels.midi_writer import write_notes
from lakhdb.kernels.synthesis import synthesise

RATE = 16_000
SIZE = 2048


def slow_average_precision(scores, labels):
    """Sum precision at each threshold, times the recall that it adds."""
    flat, right = scores.ravel(), labels.ravel()
    total, before = 0.0, 0.0
    for threshold in sorted(set(flat.tolist()), reverse=True):
        taken = flat >= threshold
        precision = right[taken].mean()
        recall = right[taken].sum() / right.sum()
        total += (recall - before) * precision
        before = recall
    return total


@pytest.mark.parametrize("n_values", [2, 5, 10_000])
def test_average_precision_agrees_with_a_loop(n_values):
    rng = np.random.default_rng(n_values)
    scores = rng.integers(0, n_values, (30, 12)).astype(np.float32)
    labels = (rng.random((30, 12)) < 0.2).astype(np.uint8)
    found = compute_average_precision(find_curve(scores, labels))
    assert found == pytest.approx(slow_average_precision(scores, labels), abs=1e-12)


def test_average_precision_of_what_is_known():
    labels = np.array([[1, 0, 1, 0]], np.uint8)
    assert compute_average_precision(find_curve(np.array([[4.0, 2.0, 3.0, 1.0]]), labels)) == 1.0
    assert compute_average_precision(find_curve(np.zeros((1, 4)), labels)) == 0.5
    # Right ones come second and fourth: (1/2 + 2/4) / 2.
    assert compute_average_precision(find_curve(np.array([[3.0, 4.0, 1.0, 2.0]]), labels)) == 0.5


def test_refuses_labels_without_a_note():
    with pytest.raises(ValueError, match="no label is 1"):
        find_curve(np.zeros((2, 3)), np.zeros((2, 3), np.uint8))
    with pytest.raises(ValueError, match="one shape"):
        find_curve(np.zeros((2, 3)), np.ones((3, 2), np.uint8))


def test_ridge_solves_its_normal_equations():
    rng = np.random.default_rng(0)
    audio = rng.standard_normal((5000, 20)).astype(np.float32)  # more than one chunk
    labels = (audio[:, :3] + 0.3 * rng.standard_normal((5000, 3)) > 0.5).astype(np.uint8)
    (one,) = fit_ridges(audio, labels, FEATURES["ridge"], penalties=[0.5])
    x = audio.astype(np.float64)
    centred = x - x.mean(axis=0)
    gram = centred.T @ centred
    added = gram + 0.5 * np.trace(gram) / 20 * np.eye(20)
    weights = np.linalg.solve(added, centred.T @ (labels - labels.mean(axis=0)))
    np.testing.assert_allclose(one.weights, weights, atol=1e-5)
    (scores,) = score_windows(audio, FEATURES["ridge"], [one])
    np.testing.assert_allclose(scores, centred @ weights + labels.mean(axis=0), atol=1e-4)


def test_features_that_never_change_do_no_harm():
    audio = np.zeros((50, 64), np.float32)
    audio[::2, :5] = 0.5
    labels = np.zeros((50, 128), np.uint8)
    labels[::2, 60] = 1
    for describe in FEATURES.values():
        (scores,) = score_windows(audio, describe, fit_ridges(audio, labels, describe, penalties=[1e-3]))
        assert compute_average_precision(find_curve(scores, labels)) == 1.0


@pytest.mark.parametrize("pitch", [45, 60, 69, 90])
def test_the_bank_hears_a_sine_at_its_pitch(pitch):
    bank = PitchBank(4096, 44_100, torch.device("cpu"))
    times_s = np.arange(4096) / 44_100
    wave = np.sin(2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * times_s).astype(np.float32)
    (planes,) = bank.describe(wave[None])
    for plane in planes:
        assert abs(int(plane.argmax()) // BINS_PER_SEMITONE + LOWEST_PITCH - pitch) <= 1
    whole = planes[0]
    assert int(whole.argmax()) // BINS_PER_SEMITONE + LOWEST_PITCH == pitch
    # A full sine has magnitude 1, where the bins lie close enough to its pitch.
    assert pitch > 60 or float(whole.max()) == pytest.approx(np.log1p(1000), abs=0.05)


def test_training_repeats_exactly():
    rng = np.random.default_rng(0)
    bins = torch.from_numpy(rng.random((70, 4, 416)).astype(np.float16))
    labels = (rng.random((70, 128)) < 0.1).astype(np.uint8)
    both = [
        train_harmonic(bins, labels, bins, lambda scores: 0.0, epochs=1, seed=5, device=torch.device("cpu"))
        for _ in range(2)
    ]
    for one, other in zip(*(network.state_dict().values() for network in both), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


@pytest.fixture(scope="module")
def windows(tmp_path_factory):
    """Windows of twelve recordings of random chords, on one instrument."""
    folder = tmp_path_factory.mktemp("chords")
    rows = ["audio,midi"]
    for number in range(12):
        rng = np.random.default_rng(number)
        start_s = np.repeat(np.arange(40) * 0.4, 2)
        end_s = start_s + 0.4
        pitch = rng.integers(50, 75, start_s.size)
        n = start_s.size
        velocity, program, drums = np.full(n, 90), np.full(n, 19), np.zeros(n, bool)
        samples = synthesise(
            pitch, velocity, start_s, end_s, program, drums, duration_s=16.0, sample_rate=RATE, seed=number
        )
        soundfile.write(folder / f"{number}.flac", samples, RATE)
        midi = write_notes(pitch, velocity, start_s, end_s, program, drums, np.zeros(n, np.int64))
        (folder / f"{number}.mid").write_bytes(midi)
        rows.append(f"{number}.flac,{number}.mid")
    (folder / "pairs.csv").write_text("\n".join(rows))
    export_frames(
        None,
        folder / "windows",
        pairs=folder / "pairs.csv",
        aligned=True,
        size=SIZE,
        rate=RATE,
        split=(0.6, 0.2, 0.2),
    )
    return folder / "windows"


@pytest.fixture(scope="module")
def report(windows, tmp_path_factory):
    """What the ladder reaches on them, and its folder."""
    out = tmp_path_factory.mktemp("report") / "new"
    return eval_frames(windows, out=out, epochs=12, device="cpu"), out


def test_the_ladder_beats_guessing(report):
    rows = {row["method"]: row for row in report[0].to_table().to_pylist()}
    assert list(rows) == list(FRAME_METHODS)
    reached = {method: row["average_precision"] for method, row in rows.items()}
    chance = rows["ridge"]["chance"]
    assert 0.01 < chance < 0.03
    assert reached["ridge"] > chance
    assert min(reached["ridge-fft"], reached["log-spectrogram"], reached["convolutional"]) > 0.3
    assert all(0 < row["best_f1"] <= 1 for row in rows.values())


def test_report_and_figures_are_written(report):
    found, out = report
    told = json.loads((out / "report.json").read_text())
    assert sorted(file.name for file in out.iterdir()) == [
        "precision_recall.png",
        "report.json",
        "windows.png",
    ]
    assert [one["method"] for one in told["results"]] == list(FRAME_METHODS)
    assert told["windows"] == found.windows
    curve = told["results"][1]["curve"]
    assert curve["recall"][-1] == 1.0
    assert len(curve["recall"]) == len(curve["precision"])
    for name in ("precision_recall.png", "windows.png"):
        assert (out / name).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("options", "message"),
    [({"methods": ["guess"]}, "no method guess"), ({"methods": []}, "nothing"), ({"epochs": 0}, "one epoch")],
)
def test_refuses_what_cannot_be(windows, options, message):
    with pytest.raises(InputError, match=message):
        eval_frames(windows, **options)


def test_refuses_a_silent_split(windows, tmp_path):
    export_frames(
        None, tmp_path / "w", pairs=windows.parent / "pairs.csv", aligned=True, rate=RATE, split=(1, 0, 0)
    )
    with pytest.raises(InputError, match="no note sounds in any window of validation"):
        eval_frames(tmp_path / "w")


def test_the_command(windows):
    words = [str(windows), "--methods", "ridge-fft", "--format", "json"]
    result = CliRunner().invoke(command, words, catch_exceptions=False)
    assert result.exit_code == 0
    row = json.loads(result.stdout)
    assert row["method"] == "ridge-fft"
    assert row["setting"].startswith("penalty ")
