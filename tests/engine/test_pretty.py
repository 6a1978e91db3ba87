"""pretty_midi objects from our reader equal those of pretty_midi's own, and come from files it refuses."""

import io
import zipfile

import numpy as np
import pretty_midi
import pytest

from lakhdb import engine
from lakhdb.engine.errors import InputError


def describe(midi):
    notes = sorted(
        (i.program, i.is_drum, n.pitch, n.velocity, round(n.start, 6), round(n.end, 6))
        for i in midi.instruments
        for n in i.notes
    )
    keys = [(k.key_number, round(k.time, 6)) for k in midi.key_signature_changes]
    metres = [(m.numerator, m.denominator, round(m.time, 6)) for m in midi.time_signature_changes]
    return notes, keys, metres


def test_equals_what_pretty_midi_reads(shared_data):
    with zipfile.ZipFile(shared_data / "asap.zip") as archive:
        names = [name for name in archive.namelist() if name.endswith("midi_score.mid")][::30]
        assert len(names) > 3
        for name in names:
            theirs = pretty_midi.PrettyMIDI(io.BytesIO(archive.read(name)))
            ours = engine.load_pretty_midi(shared_data / f"asap.zip!/{name}")
            notes, keys, metres = describe(theirs)
            # pretty_midi drops notes without length.
            our_notes, our_keys, our_metres = describe(ours)
            ours_with_length = [note for note in our_notes if note[-1] > note[-2]]
            assert np.array(ours_with_length) == pytest.approx(np.array(notes), abs=2e-6)
            # pretty_midi looks for signatures on the first track alone.
            assert set(keys) <= set(our_keys)
            assert set(metres) <= set(our_metres)
            assert len(set(our_keys)) == len(our_keys)
            # So it does for tempos: where the two differ, the notes tell that ours are right.
            tempos, our_tempos = theirs.get_tempo_changes()[1], ours.get_tempo_changes()[1]
            assert set(np.round(tempos, 3)) <= set(np.round(our_tempos, 3))


def test_what_it_hands_out_can_be_written_and_read(tmp_path, make_tune):
    make_tune(1).write(str(tmp_path / "tune.mid"))
    engine.load_pretty_midi(tmp_path / "tune.mid").write(str(tmp_path / "again.mid"))
    first, second = (
        describe(pretty_midi.PrettyMIDI(str(tmp_path / name))) for name in ("tune.mid", "again.mid")
    )
    assert second == first


def test_reads_what_pretty_midi_refuses(tmp_path, make_tune):
    make_tune(2).write(str(tmp_path / "tune.mid"))
    whole = (tmp_path / "tune.mid").read_bytes()
    (tmp_path / "cut.mid").write_bytes(whole[: len(whole) // 2])
    with pytest.raises((EOFError, OSError, ValueError)):
        pretty_midi.PrettyMIDI(str(tmp_path / "cut.mid"))
    assert len(engine.load_pretty_midi(tmp_path / "cut.mid").instruments[0].notes) > 10


def test_refuses_what_is_no_midi(tmp_path):
    (tmp_path / "x.mid").write_bytes(b"no music")
    with pytest.raises(InputError, match="cannot be used as MIDI"):
        engine.load_pretty_midi(tmp_path / "x.mid")
