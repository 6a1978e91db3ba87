"""The reader beside symusic and pretty_midi, on real files."""

import io
import random
import warnings
import zipfile
from itertools import pairwise

import numpy as np
import pretty_midi
import pytest
import symusic

from lakhdb.kernels.midi_file import read_midi


def sample_files(shared_data, n_files):
    """(name, bytes) of about `n_files` MIDI files, drawn from each of four collections alike."""
    rng = random.Random(909)
    for collection in ("pop909", "asap", "nottingham", "vienna4x22"):
        with zipfile.ZipFile(shared_data / f"{collection}.zip") as archive:
            names = sorted(name for name in archive.namelist() if name.endswith((".mid", ".midi")))
            for name in rng.sample(names, min(n_files // 4, len(names))):
                yield f"{collection}/{name}", archive.read(name)


def test_notes_equal_those_of_symusic(shared_data):
    for name, data in sample_files(shared_data, 400):
        midi = read_midi(data)
        notes = midi.notes
        ours = zip(notes.start_tick, notes.end_tick, notes.pitch, notes.velocity, notes.program, strict=True)
        score, timed = symusic.Score.from_midi(data), symusic.Score.from_midi(data, ttype="second")
        theirs = [
            (n.time, n.end, n.pitch, n.velocity, part.program) for part in score.tracks for n in part.notes
        ]
        assert sorted(ours) == sorted(theirs), name
        if (np.diff(midi.tempos.tick) > 0).all():  # of several tempos on one tick, symusic may take the first
            starts_s = sorted(n.time for part in timed.tracks for n in part.notes)
            np.testing.assert_allclose(np.sort(notes.start_s), starts_s, rtol=1e-6, atol=1e-6, err_msg=name)


def overlaps(notes):
    """Which notes share part of their time with another of the same pitch, channel and track."""
    found = np.zeros(len(notes), dtype=bool)
    order = np.lexsort((notes.start_tick, notes.pitch, notes.channel, notes.track))
    keys = np.stack([notes.pitch, notes.channel, notes.track], axis=1)
    for before, after in pairwise(order):
        if (keys[before] == keys[after]).all() and notes.start_tick[after] < notes.end_tick[before]:
            found[[before, after]] = True
    return found


def test_notes_equal_those_of_pretty_midi(shared_data):
    n_compared = 0
    for name, data in sample_files(shared_data, 40):
        notes = read_midi(data).notes
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            other = pretty_midi.PrettyMIDI(io.BytesIO(data))
        theirs = sorted(
            (other.time_to_tick(n.start), n.pitch, n.velocity, part.program, part.is_drum, n.start, n.end)
            for part in other.instruments
            for n in part.notes
        )
        kept = np.flatnonzero(notes.end_tick > notes.start_tick)  # pretty_midi drops notes of length zero
        names = ("start_tick", "pitch", "velocity", "program", "is_drum", "start_s", "end_s")
        columns = [getattr(notes, name)[kept].tolist() for name in names]
        ours = sorted(zip(*columns, overlaps(notes)[kept], strict=True))
        assert [note[:5] for note in ours] == [note[:5] for note in theirs], name
        for our, their in zip(ours, theirs, strict=True):
            assert our[5] == pytest.approx(their[5], abs=1e-6), name
            if not our[7]:  # where notes overlap, pretty_midi ends all of them at the first note-off
                assert our[6] == pytest.approx(their[6], abs=1e-6), name
                n_compared += 1
    assert n_compared > 10_000
