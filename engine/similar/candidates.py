"""Which MIDI files may resemble one: those with a window like one of its own."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.note_windows import compute_note_vectors

from ..index import WindowIndex
from ..note_features import SPACES, SlicedVoice, Space

__all__ = ["find_candidates"]

# Times as long that windows of the query are taken. Of a copy that lacks a fifth of the notes, or has a fifth
# more, some windows fit then; and of one that is played slower or faster, those of times.
STRETCHES: dict[Space, tuple[float, ...]] = {
    "notes": (1.0, 0.8, 1.25),
    "drums": (1.0, 0.8, 1.25),
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
    limit : int
        Items of each space.
    at_least : float
        Cosine similarity of the best windows, below which items are left out.

    Returns
    -------
    int64, shape (n,)
        Item numbers, the likeliest first; `limit` times the number of spaces at most.
    """
    found, ranks = [], []
    for space in SPACES[ours.voice]:
        classes = ours.list_classes(space)
        vectors = [
            compute_note_vectors(classes, stretch)[:: 1 if stretch == 1 else STRIDE]
            for stretch in STRETCHES[space]
        ]
        near = indexes[space].search(np.concatenate(vectors), limit)
        items = near.item_seq[near.similarity >= at_least]
        found.append(items)
        ranks.append(np.arange(items.size))
    items, rank = np.concatenate(found), np.concatenate(ranks)
    _, firsts = np.unique(items[np.argsort(rank, kind="stable")], return_index=True)
    return items[np.argsort(rank, kind="stable")][np.sort(firsts)]
