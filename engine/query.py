"""Ask with one file, item or text: what in the database is most like it."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from lakhdb.sql import read_query

from .errors import InputError
from .ingest.scan import ARCHIVE_MARK, AUDIO_SUFFIXES, MIDI_SUFFIXES, is_collection
from .models.protocols import Side
from .options import DEFAULT_CANDIDATES, DEFAULT_RECALL, check_options
from .progress import Progress
from .store import Store
from .text import check_text

__all__ = ["query"]

# An id or the beginning of one; anything shorter could as well be a word.
ID = re.compile(r"[0-9a-f]{4,32}", re.IGNORECASE)

# Shorter ones are words where some name has that word.
SURE_ID = 8

OTHER_SIDE: dict[Side, Side] = {"midi": "audio", "audio": "midi"}


def query(
    store: Store,
    target: str | Path,
    *,
    against: str | None = None,
    k: int = 10,
    candidates: int | None = DEFAULT_CANDIDATES,
    transpose: int = 0,
    recall: float = DEFAULT_RECALL,
    weights: Mapping[str, float] | None = None,
    progress: Progress | None = None,
) -> pa.Table:
    """Rank what is most like a target. Writes nothing.

    Parameters
    ----------
    store : Store
    target : str or Path
        A path (it has a separator or the suffix of a MIDI or audio file); an item's id, or four digits or
        more that it begins with; otherwise words. Up to seven digits are words where some name has that word.
        With `against` "midi" also a folder or an archive of MIDI files.
    against : {"midi", "audio"}, optional
        Compare with these; by default with the other side. Words are sought on both sides. MIDI files are
        compared with MIDI files by their notes: see `engine.similar.find_similar`.
    k : int
        Rows to return at most.
    candidates : int or None
        Items rescored by constant-Q DTW; None for all.
    transpose : int
        Try up to so many semitones both ways, 0 to 12.
    recall : float
        Share of the best candidates, 0 to 1, that an approximate search of windows is to find.
    weights : mapping, optional
        How much pitch, rhythm, instruments and velocities count among MIDI files; pitch alone by default.
    progress : Progress, optional
        Told of stages ``"hash"`` and ``"dtw"``, in items; or ``"query"``, in files of a folder.

    Returns
    -------
    pyarrow.Table
        For a path or an id: rank, id, path, artist, title, score, confidence, transposition, midi_start_s,
        midi_end_s, audio_start_s, audio_end_s, offset_s (the second of the MIDI at which the recording
        begins; a recording compared with recordings stands in for the MIDI). For words: kind, id, path,
        artist, title, similarity (0 to 1); an entry of a list whose file is not here has its track id or MD5
        for an id, and no path. Among MIDI files: as `engine.similar.find_similar` returns them.

    Raises
    ------
    InputError
        If the file cannot be used, digits begin several ids, or an option is out of range.
    MissingEmbeddingError
        If the model in use has not described all items yet.
    """
    check_options(candidates, transpose, recall)
    if k < 1:
        raise InputError(f"k is {k}; give 1 or more.")
    if against not in (None, "midi", "audio"):
        raise InputError(f"against is {against}; give midi or audio.")
    is_folder = against == "midi" and is_collection(Path(target))
    item = None
    if not (is_folder or _is_path(target)):
        check_text("the text", str(target))
        item = _find_item(store, str(target))
        if item is None:
            return _search_text(store, str(target), k)
    is_midi = is_folder or (
        Path(target).suffix.lower() in MIDI_SUFFIXES if item is None else item[0] == "midi"
    )
    if against == "midi" and is_midi:
        from .similar.similar import find_similar

        asked: str | Path = Path(target) if item is None else item[2]
        return find_similar(
            store, asked, k=k, weights=weights, candidates=candidates, recall=recall, progress=progress
        )
    if weights is not None:
        raise InputError("weights are for MIDI files compared with MIDI files; leave them out.")
    # Imported when it is needed, for words to be answered at once.
    from .ranking import load_frames, rank_items, read_item_frames

    if item is None:
        side, frames = load_frames(Path(target))
        own = None
    else:
        side, own, item_id = item
        frames = read_item_frames(store, side, own, item_id)
    other: Side = OTHER_SIDE[side] if against is None else "midi" if against == "midi" else "audio"
    if candidates is not None:
        candidates = max(candidates, k)
    return rank_items(
        store,
        side,
        frames,
        other,
        own=own if other == side else None,
        k=k,
        candidates=candidates,
        transpose=transpose,
        recall=recall,
        progress=progress,
    )


def _is_path(target: str | Path) -> bool:
    if isinstance(target, Path) or os.sep in target or ARCHIVE_MARK in target:
        return True
    return Path(target).suffix.lower() in MIDI_SUFFIXES | AUDIO_SUFFIXES


def _find_item(store: Store, target: str) -> tuple[Side, int, str] | None:
    """Find side, number and id of the item whose id begins with the target; None if there is none."""
    if not ID.fullmatch(target):
        return None
    with store.reading() as con:
        rows = con.execute(read_query("query/find_items"), {"prefix": target.lower(), "limit": 2}).fetchall()
        if (
            rows
            and len(target) < SURE_ID
            and con.execute(read_query("query/has_word"), {"word": target.lower()}).fetchall() == [(True,)]
        ):
            return None  # cafe, 1999
    if len(rows) > 1:
        raise InputError(f"{target} begins the ids of several items; give more digits.")
    return rows[0] if rows else None


def _search_text(store: Store, text: str, limit: int) -> pa.Table:
    if not text.strip():
        raise InputError("there is nothing to look for; give a file, an id or some words.")
    with store.reading() as con:
        return con.sql(
            read_query("query/search_text"), params={"text": text, "limit": limit}
        ).to_arrow_table()
