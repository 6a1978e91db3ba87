"""The notes of a MIDI file as evaluation edits and renders them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from lakhdb.kernels.constant_q import count_frames
from lakhdb.kernels.midi_file import MidiFile
from lakhdb.kernels.piano_roll import render_piano_roll
from lakhdb.kernels.render import render_notes
from lakhdb.sql import read_query

__all__ = ["Music", "from_midi", "read_music"]

Frames = npt.NDArray[np.uint8]

NOTE_COLUMNS = ("track", "program", "is_drum", "pitch", "velocity", "start_s", "end_s")


@dataclass(frozen=True, eq=False)
class Music:
    """Notes as parallel arrays, and the tempi that they were written in.

    Attributes
    ----------
    track, program, pitch, velocity : int64, shape (n_notes,)
    is_drum : bool, shape (n_notes,)
    start_s, end_s : float64, shape (n_notes,)
    tempo_s, beats_per_minute : float64, shape (n_tempi,)
        From when on which tempo counts; may be empty.
    duration_s : float
    """

    track: npt.NDArray[np.int64]
    program: npt.NDArray[np.int64]
    is_drum: npt.NDArray[np.bool_]
    pitch: npt.NDArray[np.int64]
    velocity: npt.NDArray[np.int64]
    start_s: npt.NDArray[np.float64]
    end_s: npt.NDArray[np.float64]
    tempo_s: npt.NDArray[np.float64]
    beats_per_minute: npt.NDArray[np.float64]
    duration_s: float

    @property
    def n_notes(self) -> int:
        """How many notes there are."""
        return self.pitch.size

    def keep(self, wanted: npt.NDArray[np.bool_]) -> "Music":
        """Return the music with these notes alone."""
        columns: dict[str, Any] = {name: getattr(self, name)[wanted] for name in NOTE_COLUMNS}
        return replace(self, **columns)

    def add(self, other: "Music") -> "Music":
        """Return the music with the notes of another played along; tempi and length stay."""
        columns: dict[str, Any] = {
            name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in NOTE_COLUMNS
        }
        return replace(self, **columns)

    def render(self) -> Frames:
        """Render to quantised constant-Q as ingest does, shape (n_frames, 72)."""
        frames, _ = render_notes(
            self.pitch,
            self.velocity,
            self.start_s,
            self.end_s,
            self.program,
            self.is_drum,
            self.duration_s,
        )
        return frames

    def render_roll(self) -> Frames:
        """Render to a piano roll with the same frames and semitones."""
        return render_piano_roll(
            self.pitch,
            self.velocity,
            self.start_s,
            self.end_s,
            self.is_drum,
            count_frames(self.duration_s),
        )


def from_midi(midi: MidiFile) -> Music:
    """Take the notes and tempi of a MIDI file."""
    return _make(
        {name: getattr(midi.notes, name) for name in NOTE_COLUMNS},
        midi.tempos.time_s,
        6e7 / midi.tempos.us_per_quarter,
        midi.duration_s,
    )


def read_music(
    con: duckdb.DuckDBPyConnection, midi_seqs: Sequence[int], durations_s: Sequence[float]
) -> list[Music]:
    """Read the notes and tempi of items, which last so many seconds each."""
    parameters = {"seqs": list(midi_seqs)}
    notes = con.sql(read_query("features/read_whole_notes"), params=parameters).fetchnumpy()
    tempi = con.sql(read_query("evaluate/read_tempi"), params=parameters).fetchnumpy()
    music = []
    for seq, duration_s in zip(midi_seqs, durations_s, strict=True):
        mine = slice(*np.searchsorted(notes["midi_seq"], [seq, seq + 1]))
        in_force = slice(*np.searchsorted(tempi["midi_seq"], [seq, seq + 1]))
        music.append(
            _make(
                {name: notes[name][mine] for name in NOTE_COLUMNS},
                tempi["time_s"][in_force],
                tempi["beats_per_minute"][in_force],
                duration_s,
            )
        )
    return music


def _make(
    notes: dict[str, npt.ArrayLike],
    tempo_s: npt.ArrayLike,
    beats_per_minute: npt.ArrayLike,
    duration_s: float,
) -> Music:
    kinds: dict[str, type] = {"is_drum": np.bool_, "start_s": np.float64, "end_s": np.float64}
    columns: dict[str, Any] = {
        name: np.asarray(notes[name], kinds.get(name, np.int64)) for name in NOTE_COLUMNS
    }
    return Music(
        **columns,
        tempo_s=np.asarray(tempo_s, np.float64),
        beats_per_minute=np.asarray(beats_per_minute, np.float64),
        duration_s=float(duration_s),
    )
