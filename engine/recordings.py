"""Recordings made from MIDI files that differ from them as records do, with the exact truth kept."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lakhdb.kernels.midi_file import read_midi
from lakhdb.kernels.midi_writer import write_notes
from lakhdb.kernels.pedal import hold_notes
from lakhdb.kernels.room import colour
from lakhdb.kernels.synthesis import synthesise

from .errors import InputError, MissingPackageError

__all__ = [
    "SAMPLE_RATE",
    "Notes",
    "Recording",
    "draw_warp",
    "find_soundfont",
    "list_sounding",
    "make_recording",
    "play_dry",
    "play_notes",
    "read_notes",
    "write_recording",
]

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]
Column = NDArray[Any]

SAMPLE_RATE = 22_050
WARP_STEP_S = 0.5  # between breakpoints: the tempo drifts over many seconds
LEAD_S = 2.0  # played before the excerpt, so that it starts amid the room's sound
TAIL_S = 1.0  # after the last note, where the piece is over before the excerpt is
GRID = 64  # samples: FluidSynth starts notes at multiples of it
SOUNDFONTS = (
    Path("/usr/share/sounds/sf2/FluidR3_GM.sf2"),
    Path("/usr/share/soundfonts/FluidR3_GM.sf2"),
    Path("/usr/share/sounds/sf2/default-GM.sf2"),
)
# Instruments that might play a record's melody or chords. Left out: effects, and those that FluidR3 or
# TimGM6mb sound at another pitch than asked for in mid keyboard (double bass, tuba and whistle are worst).
PROGRAMS = (
    *(0, 1, 2, 3, 4, 5, 6, 7, 11, 12),  # keyboards and mallets
    *(16, 17, 18, 19, 20),  # organs
    *(24, 25, 26, 27, 28, 29, 30),  # guitars
    *(40, 41, 42, 45, 48, 49, 50, 52, 53),  # strings and choirs
    *(56, 57, 59, 60, 61),  # brass
    *(64, 65, 66, 68, 69, 70, 71, 72, 73, 74, 75, 79),  # woodwind
)
RINGING = (*range(16), *range(24, 32))


class Notes(NamedTuple):
    """Notes as arrays of one length; `instrument` numbers the parts from 0, times are the MIDI file's."""

    pitch: Column
    velocity: Column
    start_s: Column
    end_s: Column
    held_s: Column  # the end as heard under the damper pedal
    program: Column
    is_drum: Column
    instrument: Column

    def take(self, wanted: Column) -> "Notes":
        """Return the notes that a mask or a list of positions names."""
        return Notes(*(column[wanted] for column in self))

    def to_midi(self) -> bytes:
        """Write the notes as a Standard MIDI File, see `write_notes`; they end at `end_s`."""
        columns = (self.pitch, self.velocity, self.start_s, self.end_s, self.program)
        return write_notes(*columns, self.is_drum, self.instrument)


@dataclass(frozen=True, eq=False)
class Recording:
    """A recording and how it came from its MIDI file.

    Attributes
    ----------
    samples : Samples, shape (n,), float32
        Mono, peak below 1.
    sample_rate : int
        In Hz.
    midi_s, audio_s : NDArray[np.float64], shape (n_breakpoints,)
        The warp, exact and linear between breakpoints; `audio_s` runs from 0 to the end of the recording.
    renderer : str
        ``additive`` or the name of the sound font.
    """

    samples: Samples
    sample_rate: int
    midi_s: Floats
    audio_s: Floats
    renderer: str

    @property
    def start_s(self) -> float:
        """Time in the MIDI file at which the recording starts."""
        return float(self.midi_s[0])


def make_recording(
    midi: bytes,
    seed: int | Sequence[int],
    *,
    excerpt_s: float = 30.0,
    drift: float = 0.10,
    soundfont: Path | None = None,
    sample_rate: int = SAMPLE_RATE,
) -> Recording:
    """Record an excerpt of a MIDI file on other instruments, in another tempo, in some room.

    Parameters
    ----------
    midi : bytes
        A Standard MIDI File.
    seed : int or sequence of int
        The same seed, file and renderer give the same recording.
    excerpt_s : float
        Length in seconds; a piece that is shorter is recorded whole.
    drift : float
        The tempo varies smoothly within this share of the written one, either way; below 1.
    soundfont : Path or None
        FluidSynth plays this sound font; without it, additive synthesis plays.
    sample_rate : int
        In Hz.

    Raises
    ------
    InputError
        If the file cannot be read or has no notes, or FluidSynth cannot load the sound font.
    MissingPackageError
        If a sound font is given and pyfluidsynth is not installed.
    ValueError
        If `excerpt_s` is not positive or `drift` is not within 0 to 1.
    """
    if not excerpt_s > 0:
        raise ValueError("excerpt_s must be positive")
    if not 0 <= drift < 1:
        raise ValueError("drift must be at least 0 and below 1")
    notes = read_notes(midi)
    rng = np.random.default_rng(seed)
    midi_s, audio_s = draw_warp(notes, excerpt_s, drift, rng)
    return play_notes(notes, midi_s, audio_s, rng, soundfont, sample_rate)


def play_notes(
    notes: Notes,
    midi_s: Floats,
    audio_s: Floats,
    rng: np.random.Generator,
    soundfont: Path | None,
    sample_rate: int = SAMPLE_RATE,
) -> Recording:
    """Record notes in the tempo of a warp, on instruments and in a room drawn by `rng`.

    Parameters
    ----------
    notes : Notes
        What does not sound within the warp is left out.
    midi_s, audio_s : NDArray[np.float64], shape (n_breakpoints,)
        Strictly rising, `audio_s` from 0; outside it the tempo is even.
    rng : numpy.random.Generator
        Draws instruments, balance, touch and room.
    soundfont : Path or None
        FluidSynth plays this sound font; without it, additive synthesis plays.
    sample_rate : int
        In Hz.

    Raises
    ------
    InputError
        If FluidSynth cannot load the sound font.
    MissingPackageError
        If a sound font is given and pyfluidsynth is not installed.
    """
    notes = _change_instruments(_retime(notes, midi_s, audio_s), rng)
    length_s = LEAD_S + float(audio_s[-1])
    dry = play_dry(notes, length_s, sample_rate, soundfont, rng)
    wet = colour(dry, sample_rate, rng)[round(LEAD_S * sample_rate) :]
    return Recording(wet, sample_rate, midi_s, audio_s, soundfont.name if soundfont else "additive")


def play_dry(
    notes: Notes, length_s: float, sample_rate: int, soundfont: Path | None, rng: np.random.Generator
) -> Samples:
    """Play notes as they are, without a room, for `length_s` seconds from 0.

    Raises
    ------
    InputError, MissingPackageError
        As `play_notes`.
    """
    if soundfont is not None:
        return _play_soundfont(notes, length_s, sample_rate, soundfont)
    columns = (notes.pitch, notes.velocity, notes.start_s, notes.end_s, notes.program, notes.is_drum)
    return synthesise(*columns, duration_s=length_s, sample_rate=sample_rate, seed=int(rng.integers(1 << 31)))


def write_recording(recording: Recording, path: Path) -> None:
    """Write a recording as its suffix says (``.mp3``, ``.flac``, ``.ogg``, ``.wav``), wholly or not at all.

    Raises
    ------
    InputError
        If the format is unknown or the file cannot be written.
    """
    import soundfile

    partial = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        soundfile.write(partial, recording.samples, recording.sample_rate)
        partial.replace(path)
    except (OSError, ValueError, TypeError, soundfile.LibsndfileError) as error:
        raise InputError(
            f"cannot write {path}: {error}; use .mp3, .flac, .ogg or .wav in a folder of yours"
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def find_soundfont() -> Path | None:
    """Return a General MIDI sound font of this machine, or None where that or FluidSynth is missing."""
    try:
        import fluidsynth  # noqa: F401
    except ImportError:
        return None
    return next((path.resolve() for path in SOUNDFONTS if path.is_file()), None)


def read_notes(data: bytes) -> Notes:
    """Read the notes of a MIDI file, at least one.

    Raises
    ------
    InputError
        If the file cannot be read or has no notes.
    """
    try:
        midi = read_midi(data)
        held_s = hold_notes(data, midi)
    except ValueError as error:
        raise InputError(f"cannot record this MIDI file: {error}; give a Standard MIDI File") from error
    notes = midi.notes
    if len(notes) == 0:
        raise InputError("cannot record this MIDI file: it has no notes; choose another")
    part = np.stack([notes.track, notes.channel, notes.program], axis=1)
    instrument = np.unique(part, axis=0, return_inverse=True)[1].reshape(-1)
    numbers = (column.astype(np.int64) for column in (notes.pitch, notes.velocity, notes.program))
    pitch, velocity, program = numbers
    return Notes(pitch, velocity, notes.start_s, notes.end_s, held_s, program, notes.is_drum, instrument)


def draw_warp(
    notes: Notes, excerpt_s: float, drift: float, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Choose excerpt and tempo; return breakpoints (midi_s, audio_s) from start to end of the recording.

    Parameters are those of `make_recording`.
    """
    audio_s = np.append(np.arange(0.0, excerpt_s, WARP_STEP_S), excerpt_s)
    middle_s = (audio_s[1:] + audio_s[:-1]) / 2
    period_s, phase = rng.uniform(8.0, 40.0, 3), rng.uniform(0, 2 * np.pi, 3)
    swing = np.sin(2 * np.pi * middle_s[:, None] / period_s + phase).sum(axis=1) + rng.normal()
    swing *= rng.uniform(0.5, 1.0) / max(1e-9, float(np.abs(swing).max()))
    midi_s = np.append(0.0, np.cumsum((1 + drift * swing) * np.diff(audio_s)))
    first_s, last_s = float(notes.start_s.min()), float(notes.end_s.max())
    if last_s - first_s > midi_s[-1]:
        start_s = _draw_start(notes.start_s, first_s, last_s - float(midi_s[-1]), float(midi_s[-1]), rng)
        return midi_s + start_s, audio_s
    midi_s += first_s
    over_s = float(np.interp(last_s, midi_s, audio_s)) + TAIL_S
    if over_s >= excerpt_s:
        return midi_s, audio_s
    inside = audio_s < over_s
    end_s = np.interp(over_s, audio_s, midi_s)
    return np.append(midi_s[inside], end_s), np.append(audio_s[inside], over_s)


def _draw_start(
    onsets_s: Floats, earliest_s: float, latest_s: float, span_s: float, rng: np.random.Generator
) -> float:
    """Return a start whose seconds nearly all have an onset, or else the best of those tried."""
    best_s, best_share = earliest_s, -1.0
    for start_s in rng.uniform(earliest_s, latest_s, 16):
        seconds = np.floor(onsets_s[(onsets_s >= start_s) & (onsets_s < start_s + span_s)] - start_s)
        share = np.unique(seconds).size / np.ceil(span_s)
        if share > best_share:
            best_s, best_share = float(start_s), share
        if best_share >= 0.8:
            break
    return best_s


def list_sounding(notes: Notes, midi_s: Floats) -> Notes:
    """Return the notes that sound within a warp or `LEAD_S` before it, where the tempo is even."""
    return notes.take((notes.held_s > midi_s[0] - LEAD_S) & (notes.start_s < midi_s[-1]))


def _retime(notes: Notes, midi_s: Floats, audio_s: Floats) -> Notes:
    """Return the notes that sound, timed from `LEAD_S` before the recording; outside it the tempo is even."""
    far_s = float(notes.held_s.max()) + 1.0
    midi_ends = (midi_s[0] - far_s, *midi_s, midi_s[-1] + far_s)
    audio_ends = (audio_s[0] - far_s, *audio_s, audio_s[-1] + far_s)
    start_s = np.interp(notes.start_s, midi_ends, audio_ends) + LEAD_S
    end_s = np.interp(notes.end_s, midi_ends, audio_ends) + LEAD_S
    held_s = np.interp(notes.held_s, midi_ends, audio_ends) + LEAD_S
    sounding = (held_s > 0) & (start_s < audio_s[-1] + LEAD_S)
    return notes._replace(start_s=np.maximum(start_s, 0.0), end_s=end_s, held_s=held_s).take(sounding)


def _change_instruments(notes: Notes, rng: np.random.Generator) -> Notes:
    """Give every part another instrument and balance, and every note another touch; drums stay drums."""
    n_parts = int(notes.instrument.max(initial=-1)) + 1
    programs = rng.choice(np.array(PROGRAMS), n_parts, replace=n_parts > len(PROGRAMS))
    # Loudness is the square of velocity: 40 and not 20.
    balance = 10 ** (rng.uniform(-8.0, 0.0, n_parts) / 40)
    velocity = notes.velocity * balance[notes.instrument] + rng.normal(0, 6, notes.velocity.size)
    program = np.where(notes.is_drum, notes.program, programs[notes.instrument])
    return notes._replace(
        # Bowed and blown instruments have no pedal: only a struck or plucked one plays a pianist's.
        end_s=np.where(np.isin(program, RINGING), notes.held_s, notes.end_s),
        program=program,
        velocity=np.clip(np.rint(velocity), 8, 127).astype(np.int64),
    )


def _play_soundfont(notes: Notes, length_s: float, sample_rate: int, soundfont: Path) -> Samples:
    """Play notes through FluidSynth, in mono."""
    try:
        import fluidsynth
    except ImportError as error:
        raise MissingPackageError(
            'FluidSynth is missing; install libfluidsynth3 and run `pip install "lakhdb[synth]"`'
        ) from error
    # A channel for each part, drums included: more than MIDI's 16, which FluidSynth allows up to 256.
    channel = np.unique(notes.instrument, return_inverse=True)[1].reshape(-1) % 256
    synth = fluidsynth.Synth(gain=0.3, samplerate=float(sample_rate), channels=256)
    try:
        for setting in ("synth.reverb.active", "synth.chorus.active"):  # the room is ours, and drawn by seed
            synth.setting(setting, 0)
        synth.setting(
            "synth.dynamic-sample-loading", 1
        )  # a large sound font takes longer to load than to play
        font = synth.sfload(str(soundfont))
        if font < 0:
            raise InputError(f"FluidSynth cannot load {soundfont}; give an SF2 file")
        sounds = np.unique(np.stack([channel, notes.is_drum, notes.program], axis=1), axis=0)
        for part, is_drum, program in sounds.tolist():
            synth.program_select(part, font, 128 if is_drum else 0, 0 if is_drum else program)
        return _run_events(synth, notes, channel, round(length_s * sample_rate), sample_rate)
    finally:
        synth.delete()


def _run_events(
    synth: Any, notes: Notes, channel: NDArray[np.int64], n_samples: int, sample_rate: int
) -> Samples:
    """Send notes to FluidSynth and collect what sounds, shape (n_samples,)."""
    on = np.rint(notes.start_s * sample_rate / GRID).astype(np.int64)
    off = np.maximum(np.rint(notes.end_s * sample_rate / GRID).astype(np.int64), on + 1)
    blocks = np.concatenate([off, on])
    is_on = np.repeat([False, True], on.size)
    order = np.lexsort((is_on, blocks))  # a note ends before the next of its pitch begins
    columns = (blocks, is_on, *(np.tile(column, 2) for column in (channel, notes.pitch, notes.velocity)))
    pieces, now = [], 0
    for block, starts, part, pitch, velocity in zip(*(c[order].tolist() for c in columns), strict=True):
        at = min(block * GRID, n_samples)
        if at > now:
            pieces.append(synth.get_samples(at - now))
            now = at
        if starts:
            synth.noteon(part, pitch, velocity)
        else:
            synth.noteoff(part, pitch)
    pieces.append(synth.get_samples(n_samples - now))
    stereo = np.concatenate(pieces).reshape(-1, 2)
    mono: Samples = stereo.mean(axis=1, dtype=np.float32) / np.float32(32768)
    return mono
