"""Pairs of a run as recordings to train on."""

import numpy as np
import pytest

from lakhdb.engine.errors import InputError
from lakhdb.engine.match import match
from lakhdb.engine.train.matched import read_matched
from lakhdb.kernels.constant_q import FRAME_S


def test_sure_pairs_become_recordings(both):
    run = match(both).run_id
    recordings = read_matched(both, run)
    assert len(recordings) >= 8
    for recording in recordings:
        [source] = recording.sources
        assert source.path.startswith("/music/tunes/tune ")
        assert recording.split == "train"
        # The excerpts begin with second 15 and are 5 % slower.
        middle_s = len(recording.frames) * FRAME_S / 2
        at = np.interp(middle_s, recording.audio_s, source.midi_s)
        assert 0 <= recording.audio_s[0] < FRAME_S
        assert 15 < at < 35
        assert np.all(np.diff(source.midi_s) >= 0)


def test_what_is_linked_is_one_composition(both):
    run = match(both).run_id
    with both.writing() as con:  # as if tune 2 had been found in the recording of tune 1
        con.execute("UPDATE match_rows SET audio_seq = 1 WHERE midi_seq = 2 AND audio_seq = 2")
        con.execute("UPDATE alignment_rows SET audio_seq = 1 WHERE midi_seq = 2 AND audio_seq = 2")
    names = {one.sources[0].path: one.composition for one in read_matched(both, run)}
    assert names["/music/tunes/tune 0.mid"] == names["/music/tunes/tune 1.mid"]
    assert names["/music/tunes/tune 2.mid"] != names["/music/tunes/tune 1.mid"]


def test_a_run_without_sure_pairs_is_refused(both):
    with pytest.raises(InputError, match="run 7 accepted no pair"):
        read_matched(both, 7)
