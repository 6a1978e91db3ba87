"""Rank the items of one side by how well they fit a file or an item."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lakhdb.kernels.constant_q import FRAME_S
from lakhdb.sql import read_query

from .candidate_evidence import gather_evidence
from .cascade import run_cascade
from .confidence import estimate_confidence
from .device import choose_device
from .embed import list_lacks
from .errors import InputError, MissingEmbeddingError
from .feature_cache import FeatureCache
from .features import compute_audio_features, compute_midi_features, read_frames
from .index_files import load_index
from .ingest.audio import load_audio
from .ingest.midi import load_midi
from .ingest.scan import AUDIO_SUFFIXES, MIDI_SUFFIXES
from .models import Side, choose_model
from .pairs import Pairs, Probe, place_pair
from .progress import Progress
from .reader import FeatureReader
from .runs import list_items
from .store import Store

__all__ = ["load_frames", "rank_items", "read_item_frames"]


def load_frames(path: Path) -> tuple[Side, npt.NDArray[np.uint8]]:
    """Read a file that need not be in the database; return its side and its frames.

    Raises
    ------
    InputError
        If it cannot be used.
    """
    if path.suffix.lower() in MIDI_SUFFIXES:
        midi, _ = load_midi(path)
        return "midi", compute_midi_features(midi).frames
    if path.suffix.lower() in AUDIO_SUFFIXES:
        recording = load_audio(path)
        return "audio", compute_audio_features(recording.samples, recording.sample_rate).frames
    known = " ".join(sorted(MIDI_SUFFIXES | AUDIO_SUFFIXES))
    raise InputError(
        f"{path} is neither MIDI nor audio by its suffix; rename it to one of {known}, or leave out the "
        "slash if words are meant."
    )


def read_item_frames(store: Store, side: Side, seq: int, item_id: str) -> npt.NDArray[np.uint8]:
    """Return the frames of an item.

    Raises
    ------
    InputError
        If it has none of the present version.
    """
    with store.reading() as con:
        frames = read_frames(con, side, [seq])
    if seq not in frames:
        raise InputError(f"{item_id} has no features of this version; ingest its file again.")
    return frames[seq]


def rank_items(
    store: Store,
    side: Side,
    frames: npt.NDArray[np.uint8],
    other: Side,
    *,
    own: int | None,
    k: int,
    candidates: int | None,
    transpose: int,
    recall: float,
    progress: Progress | None,
) -> pa.Table:
    """Rank the items of side `other` by how well they fit the frames of one of `side`.

    Parameters
    ----------
    store : Store
    side : {"midi", "audio"}
        What the frames are of; compared with its own side they stand in for the MIDI.
    frames : ndarray of uint8, shape (n_frames, n_bins)
    other : {"midi", "audio"}
    own : int or None
        An item to leave out.
    k, candidates, transpose, recall, progress
        As for `engine.query.query`.

    Returns
    -------
    pyarrow.Table
        At most `k` rows, best first, as `engine.query.query` returns them for a file.

    Raises
    ------
    MissingEmbeddingError
        If the model in use has not described all items yet.
    """
    probe = Probe(frames, side, "midi" if other == side else side, transpose)
    return _describe(store, other, *_rank(store, probe, other, own, k, candidates, recall, progress))


def _rank(
    store: Store,
    probe: Probe,
    side: Side,
    own: int | None,
    k: int,
    candidates: int | None,
    recall: float,
    progress: Progress | None,
) -> tuple[Pairs, npt.NDArray[np.float64]]:
    """Return the best pairs, and how sure they are."""
    _refuse_lacks(store, side)
    index = None if candidates is None else load_index(store, side, recall=recall, build=False)
    with store.reading() as con:
        items = list_items(con, side, None)
        items = items if own is None else items[items != own]
        reader, device = FeatureReader(con, FeatureCache()), choose_device()
        (ranking,) = run_cascade(
            reader,
            None if index is None else index.within(items),
            [probe],
            side,
            items,
            candidates=candidates,
            device=device,
            progress=progress,
        )
        pairs = ranking.pairs[:k]
        evidence = gather_evidence(reader, side, probe, ranking, pairs, device)
        others = reader.prepared_frames(side, pairs["item_seq"].tolist())
        for pair in pairs:
            place_pair(probe, others[int(pair["item_seq"])], pair, device)
        return pairs, estimate_confidence(evidence, pairs["transposition"])


def _refuse_lacks(store: Store, side: Side) -> None:
    """Refuse to search among some of the items alone, as if these were all."""
    version = choose_model().version
    with store.reading() as con:
        if lacks := list_lacks(con, version, side):
            what = "MIDI files" if side == "midi" else "recordings"
            raise MissingEmbeddingError(
                f"{len(lacks)} {what} have no vectors by the model {version} yet; run `lmdb embed` first."
            )


def _describe(store: Store, side: Side, pairs: Pairs, confidence: npt.NDArray[np.float64]) -> pa.Table:
    columns = {
        "rank": np.arange(1, pairs.size + 1),
        "item_seq": pairs["item_seq"],
        "score": pairs["score"],
        "confidence": confidence,
        "transposition": pairs["transposition"],
    }
    for name in ("midi_start", "midi_end", "audio_start", "audio_end"):
        columns[f"{name}_s"] = pairs[name] * FRAME_S
    ranked = pa.table({name: np.ascontiguousarray(column) for name, column in columns.items()})
    with store.reading() as con:
        con.register("ranked", ranked)
        return con.sql(read_query("query/describe_ranked"), params={"side": side}).to_arrow_table()
