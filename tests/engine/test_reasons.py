import numpy as np
import pytest

from lakhdb.engine.confidence import AMONG, estimate_confidence
from lakhdb.engine.evidence import EVIDENCE
from lakhdb.engine.reasons import list_reasons

# In the order of EVIDENCE: a clear case, among others.
CLEAR = np.array([(0.4, 0.2, 0.8, 0.7, 0.9, 0.6)], EVIDENCE)


def test_the_weightiest_reason_comes_first():
    reasons = list_reasons(CLEAR, np.zeros(1, np.int32))
    assert reasons == sorted(reasons, key=lambda one: -abs(one.weight))
    words = {one.words for one in reasons}
    assert any("backwards, they would by 0.80, 2.00 times as much" in one for one in words)
    assert any("alike to 0.90, to 0.60 with other recordings" in one for one in words)


def test_reasons_add_up_to_the_confidence():
    reasons = list_reasons(CLEAR, np.zeros(1, np.int32))
    odds = AMONG.constant + sum(one.weight for one in reasons)
    (confidence,) = estimate_confidence(CLEAR, np.zeros(1, np.int32))
    # What changes next to nothing is left out.
    assert odds == pytest.approx(np.log(confidence / (1 - confidence)), abs=0.6)


def test_a_transposition_is_told():
    words = " ".join(one.words for one in list_reasons(CLEAR, np.array([-3], np.int32)))
    assert "the MIDI fits -3 semitones off" in words


def test_of_a_pair_alone_nothing_is_told_of_others():
    alone = CLEAR.copy()
    for name in ("usual_cost", "similarity", "usual_similarity"):
        alone[name] = np.nan
    assert "other recordings" not in " ".join(one.words for one in list_reasons(alone, np.zeros(1, np.int32)))
