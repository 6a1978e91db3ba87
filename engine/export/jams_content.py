"""What a MIDI file says of a recording: its music, in the recording's time and key."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .jams_beats import Beats, find_beats
from .jams_chords import NAMES, infer_chords, name_chord
from .jams_song import C_MAJOR, Lyric, Song, SongNotes
from .jams_times import Placed, Placement

__all__ = ["Content", "Labels", "place_song"]

Floats = npt.NDArray[np.float64]

MINOR_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

# mir_eval refuses notes of no length, which grace notes and drums often are.
LEAST_NOTE_S = 0.001

# Beats that follow faster, 1200 a minute, were skipped by the recording.
LEAST_BEAT_S = 0.05


@dataclass(frozen=True, eq=False)
class Labels:
    """Names in time.

    Attributes
    ----------
    start_s, end_s : float64, shape (n,)
        Seconds into the recording, by beginning; they do not overlap.
    values : tuple of str
    confidence : tuple of float, or None
    """

    start_s: Floats
    end_s: Floats
    values: tuple[str, ...]
    confidence: tuple[float, ...] | None = None


@dataclass(frozen=True, eq=False)
class Content:
    """What a MIDI file says of a recording; all times are seconds into the recording.

    Attributes
    ----------
    spans_s : float64, shape (n_pieces, 2)
        What it speaks of.
    beats_s : float64, shape (n_beats,)
    positions : int64, shape (n_beats,)
        Within the bar, from 1.
    tempo_start_s, tempo_end_s, tempos : float64, shape (n_bars,)
        Bars, and beats a minute in each.
    keys : Labels
        As JAMS writes them, such as ``F#:minor``.
    is_c_major : tuple of bool
        Of each key: the file has C major there.
    chords : Labels
    metres : list of (time_s, text)
    notes : SongNotes
        In the recording's key; drums as they are.
    lyrics : list of (time_s, track, text)
    """

    spans_s: Floats
    beats_s: Floats
    positions: npt.NDArray[np.int64]
    tempo_start_s: Floats
    tempo_end_s: Floats
    tempos: Floats
    keys: Labels
    is_c_major: tuple[bool, ...]
    chords: Labels
    metres: list[tuple[float, str]]
    notes: SongNotes
    lyrics: list[Lyric]


def place_song(song: Song, placement: Placement, transposition: int) -> Content:
    """Bring a MIDI file into the time and key of a recording.

    Parameters
    ----------
    song : Song
    placement : Placement
        At least one piece.
    transposition : int
        Semitones by which the file is raised.

    Raises
    ------
    ValueError
        If the file has too many beats to be music.
    """
    last_s = max(float(midi_s[-1]) for midi_s, _ in placement.pieces)
    beats = find_beats(song.tempos, song.metres, last_s)
    placed = placement.place_moments(beats.time_s)
    # Where the recording skips some, they fall together.
    placed = placed.take(np.diff(placed.start_s, prepend=-np.inf) >= LEAST_BEAT_S)
    metres, names = _place_changes(song.metres, placement, last_s)
    keys, is_c_major = _place_keys(song.keys, placement, transposition, last_s)
    return Content(
        placement.spans_s,
        placed.start_s,
        beats.position[placed.which],
        *_measure_tempos(placed, beats),
        keys,
        is_c_major,
        _place_chords(song.notes, beats, placement, transposition, last_s),
        list(zip(metres.start_s.tolist(), names, strict=True)),
        _place_notes(song.notes, placement, transposition),
        _place_lyrics(song.lyrics, placement),
    )


def _measure_tempos(placed: Placed, beats: Beats) -> tuple[Floats, Floats, Floats]:
    """Measure beats a minute of each bar, or of what of it lies in one piece: beginnings, ends, tempos."""
    at_s, position = placed.start_s, beats.position[placed.which]
    if at_s.size < 2:
        return np.empty(0), np.empty(0), np.empty(0)
    is_new_piece = np.append(True, np.diff(placed.piece) > 0)
    firsts = np.flatnonzero(is_new_piece | (position == 1))
    # A bar reaches to the next one of its piece, or, at the end of that, to its own last beat.
    nexts = np.append(firsts[1:], at_s.size)
    is_last = np.append(is_new_piece[firsts[1:]], True)
    lasts = nexts - is_last
    length_s = at_s[lasts] - at_s[firsts]
    wanted = lasts > firsts
    n_beats = (lasts - firsts)[wanted]
    return at_s[firsts[wanted]], at_s[lasts[wanted]], 60.0 * n_beats / length_s[wanted]


def _place_keys(
    keys: Sequence[tuple[float, str]], placement: Placement, transposition: int, last_s: float
) -> tuple[Labels, tuple[bool, ...]]:
    placed, names = _place_changes(keys, placement, last_s)
    labels = Labels(placed.start_s, placed.end_s, tuple(_name_key(name, transposition) for name in names))
    return labels, tuple(name == C_MAJOR for name in names)


def _place_changes(
    changes: Sequence[tuple[float, str]], placement: Placement, last_s: float
) -> tuple[Placed, list[str]]:
    """Place what is in force until the next change; of several at one time the last counts."""
    times = list(dict(changes).items())
    news = [one for at, one in enumerate(times) if at == 0 or times[at - 1][1] != one[1]]
    start_s = np.array([time_s for time_s, _ in news], np.float64)
    end_s = np.array([*start_s[1:], last_s][: start_s.size], np.float64)
    placed = placement.place_spans(start_s, end_s)
    return placed, [news[at][1] for at in placed.which.tolist()]


def _name_key(name: str, transposition: int) -> str:
    """Name a key such as ``F# minor`` as JAMS does, raised by some semitones."""
    tonic, mode = name.split(" ")
    if transposition % 12:
        klass = LETTERS[tonic[0]] + tonic.count("#") - tonic.count("b") + transposition
        tonic = (MINOR_NAMES if mode == "minor" else NAMES)[klass % 12]
    return f"{tonic}:{mode}"


def _place_chords(
    notes: SongNotes, beats: Beats, placement: Placement, transposition: int, last_s: float
) -> Labels:
    pitched = notes.take(~notes.is_drum)
    if not len(pitched.pitch):
        return Labels(np.empty(0), np.empty(0), ())
    chords = infer_chords(beats.time_s, pitched.start_s, pitched.end_s, pitched.pitch, last_s)
    placed = placement.place_spans(chords.start_s, chords.end_s)
    return Labels(
        placed.start_s,
        placed.end_s,
        tuple(name_chord(chord, transposition) for chord in chords.chord[placed.which].tolist()),
        tuple(chords.cosine[placed.which].tolist()),
    )


def _place_notes(notes: SongNotes, placement: Placement, transposition: int) -> SongNotes:
    placed = placement.place_notes(notes.start_s, notes.end_s)
    mine = notes.take(placed.which)
    order = np.lexsort((mine.pitch, mine.program, mine.track, placed.start_s))
    sounding = SongNotes(
        placed.start_s,
        np.maximum(placed.end_s, placed.start_s + LEAST_NOTE_S),
        np.where(mine.is_drum, mine.pitch, mine.pitch + transposition),
        mine.track,
        mine.program,
        mine.is_drum,
    )
    return sounding.take(order)


def _place_lyrics(lyrics: Sequence[Lyric], placement: Placement) -> list[Lyric]:
    placed = placement.place_moments(np.array([time_s for time_s, *_ in lyrics], np.float64))
    return [
        (at_s, *lyrics[which][1:])
        for which, at_s in zip(placed.which.tolist(), placed.start_s.tolist(), strict=True)
    ]
