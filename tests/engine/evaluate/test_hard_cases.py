"""Edits of queries: each changes what it says, and the seed alone decides how."""

from dataclasses import replace

import numpy as np
import pytest

from lakhdb.engine.errors import InputError
from lakhdb.engine.evaluate.hard_cases import (
    CASES,
    EXCERPT_S,
    choose_cases,
    cut_excerpt,
    drop_tracks,
    sway,
    transpose,
)
from lakhdb.engine.evaluate.melody import keep_melody
from lakhdb.engine.evaluate.music import NOTE_COLUMNS, from_midi, read_music
from lakhdb.engine.evaluate.names import CASE_NAMES
from lakhdb.engine.evaluate.rearrange import add_drums, find_beats, rearrange
from lakhdb.engine.features import read_frames
from lakhdb.kernels.constant_q import count_frames, shift_bins
from lakhdb.kernels.midi_file import read_midi


@pytest.fixture
def tune(music):
    """One tune."""
    return music[0]


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def make_notes(music, notes):
    """Make music of (pitch, start, end)."""
    pitch, start_s, end_s = (np.array(column) for column in zip(*notes, strict=True))
    n_notes = pitch.size
    return replace(
        music,
        track=np.zeros(n_notes, np.int64),
        program=np.zeros(n_notes, np.int64),
        is_drum=np.zeros(n_notes, bool),
        pitch=pitch,
        velocity=np.full(n_notes, 90),
        start_s=start_s.astype(float),
        end_s=end_s.astype(float),
        duration_s=float(end_s.max()),
    )


@pytest.mark.parametrize("name", CASE_NAMES)
def test_every_edit_repeats_and_can_be_rendered(tune, name):
    def edit(seed):
        return CASES[name].edit(tune, np.random.default_rng(seed), lambda: (20.0, 50.0))

    one, same = edit(1), edit(1)
    for column in NOTE_COLUMNS:
        np.testing.assert_array_equal(getattr(one, column), getattr(same, column))
    assert one.end_s.max() <= one.duration_s + 1e-9
    assert (one.end_s >= one.start_s).all()
    assert one.start_s.min() >= 0
    assert one.render().shape == one.render_roll().shape == (count_frames(one.duration_s), 72)
    changed = one.n_notes != tune.n_notes or any(
        (getattr(one, column) != getattr(tune, column)).any() for column in NOTE_COLUMNS
    )
    assert changed == (name != "whole")


def test_cases_are_those_that_are_named():
    assert tuple(CASES) == CASE_NAMES
    assert [case.name for case in choose_cases(["melody", "drums", "melody"])] == ["melody", "drums"]
    assert choose_cases(["all"]) == list(CASES.values())


def test_refuses_an_unknown_case():
    with pytest.raises(InputError, match="there is no case polka; choose from all, whole"):
        choose_cases(["polka"])


def test_music_of_a_database_is_that_of_its_files(ingested, collection):
    with ingested.reading() as con:
        rows = con.execute("SELECT midi_seq, path, duration_s FROM midi ORDER BY midi_seq").fetchall()
        read = read_music(con, [row[0] for row in rows], [row[2] for row in rows])
        stored = read_frames(con, "midi", [row[0] for row in rows])
    for (seq, path, _), music in zip(rows, read, strict=True):
        with open(path, "rb") as stream:
            direct = from_midi(read_midi(stream.read()))
        assert music.n_notes == direct.n_notes
        assert music.beats_per_minute.tolist() == pytest.approx(direct.beats_per_minute.tolist())
        np.testing.assert_array_equal(music.render(), stored[seq])
        np.testing.assert_array_equal(direct.render(), stored[seq])


def test_transposed_music_sounds_transposed(tune):
    raised = transpose(tune, 2).render()
    expected = shift_bins(tune.render(), 2)
    # What comes in at the lowest bins was out of reach before; a note's decay is not that of its neighbour.
    difference = np.abs(raised[:, 14:].astype(int) - expected[:, 14:].astype(int))
    assert (difference > 12).mean() < 0.002


def test_transposition_leaves_drums_and_the_range_alone(tune):
    music = make_notes(tune, [(126, 0, 1), (40, 0, 1), (1, 0, 1)])
    music = replace(music, is_drum=np.array([False, True, False]))
    assert transpose(music, 3).pitch.tolist() == [117, 40, 4]
    assert transpose(music, -3).pitch.tolist() == [123, 40, 10]


def test_shifts_are_up_to_three_semitones_and_never_none(tune):
    shifts = {
        int(
            CASES["transposed"].edit(tune, np.random.default_rng(seed), lambda: (0.0, 1.0)).pitch[0]
            - tune.pitch[0]
        )
        for seed in range(60)
    }
    assert shifts == {-3, -2, -1, 1, 2, 3}


def test_the_melody_is_what_is_highest_where_it_begins(tune):
    notes = [(60, 0, 4), (72, 0, 1), (67, 1, 2), (55, 1, 2), (48, 3, 4), (60, 4, 5), (60, 4, 5)]
    melody = keep_melody(make_notes(tune, notes))
    assert list(zip(melody.pitch.tolist(), melody.start_s.tolist(), strict=True)) == [
        (72, 0.0),
        (67, 1.0),
        (60, 4.0),
    ]


def test_drums_have_no_melody(tune):
    assert keep_melody(replace(tune, is_drum=np.ones(tune.n_notes, bool))) is None
    assert rearrange(replace(tune, is_drum=np.ones(tune.n_notes, bool)), np.random.default_rng(0)) is None


def test_half_of_the_tracks_go(tune, rng):
    four = replace(tune, track=np.arange(tune.n_notes) % 4)
    assert np.unique(drop_tracks(four, rng).track).size == 2
    five = replace(tune, track=np.arange(tune.n_notes) % 5)
    assert np.unique(drop_tracks(five, rng).track).size == 3
    assert drop_tracks(replace(tune, track=np.zeros_like(tune.track)), rng) is None


def test_drums_stay_when_tracks_go(tune, rng):
    drums = replace(tune.keep(np.arange(tune.n_notes) < 9), is_drum=np.ones(9, bool), track=np.full(9, 9))
    assert drop_tracks(tune.add(drums), rng).is_drum.sum() == 9


def test_a_swaying_tempo_keeps_notes_and_order_nearly(tune, rng):
    played = sway(tune, rng)
    assert played.pitch.tolist() == tune.pitch.tolist()
    later = np.add.outer(-tune.start_s, tune.start_s) > 0.5
    assert (np.add.outer(-played.start_s, played.start_s)[later] > 0).all()
    stretch = np.diff(played.start_s[::20]) / np.diff(tune.start_s[::20])
    assert 0.03 < np.std(np.log(stretch)) < 0.5


def test_an_excerpt_lies_where_the_recording_does(tune):
    for seed in range(20):
        excerpt = cut_excerpt(tune, np.random.default_rng(seed), (20.0, 50.0))
        assert excerpt.duration_s == pytest.approx(EXCERPT_S)
        own = tune.keep((tune.start_s < 50) & (tune.end_s > 20))
        assert set(excerpt.pitch) <= set(own.pitch)
        starts = excerpt.start_s[excerpt.start_s > 0]
        shift = np.subtract.outer(tune.start_s, starts)
        assert np.any([(np.abs(shift - at) < 1e-9).any(axis=0).all() for at in np.unique(shift.round(9))])
    assert cut_excerpt(tune, np.random.default_rng(0), (55.0, 59.0)).duration_s == pytest.approx(EXCERPT_S)


def test_an_excerpt_of_silence_is_none(tune, rng):
    music = replace(make_notes(tune, [(60, 0, 1)]), duration_s=40.0)
    assert cut_excerpt(music, rng, (20.0, 35.0)) is None


def test_what_is_shorter_than_an_excerpt_is_whole(tune, rng):
    music = make_notes(tune, [(60, 0, 1), (62, 3, 4)])
    excerpt = cut_excerpt(music, rng, (0.0, 4.0))
    assert (excerpt.n_notes, excerpt.duration_s) == (2, 4.0)


def test_beats_follow_the_tempi(tune):
    music = replace(
        tune, tempo_s=np.array([0.0, 2.0]), beats_per_minute=np.array([120.0, 60.0]), duration_s=5.0
    )
    assert find_beats(music).tolist() == pytest.approx([0, 0.5, 1, 1.5, 2, 3, 4, 5])
    fast = replace(tune, tempo_s=np.zeros(1), beats_per_minute=np.array([1e6]), duration_s=5.0)
    assert np.diff(find_beats(fast)).min() > 0.29
    none = replace(tune, tempo_s=np.empty(0), beats_per_minute=np.empty(0), duration_s=5.0)
    assert np.diff(find_beats(none)) == pytest.approx(0.5)


def test_drums_fall_on_the_beat(tune, rng):
    drummed = add_drums(tune, rng)
    hits = drummed.keep(drummed.is_drum)
    np.testing.assert_array_equal(drummed.keep(~drummed.is_drum).pitch, tune.pitch)
    assert hits.start_s[hits.pitch == 36].tolist() == pytest.approx(np.arange(0, 60, 1.0).tolist())
    assert (hits.start_s / 0.125 % 1).max() < 1e-6
    assert np.unique(hits.pitch).size == 5


def test_another_arrangement_keeps_melody_and_harmony(tune, rng):
    arranged = rearrange(tune, rng)
    melody = keep_melody(tune)
    assert arranged.keep(arranged.track == 2).pitch.tolist() == melody.pitch.tolist()
    assert np.unique(arranged.track).tolist() == [0, 1, 2]
    shared = []
    for start_s in np.arange(0, 56, 1.0):
        sounding = [
            set((one.pitch[(one.start_s < start_s + 1) & (one.end_s > start_s)] % 12).tolist())
            for one in (tune, arranged.keep(arranged.track < 2))
        ]
        shared.append(len(sounding[0] & sounding[1]) / max(len(sounding[1]), 1))
    assert np.mean(shared) > 0.9
