"""Which MIDI files may resemble one: those with a window like one of its own."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.note_windows import compute_note_vectors

from ..index import WindowIndex
from ..note_features import SPACES, TRACKS, SlicedVoice, Space, Voice

__all__ = ["find_candidates", "find_tracks"]

# Times as long that windows of the query are taken. Of a copy that lacks a fifth of the notes, or has a fifth
# more, some windows fit then; and of one that is played slower or faster, those of times.
STRETCHES: dict[Space, tuple[float, ...]] = {
    "notes": (1.0, 0.8, 1.25),
    "drums": (1.0, 0.8, 1.25),
    "tracks": (1.0,),
    "times": (1.0, 0.7, 0.8, 0.9, 1.12, 1.25, 1.4),
}

# Of stretched windows, every so many are asked for.
STRIDE = 2


def find_candidates(
    indexes: Mapping[Space, WindowIndex], ours: SlicedVoice, limit: int, at_least: float = -1.0
) -> npt.NDArray[np.int64]:
    """Find the items whose windows are most like those of a voice, by rank within their space.

    Parameters
    ----------
    indexes : mapping
        Of the spaces of the voice.
    ours : SlicedVoice
        Notes or drums.
    limit : int
        Items of each space.
    at_least : float
        Cosine similarity of the best windows, below which items are left out.

    Returns
    -------
    int64, shape (n,)
        Item numbers, the likeliest first; `limit` times the number of spaces at most.
    """
    found = [_search(indexes[space], ours, space, limit, at_least) for space in SPACES[ours.voice]]
    items = np.concatenate(found)
    order = np.argsort(np.concatenate([np.arange(one.size) for one in found]), kind="stable")
    _, firsts = np.unique(items[order], return_index=True)
    return items[order][np.sort(firsts)]


def find_tracks(
    indexes: Mapping[Space, WindowIndex], ours: SlicedVoice, limit: int, at_least: float
) -> list[tuple[int, Voice]]:
    """Find tracks whose windows are most like those of all notes, or tracks and all notes like a track.

    Parameters
    ----------
    indexes : mapping
        Of the spaces notes and tracks.
    ours : SlicedVoice
        Notes, or a track.
    limit : int
        Items of each space.
    at_least : float
        Cosine similarity of the best windows, below which they are left out.

    Returns
    -------
    list of (int, Voice)
        Item numbers and which of their voices.
    """
    tracks = _search(indexes["tracks"], ours, "tracks", limit, at_least)
    found = [(item // len(TRACKS), TRACKS[item % len(TRACKS)]) for item in tracks.tolist()]
    if ours.voice in TRACKS:
        notes = _search(indexes["notes"], ours, "notes", limit, at_least)
        found += [(item, "notes") for item in notes.tolist()]
    return found


def _search(
    index: WindowIndex, ours: SlicedVoice, space: Space, limit: int, at_least: float
) -> npt.NDArray[np.int64]:
    """Return the items of an index whose windows are most like those of a voice, the likeliest first."""
    classes = ours.list_classes(space)
    stretches = STRETCHES["tracks" if ours.voice in TRACKS else space]
    vectors = [compute_note_vectors(classes, one)[:: 1 if one == 1 else STRIDE] for one in stretches]
    near = index.search(np.concatenate(vectors), limit)
    return near.item_seq[near.similarity >= at_least]
