"""Ask with one file, item or text: what in the database is most like it."""

import os
import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lakhdb.kernels.constant_q import FRAME_S
from lakhdb.sql import read_query

from .cascade import DEFAULT_CANDIDATES, run_cascade
from .confidence import estimate_confidence
from .device import choose_device
from .errors import InputError
from .features import compute_audio_features, compute_midi_features, read_frames
from .index_files import load_index
from .ingest.audio import load_audio
from .ingest.midi import load_midi
from .ingest.scan import ARCHIVE_MARK, AUDIO_SUFFIXES, MIDI_SUFFIXES
from .models import Side
from .options import check_options
from .pairs import Pairs, Probe, place_pair
from .progress import Progress
from .reader import FeatureReader, FrameCache
from .runs import list_items
from .store import Store

__all__ = ["query"]

# An id or the beginning of one; anything shorter could as well be a word.
ID = re.compile(r"[0-9a-f]{4,32}", re.IGNORECASE)

OTHER_SIDE: dict[Side, Side] = {"midi": "audio", "audio": "midi"}


def query(
    store: Store,
    target: str | Path,
    *,
    against: str | None = None,
    k: int = 10,
    candidates: int | None = DEFAULT_CANDIDATES,
    transpose: int = 0,
    progress: Progress | None = None,
) -> pa.Table:
    """Rank what is most like a target. Writes nothing.

    Parameters
    ----------
    store : Store
    target : str or Path
        A path (it has a separator or the suffix of a MIDI or audio file); an item's id, or four digits or
        more that it begins with; otherwise words.
    against : {"midi", "audio"}, optional
        Compare with these; by default with the other side. Words are sought on both sides.
    k : int
        Rows to return at most.
    candidates : int or None
        Items rescored by constant-Q DTW; None for all.
    transpose : int
        Try up to so many semitones both ways, 0 to 12.
    progress : Progress, optional
        Told of stages ``"hash"`` and ``"dtw"``, in items.

    Returns
    -------
    pyarrow.Table
        For a path or an id: rank, id, path, artist, title, score, confidence, transposition, midi_start_s,
        midi_end_s, audio_start_s, audio_end_s, offset_s (the second of the MIDI at which the recording
        begins; a target compared with its own side stands in for the MIDI). For words: kind, id, path,
        artist, title, similarity (0 to 1).

    Raises
    ------
    InputError
        If the file cannot be used, digits begin several ids, or an option is out of range.
    """
    check_options(candidates, transpose)
    if k < 1:
        raise InputError(f"k is {k}; give 1 or more.")
    if against not in (None, "midi", "audio"):
        raise InputError(f"against is {against}; give midi or audio.")
    if _is_path(target):
        side, frames = _load(Path(target))
        own = None
    else:
        found = _find_item(store, str(target))
        if found is None:
            return _search_text(store, str(target), k)
        side, own, frames = found
    other: Side = OTHER_SIDE[side] if against is None else "midi" if against == "midi" else "audio"
    # Among its own kind, the target stands in for the MIDI.
    probe = Probe(frames, side, "midi" if other == side else side, transpose)
    if candidates is not None:
        candidates = max(candidates, k)
    pairs = _rank(store, probe, other, own if other == side else None, k, candidates, progress)
    return _describe(store, other, pairs)


def _is_path(target: str | Path) -> bool:
    if isinstance(target, Path) or os.sep in target or ARCHIVE_MARK in target:
        return True
    return Path(target).suffix.lower() in MIDI_SUFFIXES | AUDIO_SUFFIXES


def _load(path: Path) -> tuple[Side, npt.NDArray[np.uint8]]:
    if path.suffix.lower() in MIDI_SUFFIXES:
        midi, _ = load_midi(path)
        return "midi", compute_midi_features(midi).frames
    if path.suffix.lower() in AUDIO_SUFFIXES:
        recording = load_audio(path)
        return "audio", compute_audio_features(recording.samples, recording.sample_rate).frames
    known = " ".join(sorted(MIDI_SUFFIXES | AUDIO_SUFFIXES))
    raise InputError(f"{path} is neither MIDI nor audio by its suffix; rename it to one of {known}.")


def _find_item(store: Store, target: str) -> tuple[Side, int, npt.NDArray[np.uint8]] | None:
    """Find the item whose id begins with the target; None if there is none."""
    if not ID.fullmatch(target):
        return None
    with store.reading() as con:
        rows = con.execute(read_query("query/find_items"), {"prefix": target.lower(), "limit": 2}).fetchall()
        if not rows:
            return None
        if len(rows) > 1:
            raise InputError(f"{target} begins the ids of several items; give more digits.")
        side, seq, item_id = rows[0]
        frames = read_frames(con, side, [seq])
    if seq not in frames:
        raise InputError(f"{item_id} has no features of this version; ingest its file again.")
    return side, seq, frames[seq]


def _search_text(store: Store, text: str, limit: int) -> pa.Table:
    if not text.strip():
        raise InputError("there is nothing to look for; give a file, an id or some words.")
    with store.reading() as con:
        return con.sql(
            read_query("query/search_text"), params={"text": text, "limit": limit}
        ).to_arrow_table()


def _rank(
    store: Store,
    probe: Probe,
    side: Side,
    own: int | None,
    k: int,
    candidates: int | None,
    progress: Progress | None,
) -> Pairs:
    index = None if candidates is None else load_index(store, side, build=False)
    with store.reading() as con:
        items = list_items(con, side, None)
        items = items if own is None else items[items != own]
        reader, device = FeatureReader(con, FrameCache()), choose_device()
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
        others = reader.prepared_frames(side, pairs["item_seq"].tolist())
        for pair in pairs:
            place_pair(probe, others[int(pair["item_seq"])], pair, device)
        return pairs


def _describe(store: Store, side: Side, pairs: Pairs) -> pa.Table:
    columns = {
        "rank": np.arange(1, pairs.size + 1),
        "item_seq": pairs["item_seq"],
        "score": pairs["score"],
        "confidence": estimate_confidence(pairs["score"]),
        "transposition": pairs["transposition"],
    }
    for name in ("midi_start", "midi_end", "audio_start", "audio_end"):
        columns[f"{name}_s"] = pairs[name] * FRAME_S
    ranked = pa.table({name: np.ascontiguousarray(column) for name, column in columns.items()})
    with store.reading() as con:
        con.register("ranked", ranked)
        return con.sql(read_query("query/describe_ranked"), params={"side": side}).to_arrow_table()
