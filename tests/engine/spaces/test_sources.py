import os
import pickle
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lakhdb.engine.errors import InputError
from lakhdb.engine.spaces.sources import open_vectors

from .conftest import NAMES, dump_rows, make_rows

DIALECTS = {"numpy 1": (3, True), "numpy 2, protocol 3": (3, False), "numpy 2": (4, False)}


def read_all(file, names=None):
    opened = open_vectors(file, names)
    return opened.read_names(0, opened.n_rows), opened.read_vectors(0, opened.n_rows)


def write(tmp_path, data):
    file = tmp_path / "some.npy"
    file.write_bytes(data)
    return file


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("kind", ["<f2", "<f4", "<f8"])
@pytest.mark.parametrize(
    ("n_rows", "dimension"), [(1, 1), (1, 700), (2, 5), (1000, 1), (1001, 5), (1001, 700), (2500, 5)]
)
def test_reads_what_numpy_pickles(tmp_path, dialect, kind, dimension, n_rows):
    rng = np.random.default_rng(n_rows)
    vectors = rng.standard_normal((n_rows, dimension)).astype(kind)
    names = [f"{'x' * int(rng.integers(0, 300))}{row}.mid" for row in range(n_rows)]
    names[::7] = names[:1] * len(names[::7])  # the same object again and again
    file = write(tmp_path, dump_rows(make_rows(names, vectors), *DIALECTS[dialect]))
    found_names, found = read_all(file)
    assert found_names == names
    assert np.array_equal(found, vectors.astype("<f4"))
    opened = open_vectors(file)
    middle = n_rows // 2
    assert opened.read_names(middle, n_rows) == names[middle:]
    assert np.array_equal(opened.read_vectors(middle, n_rows), vectors[middle:].astype("<f4"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    names=st.lists(st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=9), min_size=1),
    dialect=st.sampled_from(sorted(DIALECTS)),
    fields=st.sampled_from([("midi_names", "midi_embeddings"), ("a", "b"), ("|", "f4"), ("O8", "numpy")]),
)
def test_reads_names_of_any_kind(tmp_path, names, dialect, fields):
    vectors = np.arange(3 * len(names), dtype="<f4").reshape(-1, 3)
    file = write(tmp_path, dump_rows(make_rows(names, vectors, fields), *DIALECTS[dialect]))
    found_names, found = read_all(file)
    assert np.array_equal(found, vectors)
    assert found_names == [name.encode("utf-8", "backslashreplace").decode() for name in names]


def test_reads_names_that_numpy_and_python_keep(tmp_path, vectors):
    # Objects that stand in the beginning of the pickle, too: names are references to them.
    names = ["<", "|", "midi_names", "O8", "f4", "numpy", "dtype"]
    for dialect in DIALECTS.values():
        assert read_all(write(tmp_path, dump_rows(make_rows(names, vectors), *dialect)))[0] == names


def test_bytes_that_are_no_utf8_are_written_as_in_our_paths(tmp_path, vectors):
    names = [os.fsdecode(b"caf\xe9.mid"), *NAMES[1:]]
    assert read_all(write(tmp_path, dump_rows(make_rows(names, vectors), 4)))[0][0] == "caf\\xe9.mid"


def test_reads_names_of_one_length(tmp_path, vectors):
    rows = np.empty(7, [("midi_names", "<U20"), ("midi_embeddings", "<f4", (5,))])
    rows["midi_names"], rows["midi_embeddings"] = NAMES, vectors
    np.save(tmp_path / "u.npy", rows)
    names, found = read_all(tmp_path / "u.npy")
    assert names == NAMES
    assert np.array_equal(found, vectors)


@pytest.mark.parametrize("order", ["C", "F"])
def test_reads_vectors_with_names_beside_them(tmp_path, vectors, order):
    np.save(tmp_path / "v.npy", np.asarray(vectors, order=order))
    (tmp_path / "names.txt").write_bytes("\ufeff".encode() + "\r\n".join(NAMES).encode())
    names, found = read_all(tmp_path / "v.npy", tmp_path / "names.txt")
    assert names == NAMES
    assert np.array_equal(found, vectors)
    np.save(tmp_path / "one.npy", vectors[0])
    assert np.array_equal(open_vectors(tmp_path / "one.npy").read_vectors(0, 1), vectors[:1])


class _Call:
    """What a pickle can make happen."""

    def __init__(self, folder):
        self.folder = str(folder)

    def __reduce__(self):
        return os.mkdir, (self.folder,)


@pytest.mark.parametrize("protocol", [3, 4])
@pytest.mark.parametrize("place", ["whole", "name", "beside"])
def test_runs_nothing(tmp_path, rows, protocol, place):
    made = tmp_path / "made"
    call = _Call(made)
    if place == "name":
        rows["midi_names"][3] = call
        data = dump_rows(rows, protocol)
    else:
        data = dump_rows(rows, protocol)
        start = data.index(b"\x80" + bytes([protocol]))
        pickled = pickle.dumps(call if place == "whole" else [rows, call], protocol=protocol)
        data = data[:start] + pickled
    file = write(tmp_path, data)
    with pytest.raises(InputError, match=r"some\.npy cannot be read"):
        open_vectors(file)
    assert not made.exists()
    np.load(file, allow_pickle=True)  # it would have
    assert made.exists()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_refuses_what_is_cut_off_anywhere(tmp_path, rows, dialect):
    data = dump_rows(rows[:3], *DIALECTS[dialect])
    for length in range(len(data)):
        with pytest.raises(InputError):
            read_all(write(tmp_path, data[:length]))
    with pytest.raises(InputError, match="something follows"):
        read_all(write(tmp_path, data + b"."))


@pytest.mark.parametrize("protocol", [3, 4])
def test_a_changed_byte_is_refused_or_changes_a_value_alone(tmp_path, rows, protocol):
    data = dump_rows(rows[:3], protocol)
    frame = range(data.find(b"\x80\x04\x95") + 3, data.find(b"\x80\x04\x95") + 11)
    n_taken = 0
    for at in range(len(data)):
        if at in frame:  # a hint, of which no value depends
            continue
        for flip in (1, 0x10):
            changed = bytearray(data)
            changed[at] ^= flip
            file = write(tmp_path, bytes(changed))
            try:
                names, vectors = read_all(file)
            except InputError:
                continue
            n_taken += 1
            loaded = np.load(file, allow_pickle=True)
            fields = loaded.dtype.names
            assert names == loaded[fields[0]].tolist()
            assert np.array_equal(vectors, loaded[fields[1]].astype("<f4"))
    assert n_taken > 3 * 5 * 4  # values may change


def test_refuses_rows_that_the_header_does_not_count(tmp_path, rows):
    header = np.lib.format.header_data_from_array_1_0(rows)
    for n_rows in (6, 8, 0, 10**9, 10**30):
        # the array's own length within the pickle, too, as far as it fits there
        data = dump_rows(rows, 3, header={**header, "shape": (n_rows,)})
        with pytest.raises(InputError, match=r"another kind|rows of 5 values"):
            read_all(write(tmp_path, data))
        if n_rows in (6, 8):
            data = data.replace(b"(K\x01K\x07\x85", b"(K\x01K" + bytes([n_rows]) + b"\x85", 1)
            with pytest.raises(InputError, match="header"):
                read_all(write(tmp_path, data))


def test_refuses_lengths_that_are_not_there(tmp_path, rows):
    data = dump_rows(rows, 3)
    name = data.index(b"X\x03\x00\x00\x00001")
    vector = data.index(b"C\x14", name)
    for changed, reason in (
        (data[: name + 1] + struct.pack("<I", 2**32 - 1) + data[name + 5 :], "too long"),
        (data[:vector] + b"B" + struct.pack("<I", 2**31) + data[vector + 2 :], "cut off"),
        (data[:vector] + b"\x8e" + struct.pack("<Q", 2**63) + data[vector + 2 :], "does not belong"),
    ):
        with pytest.raises(InputError, match=reason):
            read_all(write(tmp_path, changed))


def make_npy(header, body=b""):
    """Make a file of a header, given whole or as type and shape, and what follows it."""
    if isinstance(header, tuple):
        header = str({"descr": header[0], "fortran_order": False, "shape": header[1]})
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + body


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"MThd\x00\x00\x00\x06", "does not begin"),
        (b"\x93NUMPY\x09\x00" + bytes(200), "does not begin"),
        (make_npy(('<f4', (4, 2)), bytes(31)), "by its header"),
        (make_npy(('<f4', (4, 2)), bytes(33)), "by its header"),
        (make_npy(('<f4', (1000000000000, 2))), "rows of"),
        (make_npy(('<f4', (-1, 2))), "rows of"),
        (make_npy(('<f4', ()), bytes(4)), "0 dimensions"),
        (make_npy(('<i4', (4, 2)), bytes(32)), "int32"),
        (make_npy(('|O', (4, 2)), b"\x80\x04N."), "object"),
        (make_npy(([('a', '<U2'), ('b', '<f4')], (1,))), "name and"),
        (make_npy(([('a', '|O'), ('b', '|O', (2,))], (1,))), "object"),
        (make_npy(([('a', '<U999999999'), ('b', '<f4', (2,))], (9,))),
         "cannot be read"),
        (make_npy("-" * 5000), "does not begin"),
        (make_npy("(" * 5000), "does not begin"),
        (make_npy("__import__('os').mkdir('made')"), "does not begin"),
    ],
)  # fmt: skip
def test_refuses_what_is_no_file_of_vectors(tmp_path, data, reason):
    with pytest.raises(InputError, match=reason) as caught:
        read_all(write(tmp_path, data))
    assert "\n" not in str(caught.value)


def test_refuses_a_pipe_and_a_folder(tmp_path):
    os.mkfifo(tmp_path / "pipe.npy")
    for file in (tmp_path / "pipe.npy", tmp_path, tmp_path / "nothing.npy"):
        with pytest.raises(InputError, match="cannot be read"):
            open_vectors(file)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("kind", ["<f2", "<f4", "<f8"])
def test_refuses_values_that_are_not_finite(tmp_path, rows, kind, value):
    vectors = np.ones((7, 5), kind)
    vectors[4, 2] = value
    with pytest.raises(InputError, match="row 4 has values that are not finite"):
        read_all(write(tmp_path, dump_rows(make_rows(NAMES, vectors), 4)))
    vectors[4, 2] = 1e300 if kind == "<f8" else 1  # more than a float32 holds
    if kind == "<f8":
        with pytest.raises(InputError, match="row 4 has values that are not finite"):
            read_all(write(tmp_path, dump_rows(make_rows(NAMES, vectors), 4)))


@pytest.mark.parametrize(
    ("name", "trouble"), [("", "0 characters"), ("a\0b", "NUL"), ("x" * 1025, "long|1025")]
)
def test_refuses_names_that_cannot_be_kept(tmp_path, vectors, name, trouble):
    with pytest.raises(InputError, match=trouble):
        read_all(write(tmp_path, dump_rows(make_rows([*NAMES[:6], name], vectors), 4)))


def test_refuses_names_that_are_no_unicode(tmp_path, vectors):
    rows = np.zeros(7, [("n", "<U3"), ("v", "<f4", (5,))])
    rows["n"], rows["v"] = "abc", vectors
    for wrong in (0x110000, 0x7FFFFFFF):
        rows.view(np.uint32).reshape(7, -1)[5, 1] = wrong
        for order in "<>":
            np.save(tmp_path / "u.npy", rows.astype(rows.dtype.newbyteorder(order)))
            with pytest.raises(InputError, match="no text"):
                read_all(tmp_path / "u.npy")


def test_refuses_lists_of_names_that_do_not_fit(tmp_path, vectors, theirs):
    np.save(tmp_path / "v.npy", vectors)
    with pytest.raises(InputError, match="--names"):
        read_all(tmp_path / "v.npy")
    names = tmp_path / "names.txt"
    for text, reason in (
        (b"a\nb\n", "2 lines"),
        (b"", "empty"),
        (b"a\n" * 6 + b"\xff\n", "line 7 is not UTF-8"),
        (b"a\n" * 6 + b"\n", "row 6 has 0 characters"),
        (b"a\n" * 6 + b"x" * 5000, "row 6 has 4098 characters"),
    ):
        names.write_bytes(text)
        with pytest.raises(InputError, match=reason):
            read_all(tmp_path / "v.npy", names)
    names.write_text("\n".join(NAMES))
    with pytest.raises(InputError, match="names of its own"):
        open_vectors(theirs, names)
    with pytest.raises(InputError, match=r"nothing\.txt cannot be read"):
        open_vectors(tmp_path / "v.npy", tmp_path / "nothing.txt")
