"""Finding files: depth, archives, loops, names that are not UTF-8, things that are no files."""

import os
import zipfile

import pytest

from lakhdb.engine.errors import InputError
from lakhdb.engine.ingest.scan import MIDI_SUFFIXES, Archives, UnreadableError, find_sources, read_bytes


def find(root, corpus=None):
    return list(find_sources(root, MIDI_SUFFIXES, corpus))


def names(sources, root):
    return [source.path.removeprefix(f"{root}/") for source in sources]


def test_finds_all_suffixes_at_any_depth_in_a_fixed_order(tmp_path):
    for name in ("b/deep/er/x.MID", "a.midi", "c.kar", "b/y.rmi", "notes.txt", "b/z.mp3"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert names(find(tmp_path), tmp_path) == ["a.midi", "b/deep/er/x.MID", "b/y.rmi", "c.kar"]


def test_the_corpus_is_the_folders_name_unless_given(tmp_path):
    (tmp_path / "lakh").mkdir()
    (tmp_path / "lakh" / "a.mid").write_bytes(b"x")
    assert [source.corpus for source in find(tmp_path / "lakh")] == ["lakh"]
    assert [source.corpus for source in find(tmp_path / "lakh", "other")] == ["other"]


def test_members_of_an_archive_are_read_in_place(tmp_path):
    with zipfile.ZipFile(tmp_path / "songs.ZIP", "w") as archive:
        archive.writestr("in/one.mid", b"one")
        archive.writestr("read.me", b"no")
    (source,) = find(tmp_path)
    assert source.path == f"{tmp_path}/songs.ZIP!/in/one.mid"
    assert source.size == 3
    assert read_bytes(source.path, 10, Archives()) == b"one"
    with pytest.raises(UnreadableError, match="larger than"):
        read_bytes(source.path, 2, Archives())


def test_a_damaged_archive_is_reported_not_raised(tmp_path):
    (tmp_path / "bad.zip").write_bytes(b"PK nothing")
    (source,) = find(tmp_path)
    assert "not a zip archive" in source.trouble


def test_a_damaged_member_is_a_reason(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("x.mid", b"0123456789")
    path.write_bytes(path.read_bytes().replace(b"0123456789", b"9876543210"))
    with pytest.raises(UnreadableError, match="damaged in its archive"):
        read_bytes(f"{path}!/x.mid", 100, Archives())


def test_links_that_lead_back_are_not_followed_for_ever(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.mid").write_bytes(b"x")
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert names(find(tmp_path), tmp_path) == ["a/x.mid"]


def test_names_that_are_not_utf8_are_kept_twice(tmp_path):
    name = os.fsencode(tmp_path) + b"/caf\xe9.mid"
    with open(name, "wb") as stream:
        stream.write(b"x")
    (source,) = find(tmp_path)
    assert os.fsencode(source.path) == name
    assert source.text.endswith("caf\\xe9.mid")
    assert read_bytes(source.path, 10, Archives()) == b"x"


def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "x.mid")
    (source,) = find(tmp_path)
    assert source.trouble == "not a regular file"


def test_a_link_to_nowhere_is_reported(tmp_path):
    (tmp_path / "x.mid").symlink_to(tmp_path / "gone.mid")
    (source,) = find(tmp_path)
    assert source.trouble == "No such file or directory"


def test_refuses_a_root_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        find(tmp_path / "nothing")


def test_folders_nested_without_end_are_reported(tmp_path):
    deepest = tmp_path.joinpath(*["d"] * 250)
    deepest.mkdir(parents=True)
    (deepest / "x.mid").write_bytes(b"x")
    (source,) = find(tmp_path)
    assert "nested deeper" in source.trouble


def test_a_damaged_lzma_member_is_a_reason(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("x.mid", bytes(range(256)) * 20)
    data = bytearray(path.read_bytes())
    data[45:75] = b"\xff" * 30
    path.write_bytes(data)
    with pytest.raises(UnreadableError, match="damaged in its archive"):
        read_bytes(f"{path}!/x.mid", 10_000, Archives())
