"""A folder of short tunes in files, to train on."""

import numpy as np
import pretty_midi
import pytest

TUNE_S = 24.0


def write_tune(path, seed):
    """Write chords and a melody, other for every seed, both parts with their own instrument."""
    rng = np.random.default_rng(seed)
    scale = np.array([0, 2, 4, 5, 7, 9, 11]) + rng.integers(0, 12)
    beat_s = rng.uniform(0.35, 0.7)
    midi = pretty_midi.PrettyMIDI()
    melody, chords = pretty_midi.Instrument(73), pretty_midi.Instrument(0)
    for number, start_s in enumerate(np.arange(0, TUNE_S, beat_s)):
        if rng.random() < 0.8:
            pitch = int(60 + 12 * rng.integers(0, 2) + rng.choice(scale))
            melody.notes.append(pretty_midi.Note(90, pitch, start_s, start_s + beat_s * 0.9))
        if number % 2 == 0:
            root = int(rng.integers(0, 7))
            for step in (0, 2, 4):
                pitch = int(48 + scale[(root + step) % 7])
                chords.notes.append(pretty_midi.Note(70, pitch, start_s, start_s + 2 * beat_s))
    midi.instruments += [melody, chords]
    midi.write(str(path))


@pytest.fixture(scope="session")
def tune_files(tmp_path_factory):
    """A folder of 120 files."""
    # The name decides which of them are held out, and must not be another each time.
    folder = tmp_path_factory.mktemp("collection") / "reels"
    folder.mkdir()
    for seed in range(120):
        write_tune(folder / f"tune-{seed:03d}.mid", seed)
    return folder
