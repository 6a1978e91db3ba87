"""Files in strange places: archives meant to harm, links, pipes, names of any bytes, files that vanish."""

import io
import os
import struct
import zipfile

import numpy as np
import pytest

from lakhdb.engine.ingest.midi import ingest_midi
from lakhdb.engine.ingest.scan import MIDI_SUFFIXES, Archives, UnreadableError, find_sources, read_bytes
from lakhdb.engine.store import open_store

GIB = 1 << 30


def write_midi(seed):
    """Write a MIDI file of a few notes, other for every seed."""
    pitches = np.random.default_rng(seed).integers(30, 90, 9).tolist()
    notes = b"".join(bytes([0, 0x90, pitch, 80, 96, pitch, 0]) for pitch in pitches)
    body = notes + b"\0\xff\x2f\0"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, 480) + b"MTrk" + struct.pack(">I", len(body)) + body


def zip_up(members, method=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def zip_zeros(name, n_bytes, method, chunk=bytes(1 << 24)):
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", method) as archive,
        archive.open(name, "w", force_zip64=True) as member,
    ):
        for _ in range(n_bytes // len(chunk)):
            member.write(chunk)
    return stream.getvalue()


def claim_size(archive, n_bytes):
    """Have the only member of an archive claim another size, in both of its headers."""
    data = bytearray(archive)
    directory = data.rindex(b"PK\1\2")
    data[directory + 24 : directory + 28] = struct.pack("<I", n_bytes)
    data[22:26] = struct.pack("<I", n_bytes)
    return bytes(data)


def lay_over(n_members):
    """Make an archive whose members all are the same bytes of it."""
    archive = zip_up({"x.mid": bytes(1 << 20)})
    directory, end = archive.rindex(b"PK\1\2"), archive.rindex(b"PK\5\6")
    entry = archive[directory:end]
    entries = b"".join(entry.replace(b"x.mid", b"%05d.mid" % n) for n in range(n_members))
    # Names grew by four bytes.
    entries = entries.replace(entry[28:30], struct.pack("<H", 9))
    tail = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, n_members, n_members, len(entries), directory, 0)
    return archive[:directory] + entries + tail


MANY = [f"{n}.mid" for n in range(3000)]
ODD_NAMES = ["a\nb.mid", "日本\u202e.mid", "a.zip!/b.mid", " .mid"]

# Archive, and stage and reason of what is in it (None: it is used), by member; "" is the archive itself.
ARCHIVES = {
    "good.zip": (
        zip_up({"x.mid": write_midi(1), "deep/er/y.MID": write_midi(2)}),
        {"x.mid": None, "deep/er/y.MID": None},
    ),
    "outside.zip": (
        zip_up({"../../up.mid": write_midi(3), "/etc/root.mid": write_midi(4), "C:\\x.mid": write_midi(5)}),
        {"../../up.mid": None, "/etc/root.mid": None, "C:\\x.mid": None},
    ),
    "gibs.zip": (zip_zeros("x.mid", 2 * GIB, zipfile.ZIP_DEFLATED), {"x.mid": "inflates to 2048 MiB"}),
    "mibs.zip": (zip_zeros("x.mid", 64 << 20, zipfile.ZIP_DEFLATED), {"x.mid": "neither MThd"}),
    "lying.zip": (claim_size(zip_up({"x.mid": bytes(1 << 24)}), 1000), {"x.mid": "size or checksum"}),
    "lying bzip2.zip": (
        claim_size(zip_zeros("x.mid", GIB, zipfile.ZIP_BZIP2), 1000), {"x.mid": "size or checksum"}
    ),
    "lying lzma.zip": (
        claim_size(zip_up({"x.mid": bytes(1 << 24)}, zipfile.ZIP_LZMA), 1000), {"x.mid": "size or checksum"}
    ),
    "over one another.zip": (lay_over(30_000), {"": "more bytes than it has"}),
    "many.zip": (zip_up(dict.fromkeys(MANY, write_midi(6))), dict.fromkeys(MANY)),
    "nested.zip": (
        zip_up({"in.zip": zip_up({"x.mid": write_midi(7)}), "y.mid": write_midi(8)}),
        {"in.zip": "archive within an archive", "y.mid": None},
    ),
    "empty.zip": (b"", {"": "not a zip archive"}),
    "text.zip": (b"not really\n" * 99, {"": "not a zip archive"}),
    "truncated.zip": (zip_up({"x.mid": write_midi(9)})[:-30], {"": "not a zip archive"}),
    "front cut off.zip": (
        zip_up({"x.mid": np.random.default_rng(0).bytes(9999)})[5000:], {"": "more bytes than it has"}
    ),
    "names.zip": (zip_up(dict.fromkeys(ODD_NAMES, write_midi(10))), dict.fromkeys(ODD_NAMES)),
}  # fmt: skip


@pytest.fixture(scope="module")
def wild(tmp_path_factory, ingest_apart):
    folder = tmp_path_factory.mktemp("wild")
    files = folder / "files"
    files.mkdir()
    for name, (data, _) in ARCHIVES.items():
        (files / name).write_bytes(data)
    return files, ingest_apart(folder / "x.lmdb", "midi", files)


@pytest.mark.parametrize("name", ARCHIVES)
def test_every_member_is_an_item_or_a_failure(wild, name):
    files, run = wild
    failures, items = run.list_failures(), run.list_items("midi", "midi_id")
    for member, reason in ARCHIVES[name][1].items():
        path = f"{files}/{name}!/{member}" if member else f"{files}/{name}"
        if reason is None:
            assert path in items
        else:
            assert reason in failures[path][1]


def test_archives_are_read_within_bounds(wild):
    _, run = wild
    assert run.n_files == sum(len(members) for _, members in ARCHIVES.values())
    assert run.seconds < 60
    assert run.own_mib < 1024
    assert run.worker_mib < 1024


def test_an_encrypted_member_is_a_reason(tmp_path):
    data = bytearray(zip_up({"x.mid": write_midi(1)}))
    data[6] |= 1
    data[data.rindex(b"PK\1\2") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(UnreadableError, match="encrypted"):
        read_bytes(f"{tmp_path}/a.zip!/x.mid", GIB, Archives())


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_any_member_of_any_method_is_read_as_it_was(tmp_path, method):
    rng = np.random.default_rng(0)
    members = {f"{n}.mid": rng.bytes(n * 1000) + bytes(n * 100) for n in range(5)}
    (tmp_path / "a.zip").write_bytes(zip_up(members, method))
    archives = Archives()
    for name, data in members.items():
        assert read_bytes(f"{tmp_path}/a.zip!/{name}", GIB, archives) == data


@pytest.fixture
def store_at(tmp_path):
    return open_store(tmp_path / "x.lmdb", create=True)


def list_rows(store, statement):
    with store.reading() as con:
        return con.execute(statement).fetchall()


def test_strange_things_called_mid(tmp_path, store_at):
    folder = tmp_path / "files"
    folder.mkdir()
    os.mkfifo(folder / "pipe.mid")
    (folder / "folder.mid").mkdir()
    (folder / "folder.mid" / "x.mid").write_bytes(write_midi(1))
    (folder / "nowhere.mid").symlink_to(folder / "nothing")
    (folder / "itself.mid").symlink_to(folder / "itself.mid")
    (folder / "memory.mid").symlink_to("/proc/self/mem")
    (folder / "zeros.mid").symlink_to("/dev/zero")
    (folder / "linked.mid").symlink_to(folder / "folder.mid" / "x.mid")
    (folder / "a.zip!").mkdir()
    (folder / "a.zip!" / "y.mid").write_bytes(write_midi(2))
    summary = ingest_midi(store_at, [folder], jobs=1)
    assert (summary.n_files, summary.n_new, summary.n_failed) == (8, 2, 5)
    reasons = dict(list_rows(store_at, "SELECT parse_filename(path), reason FROM failures"))
    assert reasons == {
        "pipe.mid": "not a regular file",
        "nowhere.mid": "No such file or directory",
        "itself.mid": "Too many levels of symbolic links",
        "memory.mid": "Input/output error",
        "zeros.mid": "not a regular file",
    }


def test_a_pipe_given_by_name_is_not_waited_for(tmp_path, store_at):
    os.mkfifo(tmp_path / "pipe.mid")
    assert ingest_midi(store_at, [tmp_path / "pipe.mid"], jobs=1).n_failed == 1


def test_names_of_any_bytes(tmp_path, store_at):
    folder = os.fsencode(tmp_path / "files")
    os.mkdir(folder)
    names = [b"caf\xe9", b"\x83A\x83C", b"a\nb", b"\x1b[31mred", b"-rf", b"'; DROP TABLE paths", b"\xff\xfe"]
    names = [name + b".mid" for name in names]
    for seed, name in enumerate(names):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(write_midi(seed))
    summary = ingest_midi(store_at, [tmp_path / "files"], jobs=1)
    assert (summary.n_new, summary.n_failed) == (len(names), 0)
    stored = [os.path.basename(raw) for (raw,) in list_rows(store_at, "SELECT path_bytes FROM paths")]
    assert sorted(stored) == sorted(names)
    assert ingest_midi(store_at, [tmp_path / "files"], jobs=1).n_known == len(names)


def test_files_that_vanish_while_they_are_read(tmp_path, store_at):
    folder = tmp_path / "files"
    folder.mkdir()
    for n in range(200):
        (folder / f"{n:03}.mid").write_bytes(write_midi(n))

    def remove(stage, done, total):
        (folder / "199.mid").unlink(missing_ok=True)

    summary = ingest_midi(store_at, [folder], jobs=1, progress=remove)
    assert (summary.n_new, summary.n_failed) == (199, 1)
    assert list_rows(store_at, "SELECT parse_filename(path), stage, reason FROM failures") == [
        ("199.mid", "read", "No such file or directory")
    ]


def test_folders_linked_in_two_ways_each_are_walked_once(tmp_path):
    # Two links in each of 40 folders to the next: 2⁴⁰ ways to the last.
    for n in range(40):
        (tmp_path / f"{n}").mkdir()
        (tmp_path / f"{n}" / "x.mid").write_bytes(b"x")
        for name in ("left", "right"):
            (tmp_path / f"{n}" / name).symlink_to(tmp_path / f"{n + 1}", target_is_directory=True)
    found = [source.path for source in find_sources(tmp_path, MIDI_SUFFIXES, None)]
    assert {f"{tmp_path}/{n}/x.mid" for n in range(40)} <= set(found)
    assert len(found) <= 40 * 3
