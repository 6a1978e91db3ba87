"""Another arrangement of a piece: its melody and its harmony, played otherwise; drums along with it."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from .melody import keep_melody
from .music import Music

__all__ = ["add_drums", "find_beats", "rearrange"]

Rng = np.random.Generator
Floats = npt.NDArray[np.float64]

# Of a file without tempi, by the standard.
DEFAULT_BPM = 120.0
# Faster beats are halves of beats, slower ones pairs.
BEAT_S = (0.3, 1.0)

# General MIDI: kick, snare, closed hat; tambourine, shaker, congas and claves for percussion.
KICK, SNARE, HAT = 36, 38, 42
PERCUSSION = (39, 54, 62, 63, 70, 75)

# Instruments that a melody and its accompaniment are given to: General MIDI programs, from 0.
MELODY_PROGRAMS = (0, 11, 24, 40, 52, 56, 65, 68, 71, 73)
CHORD_PROGRAMS = (0, 4, 16, 24, 25, 48, 50, 89)
BASS_PROGRAMS = (32, 33, 35, 43)
# Tracks of their own.
BASS_TRACK, CHORD_TRACK, MELODY_TRACK = 0, 1, 2
LOWEST_BASS, LOWEST_CHORD = 33, 52
CHORD_NOTES = 3
BEATS_PER_CHORD = 2
# Of a chord's beats, which of its notes (0 to 2, bass first as -1) sound when: block, broken, off the beat.
PATTERNS = (
    ((0.0, (0, 1, 2)), (1.0, (0, 1, 2))),
    ((0.0, (0,)), (0.5, (1,)), (1.0, (2,)), (1.5, (1,))),
    ((0.5, (0, 1, 2)), (1.5, (0, 1, 2))),
)


def find_beats(music: Music) -> Floats:
    """Place beats by the file's tempi, from its start to its end, shape (n_beats,), seconds."""
    beats = [0.0]
    tempo_s, bpm = music.tempo_s, music.beats_per_minute
    while beats[-1] < music.duration_s:
        at = int(np.searchsorted(tempo_s, beats[-1], side="right")) - 1
        beat_s = 60.0 / float(bpm[at]) if at >= 0 else 60.0 / DEFAULT_BPM
        while beat_s < BEAT_S[0]:
            beat_s *= 2
        while beat_s > BEAT_S[1]:
            beat_s /= 2
        beats.append(beats[-1] + beat_s)
    return np.array(beats)


def add_drums(music: Music, rng: Rng) -> Music:
    """Add a drummer and a percussionist who know the beat: bars of four, each with its own fills."""
    beats_s = find_beats(music)
    hits: list[tuple[float, int, int]] = []
    extra = rng.choice(PERCUSSION, 2, replace=False).tolist()
    # A pattern of sixteenths that the percussion keeps.
    pattern = rng.random((len(extra), 16)) < 0.3
    for beat, (at_s, next_s) in enumerate(pairwise(beats_s.tolist())):
        drum = KICK if beat % 2 == 0 else SNARE
        hits.append((at_s, drum, 100))
        hits += [(at_s + half * (next_s - at_s) / 2, HAT, 70) for half in range(2)]
        for row, pitch in enumerate(extra):
            steps = np.flatnonzero(pattern[row, 4 * (beat % 4) : 4 * (beat % 4) + 4])
            hits += [(at_s + step * (next_s - at_s) / 4, pitch, int(rng.integers(50, 90))) for step in steps]
    inside = [hit for hit in hits if hit[0] < music.duration_s]
    times_s = np.array([hit[0] for hit in inside])
    track = int(music.track.max(initial=-1)) + 1
    return music.add(
        _make_part(
            music,
            start_s=times_s,
            end_s=np.minimum(times_s + 0.1, music.duration_s),
            pitch=np.array([hit[1] for hit in inside], np.int64),
            velocity=np.array([hit[2] for hit in inside], np.int64),
            track=track,
            is_drum=True,
        )
    )


def rearrange(music: Music, rng: Rng) -> Music | None:
    """Give the melody to another instrument, and play the harmony of every two beats in another way.

    The three pitch classes that sound longest make the chord, the lowest note the bass; the pattern is drawn
    once. None where nothing has a pitch.
    """
    melody = keep_melody(music)
    if melody is None:
        return None
    pitched = music.keep(~music.is_drum)
    pattern = PATTERNS[int(rng.integers(len(PATTERNS)))]
    parts = [
        replace(
            melody,
            track=np.full(melody.n_notes, MELODY_TRACK),
            program=np.full(melody.n_notes, int(rng.choice(MELODY_PROGRAMS))),
        )
    ]
    programs = {BASS_TRACK: int(rng.choice(BASS_PROGRAMS)), CHORD_TRACK: int(rng.choice(CHORD_PROGRAMS))}
    notes: dict[int, list[tuple[float, float, int]]] = {BASS_TRACK: [], CHORD_TRACK: []}
    for start_s, end_s, bass, chord in _list_chords(pitched):
        notes[BASS_TRACK].append((start_s, end_s, bass))
        beat_s = (end_s - start_s) / BEATS_PER_CHORD
        for beat, which in pattern:
            at_s = start_s + beat * beat_s
            notes[CHORD_TRACK] += [(at_s, end_s, chord[one]) for one in which if one < len(chord)]
    for track, own in notes.items():
        parts.append(
            _make_part(
                music,
                start_s=np.array([note[0] for note in own]),
                end_s=np.array([note[1] for note in own]),
                pitch=np.array([note[2] for note in own], np.int64),
                velocity=np.full(len(own), 70),
                track=track,
                program=programs[track],
            )
        )
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.add(part)
    return whole


def _list_chords(pitched: Music) -> Iterator[tuple[float, float, int, list[int]]]:
    """List start, end, bass and chord of every two beats in which something sounds."""
    beats_s = find_beats(pitched)
    for start_s, end_s in zip(
        beats_s[:-BEATS_PER_CHORD:BEATS_PER_CHORD], beats_s[BEATS_PER_CHORD::BEATS_PER_CHORD], strict=False
    ):
        overlap_s = np.minimum(pitched.end_s, end_s) - np.maximum(pitched.start_s, start_s)
        sounding = overlap_s > 0
        if not sounding.any():
            continue
        pitch = pitched.pitch[sounding]
        weight = np.bincount(pitch % 12, overlap_s[sounding], 12)
        classes = np.argsort(-weight, kind="stable")[: min(CHORD_NOTES, int((weight > 0).sum()))]
        chord = sorted(_place(int(one), LOWEST_CHORD) for one in classes)
        yield float(start_s), float(end_s), _place(int(pitch.min()), LOWEST_BASS), chord


def _place(pitch: int, lowest: int) -> int:
    """Move a pitch by octaves to the one from `lowest` on."""
    return lowest + (pitch - lowest) % 12


def _make_part(
    music: Music,
    *,
    start_s: Floats,
    end_s: Floats,
    pitch: npt.NDArray[np.int64],
    velocity: npt.NDArray[np.int64],
    track: int,
    program: int = 0,
    is_drum: bool = False,
) -> Music:
    return replace(
        music,
        track=np.full(pitch.size, track),
        program=np.full(pitch.size, program),
        is_drum=np.full(pitch.size, is_drum),
        pitch=pitch,
        velocity=velocity,
        start_s=start_s,
        end_s=end_s,
    )
