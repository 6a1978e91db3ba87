"""Pictures: what they show, not how they look."""

import matplotlib.image
import numpy as np
import pytest

from lakhdb.engine.align_pair import Alignment
from lakhdb.engine.plots import plot_alignment
from lakhdb.engine.segments import Segment


def draw(path, transposition=0, audio_s=(1.0, 2.0, 4.0)):
    rng = np.random.default_rng(0)
    midi, audio = (rng.integers(0, 255, (n_frames, 72)).astype(np.uint8) for n_frames in (120, 90))
    midi_s, audio_s = np.array([0.0, 2.0, 5.0]), np.array(audio_s)
    segments = (
        Segment(0.0, 2.0, 0.0, 0.9, False, 0.8),
        Segment(midi_s[0], midi_s[-1], audio_s[0], audio_s[-1], True, 0.9),
    )
    ends = midi_s[0], midi_s[-1], audio_s[0], audio_s[-1]
    alignment = Alignment(0.7, 0.6, transposition, *ends, 0.6, midi_s, audio_s, segments)
    plot_alignment(path, alignment, midi, audio, ("tune.mid", "record.wav"))


def test_draws_a_picture_with_content(tmp_path):
    draw(tmp_path / "picture.png", transposition=-2)
    pixels = matplotlib.image.imread(tmp_path / "picture.png")
    assert pixels.shape[0] > 500
    assert pixels.shape[1] > 500
    assert pixels[..., :3].std() > 0.1


def test_names_and_score_stand_in_the_picture(tmp_path):
    draw(tmp_path / "picture.svg", transposition=5)
    text = (tmp_path / "picture.svg").read_text()
    for word in (
        "tune.mid",
        "record.wav",
        "score 0.70",
        "+5 semitones",
        "C4",
        "recording (s)",
        "played once more",
    ):
        assert f"<!-- {word}" in text or word in text


@pytest.mark.parametrize("audio_s", [(0.0, 0.0, 0.0), (1.0, 1.0, 4.0)])
def test_an_alignment_that_stands_still_can_be_drawn(tmp_path, audio_s):
    draw(tmp_path / "picture.png", audio_s=audio_s)
    assert (tmp_path / "picture.png").stat().st_size > 10_000
