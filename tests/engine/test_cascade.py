"""The cascade: stages that prune, transpositions, both directions, no influence of other probes."""

import numpy as np
import pytest

from lakhdb.engine.cascade import run_cascade
from lakhdb.engine.feature_cache import FeatureCache
from lakhdb.engine.index_files import load_index
from lakhdb.engine.pairs import (
    FRAME_TEMPO_MARGIN,
    HASH_SHARE,
    PAIR,
    SLOWED_WEIGHT,
    Probe,
    Variant,
    compare_frames,
    place_pair,
    rescore_pairs,
)
from lakhdb.engine.reader import FeatureReader
from lakhdb.kernels.constant_q import COMPARED_BINS, FRAME_S
from lakhdb.kernels.dtw.score import score_pairs
from lakhdb.kernels.whitening import prepare_frames


def run(store, probes, side, candidates, items=None):
    items = np.arange(1, 9) if items is None else np.array(items)
    index = None if candidates is None else load_index(store, side).within(items)
    with store.reading() as con:
        reader = FeatureReader(con, FeatureCache())
        return run_cascade(reader, index, probes, side, items, candidates=candidates, device="cpu")


def test_every_tune_finds_its_excerpt_first(both, midi_frames):
    probes = [Probe(frames, "midi", "midi", 0) for frames in midi_frames.values()]
    for seq, ranking in enumerate(run(both, probes, "audio", None), 1):
        assert ranking.pairs["item_seq"][0] == seq
        assert ranking.stages == ()
        assert ranking.pairs.size == 8
        assert ranking.pairs["midi_start"][0] == pytest.approx(15 / 0.04644, abs=10)
        assert ranking.pairs["audio_start"][0] == 0


def test_pruning_narrows_from_stage_to_stage(both, midi_frames, monkeypatch):
    monkeypatch.setattr("lakhdb.engine.cascade.EMBEDDING_FACTOR", 3)
    (ranking,) = run(both, [Probe(midi_frames["tune 2"], "midi", "midi", 0)], "audio", 2)
    embedding, hashed = ranking.stages
    assert (embedding.name, embedding.n_seen, embedding.item_seq.size) == ("embedding", 8, 6)
    assert (hashed.name, hashed.n_seen, hashed.item_seq.size) == ("hash", 6, 2)
    assert set(hashed.item_seq) <= set(embedding.item_seq)
    assert set(ranking.pairs["item_seq"]) == set(hashed.item_seq)
    for stage in ranking.stages:
        assert (np.diff(stage.value) <= 0).all()


def test_scores_are_those_of_the_kernel(both, midi_frames, audio_frames):
    (ranking,) = run(both, [Probe(midi_frames["tune 0"], "midi", "midi", 0)], "audio", None)
    slices = [prepare_frames(frames)[:, COMPARED_BINS] for frames in audio_frames.values()]
    direct = score_pairs(prepare_frames(midi_frames["tune 0"])[:, COMPARED_BINS], slices)
    by_item = np.sort(ranking.pairs, order="item_seq")
    assert by_item["score"].tolist() == direct.score.tolist()
    assert by_item["audio_end"].tolist() == direct.audio_end.tolist()
    assert (np.diff(ranking.pairs["cost"]) >= 0).all()


def test_an_answer_does_not_depend_on_the_other_probes_or_on_chunks(both, midi_frames, monkeypatch):
    probes = [Probe(frames, "midi", "midi", 0) for frames in midi_frames.values()]
    together = run(both, probes, "audio", 3)
    monkeypatch.setattr("lakhdb.engine.cascade.CHUNK", 2)
    for probe, expected in zip(probes, together, strict=True):
        (alone,) = run(both, [probe], "audio", 3)
        assert alone.pairs.tolist() == expected.pairs.tolist()
        for one, other in zip(alone.stages, expected.stages, strict=True):
            assert one.item_seq.tolist() == other.item_seq.tolist()


def test_an_excerpt_finds_its_tune_with_the_same_score(both, midi_frames, audio_frames):
    (backward,) = run(both, [Probe(audio_frames["excerpt 4"], "audio", "audio", 0)], "midi", 8)
    (forward,) = run(both, [Probe(midi_frames["tune 4"], "midi", "midi", 0)], "audio", 8)
    assert backward.pairs["item_seq"][0] == forward.pairs["item_seq"][0] == 5
    names = ["score", "midi_start", "midi_end", "audio_start", "audio_end"]
    assert backward.pairs[0][names].item() == forward.pairs[0][names].item()


@pytest.mark.parametrize("candidates", [None, 2])
@pytest.mark.parametrize("shift", [-2, 3])
def test_a_transposed_tune_is_found_with_its_transposition(both, tunes, audio_frames, shift, candidates):
    # The MIDI is written `-shift` semitones off, so it has to be raised by `shift`.
    midi = tunes[6].perform(0, 60, 1.0, semitones=-shift).render()
    (ranking,) = run(both, [Probe(midi, "midi", "midi", 3)], "audio", candidates)
    assert ranking.pairs["item_seq"][0] == 7
    assert ranking.pairs["transposition"][0] == shift
    seqs, audio = np.array([7]), audio_frames["excerpt 6"]
    untransposed = compare_frames(Probe(midi, "midi", "midi", 0), seqs, [prepare_frames(audio)], "cpu")
    backward = compare_frames(Probe(audio, "audio", "audio", 3), seqs, [prepare_frames(midi)], "cpu")
    assert ranking.pairs["cost"][0] < untransposed["cost"][0]
    # Sums in float32 are taken in another order from the other side.
    same = [name for name in PAIR.names if name not in ("cost", "hash_cost")]  # hashes count in the cascade
    assert backward[same][0].item() == pytest.approx(ranking.pairs[same][0].item(), rel=1e-5)


@pytest.mark.parametrize("role", ["midi", "audio"])
def test_a_slow_performance_is_placed_at_its_tempo(tunes, midi_frames, role):
    slow = tunes[3].perform(10, 30, 1.6).render(program=48, noise=8)
    midi = midi_frames["tune 3"]
    frames, other = (midi, slow) if role == "midi" else (slow, midi)
    probe = Probe(frames, role, role, 0)
    (pair,) = compare_frames(probe, np.zeros(1, np.int64), [prepare_frames(other)], "cpu")
    before = pair.copy()
    place_pair(probe, prepare_frames(other), pair, "cpu")
    assert pair["slowing"] == pytest.approx(1.6, rel=0.02)
    # Frames of the MIDI count at its own tempo.
    assert pair["midi_start"] == pytest.approx(10 / FRAME_S, abs=8)
    assert pair["midi_end"] == pytest.approx(30 / FRAME_S, abs=8)
    assert (pair["cost"], pair["score"]) == (before["cost"], before["score"])


def test_a_steady_tempo_stays(midi_frames, audio_frames):
    probe = Probe(midi_frames["tune 4"], "midi", "midi", 0)
    prepared = prepare_frames(audio_frames["excerpt 4"])
    (pair,) = compare_frames(probe, np.zeros(1, np.int64), [prepared], "cpu")
    before = pair.copy()
    place_pair(probe, prepared, pair, "cpu")
    assert pair.tobytes() == before.tobytes()


@pytest.mark.parametrize("role", ["midi", "audio"])
def test_pairs_are_rescored_in_the_variant_that_their_hashes_fit(tunes, midi_frames, audio_frames, role):
    # Two semitones lower and 1.5 times as slow as the MIDI file.
    slow = tunes[3].perform(10, 40, 1.5, semitones=-2).render(program=48, noise=8)
    midi, others = midi_frames["tune 3"], [slow, audio_frames["excerpt 3"]]
    variants = [(-2, 1.5), (0, 1.0)]
    hashed = np.zeros(2, PAIR)
    hashed["item_seq"] = [7, 9]
    hashed["transposition"], hashed["slowing"] = zip(*variants, strict=True)
    if role == "midi":
        pairs = rescore_pairs(
            Probe(midi, "midi", "midi"), hashed, [prepare_frames(one) for one in others], "cpu"
        )
    else:
        pairs = np.concatenate(
            [
                rescore_pairs(Probe(one, "audio", "audio"), hashed[k : k + 1], [prepare_frames(midi)], "cpu")
                for k, one in enumerate(others)
            ]
        )
    assert pairs["item_seq"].tolist() == [7, 9]
    assert list(zip(pairs["transposition"], pairs["slowing"], strict=True)) == variants
    # Frames of the MIDI count at its own tempo.
    assert pairs["midi_start"] * FRAME_S == pytest.approx([10, 15], abs=0.5)
    assert pairs["midi_end"] * FRAME_S == pytest.approx([40, 35], abs=0.5)
    probe, frames = Probe(midi, "midi", "midi", 2), [prepare_frames(slow)]
    (own,) = compare_frames(probe, np.array([7]), frames, "cpu")
    assert pairs["score"][0] > own["score"] + 0.1
    assert pairs["cost"][0] < FRAME_TEMPO_MARGIN * own["cost"]


def test_another_tempo_has_to_be_cheaper_by_a_margin(midi_frames, audio_frames):
    probe, frames = Probe(midi_frames["tune 5"], "midi", "midi"), [prepare_frames(audio_frames["excerpt 6"])]
    hashed = np.zeros(1, PAIR)
    hashed["slowing"], hashed["cost"] = 0.8, 0.4
    (slowed,) = rescore_pairs(probe, hashed, frames, "cpu")
    midi = Variant(0, hashed["slowing"][0]).of(probe.prepared_frames)[:, COMPARED_BINS]
    bare = score_pairs(midi, [frames[0][:, COMPARED_BINS]])
    per_cell = bare.cost[0] / bare.length[0] / bare.block_mean[0]
    both = (per_cell / FRAME_TEMPO_MARGIN) ** (1 - HASH_SHARE) * 0.4**HASH_SHARE
    assert slowed["cost"] == pytest.approx(both, rel=1e-5)
    assert slowed["score"] == pytest.approx(np.clip(2 * (1 - per_cell / FRAME_TEMPO_MARGIN), 0, 1), rel=1e-5)
    assert bare.score[0] > slowed["score"]


def test_a_slow_performance_is_found_through_all_stages_by_the_shipped_model(store, add, tunes, monkeypatch):
    monkeypatch.delenv("LMDB_MODEL", raising=False)
    performances = {
        f"{n}": tune.perform(5, 35, 1.45).render(program=48, noise=8) for n, tune in enumerate(tunes)
    }
    add("audio", performances)
    for seq, tune in enumerate(tunes, 1):
        probe = Probe(tune.render(), "midi", "midi")
        lengths = np.linalg.norm(probe.vectors, axis=1)
        assert sorted(set(lengths.round(3).tolist())) == [pytest.approx(SLOWED_WEIGHT, abs=1e-3), 1.0]
        (ranking,) = run(store, [probe], "audio", 3)
        best = ranking.pairs[0]
        assert best["item_seq"] == seq
        assert best["slowing"] == pytest.approx(2**0.5)
        assert ranking.stages[1].item_seq[0] == seq


def test_ties_end_in_the_items_number(store, add, audio_frames, midi_frames):
    twins = {f"twin {n}": audio_frames["excerpt 1"] for n in range(4)}
    add("audio", twins)
    (ranking,) = run(store, [Probe(midi_frames["tune 1"], "midi", "midi", 1)], "audio", 3, [1, 2, 3, 4])
    assert ranking.pairs["item_seq"].tolist() == [1, 2, 3]
    assert ranking.pairs["transposition"].tolist() == [0, 0, 0]
    assert ranking.stages[0].item_seq.tolist() == [1, 2, 3, 4]


def test_there_may_be_nothing_to_rank(both, midi_frames):
    (ranking,) = run(
        both, [Probe(midi_frames["tune 1"], "midi", "midi", 0)], "audio", 5, np.empty(0, np.int64)
    )
    assert ranking.pairs.dtype == PAIR
    assert ranking.pairs.size == 0
    assert [stage.item_seq.size for stage in ranking.stages] == [0, 0]


def test_the_cache_keeps_within_its_bytes_and_lets_the_unused_go():
    cache = FeatureCache(max_bytes=3 * 72)
    for seq in range(1, 4):
        cache.put("midi", seq, np.full((1, 72), seq, np.uint8))
    cache.get("midi", 1)
    cache.put("midi", 4, np.full((1, 72), 4, np.uint8))
    assert cache.n_bytes == 3 * 72
    assert cache.get("midi", 2) is None
    assert cache.get("audio", 1) is None
    assert [int(cache.get("midi", seq)[0, 0]) for seq in (1, 3, 4)] == [1, 3, 4]
