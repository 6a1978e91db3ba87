"""Recordings to train on that a run has matched: real ones, with the alignment that the run found."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from lakhdb.kernels.constant_q import FRAME_S
from lakhdb.sql import read_query

from ..errors import InputError
from ..features import read_frames
from ..store import Store
from .pool import PoolRecording, Source

__all__ = ["LEAST_CONFIDENCE", "read_matched"]

# A wrong pair teaches what is wrong: only the surest are believed.
LEAST_CONFIDENCE = 0.9
# A shorter stretch says too little of a window of 30 s.
SHORTEST_S = 15.0
CHUNK = 256


def read_matched(store: Store, run_id: int) -> list[PoolRecording]:
    """Read the pairs that a run accepted with a confidence of `LEAST_CONFIDENCE` or more.

    Files and recordings that are linked by such pairs count as one composition.

    Raises
    ------
    InputError
        If the run accepted no such pair.
    """
    with store.reading() as con:
        parameters = {"run_id": run_id, "floor": LEAST_CONFIDENCE}
        rows = con.sql(read_query("train/list_accepted_pairs"), params=parameters).to_arrow_table()
        composition = _join_pairs(rows)
        recordings = []
        for start in range(0, rows.num_rows, CHUNK):
            part = rows.slice(start, CHUNK)
            frames = read_frames(con, "audio", sorted(set(part["audio_seq"].to_pylist())))
            for row in part.to_pylist():
                name = f"run {run_id}/{composition[row['midi_seq']]}"
                recording = _cut(row, frames.get(row["audio_seq"]), name)
                if recording is not None:
                    recordings.append(recording)
    if not recordings:
        raise InputError(
            f"run {run_id} accepted no pair with a confidence of {LEAST_CONFIDENCE} or more; name another."
        )
    return recordings


def _cut(row: dict[str, object], frames: object, composition: str) -> PoolRecording | None:
    """Return the part of a recording that is aligned; before and after it, nothing is known."""
    if not isinstance(frames, np.ndarray):
        return None
    audio_s, midi_s = np.asarray(row["audio_s"], np.float64), np.asarray(row["midi_s"], np.float64)
    first, past = int(np.ceil(audio_s[0] / FRAME_S)), int(audio_s[-1] / FRAME_S) + 1
    if (past - first) * FRAME_S < SHORTEST_S:
        return None
    source = Source(str(row["midi_path"]), midi_s)
    return PoolRecording(composition, "train", frames[first:past], audio_s - first * FRAME_S, (source,))


def _join_pairs(rows: pa.Table) -> dict[int, int]:
    """Return for each MIDI file the least one that it is linked with through recordings."""
    midi: Sequence[int] = rows["midi_seq"].to_pylist()
    audio: Sequence[int] = rows["audio_seq"].to_pylist()
    least = {seq: seq for seq in midi}
    changed = True
    while changed:
        by_audio: dict[int, int] = {}
        for one, other in zip(midi, audio, strict=True):
            by_audio[other] = min(by_audio.get(other, least[one]), least[one])
        joined = {seq: least[seq] for seq in midi}
        for one, other in zip(midi, audio, strict=True):
            joined[one] = min(joined[one], by_audio[other])
        changed, least = joined != least, joined
    return least
