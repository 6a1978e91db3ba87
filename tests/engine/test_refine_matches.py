"""Alignments of matches are refined by the recordings' files, and stay coarse where these are gone."""

import shutil

import numpy as np
import pytest
import soundfile

from lakhdb.engine.ingest.audio import ingest_audio
from lakhdb.engine.ingest.midi import ingest_midi
from lakhdb.engine.match import match
from lakhdb.engine.store import open_store


@pytest.fixture
def music(collection, tmp_path):
    """A copy of the small collection, whose files may be changed."""
    return shutil.copytree(collection, tmp_path / "music")


@pytest.fixture
def known(music, tmp_path):
    """A database of it."""
    store = open_store(tmp_path / "known.lmdb", create=True)
    ingest_midi(store, [music / "midi"], jobs=1)
    ingest_audio(store, [music / "audio"], jobs=1)
    return store


def read_alignments(store):
    """Path of the recording, its breakpoints, and whether they are refined."""
    with store.reading() as con:
        return con.execute(
            """
            SELECT parse_filename(matches.audio_path), midi_s, audio_s, refined
            FROM alignments JOIN matches USING (midi_id, audio_id)
            WHERE parse_filename(midi_path, true) = parse_filename(audio_path, true) ORDER BY 1
            """
        ).fetchall()


def test_breakpoints_are_where_notes_begin(known):
    match(known)
    alignments = read_alignments(known)
    assert len(alignments) == 4
    for _, midi_s, audio_s, refined in alignments:
        assert refined
        # The recordings keep the times of their files.
        assert np.median(np.abs(np.subtract(midi_s, audio_s))) < 0.015


def test_recordings_that_are_gone_or_changed_leave_the_path_of_frames(known, music):
    (music / "audio" / "tune1.flac").unlink()
    samples, rate = soundfile.read(music / "audio" / "tune2.flac")
    soundfile.write(music / "audio" / "tune2.flac", samples[: rate * 5], rate)
    (music / "audio" / "tune3.flac").write_bytes(b"")
    match(known)
    assert {name: refined for name, _, _, refined in read_alignments(known)} == {
        "tune0.flac": True,
        "tune1.flac": False,
        "tune2.flac": False,
        "tune3.flac": False,
    }


def test_members_of_archives_and_second_paths_are_found(music, tmp_path):
    shutil.copytree(music / "audio", tmp_path / "again" / "audio")
    archive = shutil.make_archive(str(tmp_path / "records"), "zip", tmp_path / "again")
    store = open_store(tmp_path / "zipped.lmdb", create=True)
    ingest_midi(store, [music / "midi"], jobs=1)
    ingest_audio(store, [music / "audio" / "tune0.flac"], jobs=1)
    ingest_audio(store, [tmp_path / archive], jobs=1)
    shutil.rmtree(music / "audio")
    match(store)
    assert [refined for *_, refined in read_alignments(store)] == [True] * 4
