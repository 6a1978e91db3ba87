"""What is planned of labelled windows: notes through an alignment, and splits that stay."""

import numpy as np
import pytest

from lakhdb.engine.export.frames_compositions import join_linked, split_compositions
from lakhdb.engine.export.frames_labels import format_notes, label_samples, place_notes
from lakhdb.engine.export.frames_pair import FramePair, Score
from lakhdb.engine.export.frames_plan import list_starts
from lakhdb.engine.export.frames_settings import FrameSettings

RATE = 16_000
SIZE = 1024


def slow_labels(score, pair, rate, samples):
    """Labels by loops: each end goes through the breakpoints, then into each span."""
    labels = np.zeros((len(samples), 128), np.uint8)
    for start, end, pitch, drum in zip(score.start_s, score.end_s, score.pitch, score.is_drum, strict=True):
        raised = pitch + pair.transposition
        if drum or not 0 <= raised < 128:
            continue
        times = [float(np.interp(t, pair.midi_s, pair.audio_s)) for t in (start, end)]
        for low, high in pair.spans:
            first, past = (round(min(max(t, low), high) * rate) for t in times)
            for at, sample in enumerate(samples):
                if first <= sample < past:
                    labels[at, raised] = 1
    return labels


@pytest.mark.parametrize("seed", range(5))
def test_notes_go_through_the_alignment(seed):
    rng = np.random.default_rng(seed)
    n = 60
    start_s = np.sort(rng.uniform(0, 50, n))
    score = Score(
        start_s=start_s,
        end_s=start_s + rng.uniform(0.05, 3, n),
        pitch=rng.integers(0, 128, n),
        program=rng.integers(0, 128, n),
        is_drum=rng.random(n) < 0.2,
        tempo_s=np.array([0.0, 20.0]),
        beats_per_minute=np.array([60.0, 120.0]),
    )
    pair = FramePair(
        *("audio", "midi", "name", "piece", (), 1, 60.0, int(rng.integers(-5, 6))),
        midi_s=np.array([3.0, 20.0, 30.0, 48.0]),
        audio_s=np.array([1.0, 21.0, 29.0, 49.5]),
        spans=((1.0, 21.0), (29.0, 49.5)),
    )
    samples = np.sort(rng.integers(0, 55_000, 300))
    notes = place_notes(score, pair, 1000)
    np.testing.assert_array_equal(label_samples(notes, samples), slow_labels(score, pair, 1000, samples))
    assert (np.diff(notes.start) >= 0).all()


def test_a_label_table_is_as_musicnet_has_it():
    score = Score(
        start_s=np.array([0.0, 1.0, 2.5]),
        end_s=np.array([1.0, 2.5, 3.0]),
        pitch=np.array([60, 64, 35]),
        program=np.array([40, 0, 0]),
        is_drum=np.array([False, False, True]),
        tempo_s=np.array([0.0, 1.0]),
        beats_per_minute=np.array([60.0, 120.0]),
    )
    ends = np.array([0.0, 4.0])
    pair = FramePair("a", "m", "a", "p", (), 1, 4.0, -12, ends, ends + 0.5, ((0.5, 4.0),))
    assert format_notes(place_notes(score, pair, 44_100)).splitlines() == [
        "start_time,end_time,instrument,note,start_beat,end_beat,note_value",
        "22050,66150,41,48,0.0,1.0,Quarter",
        "66150,132300,1,52,1.0,3.0,Dotted Half",
    ]


def make_settings(split=(0.6, 0.2, 0.2), seed=0):
    return FrameSettings(SIZE, RATE, SIZE, None, split, 0.0, True, seed)


def test_a_split_stays_when_other_compositions_come():
    few = [f"piece {n}" for n in range(30)]
    more = [f"other {n}" for n in range(300)]
    before = split_compositions(few, make_settings())
    after = split_compositions(few + more, make_settings())
    assert all(after[one] == split for one, split in before.items())
    shares = [list(after.values()).count(split) / 330 for split in ("train", "validation", "test")]
    assert shares == pytest.approx([0.6, 0.2, 0.2], abs=0.07)
    assert split_compositions(few, make_settings(seed=1)) != before


@pytest.mark.parametrize("seed", range(20))
def test_no_split_with_a_share_stays_empty(seed):
    chosen = split_compositions(["x", "y", "z"], make_settings((0.98, 0.01, 0.01), seed))
    assert sorted(chosen.values()) == ["test", "train", "validation"]


def test_links_join_what_is_linked_through_others():
    joined = join_linked([("m1", "a1"), ("m2", "a2"), ("m3", "a3"), ("m2", "a1"), ("b0", "a2")])
    assert joined == dict.fromkeys(["a1", "m1", "m2", "a2", "b0"], "a1") | dict.fromkeys(["a3", "m3"], "a3")


@pytest.mark.parametrize("hop", [1, 100, 1024, 5000])
def test_windows_lie_wholly_in_an_aligned_part(hop):
    ends = np.array([0.0, 2.0])
    spans = ((0.1234, 0.4), (0.41, 0.45), (0.7, 2.0))
    pair = FramePair("a", "m", "a", "p", (), 1, 1.5, 0, ends, ends, spans)
    settings = FrameSettings(SIZE, RATE, hop, None, (1.0, 0.0, 0.0), 0.0, True, 0)
    wanted = [
        start
        for start in range(0, 2 * RATE, hop)
        for low, high in spans
        if low * RATE <= start and start + SIZE <= min(high, 1.5) * RATE
    ]
    assert list_starts(pair, settings).tolist() == wanted
