"""How far MIDI files agree: against mir_eval, and by what is easily counted."""

from dataclasses import replace

import mir_eval
import numpy as np
import pytest

from lakhdb.engine.export.jams_agreement import KINDS, measure_agreement
from lakhdb.engine.export.jams_content import Content, Labels
from lakhdb.engine.export.jams_song import SongNotes


def make_labels(*rows):
    """Make labels of (start_s, end_s, value)."""
    start_s, end_s, values = zip(*rows, strict=True) if rows else ((), (), ())
    return Labels(np.array(start_s, float), np.array(end_s, float), tuple(values))


def make_notes(start_s, pitch, *, is_drum=False):
    start_s = np.array(start_s, float)
    numbers = np.zeros(start_s.size, np.int64)
    drums = np.full(start_s.size, is_drum)
    return SongNotes(start_s, start_s + 0.2, np.array(pitch, np.int64), numbers, numbers, drums)


SILENT = Content(
    spans_s=np.array([[0.0, 10.0]]),
    beats_s=np.empty(0),
    positions=np.empty(0, np.int64),
    tempo_start_s=np.empty(0),
    tempo_end_s=np.empty(0),
    tempos=np.empty(0),
    keys=make_labels(),
    is_c_major=(),
    chords=make_labels(),
    metres=[],
    notes=make_notes([], []),
    lyrics=[],
)


def compare(kind, *changes):
    """Measure what files agree on that differ from one that says nothing."""
    return [one[kind] for one in measure_agreement([replace(SILENT, **change) for change in changes])]


def test_who_is_alone_or_says_nothing_agrees_with_nobody():
    assert measure_agreement([SILENT]) == [dict.fromkeys(KINDS)]
    assert measure_agreement([SILENT, SILENT]) == [dict.fromkeys(KINDS)] * 2


def test_beats_within_70_ms():
    beats_s = np.arange(0, 10, 0.5)
    assert compare("beat", {"beats_s": beats_s}, {"beats_s": beats_s + 0.069}) == [1, 1]
    assert compare("beat", {"beats_s": beats_s}, {"beats_s": beats_s + 0.08}) == [0, 0]
    assert compare("beat", {"beats_s": beats_s}, {"beats_s": beats_s[::2]}) == [0.5, 1]


def test_three_files_have_the_mean_over_the_others():
    beats_s = np.arange(0, 10, 0.5)
    files = [{"beats_s": beats_s}, {"beats_s": beats_s + 0.01}, {"beats_s": beats_s + 0.25}]
    assert compare("beat", *files) == [0.5, 0.5, 0]


def test_only_what_both_speak_of_counts():
    mine = {"beats_s": np.arange(0, 10, 0.5)}
    other = {"beats_s": np.arange(6, 10, 0.5), "spans_s": np.array([[5.9, 7.2], [8.0, 9.8]])}
    assert compare("beat", mine, other) == [1, 1]
    apart = {"beats_s": np.arange(20, 30, 0.5), "spans_s": np.array([[20.0, 30.0]])}
    assert compare("beat", mine, apart) == [None, None]


def test_tempos_within_8_percent_of_the_time():
    mine = {"tempo_start_s": np.array([0.0]), "tempo_end_s": np.array([10.0]), "tempos": np.array([100.0])}
    other = {
        "tempo_start_s": np.array([0.0, 4.0, 6.0]),
        "tempo_end_s": np.array([4.0, 6.0, 8.0]),
        "tempos": np.array([107.0, 110.0, 93.0]),
    }
    assert compare("tempo", mine, other) == pytest.approx([0.75, 0.75])


def test_keys_and_chords_by_the_time_on_which_they_agree():
    mine = {"keys": make_labels((0, 6, "C#:major"), (6, 10, "A:minor"))}
    other = {"keys": make_labels((0, 5, "Db:major"), (5, 8, "A:minor"))}
    assert compare("key_mode", mine, other) == pytest.approx([7 / 8, 7 / 8])
    mine = {"chords": make_labels((0, 4, "C:maj"), (4, 8, "N"))}
    other = {"chords": make_labels((0, 3, "C:maj"), (3, 4, "C:min"), (4, 8, "N"))}
    assert compare("chord", mine, other) == pytest.approx([7 / 8, 7 / 8])


@pytest.mark.parametrize("seed", range(5))
def test_notes_score_as_in_mir_eval(seed):
    rng = np.random.default_rng(seed)
    # Half a millisecond keeps all differences off the border, about which mir_eval rounds.
    start_s = np.sort(rng.uniform(0, 10, 200)).round(3)
    pitch = rng.integers(60, 66, 200)
    moved_s = np.clip(start_s + rng.normal(0, 0.04, 200).round(3) + 0.0005, 0.0005, 9.9995)
    kept = np.argsort(moved_s)[:160]
    mine, other = make_notes(start_s, pitch), make_notes(moved_s[kept], pitch[kept])
    spans_s = (np.stack([one.start_s, one.end_s], axis=1) for one in (mine, other))
    hz = (440.0 * 2 ** ((one.pitch - 69) / 12) for one in (mine, other))
    truth_s, found_s = spans_s
    *_, expected, _ = mir_eval.transcription.precision_recall_f1_overlap(
        truth_s, next(hz), found_s, next(hz), offset_ratio=None
    )
    assert 0.4 < expected < 0.95
    assert compare("notes", {"notes": mine}, {"notes": other}) == pytest.approx([expected] * 2)


def test_drums_are_apart_from_notes():
    files = [{"notes": make_notes([1, 2, 3, 4], [36, 38, 36, 38], is_drum=True)}] * 2
    assert compare("drums", *files) == [1, 1]
    assert compare("notes", *files) == [None, None]


def test_texts_agree_by_their_letters():
    mine = {"lyrics": [(1.0, 0, "Hel-"), (2.0, 0, "lo "), (3.0, 0, "you"), (4.0, 0, "there")]}
    other = {"lyrics": [(1.1, 3, "hel"), (2.2, 3, "lo"), (3.9, 3, "you")]}
    assert compare("lyrics", mine, other) == pytest.approx([0.5, 2 / 3])
