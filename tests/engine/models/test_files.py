"""Models on disk: what is saved is loaded, and nothing else."""

import copy
import json
import struct

import numpy as np
import pytest
import torch

from lakhdb.engine.errors import ModelError
from lakhdb.engine.models.files import CARD, NETWORK, WEIGHTS, load_network, read_card, save_model
from lakhdb.kernels.networks import DIMENSION, PairNetwork


def change_card(folder, **values):
    card = json.loads((folder / CARD).read_text())
    (folder / CARD).write_text(json.dumps(card | values))


def test_what_is_saved_is_loaded(model_folder, network):
    loaded, facts = load_network(model_folder)
    assert facts == {"seed": 0, "licence": "MIT"}
    assert not loaded.training
    means = torch.rand(1, 64, 72, generator=torch.Generator().manual_seed(1)) * 255
    with torch.inference_mode():
        for mine, theirs in zip(loaded(means), network(means), strict=True):
            assert torch.equal(mine, theirs)


def test_the_version_names_network_and_weights(model_folder, tmp_path):
    card = read_card(model_folder)
    assert card.dimension == DIMENSION
    assert card.version == f"{NETWORK}-{card.sha256[:8]}"
    torch.manual_seed(5)
    save_model(PairNetwork(), tmp_path / "other", {})
    assert read_card(tmp_path / "other").version != card.version


def test_equal_networks_make_equal_files(model_folder, network, tmp_path):
    save_model(network, tmp_path / "again", {"another": "fact"})
    assert (tmp_path / "again" / WEIGHTS).read_bytes() == (model_folder / WEIGHTS).read_bytes()
    assert not list(tmp_path.rglob("*.tmp"))


def test_the_weights_alone_tell_their_network(model_folder):
    data = (model_folder / WEIGHTS).read_bytes()
    (size,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + size])
    assert header["__metadata__"] == {"network": NETWORK}


def test_loading_leaves_random_numbers_alone(model_folder):
    before = torch.random.get_rng_state()
    load_network(model_folder)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_changed_byte_is_noticed(model_folder):
    data = np.frombuffer((model_folder / WEIGHTS).read_bytes(), np.uint8).copy()
    data[len(data) // 2] ^= 1
    (model_folder / WEIGHTS).write_bytes(data.tobytes())
    with pytest.raises(ModelError, match=r"model\.safetensors differs from its checksum"):
        load_network(model_folder)


@pytest.mark.parametrize("name", [WEIGHTS, CARD])
def test_a_missing_file_is_named(model_folder, name):
    (model_folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        load_network(model_folder)


def test_an_empty_folder_is_no_model(tmp_path):
    with pytest.raises(ModelError, match="there is no model in"):
        read_card(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"network": "pair-network-1"}', "\xff"])
def test_a_damaged_card_is_refused(model_folder, text):
    (model_folder / CARD).write_bytes(text.encode("latin-1"))
    with pytest.raises(ModelError, match="no card of a model"):
        read_card(model_folder)


def test_weights_of_another_network_are_refused(model_folder):
    change_card(model_folder, network="pair-network-0")
    with pytest.raises(ModelError, match="for the network pair-network-0"):
        load_network(model_folder)


def test_weights_that_do_not_fit_are_refused(model_folder, network):
    network = copy.deepcopy(network)
    del network.hash_head
    save_model(network, model_folder, {})
    with pytest.raises(ModelError, match="does not fit"):
        load_network(model_folder)


def test_a_folder_that_cannot_be_written_is_named(tmp_path, network):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ModelError, match="cannot be written to"):
        save_model(network, tmp_path / "file", {})
