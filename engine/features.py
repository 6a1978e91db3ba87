"""Features of an item: how they are computed, and how they and what models make of them are read back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt

from lakhdb.kernels.constant_q import N_BINS, quantise
from lakhdb.kernels.long_constant_q import stream_constant_q
from lakhdb.kernels.midi_file import MidiFile
from lakhdb.kernels.render import render_notes
from lakhdb.sql import read_query

from .models import choose_model

__all__ = [
    "FEATURE_VERSION",
    "Features",
    "Windows",
    "compute_audio_features",
    "compute_midi_features",
    "compute_streamed_features",
    "read_frames",
    "read_hashes",
    "read_notes",
    "read_windows",
]

# Raised whenever the same file would give other constant-Q frames.
FEATURE_VERSION = "constant-q-1"


@dataclass(frozen=True)
class Features:
    """An item in the constant-Q plane, from which models derive all else.

    Attributes
    ----------
    frames : uint8, shape (n_frames, 72)
        Log magnitudes, 80 dB below `reference_db` to 255 at it.
    reference_db : float
        Level of the loudest bin, decibels.
    """

    frames: npt.NDArray[np.uint8]
    reference_db: float


@dataclass(frozen=True)
class Windows:
    """Rows of the embeddings table of one side and model, in order of `window_id`.

    Attributes
    ----------
    window_id, item_seq : int64, shape (n,)
    start_frame : int32, shape (n,)
    vectors : float32, shape (n, dimension)
    """

    window_id: npt.NDArray[np.int64]
    item_seq: npt.NDArray[np.int64]
    start_frame: npt.NDArray[np.int32]
    vectors: npt.NDArray[np.float32]


def compute_midi_features(midi: MidiFile) -> Features:
    """Render the notes of a MIDI file into the constant-Q plane."""
    notes = midi.notes
    rendered = render_notes(
        notes.pitch,
        notes.velocity,
        notes.start_s,
        notes.end_s,
        notes.program,
        notes.is_drum,
        midi.duration_s,
    )
    return Features(*rendered)


def compute_audio_features(samples: npt.NDArray[np.float32], sample_rate: int) -> Features:
    """Compute the features of a recording: mono samples, shape (n,), at `sample_rate` hertz."""
    return compute_streamed_features([samples], sample_rate)


def compute_streamed_features(blocks: Iterable[npt.NDArray[np.float32]], sample_rate: int) -> Features:
    """Compute the same of samples that come in blocks, which need not fit into memory together."""
    return Features(*quantise(stream_constant_q(blocks, sample_rate)))


def read_frames(
    con: duckdb.DuckDBPyConnection, side: str, seqs: Sequence[int]
) -> dict[int, npt.NDArray[np.uint8]]:
    """Read constant-Q frames by item number; items without frames of this version are left out."""
    parameters = {"side": side, "version": FEATURE_VERSION, "seqs": list(seqs)}
    rows = con.sql(read_query("features/read_frames"), params=parameters).to_arrow_table()
    frames = {}
    for seq, blob in zip(rows["item_seq"].to_pylist(), rows["frames"], strict=True):
        frames[seq] = np.frombuffer(blob.as_buffer(), np.uint8).reshape(-1, N_BINS)
    return frames


def read_notes(
    con: duckdb.DuckDBPyConnection, seqs: Sequence[int]
) -> dict[int, tuple[npt.NDArray[np.float64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]]:
    """Read start_s, pitch and is_drum of the notes of MIDI files, by item number and beginning."""
    rows = con.execute(read_query("features/read_notes"), {"seqs": list(seqs)}).fetchnumpy()
    owners, firsts = np.unique(rows["midi_seq"], return_index=True)
    columns = (
        rows["start_s"].astype(np.float64),
        rows["pitch"].astype(np.int64),
        rows["is_drum"].astype(np.bool_),
    )
    cut = [np.split(np.asarray(column), firsts)[1:] for column in columns]
    return dict(zip(owners.tolist(), zip(*cut, strict=True), strict=True))


def read_hashes(
    con: duckdb.DuckDBPyConnection, side: str, seqs: Sequence[int]
) -> dict[int, npt.NDArray[np.uint32]]:
    """Read hash sequences by item number; items without one by the model in use are left out."""
    parameters = {"side": side, "version": choose_model().version, "seqs": list(seqs)}
    rows = con.sql(read_query("features/read_hashes"), params=parameters).to_arrow_table()
    hashes = rows["hashes"]
    return {
        seq: hashes[row].values.to_numpy(zero_copy_only=False)
        for row, seq in enumerate(rows["item_seq"].to_pylist())
    }


def read_windows(con: duckdb.DuckDBPyConnection, side: str) -> Windows:
    """Read all window vectors of one side by the model in use."""
    model = choose_model()
    parameters = {"side": side, "version": model.version}
    rows = con.sql(read_query("features/read_windows"), params=parameters).to_arrow_table()
    flat = rows["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return Windows(
        rows["window_id"].to_numpy(),
        rows["item_seq"].to_numpy(),
        rows["start_frame"].to_numpy(),
        np.ascontiguousarray(flat, np.float32).reshape(-1, model.dimension),
    )
