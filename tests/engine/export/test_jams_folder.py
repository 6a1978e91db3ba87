"""Names of files, and what a full or foreign folder does."""

import re
from dataclasses import replace

import numpy as np
import pytest

from lakhdb.engine.errors import InputError
from lakhdb.engine.export.accepted import AcceptedPair
from lakhdb.engine.export.jams_folder import name_files, prepare_folder, put_file

PAIR = AcceptedPair(1, 1, "aa", "bb", None, "a.mid", "b.mp3", 0.9, 0.9, 0, 1, np.empty(0), np.empty(0))


def make_recordings(*names):
    """Make a pair for each (track id, MD5)."""
    return [
        [replace(PAIR, audio_seq=seq, track_id=track_id, audio_id=md5)]
        for seq, (track_id, md5) in enumerate(names)
    ]


def test_files_are_called_by_track_or_md5():
    assert name_files(make_recordings(("TRAAA", "m0"), (None, "m1"))) == {0: "TRAAA", 1: "m1"}


def test_recordings_of_one_track_are_told_apart():
    names = name_files(make_recordings(("TRAAA", "m0"), ("traaa", "m1"), ("TRB", "m2")))
    assert names == {0: "TRAAA_m0", 1: "traaa_m1", 2: "TRB"}


@pytest.mark.parametrize("track_id", ["../../etc/x", "a/b", ".hidden", "a\0b", "é?*", "..", "x" * 400])
def test_no_track_id_leads_out_of_the_folder(track_id):
    (name,) = name_files(make_recordings((track_id, "m0"))).values()
    assert re.fullmatch(r"[\w\-][\w\-.]{0,200}", name, re.ASCII)


def test_an_earlier_export_is_taken_up_and_swept(tmp_path):
    prepare_folder(tmp_path / "out")
    put_file(tmp_path / "out" / "a.jams", b"1")
    (tmp_path / "out" / ".b.jams.tmp").write_bytes(b"half")
    prepare_folder(tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.jams", "lakhdb-jams.json"]


def test_a_file_that_cannot_be_written_says_what_to_do(tmp_path):
    with pytest.raises(InputError, match=r"cannot be written .*make room or name another folder"):
        put_file(tmp_path / "gone" / "a.jams", b"1")
    (tmp_path / "a.jams").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        put_file(tmp_path / "a.jams", b"1")
    assert [path.name for path in tmp_path.iterdir()] == ["a.jams"]
