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


def test_nearly_all_tunes_are_first_for_their_excerpts(both, monkeypatch):
    monkeypatch.delenv("LMDB_MODEL", raising=False)
    match(both, candidates=1)
    with both.reading() as con:
        right = con.execute(
            """
            SELECT stage, count(*) FILTER (midi_seq = audio_seq) FROM candidate_rows
            WHERE stage IN ('embedding', 'hash') AND rank = 1 GROUP BY stage ORDER BY stage
            """
        ).fetchall()
    # Random notes are no music that it was trained on; by chance one of eight is right.
    assert [stage for stage, _ in right] == ["embedding", "hash"]
    assert all(n >= 7 for _, n in right), right
