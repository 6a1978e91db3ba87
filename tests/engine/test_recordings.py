"""Recordings: the warp that is handed out is the one that is heard."""

import io
from pathlib import Path

import numpy as np
import pretty_midi
import pytest
import soundfile

from lakhdb.engine.errors import InputError
from lakhdb.engine.recordings import make_recording, write_recording

STEP_S = 0.5  # between the notes of the scale below
PITCHES = np.arange(60, 84)


def find_soundfont():
    """Return pretty_midi's own sound font where FluidSynth can play it."""
    pytest.importorskip("fluidsynth", reason="FluidSynth is not installed", exc_type=ImportError)
    return Path(pretty_midi.__file__).parent / "TimGM6mb.sf2"


def write_bytes(midi):
    file = io.BytesIO()
    midi.write(file)
    return file.getvalue()


def make_melody(n_notes, seed=0, silence=(0, 0), program=0):
    """Return a file with a note every half second, silent between two note numbers, and its pitches."""
    pitches = np.random.default_rng(seed).choice(PITCHES, n_notes)
    instrument = pretty_midi.Instrument(program=program)
    for number, pitch in enumerate(pitches.tolist()):
        if not silence[0] <= number < silence[1]:
            at_s = number * STEP_S
            instrument.notes.append(pretty_midi.Note(90, pitch, at_s, at_s + STEP_S * 0.95))
    midi = pretty_midi.PrettyMIDI(resolution=960)
    midi.instruments.append(instrument)
    return write_bytes(midi), pitches


def hear_pitches(recording, times_s):
    """Return the pitch that sounds strongest around each time."""
    half = round(0.1 * recording.sample_rate)
    grid_hz = np.fft.rfftfreq(8 * half, 1 / recording.sample_rate)
    fundamental_hz = 440 * 2 ** ((PITCHES - 69) / 12)
    heard = []
    for at in np.rint(times_s * recording.sample_rate).astype(int):
        piece = recording.samples[at - half : at + half]
        magnitude = np.abs(np.fft.rfft(piece * np.hanning(piece.size), 8 * half))
        harmonics = np.searchsorted(grid_hz, fundamental_hz[:, None] * np.arange(1, 6))
        heard.append(PITCHES[(magnitude[harmonics] / np.arange(1, 6) ** 0.5).sum(axis=1).argmax()])
    return np.array(heard)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("renderer", ["additive", "fluidsynth"])
def test_notes_sound_where_the_warp_says(renderer, seed):
    soundfont = find_soundfont() if renderer == "fluidsynth" else None
    data, pitches = make_melody(200, seed)
    recording = make_recording(data, seed, soundfont=soundfont)
    middles_s = (np.arange(200) + 0.5) * STEP_S
    inside = (middles_s > recording.midi_s[0] + 0.5) & (middles_s < recording.midi_s[-1] - 0.5)
    times_s = np.interp(middles_s[inside], recording.midi_s, recording.audio_s)
    assert inside.sum() > 40
    heard = hear_pitches(recording, times_s)
    assert (heard % 12 == pitches[inside] % 12).mean() > 0.9
    # The same test half a second off finds nothing: it is the warp that makes it pass.
    late = hear_pitches(recording, times_s[:-2] + STEP_S)
    assert (late % 12 == pitches[inside][:-2] % 12).mean() < 0.4


@pytest.mark.parametrize("seed", range(10))
def test_the_tempo_drifts_within_its_bounds(seed):
    recording = make_recording(make_melody(200)[0], seed, excerpt_s=20.0, drift=0.10)
    slope = np.diff(recording.midi_s) / np.diff(recording.audio_s)
    assert np.abs(slope - 1).max() <= 0.10 + 1e-9
    assert np.abs(slope - 1).max() > 0.04
    assert np.abs(np.diff(slope)).max() < 0.05  # smoothly
    assert recording.audio_s[0] == 0
    assert recording.audio_s[-1] == 20.0
    assert recording.samples.size == 20 * recording.sample_rate
    assert 0 <= recording.start_s < recording.midi_s[-1] <= 200 * STEP_S


def test_without_drift_time_is_the_files():
    recording = make_recording(make_melody(100)[0], 1, drift=0.0)
    np.testing.assert_allclose(recording.midi_s - recording.start_s, recording.audio_s)


def test_a_short_piece_is_recorded_whole():
    data, _ = make_melody(20)
    recording = make_recording(data, 5)
    end_s = np.interp(20 * STEP_S - STEP_S * 0.05, recording.midi_s, recording.audio_s)
    assert recording.start_s == 0
    assert recording.audio_s[-1] == pytest.approx(end_s + 1.0, abs=0.01)
    assert recording.samples.size == round(recording.audio_s[-1] * recording.sample_rate)


@pytest.mark.parametrize("seed", range(5))
def test_an_excerpt_is_not_of_silence(seed):
    data, _ = make_melody(600, silence=(100, 500))  # music in seconds 0 to 50 and 250 to 300
    recording = make_recording(data, seed)
    sounding = (recording.midi_s < 50) | (recording.midi_s > 250)
    assert sounding.mean() > 0.6


def test_the_seed_decides_everything():
    data, _ = make_melody(100)
    first, again, other = (make_recording(data, seed) for seed in ((1, 2), (1, 2), (1, 3)))
    np.testing.assert_array_equal(first.samples, again.samples)
    np.testing.assert_array_equal(first.midi_s, again.midi_s)
    assert other.start_s != first.start_s


def test_fluidsynth_repeats_itself():
    soundfont = find_soundfont()
    data, _ = make_melody(60)
    first, again = (make_recording(data, 7, soundfont=soundfont) for _ in range(2))
    np.testing.assert_array_equal(first.samples, again.samples)
    assert first.renderer == "TimGM6mb.sf2"


def test_drums_are_heard():
    midi = pretty_midi.PrettyMIDI()
    midi.instruments.append(pretty_midi.Instrument(0, is_drum=True))
    midi.instruments[0].notes = [pretty_midi.Note(100, 42, at, at + 0.1) for at in range(20)]
    recording = make_recording(write_bytes(midi), 0)
    power = np.abs(np.fft.rfft(recording.samples)) ** 2
    assert power[power.size // 2 :].sum() > 0.5 * power.sum()  # a hi-hat sounds above 5 kHz


@pytest.mark.parametrize("suffix", [".mp3", ".ogg", ".flac", ".wav"])
def test_a_written_recording_keeps_its_time(tmp_path, suffix):
    recording = make_recording(make_melody(30)[0], 3)
    path = tmp_path / f"take one{suffix}"
    write_recording(recording, path)
    samples, rate = soundfile.read(path, dtype="float32")
    assert rate == recording.sample_rate
    n = min(samples.size, recording.samples.size)
    assert abs(samples.size - recording.samples.size) < 0.05 * rate
    spectra = [np.fft.rfft(x[:n], 2 * n) for x in (recording.samples, samples)]
    assert np.fft.irfft(spectra[0].conj() * spectra[1]).argmax() == 0
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_refuses_what_it_cannot_use(tmp_path):
    data, _ = make_melody(10)
    with pytest.raises(InputError, match="cannot record"):
        make_recording(b"not music", 0)
    with pytest.raises(InputError, match="no notes"):
        make_recording(write_bytes(pretty_midi.PrettyMIDI()), 0)
    with pytest.raises(ValueError, match="excerpt_s"):
        make_recording(data, 0, excerpt_s=0.0)
    with pytest.raises(ValueError, match="drift"):
        make_recording(data, 0, drift=1.0)
    with pytest.raises(InputError, match=r"cannot write .*take\.xyz"):
        write_recording(make_recording(data, 0), tmp_path / "take.xyz")
    with pytest.raises(InputError, match="cannot write"):
        write_recording(make_recording(data, 0), tmp_path / "nowhere" / "take.wav")
    assert not list(tmp_path.iterdir())


def test_refuses_a_sound_font_that_is_none(tmp_path):
    find_soundfont()
    (tmp_path / "broken.sf2").write_bytes(b"RIFF")
    with pytest.raises(InputError, match=r"cannot load .*broken\.sf2"):
        make_recording(make_melody(10)[0], 0, soundfont=tmp_path / "broken.sf2")
