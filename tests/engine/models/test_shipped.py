"""The weights that come with lakhdb."""

import pytest

from lakhdb.engine.match import match
from lakhdb.engine.models import SHIPPED, choose_model
from lakhdb.engine.models.files import CARD, WEIGHTS, load_network, read_card
from lakhdb.engine.models.learned import LearnedModel

pytestmark = pytest.mark.skipif(not (SHIPPED / CARD).exists(), reason="no weights are shipped yet")


def test_they_are_whole_and_small():
    network, facts = load_network(SHIPPED)
    assert facts
    assert not network.training
    assert (SHIPPED / WEIGHTS).stat().st_size < 10_000_000


def test_they_are_in_use_unless_another_model_is_named(monkeypatch):
    monkeypatch.delenv("LMDB_MODEL", raising=False)
    assert isinstance(choose_model(), LearnedModel)
    assert choose_model().version == read_card(SHIPPED).version


def test_each_tune_is_first_among_candidates_for_its_excerpt(both, monkeypatch):
    monkeypatch.delenv("LMDB_MODEL", raising=False)
    match(both, candidates=1)
    with both.reading() as con:
        rows = con.execute(
            "SELECT stage, midi_seq = audio_seq, rank FROM candidate_rows "
            "WHERE stage IN ('embedding', 'hash') AND (stage = 'hash' OR rank = 1)"
        ).fetchall()
    assert sorted(rows) == [("embedding", True, 1)] * 8 + [("hash", True, 1)] * 8
