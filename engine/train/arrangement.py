"""Other arrangements of a piece: parts and notes left out, doubled or added."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..recordings import Notes

__all__ = [
    "add_bass",
    "add_drums",
    "add_pad",
    "double_part",
    "drop_drums",
    "drop_notes",
    "drop_parts",
    "keep_melody",
]

Floats = NDArray[np.float64]

CELL_S = 2.0  # a recording has about a note in each of these
KEPT_SHARE = 0.8  # of the cells that had one
LOWEST_BASS = 36  # C2: a double bass's and a bass guitar's second octave
LOWEST_PAD = 55  # G3: the middle of the keyboard
SLOTS = 8  # eighths of a bar of four beats
# General MIDI's keys for what keeps time: bass drums; snares, rim and clap; hats, ride, tambourine, maracas.
KICKS, SNARES, HATS = (35, 36), (37, 38, 39, 40), (42, 44, 46, 51, 54, 70)


def drop_parts(notes: Notes, share: float, rng: np.random.Generator) -> Notes:
    """Leave out about this share of the pitched parts, in random order, as long as the music goes on."""
    parts = np.unique(notes.instrument[~notes.is_drum])
    for part in rng.permutation(parts)[: round(share * parts.size)].tolist():
        notes = _keep(notes, notes.instrument != part)
    return notes


def keep_melody(notes: Notes) -> Notes:
    """Keep the part with the highest mean pitch, of a single part the notes with none above them."""
    pitched = notes.take(~notes.is_drum)
    parts = np.unique(pitched.instrument)
    if parts.size > 1:
        mean = [pitched.pitch[pitched.instrument == part].mean() for part in parts]
        return _keep(notes, (notes.instrument == parts[int(np.argmax(mean))]) & ~notes.is_drum)
    on_top = np.zeros(notes.pitch.size, dtype=bool)
    for number in np.flatnonzero(~notes.is_drum).tolist():
        at_s = notes.start_s[number]
        sounding = ~notes.is_drum & (notes.start_s <= at_s) & (notes.end_s > at_s)
        on_top[number] = notes.pitch[number] >= notes.pitch[sounding].max(initial=0)
    return _keep(notes, on_top)


def drop_drums(notes: Notes) -> Notes:
    """Leave out percussion, as long as something else plays."""
    return notes if notes.is_drum.all() else notes.take(~notes.is_drum)


def drop_notes(notes: Notes, share: float, rng: np.random.Generator) -> Notes:
    """Leave out this share of the notes, wherever they are."""
    return _keep(notes, rng.random(notes.pitch.size) >= share)


def double_part(notes: Notes, octaves: int, rng: np.random.Generator) -> Notes:
    """Let another instrument play one of the pitched parts along, so many octaves higher."""
    parts = np.unique(notes.instrument[~notes.is_drum])
    if parts.size == 0:
        return notes
    pitch = notes.pitch + 12 * octaves
    wanted = (notes.instrument == rng.choice(parts)) & ~notes.is_drum & (pitch >= 21) & (pitch <= 108)
    doubled = notes._replace(pitch=pitch, instrument=np.full_like(notes.instrument, _count_parts(notes)))
    return _join(notes, doubled.take(wanted))


def add_bass(notes: Notes, written: Notes, beats_s: Floats, rng: np.random.Generator) -> Notes:
    """Add a bass that plays what is written lowest in each beat or two."""

    def choose(pitch: NDArray[np.int64], length_s: Floats) -> list[int]:
        return [LOWEST_BASS + (int(pitch.min()) - LOWEST_BASS) % 12]

    return _accompany(notes, written, beats_s[:: int(rng.integers(1, 3))], choose, rng)


def add_pad(notes: Notes, written: Notes, beats_s: Floats, rng: np.random.Generator) -> Notes:
    """Add chords held for two or four beats, of the three pitch classes written longest there."""

    def choose(pitch: NDArray[np.int64], length_s: Floats) -> list[int]:
        total_s = np.bincount((pitch - LOWEST_PAD) % 12, length_s, minlength=12)
        longest = np.argsort(-total_s, kind="stable")[:3]
        return [LOWEST_PAD + step for step in longest.tolist() if total_s[step] > 0]

    return _accompany(notes, written, beats_s[:: int(rng.choice([2, 4]))], choose, rng)


def add_drums(notes: Notes, beats_s: Floats, rng: np.random.Generator) -> Notes:
    """Add a drummer who repeats a bar of four beats, drawn here, in eighths."""
    slots_s = np.empty(2 * beats_s.size - 1)
    slots_s[::2], slots_s[1::2] = beats_s, (beats_s[1:] + beats_s[:-1]) / 2
    slot = (np.arange(slots_s.size) + rng.integers(SLOTS)) % SLOTS
    back_beat = np.isin(np.arange(SLOTS), (2, 6))
    strokes = (
        (KICKS, np.where(np.arange(SLOTS) == 0, 1.0, np.where(back_beat, 0.1, 0.3))),
        (SNARES, np.where(back_beat, 0.9, 0.1)),
        (HATS, np.where(np.arange(SLOTS) % 2 == 0, 0.9, rng.choice([0.1, 0.9]))),
    )
    joined = notes
    for keys, chance in strokes:
        start_s = slots_s[(rng.random(SLOTS) < chance)[slot]]
        pitch = np.full(start_s.size, rng.choice(keys))
        velocity = np.full(start_s.size, rng.integers(50, 110))
        joined = _join(joined, _make_part(notes, pitch, start_s, start_s + 0.1, velocity, is_drum=True))
    return joined


def _keep(notes: Notes, wanted: NDArray[np.bool_]) -> Notes:
    """Return the wanted notes, or all where too little would sound of what sounded before."""
    counted = notes.is_drum if notes.is_drum.all() else ~notes.is_drum
    if _count_cells(notes.start_s[counted & wanted]) < KEPT_SHARE * _count_cells(notes.start_s[counted]):
        return notes
    return notes.take(wanted)


def _count_cells(start_s: Floats) -> int:
    return int(np.unique(np.floor(start_s / CELL_S)).size)


def _accompany(
    notes: Notes,
    written: Notes,
    marks_s: Floats,
    choose: Callable[[NDArray[np.int64], Floats], list[int]],
    rng: np.random.Generator,
) -> Notes:
    """Add a part that plays, from each mark to the next, the pitches chosen from those written there."""
    pitched = written.take(~written.is_drum)
    pitch, start_s, end_s = [], [], []
    for first_s, last_s in zip(marks_s[:-1].tolist(), marks_s[1:].tolist(), strict=True):
        length_s = np.minimum(pitched.end_s, last_s) - np.maximum(pitched.start_s, first_s)
        sounding = length_s > 0
        if sounding.any():
            chosen = choose(pitched.pitch[sounding], length_s[sounding])
            pitch += chosen
            start_s += [first_s] * len(chosen)
            end_s += [last_s] * len(chosen)
    velocity = np.full(len(pitch), rng.integers(50, 100))
    return _join(notes, _make_part(notes, np.array(pitch), np.array(start_s), np.array(end_s), velocity))


def _make_part(
    notes: Notes,
    pitch: NDArray[np.int64],
    start_s: Floats,
    end_s: Floats,
    velocity: NDArray[np.int64],
    is_drum: bool = False,
) -> Notes:
    """Return a part that is new beside those of `notes`."""
    n = pitch.size
    number = np.full(n, _count_parts(notes))
    return Notes(
        pitch.astype(np.int64),
        velocity,
        start_s.astype(np.float64),
        end_s.astype(np.float64),
        end_s.astype(np.float64),
        np.zeros(n, dtype=np.int64),
        np.full(n, is_drum),
        number,
    )


def _count_parts(notes: Notes) -> int:
    return int(notes.instrument.max(initial=-1)) + 1


def _join(notes: Notes, more: Notes) -> Notes:
    return Notes(*(np.concatenate(columns) for columns in zip(notes, more, strict=True)))
