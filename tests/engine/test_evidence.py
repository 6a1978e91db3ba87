"""The evidence for pairs, and the confidence that comes of it."""

import numpy as np
import pytest

from lakhdb.engine.candidate_evidence import LEAST_PAIRS, gather_evidence
from lakhdb.engine.cascade import run_cascade
from lakhdb.engine.confidence import AMONG, SIGNS, SINGLE, Logistic, estimate_confidence, read_signs
from lakhdb.engine.evidence import EVIDENCE, gather_alone
from lakhdb.engine.feature_cache import FeatureCache
from lakhdb.engine.index_files import load_index
from lakhdb.engine.pairs import Probe, compare_backward, compare_frames
from lakhdb.engine.reader import FeatureReader
from lakhdb.kernels.whitening import prepare_frames

SEQS = np.arange(1, 9)


@pytest.fixture
def gather(both):
    """Rank all recordings for a probe, and return the ranking and the evidence for all of its pairs."""

    def gather(probe, candidates=8, items=SEQS):
        index = load_index(both, "audio").within(items)
        with both.reading() as con:
            reader = FeatureReader(con, FeatureCache())
            (ranking,) = run_cascade(
                reader, index, [probe], "audio", items, candidates=candidates, device="cpu"
            )
            return ranking, gather_evidence(reader, "audio", probe, ranking, ranking.pairs, "cpu")

    return gather


def test_a_right_pair_would_cost_far_more_backwards(midi_frames, gather):
    ranking, evidence = gather(Probe(midi_frames["tune 3"], "midi", "midi"))
    assert ranking.pairs["item_seq"][0] == 4
    more = evidence["backward_cost"] / evidence["frame_cost"]
    assert more[0] > 1.5
    assert more[1:].max() < 1.2


def test_what_is_usual_is_the_median_of_the_pairs_beside_it(midi_frames, gather):
    ranking, evidence = gather(Probe(midi_frames["tune 3"], "midi", "midi"))
    assert ranking.pairs.size == LEAST_PAIRS
    np.testing.assert_array_equal(evidence["usual_cost"], np.median(ranking.pairs["frame_cost"]))
    by_item = dict(zip(ranking.stages[0].item_seq, ranking.stages[0].value, strict=True))
    np.testing.assert_array_equal(
        evidence["similarity"], [by_item[seq] for seq in ranking.pairs["item_seq"].tolist()]
    )
    np.testing.assert_array_equal(evidence["usual_similarity"], np.median(list(by_item.values())))


def test_few_pairs_do_not_tell_what_is_usual(midi_frames, gather):
    _, evidence = gather(Probe(midi_frames["tune 3"], "midi", "midi"), candidates=LEAST_PAIRS - 1)
    for name in ("usual_cost", "similarity", "usual_similarity"):
        assert np.isnan(evidence[name]).all()
    assert np.isfinite(evidence["hash_cost"]).all()


def test_nothing_is_known_of_windows_where_nothing_was_pruned(midi_frames, gather):
    _, evidence = gather(Probe(midi_frames["tune 3"], "midi", "midi"), candidates=None)
    assert np.isfinite(evidence["usual_cost"]).all()
    assert np.isnan(evidence["similarity"]).all()


def test_backward_costs_are_the_same_from_either_side(midi_frames, audio_frames):
    midi, audio = midi_frames["tune 2"], audio_frames["excerpt 2"]
    costs = []
    for probe, other in ((Probe(midi, "midi", "midi"), audio), (Probe(audio, "audio", "audio"), midi)):
        others = [prepare_frames(other)]
        pairs = compare_frames(probe, np.array([1]), others, "cpu")
        costs += compare_backward(probe, pairs, others, "cpu").tolist()
    assert costs[0] == pytest.approx(costs[1], rel=1e-5)
    (backward,) = compare_frames(
        Probe(midi, "midi", "midi"), np.array([1]), [prepare_frames(audio)[::-1]], "cpu"
    )
    assert costs[0] == backward["frame_cost"]


def test_confidence_tells_right_pairs_from_wrong_ones(midi_frames, gather):
    for n in range(8):
        ranking, evidence = gather(Probe(midi_frames[f"tune {n}"], "midi", "midi"))
        confidence = estimate_confidence(evidence, ranking.pairs["transposition"])
        assert ranking.pairs["item_seq"][0] == n + 1
        assert confidence[0] > 0.5
        assert confidence[1:].max() < 0.5


def test_a_pair_alone_has_a_confidence(midi_frames, audio_frames):
    confidence = {}
    for n in (4, 5):
        probe = Probe(midi_frames["tune 4"], "midi", "midi")
        others = [prepare_frames(audio_frames[f"excerpt {n}"])]
        pairs = compare_frames(probe, np.array([1]), others, "cpu")
        evidence = gather_alone(probe, pairs, others, "cpu")
        assert np.isnan(evidence["hash_cost"]).all()
        (confidence[n],) = estimate_confidence(evidence, pairs["transposition"])
    assert confidence[4] > 0.5 > confidence[5]


def make_evidence(**values):
    usual = {
        "frame_cost": 0.5, "hash_cost": 0.3, "backward_cost": 1.0, "usual_cost": 0.75, "similarity": 0.9,
        "usual_similarity": 0.6,
    }  # fmt: skip
    return np.array([tuple((usual | values)[name] for name in EVIDENCE.names)], EVIDENCE)


def test_signs_are_what_their_names_say():
    (signs,) = read_signs(make_evidence(), np.array([-2], np.int32))
    expected = {
        "frames": np.log(0.5), "backward": 0.0, "transposed": 1.0, "usual": np.log(0.75), "windows": 0.3,
    }  # fmt: skip
    assert dict(zip(SIGNS, signs, strict=True)) == pytest.approx(expected)


def test_a_cost_of_nothing_is_finite():
    signs = read_signs(make_evidence(frame_cost=0.0), np.zeros(1, np.int32))
    assert np.isfinite(signs).all()
    assert estimate_confidence(make_evidence(frame_cost=0.0), np.zeros(1, np.int32)) > 0.5


@pytest.mark.parametrize(
    "better", [{"backward_cost": 0.7}, {"usual_cost": 0.7}, {"similarity": 0.9}, {"frame_cost": 0.4}]
)
def test_better_evidence_raises_confidence(better):
    doubtful = {"backward_cost": 0.6, "usual_cost": 0.6, "similarity": 0.7}
    before, after = (
        estimate_confidence(make_evidence(**one), np.zeros(1, np.int32))[0]
        for one in (doubtful, doubtful | better)
    )
    assert before < after


def test_pairs_are_judged_one_by_one():
    evidence = np.concatenate(
        [make_evidence(), make_evidence(usual_cost=np.nan), make_evidence(frame_cost=0.7)]
    )
    transposition = np.array([0, 0, 3], np.int32)
    together = estimate_confidence(evidence, transposition)
    alone = [estimate_confidence(evidence[k : k + 1], transposition[k : k + 1])[0] for k in range(3)]
    assert together.tolist() == alone
    signs = read_signs(evidence, transposition)
    assert together[0] == min(AMONG.apply(signs[:1])[0], SINGLE.apply(signs[:1])[0])
    assert together[1] == SINGLE.apply(signs[1:2])[0]


def test_a_logistic_model_adds_up():
    model = Logistic((2.0, -1.0), (0.5, 0.0), 0.25)
    signs = np.array([[1.0, 3.0, 99.0]])
    assert model.weigh(signs).tolist() == [[1.0, -3.0]]
    assert model.apply(signs)[0] == pytest.approx(1 / (1 + np.exp(1.75)))
