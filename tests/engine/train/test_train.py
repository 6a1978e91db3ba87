"""Training on a small scale: it learns, goes on where it was stopped, and repeats."""

import json

import numpy as np
import pytest
import torch

from lakhdb.engine.errors import InputError, ModelError
from lakhdb.engine.models.files import load_network
from lakhdb.engine.train.axes import find_directions
from lakhdb.engine.train.batches import BatchMaker
from lakhdb.engine.train.loop import INSIDE, validate
from lakhdb.engine.train.pairs import NoteReader, PairMaker
from lakhdb.engine.train.pieces import Piece
from lakhdb.engine.train.pool import read_pool, record_piece
from lakhdb.engine.train.train import train_model
from lakhdb.kernels.networks import DIMENSION, MARGIN_STEPS, STEPS_PER_WINDOW, PairNetwork

STEPS = 30


@pytest.fixture(scope="module")
def trained(tune_files, tmp_path_factory):
    """A model trained for half a minute, in its folder."""
    folder = tmp_path_factory.mktemp("trained")
    summary = train_model("embedding", [tune_files], output=folder, steps=STEPS, seed=3, jobs=1)
    return folder, summary


def list_held_out(folder):
    notes = NoteReader()
    return list(
        BatchMaker(read_pool(folder / "recordings", "validation"), PairMaker(notes, False), 96, 3).list_all()
    )


def test_a_minute_of_training_beats_chance(trained):
    folder, summary = trained
    held_out = list_held_out(folder)
    n_compositions = len(torch.unique(torch.cat([batch.composition for batch in held_out])))
    n_steps = sum(len(batch.owner) for batch in held_out)
    torch.manual_seed(0)
    untrained = validate(PairNetwork(), held_out, torch.device("cpu"))
    network, facts = load_network(folder)
    figures = validate(network, held_out, torch.device("cpu"))
    assert n_compositions >= 5
    assert figures["rank_1"] > 3 / n_compositions
    # One hash in many is right by chance; bits of an untrained network hardly differ from step to step.
    assert figures["steps_right"] > max(10 / n_steps, 2 * untrained["steps_right"])
    assert figures["loss"] < 0.8 * untrained["loss"]
    assert figures["mrr"] == pytest.approx(summary.figures["mrr"], abs=0.05)
    assert facts["steps"] == STEPS
    assert facts["seed"] == 3


def test_the_model_says_what_it_is(trained):
    folder, summary = trained
    card = (folder / "MODEL_CARD.md").read_text()
    sha256 = json.loads((folder / "model.json").read_text())["sha256"]
    assert sha256 in card
    assert f"{summary.n_recordings} recordings" in card
    assert str(summary).startswith(str(folder))
    assert summary.weights.stat().st_size < 10_000_000


def test_the_first_dimensions_carry_most(trained):
    folder, _ = trained
    network, _ = load_network(folder)
    with torch.inference_mode():
        vectors = torch.cat(
            [network.pool(network(one.audio)[0][:, :, INSIDE]) for one in list_held_out(folder)]
        )
    energy = vectors.square().mean(dim=0)
    assert energy[: DIMENSION // 4].sum() > 0.75 * energy.sum()


def test_directions_begin_with_what_carries_most():
    rng = torch.Generator().manual_seed(1)
    vectors = torch.randn(200, 16, generator=rng) * torch.linspace(0.1, 2, 16)
    directions = find_directions(vectors)
    assert torch.allclose(directions.T @ directions, torch.eye(16), atol=1e-5)
    energy = (vectors @ directions).square().sum(dim=0)
    assert (energy[:-1] >= energy[1:]).all()
    assert torch.equal(find_directions(-vectors), directions)


def test_a_training_that_was_stopped_goes_on_to_the_same_weights(tune_files, tmp_path):
    options = {"steps": 4, "recordings": 48, "seed": 5, "jobs": 1}
    whole = train_model("embedding", [tune_files], output=tmp_path / "whole", **options)

    def stop(stage, done, total):
        if stage == "training" and done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_model("embedding", [tune_files], output=tmp_path / "halves", progress=stop, **options)
    assert not (tmp_path / "halves/model.safetensors").exists()
    rest = []
    halves = train_model(
        "embedding",
        [tune_files],
        output=tmp_path / "halves",
        progress=lambda *told: rest.append(told),
        **options,
    )
    assert [done for stage, done, _ in rest if stage == "training"] == [3, 4]
    assert halves.weights.read_bytes() == whole.weights.read_bytes()


def test_other_settings_do_not_go_on(trained, tune_files):
    folder, _ = trained
    with pytest.raises(InputError, match="another steps"):
        train_model("embedding", [tune_files], output=folder, steps=STEPS + 1, seed=3, jobs=1)
    with pytest.raises(InputError, match="of another origin"):
        train_model("embedding", [tune_files], output=folder, steps=STEPS, seed=4, jobs=1)


def test_hashes_alone_leave_vectors_as_they_are(trained, tune_files, tmp_path):
    folder, _ = trained
    summary = train_model(
        "hash", [tune_files], output=tmp_path, model=folder, steps=2, recordings=96, seed=3, jobs=1
    )
    before, _ = load_network(folder)
    after, facts = load_network(summary.weights.parent)
    changed = {
        name for name, one in before.state_dict().items() if not torch.equal(one, after.state_dict()[name])
    }
    assert changed == {"hash_head.weight", "hash_head.bias"}
    assert facts["head"] == "hash"


def test_impossible_options_are_refused(tune_files, tmp_path):
    with pytest.raises(InputError, match="--model"):
        train_model("hash", [tune_files], output=tmp_path)
    with pytest.raises(InputError, match="steps is 0"):
        train_model("embedding", [tune_files], output=tmp_path, steps=0)
    with pytest.raises(InputError, match="budget"):
        train_model("embedding", [tune_files], output=tmp_path, budget_min=-1)
    with pytest.raises(ModelError):
        train_model("hash", [tune_files], output=tmp_path, model=tmp_path / "none", recordings=40, jobs=1)
    with pytest.raises(InputError, match="too few compositions"):
        train_model("embedding", [tune_files / "tune-000.mid"], output=tmp_path / "few", jobs=1)


@pytest.mark.parametrize("vary", [False, True])
def test_steps_that_belong_together_sound_alike(tune_files, tmp_path, vary):
    path = str(tune_files / "tune-007.mid")
    record_piece(Piece(path, "tune", "tune", "train"), (), tmp_path / "000000.npz", (1, 2), [None])
    [recording] = read_pool(tmp_path, "train")
    maker = PairMaker(NoteReader(), vary)
    found = {shift: [] for shift in (-2, 0, 2)}
    for seed in range(20):
        pair = maker.make(recording, np.random.default_rng(seed))
        steps = np.flatnonzero((pair.midi_step >= 2) & (pair.midi_step < STEPS_PER_WINDOW - 2))
        assert steps.size > 10
        audio, midi = (one.reshape(-1, 2, 72).mean(axis=1)[MARGIN_STEPS:] for one in (pair.audio, pair.midi))
        for shift, correlations in found.items():
            one, other = audio[steps], midi[pair.midi_step[steps] + shift]
            # What sounds all the time, such as noise, says nothing of the time.
            changes = (one - one.mean(axis=0)).ravel(), (other - other.mean(axis=0)).ravel()
            correlations.append(np.corrcoef(*changes)[0, 1])
    assert np.mean(found[0]) > max(np.mean(found[-2]), np.mean(found[2])) + 0.05
