"""Distractors: never of a query's composition, the same again, and described as far as not done before."""

import os
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from lakhdb.engine.errors import InputError
from lakhdb.engine.evaluate import distractors
from lakhdb.engine.evaluate.bases import MidiBase, RecordingBase
from lakhdb.engine.evaluate.catalogue import JoinedCatalogue, describe_all
from lakhdb.engine.evaluate.distractors import DistractorCatalogue, make_distractors
from lakhdb.engine.evaluate.methods.ours import Embedding
from lakhdb.engine.evaluate.methods.protocols import Settings
from lakhdb.engine.evaluate.shared_pass import SharedPass

N_ITEMS = 24


class Means:
    """Describes a recording by the means of its semitones."""

    key = "means-1"

    def describe(self, items):
        """See `Describer`."""
        return [(frames.mean(axis=0, dtype=np.float32)[None],) for frames in items]


class CountingPass:
    """Describes windows by what is in them, and counts its calls."""

    key, kind = "counting-1", "counting"

    def __init__(self):
        self.n_calls = 0

    def describe(self, frames, steps):
        """See `WindowPass`."""
        self.n_calls += 1
        windows = np.stack([frames[8 * step : 8 * step + 646].mean(axis=0) for step in steps.tolist()])
        vectors = np.pad(windows, ((0, 0), (0, 56))).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors, steps[:, None].astype(np.uint32) + np.arange(81, dtype=np.uint32)

    def describe_one_by_one(self, items):
        """Describe recordings as `Describer` does."""
        return [tuple(one[0] for one in self.describe(frames, np.zeros(1, np.int64))) for frames in items]


class Describing:
    """A describer with the key of a pass, which must not be asked."""

    def __init__(self, key):
        self.key = key


@pytest.fixture(scope="module")
def bases(music, audio_frames):
    """Five MIDI files, and recordings of the same tunes and of three others, repeated to 40 s."""
    recordings = [np.tile(frames, (2, 1)) for frames in audio_frames.values()]
    return [
        *(MidiBase(f"midi {n}", f"tune {n}", music[n]) for n in range(5)),
        *(RecordingBase(f"recording {n}", f"tune {n}", frames) for n, frames in enumerate(recordings)),
        RecordingBase("of nobody knows what", "", recordings[0]),
    ]


@pytest.fixture
def make(bases, tmp_path):
    """Return a function that makes a catalogue for queries of tunes 0 to 3."""

    def make_catalogue(n_items=N_ITEMS, *, seed=0, queried=("tune 0", "tune 1", "tune 2", "tune 3"), **more):
        more = {"folder": tmp_path / "kept"} | more
        return DistractorCatalogue(bases, queried, n_items, seed=seed, **more)

    return make_catalogue


def test_nothing_shares_a_composition_with_a_query(make):
    catalogue = make(300)
    assert {base.composition for base in catalogue.plan.bases} == {f"tune {n}" for n in range(4, 8)}
    used = {catalogue.tell_recipe(position).base for position in range(300)}
    assert used == {"midi 4", *(f"recording {n}" for n in range(4, 8))}
    assert (catalogue.compositions == -1).all()
    assert catalogue.compositions.shape == (catalogue.n_items,) == (300,)


def test_bases_must_be_left(make):
    with pytest.raises(InputError, match=r"no base .*: 14 of 14 are of a query's"):
        make(queried=[f"tune {n}" for n in range(8)])
    with pytest.raises(InputError, match="distractors is 0"):
        make(0)


def test_frames_are_made_again_from_the_recipe(make, bases):
    catalogue = make()
    wanted = np.array([7, 0, 23, 7])
    frames = catalogue.read_frames(wanted)
    assert [one.shape for one in frames] == [(646, 72)] * 4
    np.testing.assert_array_equal(frames[0], frames[3])
    for one, other in zip(frames, make().read_frames(wanted), strict=True):
        np.testing.assert_array_equal(one, other)
    every = make().read_frames(np.arange(N_ITEMS))
    assert len({one.tobytes() for one in every}) == N_ITEMS
    for position, one in zip(wanted.tolist(), frames, strict=True):
        recipe = catalogue.tell_recipe(position)
        number, _ = catalogue.plan.find(position)
        whole = catalogue.plan.play(number)
        np.testing.assert_array_equal(one, whole[recipe.start_frame : recipe.start_frame + 646])
    assert catalogue.read_frames(np.empty(0, np.int64)) == []


def test_other_seeds_make_other_distractors(make):
    one, other = make().read_frames(np.arange(5)), make(seed=1).read_frames(np.arange(5))
    assert all((first != second).any() for first, second in zip(one, other, strict=True))


def test_any_describer_is_given_them_one_by_one(make):
    catalogue = make()
    (means,) = describe_all(catalogue, Means())
    frames = catalogue.read_frames(np.arange(N_ITEMS))
    np.testing.assert_array_equal(means.values, [one.mean(axis=0, dtype=np.float32) for one in frames])
    assert (means.lengths == 1).all()


def test_the_pass_is_shared_and_kept(make, tmp_path):
    own = CountingPass()
    catalogue = make(window_pass=own)
    vectors, sequences = describe_all(catalogue, Describing(own.key))
    assert own.n_calls == len(catalogue.plan.variants) < N_ITEMS
    assert vectors.values.shape == (N_ITEMS, 128)
    assert (sequences.lengths == 81).all()
    alone = own.describe_one_by_one(catalogue.read_frames(np.arange(N_ITEMS)))
    expected = np.stack([vector for vector, _ in alone])
    np.testing.assert_allclose(vectors.values, expected, atol=5e-4)  # they are kept in half precision
    assert vectors.values.dtype == np.float32
    firsts = [sequence[0] for sequence in sequences.split()]
    assert firsts == [catalogue.tell_recipe(position).start_frame // 8 for position in range(N_ITEMS)]
    asked = own.n_calls
    again, _ = describe_all(make(window_pass=own), Describing(own.key))
    np.testing.assert_array_equal(again.values, vectors.values)
    assert own.n_calls == asked
    describe_all(make(window_pass=own, seed=1), Describing(own.key))
    assert own.n_calls > asked
    assert len(list((tmp_path / "kept").iterdir())) == 2


def test_more_distractors_go_on_where_fewer_ended(make, tmp_path):
    own, fresh = CountingPass(), CountingPass()
    make(5, window_pass=own).keep_features()
    few = own.n_calls
    longer = make(60, window_pass=own)
    features = longer.keep_features()
    assert own.n_calls == len(longer.plan.variants) > few
    assert features.n_rows >= 60
    whole = make(60, window_pass=fresh, folder=tmp_path / "other")
    np.testing.assert_array_equal(features.vectors, whole.keep_features().vectors)
    np.testing.assert_array_equal(features.hashes, whole.keep_features().hashes)


def test_no_pass_no_features(make):
    with pytest.raises(InputError, match="has no network"):
        make().keep_features()


KILLED = """
import os, signal, sys
import numpy as np
from pathlib import Path
from lakhdb.engine.evaluate import distractors
from lakhdb.engine.evaluate.bases import RecordingBase
from lakhdb.engine.evaluate.shared_pass import SharedPass

class Deadly(SharedPass):
    n_calls = 0
    def describe(self, frames, steps):
        self.n_calls += 1
        if self.n_calls == 4:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().describe(frames, steps)

distractors.BATCH = 2
frames = np.load(sys.argv[1])
bases = [RecordingBase(f"recording {n}", f"tune {n}", one) for n, one in enumerate(frames)]
window_pass = Deadly(Path(sys.argv[2]), "cpu")
distractors.DistractorCatalogue(
    bases, [], 24, seed=0, folder=Path(sys.argv[3]), window_pass=window_pass
).keep_features()
"""


def test_a_kill_loses_no_more_than_a_batch(tmp_path, model_folder, audio_frames):
    frames = np.stack([np.tile(one, (2, 1)) for one in audio_frames.values()])
    np.save(tmp_path / "frames.npy", frames)
    arguments = [tmp_path / "frames.npy", model_folder, tmp_path / "kept"]
    script = [sys.executable, "-c", textwrap.dedent(KILLED), *map(str, arguments)]
    done = subprocess.run(script, env={**os.environ, "OMP_NUM_THREADS": "1"}, check=False)
    assert done.returncode == -signal.SIGKILL
    bases = [RecordingBase(f"recording {n}", f"tune {n}", one) for n, one in enumerate(frames)]
    network = SharedPass(model_folder, "cpu")
    catalogues = [
        DistractorCatalogue(bases, [], 24, seed=0, folder=tmp_path / name, window_pass=network)
        for name in ("kept", "whole")
    ]
    plan = catalogues[0].plan
    (kept,) = (tmp_path / "kept").iterdir()
    assert distractors.KeptFeatures(kept).n_rows == plan.ends[1]  # of the first batch, of two
    went_on, whole = (catalogue.keep_features() for catalogue in catalogues)
    np.testing.assert_array_equal(went_on.vectors, whole.vectors)
    np.testing.assert_array_equal(went_on.hashes, whole.hashes)


def test_they_join_a_catalogue_and_are_ranked(make, catalogue, queries, model_folder, monkeypatch):
    monkeypatch.setenv("LMDB_MODEL", str(model_folder))
    monkeypatch.setenv("LMDB_DEVICE", "cpu")
    few = make(6, window_pass=SharedPass(model_folder, "cpu"))
    joined = JoinedCatalogue([catalogue, few])
    ranker = Embedding(Settings(candidates=2)).prepare(joined, queries[:1])
    distance = ranker.rank(queries[0]).distance
    assert distance.shape == (14,)
    assert np.isfinite(distance).all()
    alone = Embedding(Settings(candidates=2)).prepare(catalogue, queries[:1]).rank(queries[0]).distance
    np.testing.assert_allclose(distance[:8], alone, atol=1e-6)


def test_features_that_are_not_kept_go_with_the_catalogue(make):
    own = CountingPass()
    catalogue = make(folder=None, window_pass=own)
    describe_all(catalogue, Describing(own.key))
    asked = own.n_calls
    describe_all(catalogue, Describing(own.key))
    assert own.n_calls == asked
    folder = catalogue._folder
    assert folder.is_dir()
    del catalogue
    assert not folder.exists()


@pytest.fixture
def two_songs(both, write_truth, add, audio_frames):
    """A database of tunes and excerpts; a truth in which three excerpts are of no MIDI file's composition."""
    midi = [(f"tune {n}.mid", f"tune {n}") for n in range(5)]
    return both, write_truth([*midi, *((f"excerpt {n}.wav", f"tune {n}") for n in range(8))])


def test_all_sources_are_used_but_for_queries(two_songs, tmp_path, audio_frames, collection, write_truth):
    store, truth = two_songs
    (tmp_path / "pool").mkdir()
    for n in range(3, 7):
        frames = np.tile(audio_frames[f"excerpt {n}"], (2, 1))
        np.savez(tmp_path / "pool" / f"{n:06d}.npz", frames=frames, composition=f"tune {n}")
    table = write_truth([("tune0.mid", "tune 0"), ("tune5.mid", "tune 5")], name="compositions.csv")
    catalogue, failures = make_distractors(
        store, [truth], 50, midi=[collection / "midi"], compositions=table, pools=[tmp_path / "pool"], seed=3
    )
    assert failures == {}
    assert catalogue.n_items == 50
    assert sorted(base.composition for base in catalogue.plan.bases) == [
        *["tune 5"] * 3,
        *["tune 6"] * 2,
        "tune 7",
    ]
    names = {base.name.partition("/")[0] for base in catalogue.plan.bases}
    assert names == {"audio", "midi", "pool"}
    (means,) = describe_all(catalogue, Means())
    assert means.n_items == 50


def test_unreadable_midi_files_are_told(two_songs, tmp_path, collection):
    (tmp_path / "songs").mkdir()
    (tmp_path / "songs" / "broken.mid").write_bytes(b"no music")
    (tmp_path / "songs" / "tune.mid").write_bytes((collection / "midi" / "tune5.mid").read_bytes())
    (tmp_path / "songs" / "tunes.npz").write_bytes(b"")
    store, truth = two_songs
    _, failures = make_distractors(store, [truth], 3, midi=[tmp_path / "songs"], compositions=None)
    assert [path.rpartition("/")[2] for path in failures] == ["broken.mid"]
