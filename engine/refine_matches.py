"""Refining the alignments of matches: the recordings are read again, for their features are too coarse."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt

from lakhdb.kernels.onsets import compute_onsets
from lakhdb.sql import read_query

from .alignment import Trace
from .features import read_notes
from .ingest.audio import LARGEST_BYTES
from .ingest.decode import Decoder, UnusableError
from .ingest.scan import Archives, UnreadableError, read_bytes
from .refine import refine_trace
from .stderr import mute_stderr
from .workers import count_cores

__all__ = ["PlacedPair", "refine_placed"]

# Of a longer recording, onsets take more than 200 MB: its alignments stay as they are.
LONGEST_S = 3600.0


@dataclass(frozen=True)
class PlacedPair:
    """A pair whose path is known by frames of 46 ms.

    Attributes
    ----------
    midi_seq, audio_seq : int
    transposition : int
        Semitones by which the MIDI was raised to fit.
    trace : Trace
    """

    midi_seq: int
    audio_seq: int
    transposition: int
    trace: Trace


def refine_placed(con: duckdb.DuckDBPyConnection, pairs: Sequence[PlacedPair]) -> list[Trace]:
    """Refine the paths of pairs, in their order; one stays as it is where the recording cannot be read.

    Recordings are taken to be what they were when they came in: a file whose bytes have changed is not read.
    """
    if not pairs:  # in most batches of a large collection: nothing has to be read
        return []
    by_audio: dict[int, list[int]] = defaultdict(list)
    for at, pair in enumerate(pairs):
        by_audio[pair.audio_seq].append(at)
    parameters = {"seqs": list(by_audio)}
    files: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for seq, audio_id, path in con.execute(read_query("paths/list_audio_paths"), parameters).fetchall():
        files[seq].append((os.fsdecode(path), audio_id))
    notes = read_notes(con, sorted({pair.midi_seq for pair in pairs}))
    traces = [pair.trace for pair in pairs]

    def refine(seq: int) -> None:
        onsets = _read_onsets(files[seq])
        if onsets is None:
            return
        for at in by_audio[seq]:
            pair = pairs[at]
            if pair.midi_seq in notes:
                start_s, pitch, is_drum = notes[pair.midi_seq]
                traces[at] = refine_trace(start_s, pitch + pair.transposition, is_drum, pair.trace, onsets)

    with mute_stderr(), ThreadPoolExecutor(count_cores()) as threads:
        list(threads.map(refine, list(by_audio)))
    return traces


def _read_onsets(files: Iterable[tuple[str, str]]) -> npt.NDArray[np.float32] | None:
    """Compute the onsets of the first of some paths that still holds the bytes with the MD5 beside it."""
    archives = Archives()
    try:
        for path, audio_id in files:
            try:
                data = read_bytes(path, LARGEST_BYTES, archives)
                if hashlib.md5(data, usedforsecurity=False).hexdigest() != audio_id:
                    continue
                decoder = Decoder(data)
                blocks = []
                for block in decoder.decode():
                    blocks.append(block)
                    if decoder.duration_s > LONGEST_S:
                        return None
            except (UnreadableError, UnusableError):
                continue  # it was read when it came in; the alignment says that it is not refined
            return compute_onsets(np.concatenate(blocks), decoder.sample_rate)
        return None
    finally:
        archives.close()
