"""Which model is in use."""

import pytest

from lakhdb.engine import models
from lakhdb.engine.errors import ModelError
from lakhdb.engine.models import choose_model
from lakhdb.engine.models.files import read_card, save_model
from lakhdb.engine.models.training_free import TrainingFreeModel


def test_a_folder_can_be_named(model_folder, monkeypatch):
    monkeypatch.setenv("LMDB_MODEL", str(model_folder))
    assert choose_model().version == read_card(model_folder).version
    assert choose_model() is choose_model()


def test_a_folder_that_changes_is_another_model(model_folder, network, monkeypatch):
    monkeypatch.setenv("LMDB_MODEL", str(model_folder))
    before = choose_model().version
    state = {name: tensor * 2 for name, tensor in network.state_dict().items()}
    other = type(network)()
    other.load_state_dict(state)
    save_model(other, model_folder, {})
    assert choose_model().version == read_card(model_folder).version != before


def test_training_can_be_done_without(monkeypatch):
    monkeypatch.setenv("LMDB_MODEL", "training-free")
    assert isinstance(choose_model(), TrainingFreeModel)


@pytest.mark.parametrize("named", ["", None])
def test_what_is_shipped_is_used_unless_another_is_named(model_folder, tmp_path, monkeypatch, named):
    monkeypatch.delenv("LMDB_MODEL", raising=False)
    if named is not None:
        monkeypatch.setenv("LMDB_MODEL", named)
    monkeypatch.setattr(models, "SHIPPED", model_folder)
    assert choose_model().version == read_card(model_folder).version
    monkeypatch.setattr(models, "SHIPPED", tmp_path)
    assert isinstance(choose_model(), TrainingFreeModel)


def test_a_folder_without_a_model_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("LMDB_MODEL", str(tmp_path / "nowhere"))
    with pytest.raises(ModelError, match=r"there is no model in .*nowhere"):
        choose_model()
