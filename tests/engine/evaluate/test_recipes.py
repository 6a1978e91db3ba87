"""Recipes of distractors: enough of them, of many keys and tempi, the same again for the same seed."""

import numpy as np
import pytest

from lakhdb.engine.evaluate.bases import MidiBase, RecordingBase
from lakhdb.engine.evaluate.recipes import FRAMES_PER_STEP, N_FRAMES, SEMITONES, draw_plan


class Length:
    """A base that is only asked how long it is."""

    checksum = 1

    def __init__(self, number, n_frames):
        self.name, self.composition, self.n_frames = f"base {number}", f"tune {number}", n_frames

    def count_frames(self, scale):
        """See `Base`."""
        return round(self.n_frames * scale)


@pytest.fixture(scope="module")
def bases(music, audio_frames):
    """Three MIDI files of 60 s and a recording of 20 s, which is too short at any tempo but the slowest."""
    recording = RecordingBase("recording", "tune 3", np.tile(audio_frames["excerpt 3"], (2, 1)))
    return [*(MidiBase(f"midi {n}", f"tune {n}", music[n]) for n in range(3)), recording]


@pytest.mark.parametrize("n_distractors", [1, 5, 200])
def test_there_are_enough_and_all_can_be_cut(bases, n_distractors):
    plan = draw_plan(bases, n_distractors, seed=0)
    assert plan.ends[-1] >= n_distractors
    assert plan.ends.size == 1 or plan.ends[-2] < n_distractors
    for position in range(0, n_distractors, 7):
        number, step = plan.find(position)
        frames = bases[plan.variants[number].base].count_frames(plan.variants[number].scale)
        assert 0 <= step * FRAMES_PER_STEP <= frames - N_FRAMES


def test_more_distractors_only_add_to_the_end(bases):
    few, many = draw_plan(bases, 30, seed=4), draw_plan(bases, 300, seed=4)
    assert few.variants == many.variants[: len(few.variants)]
    assert few.digest == many.digest
    assert [few.describe(k) for k in range(30)] == [many.describe(k) for k in range(30)]


def test_no_two_distractors_are_the_same(bases):
    plan = draw_plan(bases, 500, seed=0)
    assert len({plan.describe(position) for position in range(500)}) == 500
    assert {one.semitones for one in plan.variants} == set(SEMITONES.tolist())
    scales = np.array([one.scale for one in plan.variants])
    assert 0.7 <= scales.min() < 0.8
    assert 1.3 < scales.max() <= 1.4


def test_bases_take_turns():
    bases = [Length(number, 1300) for number in range(50)]
    plan = draw_plan(bases, 2000, seed=0)
    turns = [plan.variants[first : first + 50] for first in range(0, len(plan.variants) - 50, 50)]
    for number, turn in enumerate(turns):
        assert sorted(one.base for one in turn) == list(range(50))
        assert {one.turn for one in turn} == {number}
    ways = {(one.base, one.semitones, round(8 * np.log2(one.scale / 0.7) - 0.5)) for one in plan.variants}
    assert len(ways) == len(plan.variants)  # no key comes again in the same range of tempo


def test_seeds_bases_and_their_content_tell_plans_apart(bases, music):
    plan = draw_plan(bases, 20, seed=0)
    assert draw_plan(bases, 20, seed=1).digest != plan.digest
    assert draw_plan(bases[:3], 20, seed=0).digest != plan.digest
    other = MidiBase("midi 0", "tune 0", music[5])
    assert draw_plan([other, *bases[1:]], 20, seed=0).digest != plan.digest
    assert draw_plan(bases, 20, seed=0).variants == plan.variants
    assert draw_plan(bases, 20, seed=1).variants != plan.variants


def test_a_variant_is_made_again_exactly(bases):
    plan, again = draw_plan(bases, 60, seed=0), draw_plan(list(bases), 60, seed=0)
    for number, variant in enumerate(plan.variants):
        frames = plan.play(number)
        assert frames.shape == (bases[variant.base].count_frames(variant.scale), 72)
        np.testing.assert_array_equal(frames, again.play(number))


def test_the_equaliser_differs_from_turn_to_turn(audio_frames):
    base = RecordingBase("recording", "tune", np.tile(audio_frames["excerpt 3"], (3, 1)))
    plan = draw_plan([base], 30, seed=0)
    gains = []
    for number, variant in enumerate(plan.variants):
        played = base.play(variant.semitones, variant.scale, np.random.default_rng()).astype(int)
        inside = (played > 40) & (played < 215)
        changed = plan.play(number).astype(int) - played
        gains.append(np.array([np.median(changed[:, k][inside[:, k]]) for k in range(20, 50)]))
        assert all((changed[:, k][inside[:, k]] == gains[-1][k - 20]).all() for k in range(20, 50))
    assert len(gains) > 3
    assert all(np.ptp(one) > 0 for one in gains)
    assert len({one.tobytes() for one in gains}) == len(gains)


def test_refuses_bases_that_are_too_short():
    with pytest.raises(ValueError, match="no base of distractors lasts 30 s"):
        draw_plan([Length(0, 400)], 5, seed=0)
    with pytest.raises(ValueError, match="no base of distractors"):
        draw_plan([], 5, seed=0)
