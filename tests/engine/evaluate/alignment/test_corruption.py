"""The thesis's corruptions: what is moved is known, what is left out is gone."""

from dataclasses import replace

import numpy as np
import pytest

from lakhdb.engine.evaluate.alignment.corruption import EASY, HARD, VERSE, Corruption, corrupt_notes
from lakhdb.engine.recordings import Notes

STILL = Corruption(warp_s=0.0, removed=0.0, velocity=0.0, crop=0.0, cut=0.0)


def make_notes(n=400, n_parts=4):
    """A note each quarter of a second, part by part in turn; the last part is drums."""
    start_s = 0.25 * np.arange(n)
    part = np.arange(n) % n_parts
    return Notes(
        40 + np.arange(n) % 40, np.full(n, 80), start_s, start_s + 0.2, start_s + 0.2, 10 + part,
        part == n_parts - 1, part,
    )  # fmt: skip


def corrupt(settings, seed=0):
    return corrupt_notes(make_notes(), settings, np.random.default_rng(seed))


def test_without_settings_only_instruments_change():
    now, notes = corrupt(STILL), make_notes()
    for one, other in zip(now.notes[:5], notes[:5], strict=True):
        np.testing.assert_allclose(one, other)
    assert set(np.abs(now.notes.program - notes.program)[~notes.is_drum]) == {1}
    assert (now.notes.program == notes.program)[notes.is_drum].all()
    np.testing.assert_allclose(now.corrupted_s, now.original_s)


@pytest.mark.parametrize("settings", [EASY, HARD])
def test_notes_are_where_the_truth_says(settings):
    for seed in range(8):
        now = corrupt(replace(settings, removed=0.0), seed)
        assert (np.diff(now.corrupted_s) >= 0).all()
        # Notes know where they were by their pitch and order.
        inside = (now.notes.start_s > now.corrupted_s[0] + 0.1) & (
            now.notes.start_s < now.corrupted_s[-1] - 0.1
        )
        moved_s = np.interp(make_notes().start_s, now.original_s, now.corrupted_s)
        nearest = np.abs(now.notes.start_s[inside][:, None] - moved_s).min(axis=1)
        assert np.quantile(nearest, 0.99) < 0.02


def test_a_verse_is_missing():
    shares = [np.diff(corrupt(VERSE, seed).original_s).max() / 100 for seed in range(20)]
    # Of some, part is at an end that is missing, too, or the offsets are cut there.
    assert np.median(shares) == pytest.approx(VERSE.cut_share, abs=0.01)


def test_harder_settings_move_and_remove_more():
    moved, kept = {}, {}
    for name, settings in (("easy", EASY), ("hard", HARD)):
        runs = [corrupt(replace(settings, crop=0.0, cut=0.0), seed) for seed in range(20)]
        moved[name] = np.mean([np.ptp(one.corrupted_s - one.original_s) for one in runs])
        kept[name] = np.mean([np.unique(one.notes.instrument).size for one in runs])
    assert moved["hard"] > 2 * moved["easy"]
    assert kept["hard"] < kept["easy"] <= 4


def test_what_is_cut_out_is_gone_and_no_truth():
    cropped = corrupt(replace(STILL, crop=1.0))
    assert cropped.original_s[0] == pytest.approx(10.0, abs=0.2)
    assert cropped.corrupted_s[0] == pytest.approx(0.0, abs=0.2)
    assert cropped.notes.pitch.size == pytest.approx(320, abs=2)
    cut = corrupt(replace(STILL, cut=1.0))
    gap = np.diff(cut.original_s).argmax()
    assert np.diff(cut.original_s)[gap] == pytest.approx(1.0, abs=0.25)
    assert np.diff(cut.corrupted_s)[gap] == pytest.approx(0.15, abs=0.2)


def test_one_part_stays_at_least():
    for seed in range(20):
        assert np.unique(corrupt(replace(STILL, removed=1.0), seed).notes.instrument).size == 1
