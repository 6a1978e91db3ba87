"""Files of vectors as NumPy and midisim write them."""

import io
import pickle

import numpy as np
import pytest

NAMES = ["001", "002 – Für Elise", "001", "<", "midi_names", "a/b.mid", "b"]


def make_rows(names, vectors, fields=("midi_names", "midi_embeddings")):
    """Make an array as midisim does: a name (object) and a vector a row."""
    vectors = np.asarray(vectors)
    dtype = np.dtype([(fields[0], "O"), (fields[1], vectors.dtype, vectors.shape[1:])])
    rows = np.empty(len(names), dtype)
    rows[fields[0]], rows[fields[1]] = names, vectors
    return rows


def dump_rows(rows, protocol, numpy_1=False, header=None):
    """Write rows as NumPy does, before version 2 (protocol 3) or since (4); return the bytes."""
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, header or np.lib.format.header_data_from_array_1_0(rows))
    pickled = pickle.dumps(rows, protocol=protocol)
    if numpy_1:
        assert protocol == 3  # a pickle of protocol 4 counts its bytes
        pickled = pickled.replace(b"cnumpy._core.multiarray\n", b"cnumpy.core.multiarray\n")
    return stream.getvalue() + pickled


@pytest.fixture
def vectors():
    """Seven vectors of five values."""
    return np.random.default_rng(0).standard_normal((7, 5)).astype("<f4")


@pytest.fixture
def rows(vectors):
    """The same with names, two of them alike."""
    return make_rows(NAMES, vectors)


@pytest.fixture
def theirs(tmp_path, rows):
    """A file of them as midisim writes it."""
    file = tmp_path / "theirs.npy"
    np.save(file, rows, allow_pickle=True)
    return file
