"""Variants: whatever is done to a recording, its notes sound where its warp says."""

import hashlib
import io
import subprocess
import sys
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pretty_midi
import pytest

from lakhdb.engine.errors import InputError
from lakhdb.engine.recordings import make_recording
from lakhdb.engine.train.variation import Variation, draw_variation, record_variant, record_variation

EFFECTS = {
    "none": Variation(drift=0.02),
    "drift": Variation(drift=0.25),
    "swing": Variation(swing=0.2),
    "rubato": Variation(rubato=0.3),
    "sharp": Variation(cents=50.0),
    "flat": Variation(cents=-50.0),
    "mp3": Variation(codec="mp3", loss=0.93),
    "ogg": Variation(codec="ogg", loss=0.95),
    "telephone": Variation(low_hz=300.0, high_hz=3400.0, slope=4),
    "dull": Variation(high_hz=1500.0, slope=2),
    "compressed": Variation(threshold_db=-30.0, ratio=20.0),
    "saturated": Variation(drive_db=12.0, hardness=1.0),
    "all": Variation(
        drift=0.25,
        swing=0.15,
        rubato=0.3,
        dropped_notes=0.1,
        cents=-43.0,
        low_hz=200.0,
        high_hz=4000.0,
        threshold_db=-20.0,
        ratio=4.0,
        drive_db=6.0,
        hardness=0.5,
        codec="mp3",
        loss=0.8,
    ),
}
HOP_S = 0.002


def write_bytes(midi):
    file = io.BytesIO()
    midi.write(file)
    return file.getvalue()


@pytest.fixture(scope="module")
def strokes():
    """A file of snare strokes at uneven times, and these times."""
    times_s = np.cumsum(np.random.default_rng(0).uniform(0.15, 0.7, 300))
    midi = pretty_midi.PrettyMIDI(resolution=960)
    midi.instruments.append(pretty_midi.Instrument(0, is_drum=True))
    midi.instruments[0].notes = [pretty_midi.Note(110, 38, at_s, at_s + 0.1) for at_s in times_s.tolist()]
    return write_bytes(midi), times_s


@pytest.fixture(scope="module")
def song(make_tune):
    """A file with a tune, chords and a bass, of 30 s or so."""
    midi = make_tune(1)
    for seed, program, shift in ((2, 48, 0), (3, 33, -24)):
        part = make_tune(seed, program=program).instruments[0]
        for note in part.notes:
            note.pitch += shift
        midi.instruments.append(part)
    return write_bytes(midi)


def find_soundfont():
    """Return pretty_midi's own sound font where FluidSynth can play it."""
    pytest.importorskip("fluidsynth", reason="FluidSynth is not installed", exc_type=ImportError)
    return Path(pretty_midi.__file__).parent / "TimGM6mb.sf2"


def measure_lateness(recording, times_s):
    """Return by how many seconds the sound is late against the warp, in each tenth of the recording."""
    hop = round(HOP_S * recording.sample_rate)
    frames = recording.samples[: recording.samples.size // hop * hop].reshape(-1, hop)
    level = np.log((frames.astype(np.float64) ** 2).mean(axis=1) + 1e-6)
    rise = np.maximum(np.diff(np.convolve(level, np.ones(5) / 5, mode="same"), prepend=level[0]), 0)
    inside = (times_s > recording.midi_s[0]) & (times_s < recording.midi_s[-1])
    at = np.interp(times_s[inside], recording.midi_s, recording.audio_s) * recording.sample_rate / hop
    lags = np.arange(-75, 76)  # 150 ms either way
    late = []
    for part in np.array_split(np.rint(at).astype(int), 10):
        heard = rise[np.clip(part[:, None] + lags, 0, rise.size - 1)].mean(axis=0)
        late.append(lags[heard.argmax()] * hop / recording.sample_rate)
    return np.array(late)


@pytest.mark.parametrize("renderer", ["additive", "fluidsynth"])
@pytest.mark.parametrize("effect", EFFECTS)
def test_notes_sound_where_the_warp_says(strokes, effect, renderer):
    data, times_s = strokes
    soundfont = find_soundfont() if renderer == "fluidsynth" else None
    recording = record_variation(data, EFFECTS[effect], np.random.default_rng(5), 40.0, soundfont)
    assert recording.audio_s[0] == 0.0
    assert recording.audio_s[-1] == pytest.approx(40.0)
    assert recording.samples.size == pytest.approx(40 * recording.sample_rate, abs=1)
    assert (np.diff(recording.midi_s) > 0).all()
    assert (np.diff(recording.audio_s) > 0).all()
    assert 0.05 < np.abs(recording.samples).max() < 1
    assert np.abs(measure_lateness(recording, times_s)).max() <= 0.020
    # The measure would notice: the same warp a little off, or of another speed, fails it.
    moved = replace(recording, audio_s=recording.audio_s + 0.05)
    assert np.abs(measure_lateness(moved, times_s)).max() > 0.030
    slower = replace(recording, audio_s=recording.audio_s * 2 ** (10 / 1200))
    assert np.abs(measure_lateness(slower, times_s)).max() > 0.030


def test_effects_bend_the_warp_as_they_say(strokes):
    data, _ = strokes

    def measure_slopes(variation):
        recording = record_variation(data, variation, np.random.default_rng(5), 40.0, None)
        return np.diff(recording.midi_s) / np.diff(recording.audio_s)

    still = Variation(drift=0.0)
    assert np.ptp(measure_slopes(still)) < 1e-9
    assert measure_slopes(replace(still, cents=50.0)).mean() == pytest.approx(2 ** (50 / 1200))
    # Halves of a beat take 0.7 and 0.3 of its time.
    swung = measure_slopes(replace(still, swing=0.2))
    assert set(np.round(swung, 3).tolist()) == {round(0.5 / 0.7, 3), round(0.5 / 0.3, 3)}
    bent = measure_slopes(replace(still, rubato=0.3))
    assert np.ptp(bent) > 0.3
    assert 1 / 1.3 - 1e-6 <= bent.min() < bent.max() <= 1 / 0.7 + 1e-6


def test_detuning_is_heard():
    midi = pretty_midi.PrettyMIDI()
    midi.instruments.append(pretty_midi.Instrument(0))
    midi.instruments[0].notes = [pretty_midi.Note(100, 69, at, at + 0.9) for at in range(20)]
    data = write_bytes(midi)
    heard_hz = []
    for cents in (-50.0, 0.0, 50.0):
        recording = record_variation(data, Variation(cents=cents), np.random.default_rng(11), 15.0, None)
        power = np.abs(np.fft.rfft(recording.samples * np.hanning(recording.samples.size), 1 << 20))
        hz = np.arange(power.size) * recording.sample_rate / (1 << 20)
        near = (hz > 415) & (hz < 466)
        heard_hz.append(hz[near][power[near].argmax()])
    cents_heard = 1200 * np.log2(np.array(heard_hz) / 440)
    np.testing.assert_allclose(cents_heard, [-50, 0, 50], atol=5)


def test_a_plain_variation_is_a_recording(song):
    variant = record_variation(song, Variation(), np.random.default_rng(3), 10.0, None)
    plain = make_recording(song, 3, excerpt_s=10.0)
    np.testing.assert_array_equal(variant.midi_s, plain.midi_s)
    np.testing.assert_array_equal(variant.samples, plain.samples)


def test_everything_is_drawn_and_much_is_left_plain():
    rng = np.random.default_rng(0)
    drawn = [draw_variation(rng) for _ in range(2000)]
    plain = [variation == Variation(drift=variation.drift) for variation in drawn]
    assert 0.22 < np.mean(plain) < 0.33
    drifts = Counter(variation.drift for variation in drawn)
    assert drifts[0.10] / 2000 == pytest.approx(0.5, abs=0.05)
    assert set(drifts) == {0.02, 0.10, 0.25}
    for field in fields(Variation):
        varied = sum(getattr(variation, field.name) != field.default for variation in drawn)
        assert 0.02 < varied / 2000 < 0.7, field.name
    assert max(abs(variation.cents) for variation in drawn) <= 50
    assert max(variation.dropped_notes for variation in drawn) <= 0.10


@pytest.mark.parametrize("seed", range(30))
def test_any_variant_is_a_recording_with_a_warp(song, seed):
    recording = record_variant(song, (4, seed), excerpt_s=8.0, soundfonts=[None])
    assert recording.samples.dtype == np.float32
    assert np.isfinite(recording.samples).all()
    assert 0.1 < np.abs(recording.samples).max() < 1
    assert recording.samples.size == pytest.approx(recording.audio_s[-1] * recording.sample_rate, abs=1.5)
    assert recording.audio_s[-1] == pytest.approx(8.0)
    assert (np.diff(recording.midi_s) > 0).all()
    assert (np.diff(recording.audio_s) > 0).all()


def test_a_short_piece_is_recorded_whole(strokes, make_tune):
    data = write_bytes(make_tune(5, n_notes=12))
    for seed in range(8):
        recording = record_variant(data, (seed,), excerpt_s=40.0, soundfonts=[None])
        assert recording.audio_s[-1] < 15
        assert recording.samples.size == pytest.approx(recording.audio_s[-1] * recording.sample_rate, abs=1.5)


def test_every_renderer_given_is_used(song):
    soundfont = find_soundfont()
    renderers = {
        record_variant(song, (seed,), excerpt_s=2.0, soundfonts=[None, soundfont]).renderer
        for seed in range(12)
    }
    assert renderers == {"additive", "TimGM6mb.sf2"}


def test_the_seed_decides_everything_in_any_process(song, tmp_path):
    (tmp_path / "song.mid").write_bytes(song)
    code = (
        "import hashlib, sys\n"
        "from pathlib import Path\n"
        "from lakhdb.engine.train.variation import record_variant\n"
        "midi = Path(sys.argv[1]).read_bytes()\n"
        "for seed in range(6):\n"
        "    recording = record_variant(midi, (2, seed), excerpt_s=5.0, soundfonts=[None])\n"
        "    print(hashlib.sha256(recording.samples.tobytes() + recording.midi_s.tobytes()).hexdigest())\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "song.mid")]
    elsewhere = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    here = [record_variant(song, (2, seed), excerpt_s=5.0, soundfonts=[None]) for seed in range(6)]
    digests = [hashlib.sha256(r.samples.tobytes() + r.midi_s.tobytes()).hexdigest() for r in here]
    assert digests == elsewhere
    assert len(set(digests)) == 6


def test_refuses_what_it_cannot_use(song):
    with pytest.raises(ValueError, match="soundfonts"):
        record_variant(song, (1,), excerpt_s=5.0, soundfonts=[])
    with pytest.raises(ValueError, match="excerpt_s"):
        record_variant(song, (1,), excerpt_s=0.0, soundfonts=[None])
    with pytest.raises(InputError, match="cannot record"):
        record_variant(b"not music", (1,), excerpt_s=5.0, soundfonts=[None])
