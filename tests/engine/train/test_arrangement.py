"""Arrangements: what is left out and added, and that a piece stays one."""

import numpy as np
import pytest

from lakhdb.engine.recordings import Notes
from lakhdb.engine.train.arrangement import (
    add_bass,
    add_drums,
    add_pad,
    double_part,
    drop_drums,
    drop_notes,
    drop_parts,
    keep_melody,
)

BEATS_S = np.arange(-4.0, 44.0, 0.5)
STEPS_S = np.arange(0.0, 40.0, 0.5)


def make_part(number, pitches, start_s=STEPS_S, is_drum=False):
    """Return a part that goes through `pitches` again and again."""
    n = len(start_s)
    end_s = start_s + 0.45
    return Notes(
        *(np.resize(pitches, n), np.full(n, 80), start_s, end_s, end_s + 0.2),
        *(np.zeros(n, dtype=int), np.full(n, is_drum), np.full(n, number)),
    )


def join(*parts):
    return Notes(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def make_band():
    """Return a melody, chords' roots, a bass and drums."""
    return join(
        make_part(0, [72, 74, 76, 77, 79]),
        make_part(1, [60, 64, 67]),
        make_part(2, [48, 43]),
        make_part(3, [36, 42, 38, 42], is_drum=True),
    )


def list_parts(notes):
    return np.unique(notes.instrument).tolist()


def get_rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("seed", range(10))
def test_parts_are_dropped_but_never_all(seed):
    band = make_band()
    left = drop_parts(band, 0.5, get_rng(seed))
    assert len(list_parts(left)) == 2
    assert 3 in list_parts(left)  # drums are not its concern
    left = drop_parts(band, 1.0, get_rng(seed))
    assert len(list_parts(left)) == 2  # the last pitched part is kept
    assert not left.is_drum.all()


def test_a_part_that_plays_alone_somewhere_is_not_dropped():
    alone = make_part(0, [72], STEPS_S)
    guest = make_part(1, [60], STEPS_S[STEPS_S < 10.0])
    for seed in range(10):
        assert 0 in list_parts(drop_parts(join(alone, guest), 0.5, get_rng(seed)))


def test_the_melody_is_the_highest_part():
    melody = keep_melody(make_band())
    assert list_parts(melody) == [0]
    assert melody.pitch.size == STEPS_S.size


def test_a_melody_that_mostly_rests_is_not_left_alone():
    band = join(make_part(0, [72], STEPS_S[:10]), make_part(1, [60]))
    assert list_parts(keep_melody(band)) == [0, 1]


def test_the_melody_of_a_piano_is_its_highest_voice():
    top, chords = make_part(0, [72, 74, 71]), make_part(0, [60, 64])
    late = make_part(0, [65], STEPS_S + 0.25)  # begins below a note that still sounds
    melody = keep_melody(join(top, chords, late))
    np.testing.assert_array_equal(np.sort(melody.start_s), STEPS_S)
    assert set(melody.pitch.tolist()) == {71, 72, 74}


def test_drums_are_dropped_only_from_music():
    assert not drop_drums(make_band()).is_drum.any()
    drums = make_part(0, [36], is_drum=True)
    assert drop_drums(drums).pitch.size == drums.pitch.size


def test_notes_are_dropped_by_share():
    band = join(*(make_band() for _ in range(5)))
    left = drop_notes(band, 0.1, get_rng())
    assert left.pitch.size / band.pitch.size == pytest.approx(0.9, abs=0.03)
    sparse = make_part(0, [60], np.arange(0.0, 40.0, 4.0))
    assert drop_notes(sparse, 0.9, get_rng()).pitch.size == sparse.pitch.size


@pytest.mark.parametrize("octaves", [-1, 1])
def test_a_doubled_part_plays_along_in_octaves(octaves):
    band = make_band()
    doubled = double_part(band, octaves, get_rng())
    new = doubled.take(doubled.instrument == 4)
    candidates = [band.take(band.instrument == part) for part in (0, 1, 2)]
    assert any(np.array_equal(new.pitch - 12 * octaves, part.pitch) for part in candidates)
    np.testing.assert_array_equal(new.start_s, STEPS_S)
    assert doubled.pitch.size == band.pitch.size + new.pitch.size


def test_doubling_stays_within_the_keyboard():
    doubled = double_part(make_part(0, [100, 60]), 1, get_rng())
    assert doubled.pitch.max() == 100
    assert (doubled.instrument == 1).sum() == STEPS_S.size // 2


def test_a_bass_plays_what_is_lowest():
    chords = join(make_part(0, [64, 65]), make_part(1, [60, 62]))
    bass = add_bass(chords, chords, BEATS_S, get_rng())
    new = bass.take(bass.instrument == 2)
    assert set(new.pitch.tolist()) <= {36, 38}
    assert np.isin(new.start_s, BEATS_S).all()
    assert new.end_s.max() <= 41.0
    assert new.pitch.size >= 19


def test_a_pad_holds_what_sounds_longest():
    chord = join(*(make_part(0, [pitch]) for pitch in (48, 52, 55)), make_part(0, [61], STEPS_S[::8]))
    pad = add_pad(make_part(0, [80]), chord, BEATS_S, get_rng())
    new = pad.take(pad.instrument == 1)
    assert {60, 64, 55} == set(new.pitch.tolist())
    assert (new.end_s - new.start_s).min() >= 1.0


@pytest.mark.parametrize("seed", range(5))
def test_a_drummer_keeps_the_beat(seed):
    band = make_part(0, [60])
    drums = add_drums(band, BEATS_S, get_rng(seed))
    drums = drums.take(drums.is_drum)
    np.testing.assert_allclose(drums.start_s * 4, np.rint(drums.start_s * 4))
    assert np.unique(drums.pitch).size >= 2
    assert drums.instrument.min() == 1
    # The bar repeats: what is played in one is played in the next.
    bars = [
        {
            (key, at - bar)
            for key, at in zip(drums.pitch.tolist(), drums.start_s.tolist(), strict=True)
            if bar <= at < bar + 2
        }
        for bar in (4.0, 6.0)
    ]
    assert bars[0] == bars[1]
    assert len(bars[0]) >= 4


def test_drums_alone_can_be_arranged():
    drums = make_part(0, [36, 38], is_drum=True)
    for arranged in (
        drop_parts(drums, 0.5, get_rng()),
        keep_melody(drums),
        double_part(drums, 1, get_rng()),
        add_bass(drums, drums, BEATS_S, get_rng()),
        add_pad(drums, drums, BEATS_S, get_rng()),
    ):
        assert arranged.pitch.size == drums.pitch.size
