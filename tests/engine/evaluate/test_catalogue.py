"""Catalogues: what they hand out, one behind another or not."""

import numpy as np
import pytest

from lakhdb.engine.evaluate.catalogue import (
    CHUNK,
    DatabaseCatalogue,
    JoinedCatalogue,
    KeptCatalogue,
    collect,
    describe_all,
)


class Sizes:
    """Describes a recording by its number of frames, and by one row for each hundred."""

    key = "sizes-1"

    def __init__(self):
        self.n_asked = 0

    def describe(self, items):
        """See `Describer`."""
        self.n_asked += len(items)
        return [(np.array([len(frames)]), np.arange(1 + len(frames) // 100)) for frames in items]


@pytest.fixture
def two(make_catalogue):
    """Two catalogues of recordings of 1 to 300 and 301 to 305 frames."""
    frames = [np.full((n, 72), n % 250, np.uint8) for n in range(1, 306)]
    return make_catalogue(frames[:300], [-1] * 300), make_catalogue(frames[300:], range(5))


def test_ragged_arrays_split_as_they_were():
    ragged = collect([np.array([1]), np.array([2, 3]), np.array([4])])
    assert [part.tolist() for part in ragged.split()] == [[1], [2, 3], [4]]
    assert [part.tolist() for part in ragged.split(np.array([2, 0]))] == [[4], [1]]
    assert (ragged.n_items, ragged.starts.tolist()) == (3, [0, 1, 3])


def test_chunks_come_in_order(two):
    chunks = list(two[0].describe(Sizes()))
    assert [sizes.n_items for sizes, _ in chunks] == [CHUNK, 300 - CHUNK]
    sizes, rows = describe_all(two[0], Sizes())
    assert sizes.values.tolist() == list(range(1, 301))
    assert rows.lengths[[0, 98, 99, 299]].tolist() == [1, 1, 2, 4]


def test_joined_catalogues_count_on(two):
    joined = JoinedCatalogue(two)
    assert joined.n_items == 305
    assert joined.compositions[298:].tolist() == [-1, -1, 0, 1, 2, 3, 4]
    wanted = np.array([304, 0, 300, 299])
    assert [len(frames) for frames in joined.read_frames(wanted)] == [305, 1, 301, 300]
    assert joined.read_frames(np.empty(0, np.int64)) == []
    sizes, _ = describe_all(joined, Sizes())
    assert sizes.values.tolist() == list(range(1, 306))


def test_what_is_kept_is_described_once(two):
    kept, describer = KeptCatalogue(two[1]), Sizes()
    first, again = describe_all(kept, describer), describe_all(kept, describer)
    assert describer.n_asked == 5
    assert first[0].values.tolist() == again[0].values.tolist() == [301, 302, 303, 304, 305]


def test_a_database_is_a_catalogue(both, audio_frames):
    catalogue = DatabaseCatalogue(both, np.array([3, 1]), np.array([7, -1], np.int32))
    names = list(audio_frames)
    for frames, name in zip(catalogue.read_frames(np.array([1, 0])), (names[0], names[2]), strict=True):
        np.testing.assert_array_equal(frames, audio_frames[name])
    assert catalogue.compositions.tolist() == [7, -1]
