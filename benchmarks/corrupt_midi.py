"""Corrupted copies of MIDI files, and collections in which it is known what is a copy of what.

    python benchmarks/corrupt_midi.py FILE.mid OUT_DIR

writes one file for each kind of corruption, to listen to, and prints one JSON line for each.
"""

import argparse
import io
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import mido  # type: ignore[import-untyped]
import numpy as np
import numpy.typing as npt

from lakhdb.engine.evaluate import rearrange
from lakhdb.engine.evaluate.hard_cases import transpose
from lakhdb.engine.evaluate.music import Music, from_midi
from lakhdb.kernels.midi_file import read_midi
from lakhdb.kernels.midi_writer import write_notes

__all__ = [
    "CORRUPTIONS",
    "KINDS",
    "THREE_AT_ONCE",
    "Corrupted",
    "Member",
    "add_drums",
    "corrupt",
    "make_duplicates",
]

Rng = np.random.Generator
Floats = npt.NDArray[np.float64]
Event = tuple[int, mido.Message]  # at a tick

MOST_SEMITONES = 6
# Times as fast, and how far from 1 at least.
TEMPI = (0.7, 1.4)
LEAST_TEMPO_CHANGE = 0.05
SHARE = 0.2  # of the notes, dropped or added

SIXTEENTHS = 4  # of a beat
TRIPLETS = 6
DEFAULT_BPM = 120.0
# Onsets are written in the file's tempo if their places within a sixteenth, or a triplet, are so much alike:
# the length of the mean of unit vectors, 1 on the grid and near 0 for a performance that no metronome led.
IN_TEMPO = 0.3
# Of other files, the sixteenth at 120 beats a minute; halved until the usual note is no shorter, for runs
# would else become chords.
GRID_S = 0.125
CHORD_S = 0.035  # onsets nearer than this are one chord
MOVED_S = 0.005  # a file in which no onset moves so far is on the grid already

# General MIDI has families of eight programs; the last two, percussion and effects, have no clear pitch.
FAMILY, PITCHED_FAMILIES = 8, 14
VELOCITIES = (50, 110)
# Added notes lie within an octave of those that are there, and about so far from them in time.
NEAR_SEMITONES = 12
NEAR_S = 0.25

THREE_AT_ONCE = "three at once"

# Ticks a beat that programs write: at 120 beats a minute, rounding moves notes by 1.3 ms at most.
DIVISIONS = (192, 240, 256, 384, 480, 960, 1024)
NO_CHANNEL = -1
# mido's names, and the end of a track, which it writes itself.
TEXTS = {
    *("text", "copyright", "track_name", "instrument_name", "lyrics", "marker", "cue_marker"),
    *("program_name", "device_name", "end_of_track"),
}

ALONE_SHARE = 0.4  # of the originals, with no copy
MOST_COPIES = 4
MOST_KINDS = 3  # of corruption in one copy


class Edited(NamedTuple):
    """Edited music, by how much it was raised, times as fast as it is played, and what was done."""

    music: Music
    semitones: int = 0
    tempo: float = 1.0
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Corrupted:
    """A corrupted copy of a MIDI file.

    Attributes
    ----------
    midi : bytes
        A Standard MIDI File; `corrupt` writes notes alone, without pedal and tempo map.
    kinds : tuple of str
        Of `CORRUPTIONS`, in the order in which they were done.
    semitones : int
        The copy is higher by these, -6 to 6. Notes that would leave MIDI's range are an octave off.
    tempo : float
        The copy is played so many times as fast.
    """

    midi: bytes
    kinds: tuple[str, ...] = ()
    semitones: int = 0
    tempo: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Member(Corrupted):
    """A file of a collection in which it is known what is a copy of what.

    Attributes
    ----------
    name : str
        File name; it says nothing about the composition.
    composition : str
        The original's name.
    relation : str
        To the original: ``original`` as it came; ``identical notes``, other bytes; ``same performance
        re-exported``, in another key or at another tempo, perhaps with other instruments or one velocity;
        ``version``, with notes moved, missing or added, and perhaps more.
    """

    name: str = ""
    composition: str
    relation: str


def main() -> None:
    """Write one file for each kind and print one JSON line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    data = options.file.read_bytes()
    has_drums = bool(read_midi(data).notes.is_drum.any())
    drummed = data if has_drums else add_drums(data, options.seed)
    (options.folder / "with-drums.mid").write_bytes(drummed)
    for kind in KINDS:
        copy = corrupt(drummed if kind == "drums removed" else data, kind, options.seed)
        if copy is None:
            print(json.dumps({"kind": kind, "applies": False}))
            continue
        (options.folder / f"{kind.replace(' ', '-')}.mid").write_bytes(copy.midi)
        written = read_midi(copy.midi)
        told = {"kinds": copy.kinds, "semitones": copy.semitones, "tempo": round(copy.tempo, 3)}
        length = {"notes": len(written.notes), "duration_s": round(written.duration_s, 2)}
        print(json.dumps({"kind": kind, "applies": True, **told, **length}))


def corrupt(data: bytes, kind: str, seed: int) -> Corrupted | None:
    """Make a corrupted copy of a MIDI file.

    Parameters
    ----------
    data : bytes
        A Standard MIDI File.
    kind : str
        One of `KINDS`.
    seed : int
        The same file, kind and seed give the same copy.

    Returns
    -------
    Corrupted or None
        None where the kind does not apply: a file without drums, with one track, already quantised.

    Raises
    ------
    ValueError
        If there is no such kind, or `data` is no MIDI file or has no notes.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no kind {kind}; choose from {', '.join(KINDS)}")
    rng = np.random.default_rng([seed, zlib.crc32(kind.encode()), zlib.crc32(data)])
    wanted, n_kinds = ([kind], 1) if kind != THREE_AT_ONCE else (rng.permutation(list(CORRUPTIONS)), 3)
    music, semitones, tempo, kinds = _apply(Edited(_read_music(data)), wanted, n_kinds, rng)
    if len(kinds) < n_kinds:
        return None
    return Corrupted(midi=_write(music), kinds=kinds, semitones=semitones, tempo=tempo)


def add_drums(data: bytes, seed: int) -> bytes:
    """Add drums to a MIDI file, for ``drums removed`` to take them away again; the notes alone are kept.

    The drummer plays bars of four at the file's tempo, whether or not the music follows it.
    """
    return _write(rearrange.add_drums(_read_music(data), np.random.default_rng([seed, zlib.crc32(data)])))


def make_duplicates(originals: Mapping[str, bytes], rng: Rng) -> list[Member]:
    """Make a collection of originals and copies, in random order under names that say nothing.

    Two fifths of the originals stay alone; the others have one to four copies, each of a relation drawn at
    random. All copies are written anew: other ticks a beat, format, order of tracks and texts. Half of those
    with identical notes keep the tempo map, the pedal and all else but texts; the others hold notes alone.

    Parameters
    ----------
    originals : mapping of str to bytes
        MIDI files by name, no two of one composition; mido must be able to read them.
    rng : numpy.random.Generator
        The same originals and the same generator give the same collection.
    """
    members = []
    alone = set(rng.permutation(list(originals))[: round(ALONE_SHARE * len(originals))].tolist())
    for name, data in originals.items():
        members.append(Member(midi=data, composition=name, relation="original"))
        if name not in alone:
            n_copies = int(rng.integers(1, MOST_COPIES + 1))
            members += [_make_copy(name, data, rng) for _ in range(n_copies)]
    order = rng.permutation(len(members)).tolist()
    return [replace(members[at], name=f"{number:06d}.mid") for number, at in enumerate(order)]


def _change_key(music: Music, rng: Rng) -> Edited | None:
    if music.is_drum.all():
        return None
    semitones = int(rng.choice([*range(-MOST_SEMITONES, 0), *range(1, MOST_SEMITONES + 1)]))
    return Edited(transpose(music, semitones), semitones=semitones)


def _change_tempo(music: Music, rng: Rng) -> Edited:
    tempo = 1.0
    while abs(tempo - 1) < LEAST_TEMPO_CHANGE:
        tempo = float(np.exp(rng.uniform(*np.log(TEMPI))))
    played = replace(
        music,
        start_s=music.start_s / tempo,
        end_s=music.end_s / tempo,
        tempo_s=music.tempo_s / tempo,
        beats_per_minute=music.beats_per_minute * tempo,
        duration_s=music.duration_s / tempo,
    )
    return Edited(played, tempo=tempo)


def _quantise(music: Music, _rng: Rng) -> Edited | None:
    """Move notes to the grid, which lies where most onsets are; of notes that coincide, one stays."""
    grid_s, grid = _lay_grid(music)
    steps = np.interp(music.start_s, grid_s, grid)
    phase = float(np.angle(np.exp(2j * np.pi * steps).mean())) / (2 * np.pi)
    first = np.rint(steps - phase)
    last = np.maximum(np.rint(np.interp(music.end_s, grid_s, grid) - phase), first + 1)
    start_s = np.interp(np.maximum(first + phase, 0.0), grid, grid_s)
    end_s = np.interp(last + phase, grid, grid_s)
    if np.abs(start_s - music.start_s).max() < MOVED_S:
        return None
    moved = replace(music, start_s=start_s, end_s=end_s, duration_s=max(music.duration_s, float(end_s.max())))
    _, kept = np.unique(np.stack([music.track, music.pitch, first]), axis=1, return_index=True)
    return Edited(moved.keep(np.isin(np.arange(music.n_notes), kept)))


def _lay_grid(music: Music) -> tuple[Floats, Floats]:
    """Return moments, and how many sixteenths have passed by each of them; linear in between."""
    last_s = max(float(music.end_s.max()), float(music.tempo_s.max(initial=0.0))) + 10.0
    moments_s = np.concatenate([[0.0], music.tempo_s, [last_s]])
    per_s = np.concatenate([[DEFAULT_BPM], music.beats_per_minute]) / 60
    beats = np.concatenate([[0.0], np.cumsum(np.diff(moments_s) * per_s)])
    onsets = np.interp(music.start_s, moments_s, beats)
    if max(abs(np.exp(2j * np.pi * n * onsets).mean()) for n in (SIXTEENTHS, TRIPLETS)) >= IN_TEMPO:
        return moments_s, SIXTEENTHS * beats
    gaps_s = np.diff(np.unique(music.start_s))
    usual_s = float(np.median(gaps_s[gaps_s > CHORD_S])) if (gaps_s > CHORD_S).any() else GRID_S
    grid_s = GRID_S
    while grid_s > usual_s:
        grid_s /= 2
    return np.array([0.0, last_s]), np.array([0.0, last_s / grid_s])


def _flatten_velocities(music: Music, rng: Rng) -> Edited:
    return Edited(replace(music, velocity=np.full(music.n_notes, rng.integers(*VELOCITIES, endpoint=True))))


def _change_instruments(music: Music, rng: Rng) -> Edited | None:
    """Give every part of every track a program of another family; drums stay."""
    if music.is_drum.all():
        return None
    parts, part = np.unique(np.stack([music.track, music.program]), axis=1, return_inverse=True)
    away = rng.integers(1, PITCHED_FAMILIES, parts.shape[1])
    family = (parts[1] // FAMILY + away) % PITCHED_FAMILIES
    program = FAMILY * family + rng.integers(FAMILY, size=parts.shape[1])
    return Edited(replace(music, program=np.where(music.is_drum, music.program, program[part.ravel()])))


def _drop_track(music: Music, rng: Rng) -> Edited | None:
    tracks = np.unique(music.track[~music.is_drum])
    if tracks.size < 2:
        return None
    return Edited(music.keep(music.track != rng.choice(tracks)))


def _drop_drums(music: Music, _rng: Rng) -> Edited | None:
    if music.is_drum.all() or not music.is_drum.any():
        return None
    return Edited(music.keep(~music.is_drum))


def _cut_third(music: Music, rng: Rng) -> Edited | None:
    """Cut the first or the last third off what sounds: the notes that begin there, and the ends of others."""
    first_s, last_s = float(music.start_s.min()), float(music.end_s.max())
    third_s = (last_s - first_s) / 3
    if rng.random() < 0.5:
        first_s += third_s
    else:
        last_s -= third_s
    inside = music.keep((music.start_s >= first_s) & (music.start_s < last_s))
    if not inside.n_notes:
        return None
    return Edited(
        replace(
            inside,
            start_s=inside.start_s - first_s,
            end_s=np.minimum(inside.end_s, last_s) - first_s,
            tempo_s=np.maximum(inside.tempo_s - first_s, 0.0),
            duration_s=last_s - first_s,
        )
    )


def _drop_notes(music: Music, rng: Rng) -> Edited | None:
    n_dropped = round(SHARE * music.n_notes)
    if not n_dropped:
        return None
    return Edited(music.keep(rng.permutation(music.n_notes) >= n_dropped))


def _add_notes(music: Music, rng: Rng) -> Edited:
    """Add notes like others of their track, but within an octave and somewhat earlier or later."""
    models = rng.integers(music.n_notes, size=max(1, round(SHARE * music.n_notes)))
    interval = rng.integers(1, NEAR_SEMITONES, models.size, endpoint=True) * rng.choice([-1, 1], models.size)
    pitch = music.pitch[models] + interval
    pitch = np.where((pitch < 0) | (pitch > 127), pitch - 2 * interval, pitch)
    drums = np.unique(music.pitch[music.is_drum])
    if drums.size:
        pitch = np.where(music.is_drum[models], rng.choice(drums, models.size), pitch)
    start_s = np.maximum(music.start_s[models] + rng.normal(0.0, NEAR_S, models.size), 0.0)
    end_s = start_s + (music.end_s - music.start_s)[models]
    added = replace(
        music,
        track=music.track[models],
        program=music.program[models],
        is_drum=music.is_drum[models],
        pitch=pitch,
        velocity=music.velocity[models],
        start_s=start_s,
        end_s=end_s,
    )
    return Edited(replace(music.add(added), duration_s=max(music.duration_s, float(end_s.max()))))


#: What is done to music, by kind; None where a kind does not apply.
CORRUPTIONS: dict[str, Callable[[Music, Rng], Edited | None]] = {
    "transposed": _change_key,
    "tempo": _change_tempo,
    "quantised": _quantise,
    "velocities flattened": _flatten_velocities,
    "instruments changed": _change_instruments,
    "track dropped": _drop_track,
    "drums removed": _drop_drums,
    "third cut": _cut_third,
    "notes dropped": _drop_notes,
    "notes added": _add_notes,
}
KINDS = (*CORRUPTIONS, THREE_AT_ONCE)

# What makes a copy one of a relation, and what else may be done to it.
RELATIONS: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "identical notes": ((), ()),
    "same performance re-exported": (
        ("transposed", "tempo"),
        ("transposed", "tempo", "velocities flattened", "instruments changed"),
    ),
    "version": (
        ("quantised", "track dropped", "third cut", "notes dropped", "notes added"),
        tuple(CORRUPTIONS),
    ),
}


def _read_music(data: bytes) -> Music:
    """Read a file's notes, with channels of one track told apart."""
    midi = read_midi(data)
    if not len(midi.notes):
        raise ValueError("the MIDI file has no notes")
    return replace(from_midi(midi), track=midi.notes.track.astype(np.int64) * 16 + midi.notes.channel)


def _write(music: Music) -> bytes:
    """Write notes; a part of the file is what one track plays on one program."""
    _, part = np.unique(np.stack([music.track, music.program]), axis=1, return_inverse=True)
    times = (music.start_s, music.end_s)
    return write_notes(music.pitch, music.velocity, *times, music.program, music.is_drum, part.ravel())


def _apply(edited: Edited, wanted: npt.ArrayLike, n_wanted: int, rng: Rng) -> Edited:
    """Do the first `n_wanted` kinds that apply and are not done yet."""
    n_kinds = len(edited.kinds) + n_wanted
    for kind in np.asarray(wanted).tolist():
        music, semitones, tempo, kinds = edited
        if len(kinds) < n_kinds and kind not in kinds and (more := CORRUPTIONS[kind](music, rng)) is not None:
            edited = Edited(more.music, semitones + more.semitones, tempo * more.tempo, (*kinds, kind))
    return edited


def _make_copy(name: str, data: bytes, rng: Rng) -> Member:
    relation = str(rng.choice(list(RELATIONS)))
    needed, others = RELATIONS[relation]
    edited = Edited(_read_music(data))
    if needed:
        edited = _apply(edited, rng.permutation(needed), 1, rng)
        edited = _apply(edited, rng.permutation(others), int(rng.integers(MOST_KINDS)), rng)
    copied = data if not needed and rng.random() < 0.5 else _write(edited.music)
    return Member(
        midi=_rewrite(copied, rng),
        kinds=edited.kinds,
        semitones=edited.semitones,
        tempo=edited.tempo,
        composition=name,
        relation=relation,
    )


def _rewrite(data: bytes, rng: Rng) -> bytes:
    """Write a MIDI file anew: other ticks a beat, tracks joined, split or in another order, other texts."""
    file = mido.MidiFile(file=io.BytesIO(data), clip=True)
    division = int(rng.choice([one for one in DIVISIONS if one != file.ticks_per_beat]))
    tracks = [_list_events(track, division / file.ticks_per_beat) for track in file.tracks]
    channels = [{_get_channel(event) for _, event in track} - {NO_CHANNEL} for track in tracks]
    if len(tracks) == 1 and rng.random() < 0.5:
        own = [NO_CHANNEL, *channels[0]]
        tracks = [[one for one in tracks[0] if _get_channel(one[1]) == channel] for channel in own]
    # On one channel, notes of two tracks would end each other, and programs would change places.
    elif sum(map(len, channels)) == len(set().union(*channels)) and rng.random() < 0.5:
        tracks = [sorted((one for track in tracks for one in track), key=lambda one: one[0])]
    order = [0, *(1 + rng.permutation(len(tracks) - 1)).tolist()]  # the first holds the tempo map
    made = [_make_track(tracks[number], f"Track {rng.integers(1000)}") for number in order]
    out = io.BytesIO()
    written = mido.MidiFile(type=min(1, len(made) - 1), ticks_per_beat=division, tracks=made)
    written.save(file=out)
    return out.getvalue()


def _list_events(track: mido.MidiTrack, factor: float) -> list[Event]:
    """List a track's events by their ticks times a factor, without texts and the end of the track."""
    ticks = np.cumsum([event.time for event in track], dtype=np.int64)
    scaled = np.rint(ticks * factor).astype(np.int64).tolist()
    return [one for one in zip(scaled, track, strict=True) if one[1].type not in TEXTS]


def _get_channel(event: mido.Message) -> int:
    return int(getattr(event, "channel", NO_CHANNEL))


def _make_track(events: list[Event], name: str) -> mido.MidiTrack:
    waits = np.diff([tick for tick, _ in events], prepend=0).tolist()
    named = mido.MetaMessage("track_name", name=name)
    return mido.MidiTrack(
        [named, *(event.copy(time=wait) for (_, event), wait in zip(events, waits, strict=True))]
    )


if __name__ == "__main__":
    main()
