"""Refining an alignment: chords are found where they begin, whatever the path before said."""

import numpy as np
import pytest

from lakhdb.engine.alignment import Trace
from lakhdb.engine.refine import refine_trace
from lakhdb.kernels.onsets import compute_onsets
from lakhdb.kernels.synthesis import synthesise

RATE = 22050


def play(pitch, velocity, true_s, program, seed):
    """Notes of 0.3 s as samples."""
    return synthesise(
        pitch,
        velocity,
        true_s,
        true_s + 0.3,
        np.full(pitch.size, program),
        np.zeros(pitch.size, bool),
        duration_s=float(true_s[-1] + 2),
        sample_rate=RATE,
        seed=seed,
    )


def make_music(seed, n_chords=60, program=0):
    """A melody over chords, played in a tempo that drifts: notes, their true times and onset strengths."""
    rng = np.random.default_rng(seed)
    chord_s = np.cumsum(rng.choice([0.25, 0.5, 0.5, 1.0], n_chords))
    size = rng.integers(1, 4, n_chords)
    pitch = np.concatenate([rng.choice(np.arange(48, 84), k, replace=False) for k in size])
    start_s = np.repeat(chord_s, size)
    true_s = np.interp(
        start_s, chord_s, 1.0 + np.cumsum(np.diff(chord_s, prepend=0) * rng.normal(1.1, 0.08, n_chords))
    )
    samples = play(pitch, rng.integers(60, 100, pitch.size), true_s, program, seed)
    samples += 0.01 * rng.standard_normal(samples.size).astype(np.float32) * np.abs(samples).max()
    return start_s, pitch, true_s, compute_onsets(samples, RATE)


def disturb(start_s, true_s, seed, by_s):
    """A path that is off by a slow wave of so many seconds."""
    at = np.linspace(start_s[0], start_s[-1], 200)
    phase = np.random.default_rng(seed).uniform(0, 2 * np.pi)
    return Trace(at, np.maximum.accumulate(np.interp(at, start_s, true_s) + by_s * np.sin(at / 3 + phase)))


def refine(music, trace):
    start_s, pitch, _, onsets = music
    return refine_trace(start_s, pitch, np.zeros(pitch.size, bool), trace, onsets)


@pytest.mark.parametrize("program", [0, 24, 56])
@pytest.mark.parametrize("by_s", [0.05, 0.3])
def test_chords_are_found_to_within_ten_milliseconds(program, by_s):
    errors_s = []
    for seed in range(3):
        music = make_music(seed, program=program)
        trace = refine(music, disturb(music[0], music[2], seed, by_s))
        errors_s.append(np.interp(music[0], trace.midi_s, trace.audio_s) - music[2])
    off_s = np.abs(np.concatenate(errors_s))
    assert np.median(off_s) < 0.010
    assert np.mean(off_s < 0.05) > 0.95


def test_a_path_that_has_lost_a_pause_finds_it():
    start_s, pitch, true_s, _ = make_music(5)
    late = start_s > start_s[len(start_s) // 2]
    true_s = true_s + 1.2 * late
    samples = play(pitch, np.full(pitch.size, 80), true_s, 0, 0)
    # The path spreads the pause over six seconds.
    ends = [start_s[0], start_s[late][0] - 3, start_s[late][0] + 3, start_s[-1]]
    trace = Trace(np.array(ends), np.interp(ends, start_s, true_s))
    found = refine((start_s, pitch, true_s, compute_onsets(samples, RATE)), trace)
    off_s = np.abs(np.interp(start_s, found.midi_s, found.audio_s) - true_s)
    assert np.mean(off_s < 0.03) > 0.9


def test_breakpoints_are_the_chords_between_the_ends_and_never_fall():
    music = make_music(1)
    trace = disturb(music[0], music[2], 1, 0.1)
    found = refine(music, trace)
    assert (np.diff(found.midi_s) >= 0).all()
    assert (np.diff(found.audio_s) >= 0).all()
    assert found.midi_s[[0, -1]].tolist() == trace.midi_s[[0, -1]].tolist()
    assert set(found.midi_s.round(9)) <= set(music[0].round(9)) | set(trace.midi_s[[0, -1]].round(9))


def test_silence_leaves_the_path_as_it_is():
    music = make_music(2)
    trace = disturb(music[0], music[2], 2, 0.1)
    found = refine((*music[:3], np.zeros_like(music[3])), trace)
    assert np.interp(music[0], found.midi_s, found.audio_s) == pytest.approx(
        np.interp(music[0], trace.midi_s, trace.audio_s), abs=1e-9
    )


def test_a_path_without_notes_is_returned():
    music = make_music(3)
    trace = Trace(np.array([900.0, 910.0]), np.array([0.0, 10.0]))
    unchanged = refine(music, trace)
    assert (unchanged.midi_s.tolist(), unchanged.audio_s.tolist()) == ([900.0, 910.0], [0.0, 10.0])
    assert not unchanged.refined


def test_notes_that_no_column_stands_for_are_left_out():
    start_s, pitch, _, onsets = make_music(4)
    trace = Trace(start_s[[0, -1]], start_s[[0, -1]])
    is_drum = np.zeros(pitch.size, bool)
    unchanged = refine_trace(start_s, np.full(pitch.size, 109), is_drum, trace, onsets)
    assert unchanged.audio_s.tolist() == trace.audio_s.tolist()
    drums = refine_trace(start_s, np.full(pitch.size, 127), ~is_drum, trace, onsets)
    assert drums.midi_s.size > 2
