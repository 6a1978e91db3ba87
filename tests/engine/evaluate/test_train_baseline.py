"""Training of the thesis's networks: it learns, repeats, and goes on where it stopped."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from lakhdb.engine.errors import InputError, ModelError
from lakhdb.engine.evaluate.baselines import RECIPES, load_baseline, read_tensors
from lakhdb.engine.evaluate.train_baseline import train_baseline
from lakhdb.kernels import thesis_networks


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Networks with narrow dense layers: those of the thesis take seconds for a step."""
    monkeypatch.setattr(thesis_networks, "DENSE", 64)


@pytest.fixture(scope="module")
def pairs():
    """Short windows of chords, and the same quieter with noise."""
    rng = np.random.default_rng(0)
    made = []
    for _ in range(6):
        chords = np.zeros((4, 72), np.uint8)
        for chord in chords:
            chord[rng.choice(np.arange(14, 58), 4, replace=False)] = 220
        midi = np.repeat(chords, 8, axis=0)
        made.append((midi, np.clip(midi * 0.8 + rng.normal(0, 10, midi.shape), 0, 255).astype(np.uint8)))
    return made


def change_recipe(monkeypatch, name, **changes):
    monkeypatch.setitem(RECIPES, name, replace(RECIPES[name], **changes))


def read_weights(folder, name="dhs"):
    return read_tensors(folder / f"{name}.safetensors")[0]


@pytest.mark.parametrize(
    ("name", "decay", "steps"), [("dhs", 0.9, 40), ("dhs-piano", 0.9, 40), ("pse", 0.99, 80)]
)
def test_training_brings_pairs_together(name, decay, steps, pairs, tmp_path, monkeypatch):
    # The thesis's rates are for wide networks and days.
    change_recipe(monkeypatch, name, learning_rate=3e-4, decay=decay)
    first = train_baseline(name, pairs, steps=1, seed=0, folder=tmp_path)
    last = train_baseline(name, pairs, steps=steps, seed=0, folder=tmp_path)
    assert (first.n_steps, last.n_steps) == (1, steps)
    assert last.loss < 0.6 * first.loss
    baseline = load_baseline(name, tmp_path)
    outputs = [(baseline.compute(midi, "midi"), baseline.compute(audio, "audio")) for midi, audio in pairs]
    own = [np.linalg.norm(midi - audio) for midi, audio in outputs]
    other = [np.linalg.norm(midi - outputs[number - 1][1]) for number, (midi, _) in enumerate(outputs)]
    assert np.mean(own) < 0.9 * np.mean(other)


def test_the_seed_decides(pairs, tmp_path):
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        train_baseline("dhs", pairs, steps=2, seed=seed, folder=tmp_path / folder)
    one, same, other = (read_weights(tmp_path / folder) for folder in "abc")
    assert all(torch.equal(one[key], same[key]) for key in one)
    assert not torch.equal(one["midi.front.0.weight"], other["midi.front.0.weight"])


def test_a_stopped_training_goes_on_to_the_same_weights(pairs, tmp_path):
    train_baseline("dhs", pairs, steps=4, seed=1, folder=tmp_path / "whole")
    for steps in (1, 3, 4):
        report = train_baseline("dhs", pairs, steps=steps, seed=1, folder=tmp_path / "parts")
        assert report.n_steps == steps
    whole, parts = (read_weights(tmp_path / folder) for folder in ("whole", "parts"))
    assert all(torch.equal(whole[key], parts[key]) for key in whole)


def test_a_finished_training_does_nothing(pairs, tmp_path):
    done = train_baseline("dhs", pairs, steps=2, seed=1, folder=tmp_path)
    before = (tmp_path / "dhs.safetensors").stat().st_mtime_ns
    assert train_baseline("dhs", pairs, steps=1, seed=1, folder=tmp_path) == done
    assert (tmp_path / "dhs.safetensors").stat().st_mtime_ns == before


def test_the_two_sides_have_networks_of_their_own(pairs, tmp_path):
    train_baseline("dhs", pairs, steps=1, seed=1, folder=tmp_path)
    weights = read_weights(tmp_path)
    assert not torch.equal(weights["midi.front.0.weight"], weights["audio.front.0.weight"])
    assert not torch.equal(weights["midi.mean"], weights["audio.mean"])


def test_validation_keeps_the_best_and_ends_in_time(pairs, tmp_path, monkeypatch):
    monkeypatch.setattr("lakhdb.engine.evaluate.train_baseline.PATIENCE", 4)
    change_recipe(monkeypatch, "dhs", validate_every=2, learning_rate=0.0)
    report = train_baseline("dhs", pairs[:4], steps=50, seed=1, folder=tmp_path, validation=pairs[4:])
    # The first validation is an improvement; nothing is learned after it.
    assert report.n_steps == 6
    assert np.isfinite(report.validation_loss)
    again = train_baseline("dhs", pairs[:4], steps=50, seed=1, folder=tmp_path, validation=pairs[4:])
    assert again.n_steps == 6


def test_another_recipe_or_seed_is_refused(pairs, tmp_path, monkeypatch):
    train_baseline("dhs", pairs, steps=1, seed=1, folder=tmp_path)
    with pytest.raises(ModelError, match="of another recipe or seed"):
        train_baseline("dhs", pairs, steps=2, seed=2, folder=tmp_path)
    change_recipe(monkeypatch, "dhs", alpha=1.0)
    with pytest.raises(ModelError, match="of another recipe or seed"):
        train_baseline("dhs", pairs, steps=2, seed=1, folder=tmp_path)


def test_a_loss_that_explodes_is_told(pairs, tmp_path, monkeypatch):
    change_recipe(monkeypatch, "dhs", alpha=float("inf"))
    with pytest.raises(ModelError, match="no longer finite after 0 steps"):
        train_baseline("dhs", pairs, steps=2, seed=1, folder=tmp_path)


def test_items_of_other_lengths_are_cut(pairs, tmp_path):
    uneven = [(midi[: 16 + n], audio[: 30 - n]) for n, (midi, audio) in enumerate(pairs)]
    for name in RECIPES:
        assert np.isfinite(train_baseline(name, uneven, steps=1, seed=0, folder=tmp_path).loss)


@pytest.mark.parametrize(
    ("steps", "n_pairs", "message"), [(0, 8, "steps is 0"), (1, 1, "fewer than two pairs")]
)
def test_refuses_what_nothing_can_be_learned_from(pairs, tmp_path, steps, n_pairs, message):
    with pytest.raises(InputError, match=message):
        train_baseline("dhs", pairs[:n_pairs], steps=steps, seed=0, folder=tmp_path)


def test_bits_are_the_signs(pairs, tmp_path):
    train_baseline("dhs", pairs, steps=1, seed=0, folder=tmp_path)
    baseline = load_baseline("dhs", tmp_path)
    frames = pairs[0][0]
    hashes, values = baseline.hash(frames, "midi"), baseline.compute(frames, "midi")
    assert hashes.shape == (4,)
    assert [[(int(one) >> bit) & 1 for bit in range(32)] for one in hashes] == (values > 0).tolist()


def test_versions_tell_weights_apart(pairs, tmp_path):
    versions = set()
    for seed in (1, 2):
        train_baseline("dhs", pairs, steps=1, seed=seed, folder=tmp_path / str(seed))
        versions.add(load_baseline("dhs", tmp_path / str(seed)).version)
    assert len(versions) == 2
    assert all(version.startswith("dhs-") for version in versions)
