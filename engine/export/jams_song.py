"""MIDI files as a database keeps them, for data sets: notes, and what the events say."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb
import numpy as np
import numpy.typing as npt

from lakhdb.sql import read_query

__all__ = ["Lyric", "Song", "SongNotes", "read_songs"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Of keys at one time, on several tracks, C major is the least likely: it stands where nobody chose.
C_MAJOR = "C major"

Lyric = tuple[float, int, str]  # seconds, track, text


@dataclass(frozen=True, eq=False)
class SongNotes:
    """Notes as arrays of one length, by beginning; times in seconds."""

    start_s: Floats
    end_s: Floats
    pitch: Ints
    track: Ints
    program: Ints
    is_drum: npt.NDArray[np.bool_]

    def take(self, which: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> "SongNotes":
        """Return the notes at some positions, or those that a mask marks."""
        return SongNotes(**{name: column[which] for name, column in vars(self).items()})


@dataclass(frozen=True, eq=False)
class Song:
    """A MIDI file; times are seconds into it.

    Attributes
    ----------
    notes : SongNotes
    tempos : list of (time_s, quarter notes a minute)
    metres : list of (time_s, text such as ``3/4``)
    keys : list of (time_s, text such as ``F# minor``), one at a time
    lyrics : list of (time_s, track, text)
    track_names : dict of int to str
    """

    notes: SongNotes
    tempos: list[tuple[float, float]] = field(default_factory=list)
    metres: list[tuple[float, str]] = field(default_factory=list)
    keys: list[tuple[float, str]] = field(default_factory=list)
    lyrics: list[Lyric] = field(default_factory=list)
    track_names: dict[int, str] = field(default_factory=dict)


def read_songs(con: duckdb.DuckDBPyConnection, seqs: Sequence[int]) -> dict[int, Song]:
    """Read MIDI items by their numbers; one without notes is left out."""
    songs = {seq: Song(notes) for seq, notes in _read_notes(con, seqs).items()}
    keys: dict[int, dict[float, str]] = defaultdict(dict)
    rows = con.execute(read_query("export/read_jams_events"), {"seqs": list(seqs)}).fetchall()
    for seq, kind, track, time_s, value, text in rows:
        song = songs.get(seq)
        if song is None:
            continue
        if kind == "tempo" and value:
            song.tempos.append((time_s, value))
        elif kind == "time_signature" and text:
            song.metres.append((time_s, text))
        elif kind == "key_signature" and text and (text != C_MAJOR or time_s not in keys[seq]):
            keys[seq][time_s] = text
        elif kind == "lyric" and text and text.strip():
            song.lyrics.append((time_s, track, text))
        elif kind == "track_name" and text and text.strip():
            song.track_names.setdefault(track, text.strip())
    for seq, known in keys.items():
        songs[seq].keys.extend(sorted(known.items()))
    return songs


def _read_notes(con: duckdb.DuckDBPyConnection, seqs: Sequence[int]) -> dict[int, SongNotes]:
    rows = con.execute(read_query("features/read_whole_notes"), {"seqs": list(seqs)}).fetchnumpy()
    notes = SongNotes(
        start_s=np.asarray(rows["start_s"], np.float64),
        end_s=np.asarray(rows["end_s"], np.float64),
        pitch=np.asarray(rows["pitch"], np.int64),
        track=np.asarray(rows["track"], np.int64),
        program=np.asarray(rows["program"], np.int64),
        is_drum=np.asarray(rows["is_drum"], np.bool_),
    )
    owners, firsts = np.unique(rows["midi_seq"], return_index=True)
    lasts = np.append(firsts, len(rows["midi_seq"]))[1:]
    return {
        int(seq): notes.take(np.arange(first, last))
        for seq, first, last in zip(owners, firsts, lasts, strict=True)
    }
