"""The pairs that have been accepted and aligned, as every export takes them."""

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt

from lakhdb.sql import read_query

__all__ = ["AcceptedPair", "list_accepted"]

# Rows that are Python's for a moment: lists of numbers take many times the memory of arrays.
BATCH = 1024


@dataclass(frozen=True, eq=False)
class AcceptedPair:
    """A MIDI file and a recording of the same composition.

    Attributes
    ----------
    midi_seq, audio_seq : int
        Numbers of the items.
    midi_id, audio_id : str
        MD5 of their bytes.
    track_id : str or None
        What a list of metadata calls the recording.
    midi_path, audio_path : str
        As the database writes them: absolute, escaped where not UTF-8; ``a.zip!/x.mid`` in an archive.
    score, confidence : float
        0 to 1.
    transposition : int
        Semitones by which the MIDI file is raised to fit.
    run_id : int
    midi_s, audio_s : float64, shape (n,)
        Breakpoints of the alignment, seconds, never falling.
    """

    midi_seq: int
    audio_seq: int
    midi_id: str
    audio_id: str
    track_id: str | None
    midi_path: str
    audio_path: str
    score: float
    confidence: float
    transposition: int
    run_id: int
    midi_s: npt.NDArray[np.float64]
    audio_s: npt.NDArray[np.float64]

    @property
    def name(self) -> str:
        """What the recording is called in data sets: its track id, or the MD5 of its bytes."""
        return self.track_id or self.audio_id


def list_accepted(con: duckdb.DuckDBPyConnection, min_confidence: float = 0.0) -> list[AcceptedPair]:
    """List the accepted pairs, by recording, the most confident first."""
    rows = con.sql(read_query("export/list_accepted"), params={"min_confidence": min_confidence})
    return [
        AcceptedPair(**{**row, **{name: np.asarray(row[name], np.float64) for name in ("midi_s", "audio_s")}})
        for batch in rows.to_arrow_reader(BATCH)
        for row in batch.to_pylist()
    ]
