"""What MIDI files are compared with each other by: slices of their notes, window vectors and fingerprints."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lakhdb.kernels.midi_file import Notes
from lakhdb.kernels.note_slices import (
    BEGINNING,
    N_BINS,
    SOUNDING,
    Slices,
    hold_slices,
    raise_slices,
    slice_drums,
    slice_notes,
)
from lakhdb.kernels.note_windows import compute_note_vectors
from lakhdb.schema import PART_SCHEMAS
from lakhdb.sql import read_query

from .part_rows import build_lists

__all__ = [
    "NOTE_VERSION",
    "SPACES",
    "TRACKS",
    "NoteArrays",
    "NoteDescription",
    "SlicedVoice",
    "Space",
    "Voice",
    "describe_notes",
    "read_note_arrays",
    "read_voices",
    "tabulate_voices",
]

# Raised whenever the same notes would give other slices, vectors or fingerprints.
NOTE_VERSION = "note-slices-2"

# All notes with a pitch, all drums, and each of the tracks with the most notes by itself: where a track was
# left out, the others are the same.
Voice = Literal["notes", "drums", "track 1", "track 2", "track 3", "track 4"]
TRACKS: tuple[Voice, ...] = ("track 1", "track 2", "track 3", "track 4")

# Windows are of slices, for all voices, or of steps in time, for notes: slices know no tempo, but an
# accompaniment with more notes has more of them.
Space = Literal["notes", "times", "drums", "tracks"]
SPACES: dict[Voice, tuple[Space, ...]] = {
    "notes": ("notes", "times"),
    "drums": ("drums",),
    **dict.fromkeys(TRACKS, ("tracks",)),
}

# A track with fewer slices is like too many others. Windows of the second track are numbered from 256, and so
# on; what a track has beyond so many, more than 8 000 slices, is left out.
FEWEST_SLICES = 8
TRACK_WINDOWS = 256

# 16 s a window; more than an hour of them is left out.
STEP_S = 0.25
MOST_STEPS = 16_384

# Digits of a fingerprint: of 2^64 there are hardly two alike by chance.
KEY_DIGITS = 16


@dataclass(frozen=True, eq=False)
class SlicedVoice:
    """The notes, the drums or a track of a file, as they are compared.

    Attributes
    ----------
    voice : {"notes", "drums", "track 1", ...}
    time_s : float64, shape (n_slices,)
        When slices begin.
    frames : uint8, shape (n_slices, 48)
        See `lakhdb.kernels.note_slices.Slices`.
    """

    voice: Voice
    time_s: npt.NDArray[np.float64]
    frames: npt.NDArray[np.uint8]

    @property
    def nbytes(self) -> int:
        """Memory that it takes, as arrays call it."""
        return self.time_s.nbytes + self.frames.nbytes

    @property
    def first_window(self) -> int:
        """The number of its first window within its spaces."""
        return TRACKS.index(self.voice) * TRACK_WINDOWS if self.voice in TRACKS else 0

    @property
    def most_windows(self) -> int | None:
        """How many of its windows are numbered."""
        return TRACK_WINDOWS if self.voice in TRACKS else None

    def list_classes(self, space: Space) -> npt.NDArray[np.uint8]:
        """List what the windows of a space are made of: pitch classes, or kinds of drums, shape (n, 12)."""
        if space == "times":
            return self.hold(STEP_S, MOST_STEPS)[:, SOUNDING]
        return self.frames[:, BEGINNING]

    def hold(self, step_s: float, most: int) -> npt.NDArray[np.uint8]:
        """Hold each slice until the next one begins: frames of so many seconds, `most` of them at most."""
        first, last = float(self.time_s[0]), float(self.time_s[-1])
        n_steps = min(int((last - first) / step_s) + 1, most)
        # What begins within a step is heard in it.
        ends_s = first + (np.arange(n_steps, dtype=np.float64) + 0.999) * step_s
        return hold_slices(self.time_s, self.frames, ends_s)

    def choose_step(self, most: int) -> float:
        """Choose seconds for `hold`: the usual distance of slices, or more, for `most` steps to suffice."""
        gaps = np.diff(self.time_s)
        return max(float(np.median(gaps)), float(gaps.sum()) / most) if gaps.size else 1.0

    def transpose(self, semitones: int) -> "SlicedVoice":
        """Raise notes; drums stay as they are."""
        if self.voice == "drums" or semitones % 12 == 0:
            return self
        return SlicedVoice(self.voice, self.time_s, raise_slices(self.frames, semitones))


@dataclass(frozen=True, eq=False)
class NoteArrays:
    """The notes of a file, one or more, by their beginnings.

    Attributes
    ----------
    start_s, end_s : float64, shape (n_notes,)
    pitch, velocity, program, track : integers, shape (n_notes,)
    is_drum : bool, shape (n_notes,)
    """

    start_s: npt.NDArray[np.float64]
    end_s: npt.NDArray[np.float64]
    pitch: npt.NDArray[np.integer]
    velocity: npt.NDArray[np.integer]
    program: npt.NDArray[np.integer]
    track: npt.NDArray[np.integer]
    is_drum: npt.NDArray[np.bool_]

    @classmethod
    def take(cls, notes: Notes) -> "NoteArrays":
        """Take the notes of a file that was read."""
        return cls(*(getattr(notes, field.name) for field in fields(cls)))


@dataclass(frozen=True, eq=False)
class NoteDescription:
    """What is compared of a file.

    Attributes
    ----------
    voices : tuple of SlicedVoice
        Its notes and its drums, whichever there are, and its tracks, if it has two or more with a pitch.
    chord_key, interval_key : str
        Fingerprints, equal for equal files: which pitches begin together, in their order. Neither knows of
        times, velocities or instruments. The second takes pitches from the lowest of the first slice and
        leaves drums out, unless there is nothing else: it is the same in every key.
    """

    voices: tuple[SlicedVoice, ...]
    chord_key: str
    interval_key: str


def describe_notes(notes: NoteArrays) -> NoteDescription:
    """Slice the notes, drums and tracks of a file and take their fingerprints."""
    sliced: dict[Voice, Slices] = {}
    pitched, drums = ~notes.is_drum, notes.is_drum
    if pitched.any():
        sliced["notes"] = slice_notes(notes.start_s[pitched], notes.end_s[pitched], notes.pitch[pitched])
    if drums.any():
        sliced["drums"] = slice_drums(notes.start_s[drums], notes.pitch[drums])
    spelt = [_spell(notes.pitch[notes.is_drum == (voice == "drums")], one) for voice, one in sliced.items()]
    main = spelt[0]
    root = int(main[0, 1]) if "notes" in sliced else 0
    sliced.update(_slice_tracks(notes))
    return NoteDescription(
        tuple(SlicedVoice(voice, one.time_s, one.frames) for voice, one in sliced.items()),
        _digest(np.concatenate(spelt)),
        _digest(main - np.array([0, root], np.int32)),
    )


def _slice_tracks(notes: NoteArrays) -> dict[Voice, Slices]:
    """Slice the tracks with the most notes; in a file of a single track, the instruments."""
    pitched = np.flatnonzero(~notes.is_drum)
    for owner in (notes.track[pitched], notes.program[pitched]):
        owners, sizes = np.unique(owner, return_counts=True)
        if owners.size > 1:
            break
    else:
        return {}
    tracks = [pitched[owner == one] for one in owners[np.argsort(-sizes, kind="stable")][: len(TRACKS)]]
    sliced = [slice_notes(notes.start_s[at], notes.end_s[at], notes.pitch[at]) for at in tracks]
    long = [one for one in sliced if one.time_s.size >= FEWEST_SLICES]
    return dict(zip(TRACKS, long, strict=False))


def tabulate_voices(voices: Sequence[SlicedVoice]) -> dict[str, pa.Table]:
    """Build the rows of a file for the parts of slices and windows, without the column `midi_seq`."""
    spaces = [(space, one) for one in voices for space in SPACES[one.voice]]
    vectors = [compute_note_vectors(one.list_classes(space))[: one.most_windows] for space, one in spaces]
    sizes = [len(one) for one in vectors]
    slices = {
        "version": [NOTE_VERSION] * len(voices),
        "voice": [one.voice for one in voices],
        "times_s": [one.time_s for one in voices],
        "frames": [one.frames.tobytes() for one in voices],
    }
    windows = {
        "version": [NOTE_VERSION] * sum(sizes),
        "space": np.repeat([space for space, _ in spaces], sizes),
        "window": np.concatenate(
            [one.first_window + np.arange(size) for (_, one), size in zip(spaces, sizes, strict=True)]
        ),
        "vector": build_lists([vector for one in vectors for vector in one], np.float32),
    }
    return {"note_slices": _build("note_slices", slices), "note_windows": _build("note_windows", windows)}


def read_voices(con: duckdb.DuckDBPyConnection, seqs: Sequence[int]) -> dict[int, dict[Voice, SlicedVoice]]:
    """Read the voices of some MIDI files by item number; those without any are left out."""
    parameters = {"version": NOTE_VERSION, "seqs": list(seqs)}
    rows = con.sql(read_query("similar/read_slices"), params=parameters).to_arrow_table()
    columns = (rows["midi_seq"].to_pylist(), rows["voice"].to_pylist(), rows["times_s"], rows["frames"])
    voices: dict[int, dict[Voice, SlicedVoice]] = {}
    for seq, voice, times, frames in zip(*columns, strict=True):
        voices.setdefault(seq, {})[voice] = SlicedVoice(
            voice,
            times.values.to_numpy(zero_copy_only=False),
            np.frombuffer(frames.as_buffer(), np.uint8).reshape(-1, N_BINS),
        )
    return voices


def read_note_arrays(con: duckdb.DuckDBPyConnection, seqs: Sequence[int]) -> dict[int, NoteArrays]:
    """Read the notes of some MIDI files by item number; files without any are left out."""
    rows = con.execute(read_query("features/read_whole_notes"), {"seqs": list(seqs)}).fetchnumpy()
    owners, firsts = np.unique(rows["midi_seq"], return_index=True)
    columns = [np.split(np.asarray(rows[field.name]), firsts)[1:] for field in fields(NoteArrays)]
    return {int(seq): NoteArrays(*cut) for seq, *cut in zip(owners, *columns, strict=True)}


def _spell(pitch: npt.NDArray[np.integer], sliced: Slices) -> npt.NDArray[np.int32]:
    """List slice and pitch of each note, shape (n, 2), by slice and pitch."""
    owner = sliced.slice_of_note.astype(np.int32)
    order = np.lexsort((pitch, owner))
    return np.stack([owner[order], pitch[order].astype(np.int32)], axis=1)


def _digest(chords: npt.NDArray[np.int32]) -> str:
    data = np.ascontiguousarray(chords, "<i4").tobytes()
    return f"{NOTE_VERSION}:{hashlib.blake2b(data, digest_size=KEY_DIGITS // 2).hexdigest()}"


def _build(kind: str, columns: dict[str, object]) -> pa.Table:
    schema = PART_SCHEMAS[kind].remove(0)
    return pa.table([pa.array(columns[field.name], field.type) for field in schema], schema=schema)
