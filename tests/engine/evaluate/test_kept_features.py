"""Features of distractors on disk: whole up to the row that is told, whatever happened behind it."""

import json

import numpy as np
import pytest

from lakhdb.engine.errors import InputError
from lakhdb.engine.evaluate.kept_features import DIMENSION, HASHES, KeptFeatures


def make_rows(first, n):
    """Rows that say which they are."""
    number = np.arange(first, first + n)
    vectors = np.repeat(np.sin(number).astype(np.float32)[:, None], DIMENSION, axis=1)
    hashes = np.repeat(number.astype(np.uint32)[:, None] + 2**31, HASHES, axis=1)
    return vectors, hashes


def test_rows_are_there_again(tmp_path):
    features = KeptFeatures(tmp_path / "new" / "features")
    assert features.n_rows == 0
    features.add(*make_rows(0, 5))
    features.add(*make_rows(5, 3))
    for one in (features, KeptFeatures(tmp_path / "new" / "features")):
        vectors, hashes = make_rows(0, 8)
        np.testing.assert_allclose(one.vectors, vectors, atol=5e-4)
        np.testing.assert_array_equal(one.hashes, hashes)
    assert isinstance(features.vectors, np.memmap)


def test_what_was_not_told_is_written_over(tmp_path):
    features = KeptFeatures(tmp_path)
    features.add(*make_rows(0, 5))
    for name in ("vectors.f16", "hashes.u32"):  # as a kill between two writings leaves them
        with (tmp_path / name).open("ab") as stream:
            stream.write(b"half of a batch")
    (tmp_path / "rows.99999.tmp").write_text("{")
    again = KeptFeatures(tmp_path)
    assert again.n_rows == 5
    again.add(*make_rows(5, 4))
    np.testing.assert_array_equal(KeptFeatures(tmp_path).hashes, make_rows(0, 9)[1])
    np.testing.assert_allclose(KeptFeatures(tmp_path).vectors, make_rows(0, 9)[0], atol=5e-4)


def test_two_may_add_the_same_rows(tmp_path):
    one, other = KeptFeatures(tmp_path), KeptFeatures(tmp_path)
    one.add(*make_rows(0, 3))
    one.add(*make_rows(3, 3))
    other.add(*make_rows(0, 3))
    assert KeptFeatures(tmp_path).n_rows == 3
    other.add(*make_rows(3, 3))
    np.testing.assert_allclose(one.vectors, make_rows(0, 6)[0], atol=5e-4)
    np.testing.assert_array_equal(KeptFeatures(tmp_path).hashes, make_rows(0, 6)[1])


def test_damage_is_told(tmp_path):
    KeptFeatures(tmp_path).add(*make_rows(0, 3))
    (tmp_path / "vectors.f16").write_bytes(b"short")
    with pytest.raises(InputError, match="lacks rows that it had"):
        KeptFeatures(tmp_path)
    (tmp_path / "rows.json").write_text(json.dumps({"count": 3}))
    with pytest.raises(InputError, match="is damaged"):
        KeptFeatures(tmp_path)
    with pytest.raises(InputError, match="cannot be made"):
        KeptFeatures(tmp_path / "rows.json")
