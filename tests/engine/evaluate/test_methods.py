"""Methods of ranking: what each compares, on tunes and excerpts of them."""

import numpy as np
import pytest

from lakhdb.engine.cascade import EMBEDDING_FACTOR, run_cascade
from lakhdb.engine.errors import InputError, ModelError
from lakhdb.engine.evaluate.catalogue import Ragged, collect
from lakhdb.engine.evaluate.methods.choice import METHODS, make_methods
from lakhdb.engine.evaluate.methods.protocols import STAGES, Settings
from lakhdb.engine.evaluate.methods.sequences import GULLY, PENALTY, SHORTEST, measure_sequences
from lakhdb.engine.evaluate.methods.thesis import scale_threshold
from lakhdb.engine.evaluate.methods.vectors import VectorRanker
from lakhdb.engine.evaluate.names import CASE_NAMES, DEFAULT_METHODS, METHOD_NAMES
from lakhdb.engine.evaluate.ranks import LOST, find_rank
from lakhdb.engine.index import WindowIndex
from lakhdb.engine.models import choose_model
from lakhdb.engine.pairs import HASH_SHARE, Probe
from lakhdb.kernels.whitening import prepare_frames

UNTRAINED = ("stats", "2dftm", "tpaa", "dtw-thesis", "dtw", "embedding", "hash", "cascade")
SURE = ("tpaa", "dtw-thesis", "dtw", "hash", "cascade")
TRAINED = ("dhs", "dhs-piano", "pse", "cascade-thesis")


def rank_all(name, catalogue, queries, settings):
    """Rank of each query's right recording, and the outcomes."""
    (method,) = make_methods([name], settings)
    ranker = method.prepare(catalogue, queries)
    outcomes = [ranker.rank(query) for query in queries]
    ranks = [
        find_rank(outcome.distance, catalogue.compositions, query.composition)
        for outcome, query in zip(outcomes, queries, strict=True)
    ]
    return ranks, outcomes, ranker


def test_methods_are_those_that_are_named():
    assert tuple(METHODS) == METHOD_NAMES
    assert set(DEFAULT_METHODS) < set(METHOD_NAMES)
    assert len(set(CASE_NAMES)) == len(CASE_NAMES)


@pytest.mark.parametrize("name", UNTRAINED)
def test_every_recording_gets_a_distance_or_is_let_go(name, catalogue, queries):
    ranks, outcomes, ranker = rank_all(name, catalogue, queries[:2], Settings(candidates=3))
    for outcome in outcomes:
        assert outcome.distance.shape == (catalogue.n_items,)
        assert outcome.distance.dtype == np.float64
        n_kept = np.isfinite(outcome.distance).sum()
        assert n_kept == (3 if name == "cascade" else catalogue.n_items)
        assert set(outcome.ms) <= set(STAGES)
        assert all(ms > 0 for ms in outcome.ms.values())
    assert all(rank >= 1 for rank in ranks)
    assert ranker.n_kept == {"embedding": 3 * EMBEDDING_FACTOR, "hash": 3, "cascade": 3}.get(name)


@pytest.mark.parametrize("name", SURE)
def test_sequences_find_what_they_should(name, catalogue, queries):
    ranks, _, _ = rank_all(name, catalogue, queries, Settings(candidates=4))
    assert sum(rank == 1 for rank in ranks) >= 7


@pytest.mark.parametrize("name", ["stats", "2dftm", "embedding"])
def test_vectors_find_more_than_chance(name, catalogue, queries):
    ranks, _, _ = rank_all(name, catalogue, queries, Settings())
    # Of eight, 4.5 by chance, with a deviation of 0.8 for the mean of eight.
    assert np.mean(ranks) < 3.7


def test_our_cascade_is_that_of_the_engine(both, midi_frames, audio_frames, make_catalogue, queries):
    from lakhdb.engine.feature_cache import FeatureCache
    from lakhdb.engine.reader import FeatureReader

    frames = list(audio_frames.values())
    catalogue = make_catalogue(frames, range(len(frames)))
    settings = Settings(candidates=3, transpose=1)
    _, outcomes, _ = rank_all("cascade", catalogue, queries, settings)
    described = choose_model().describe(frames, "audio")
    owners = np.repeat(np.arange(1, 9), [len(one.window_starts) for one in described])
    vectors = np.concatenate([one.window_vectors for one in described])
    index = WindowIndex(np.arange(owners.size), owners, vectors)
    probes = [Probe(query.frames, "midi", "midi", 1) for query in queries]
    with both.reading() as con:
        reader = FeatureReader(con, FeatureCache())
        rankings = run_cascade(reader, index, probes, "audio", np.arange(1, 9), candidates=3, device="cpu")
    for outcome, ranking in zip(outcomes, rankings, strict=True):
        assert ranking.pairs.size == 3
        np.testing.assert_allclose(outcome.distance[ranking.pairs["item_seq"] - 1], ranking.pairs["cost"])


def test_without_pruning_the_cascade_compares_everything(catalogue, queries):
    _, whole, ranker = rank_all("cascade", catalogue, queries[:2], Settings(candidates=None))
    _, frames, _ = rank_all("dtw", catalogue, queries[:2], Settings())
    _, hashes, _ = rank_all("hash", catalogue, queries[:2], Settings())
    assert ranker.n_kept is None
    for one, by_frames, by_hashes in zip(whole, frames, hashes, strict=True):
        both = by_frames.distance ** (1 - HASH_SHARE) * by_hashes.distance**HASH_SHARE
        np.testing.assert_allclose(one.distance, both)


def test_transpositions_are_tried_by_our_methods(tunes, queries, make_catalogue):
    excerpts = [tune.perform(15, 45, 1.0, semitones=2).render(program=48) for tune in tunes]
    catalogue = make_catalogue(excerpts, range(len(tunes)))
    for name in ("hash", "dtw", "cascade"):
        ranks, _, _ = rank_all(name, catalogue, queries[:4], Settings(candidates=6, transpose=2))
        assert ranks == [1] * 4, name


def test_vectors_of_several_windows_count_by_the_nearest(queries):
    unit = np.eye(4, dtype=np.float32)
    vectors = collect([unit[[0]], unit[[1, 2]], unit[[3]]])
    asked = np.stack([unit[2], unit[0] * 0.6 + unit[3] * 0.8])
    cosine = VectorRanker(vectors, lambda query: asked, "cosine").rank(queries[0]).distance
    np.testing.assert_allclose(cosine, [0.4, 0.0, 0.2], atol=1e-6)
    squared = VectorRanker(vectors, lambda query: asked, "euclidean").rank(queries[0]).distance
    np.testing.assert_allclose(squared, [0.8, 0.0, 0.4], atol=1e-6)


def measure_slowly(query, other):
    """The thesis's distance of two sequences, by a plain loop over all cells."""
    n, m = len(query), len(other)
    cost = np.array([[bin(int(a) ^ int(b)).count("1") / 32 for b in other] for a in query])
    total, length = cost.copy(), np.ones((n, m))
    for i in range(1, n):
        for j in range(1, m):
            ways = [
                (total[i - 1, j - 1], length[i - 1, j - 1]),
                (total[i - 1, j] + PENALTY, length[i - 1, j]),
                (total[i, j - 1] + PENALTY, length[i, j - 1]),
            ]
            best = min(ways, key=lambda way: way[0])
            total[i, j] += best[0]
            length[i, j] += best[1]
    least = int(GULLY * min(n, m))
    ends = [(total[n - 1, j], length[n - 1, j]) for j in range(least, m)]
    ends += [(total[i, m - 1], length[i, m - 1]) for i in range(least, n)]
    best = min(ends, key=lambda end: end[0])
    return best[0] / best[1]


def test_sequences_are_measured_as_the_thesis_does():
    rng = np.random.default_rng(0)
    query = rng.integers(0, 1 << 32, 60, dtype=np.uint32)
    others = [rng.integers(0, 1 << 32, n, dtype=np.uint32) for n in (40, SHORTEST, 70)]
    others.append(query[10:50].copy())
    measured = measure_sequences(query, collect(others), np.arange(4))
    np.testing.assert_allclose(measured, [measure_slowly(query, other) for other in others], rtol=1e-5)
    assert measured[3] == 0


def test_short_sequences_of_a_catalogue_are_left_out():
    sequences = collect([np.zeros(SHORTEST - 1, np.uint32), np.ones(SHORTEST, np.uint32)])
    measured = measure_sequences(np.zeros(50, np.uint32), sequences, np.array([1, 0]))
    assert measured.tolist() == [1 / 32, np.inf]
    only = Ragged(np.zeros(3, np.uint32), np.array([3]))
    assert measure_sequences(np.zeros(50, np.uint32), only, np.array([0])).tolist() == [np.inf]


@pytest.mark.parametrize("name", TRAINED)
def test_networks_rank(name, catalogue, queries, baselines):
    ranks, outcomes, ranker = rank_all(name, catalogue, queries[:3], Settings(baselines=baselines))
    # A catalogue of eight is too small for what the thesis keeps: it is one recording each time.
    assert ranker.n_kept == 1
    if name == "cascade-thesis":
        assert [np.isfinite(outcome.distance).sum() for outcome in outcomes] == [1, 1, 1]
        assert all(rank in (1, LOST) for rank in ranks)
        assert set(outcomes[0].ms) == set(STAGES)
    else:
        assert all(np.isfinite(outcome.distance).all() for outcome in outcomes)
        assert len({outcome.distance.tobytes() for outcome in outcomes}) == 3


def test_thresholds_of_the_thesis_are_scaled():
    assert [scale_threshold(250, n) for n in (10, 994_960, 1_989_920)] == [1, 250, 500]
    assert scale_threshold(100_000, 994_960) == 100_000


def test_the_thesis_compares_frames_that_are_not_whitened(catalogue, queries):
    (_, thesis, _), (_, ours, _) = (
        rank_all(name, catalogue, queries[:1], Settings()) for name in ("dtw-thesis", "dtw")
    )
    assert not np.allclose(thesis[0].distance, ours[0].distance)
    assert prepare_frames(queries[0].frames).max() < 255


def test_refuses_unknown_methods_and_none():
    with pytest.raises(InputError, match="there is no method magic; choose from stats, 2dftm"):
        make_methods(["stats", "magic"], Settings())
    with pytest.raises(InputError, match="no method is named"):
        make_methods([], Settings())


@pytest.mark.parametrize("name", TRAINED)
def test_refuses_networks_that_are_not_there(name, tmp_path):
    with pytest.raises(ModelError, match="needs trained networks; name their folder with --baselines"):
        make_methods([name], Settings())
    with pytest.raises(ModelError, match=r"safetensors cannot be read \(No such file"):
        make_methods([name], Settings(baselines=tmp_path))


def test_refuses_damaged_and_foreign_networks(tmp_path, baselines):
    (tmp_path / "dhs.safetensors").write_bytes(b"no tensors")
    with pytest.raises(ModelError, match="cannot be read"):
        make_methods(["dhs"], Settings(baselines=tmp_path))
    (tmp_path / "pse.safetensors").write_bytes((baselines / "dhs.safetensors").read_bytes())
    with pytest.raises(ModelError, match="holds other networks than pse has"):
        make_methods(["pse"], Settings(baselines=tmp_path))
