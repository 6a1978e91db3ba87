"""The queries and recordings of a database that a truth table names."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import InputError
from ..store import Store
from .catalogue import NO_COMPOSITION, Catalogue, DatabaseCatalogue
from .methods.protocols import Query
from .music import read_music
from .truth import KnownItem, find_items, read_truth

__all__ = ["Bench", "read_bench"]


@dataclass(frozen=True, eq=False)
class Bench:
    """What is asked, and among what.

    Attributes
    ----------
    queries : list of Query
        Unedited, by number of the item.
    catalogue : Catalogue
    """

    queries: list[Query]
    catalogue: Catalogue


def read_bench(
    store: Store,
    truth: Sequence[Path],
    midi_corpus: str | None,
    audio_corpus: str | None,
    n_queries: int | None,
    seed: int,
) -> Bench:
    """Read the truth, and the notes of the queries.

    Raises
    ------
    InputError
        If the truth cannot be used, or no query has a right recording.
    """
    rows = read_truth(truth)
    with store.reading() as con:
        midi = find_items(con, "midi", midi_corpus, rows)
        audio = find_items(con, "audio", audio_corpus, rows)
        numbers = _number_compositions(midi, audio)
        wanted = _draw([item for item in midi if item.composition in numbers], n_queries, seed)
        _check(midi, audio, wanted, midi_corpus, audio_corpus)
        music = read_music(con, [item.seq for item in wanted], [item.duration_s for item in wanted])
    queries = [
        Query(item.item_id, numbers[item.composition], one, item.collection)
        for item, one in zip(wanted, music, strict=True)
    ]
    compositions = [numbers.get(item.composition, NO_COMPOSITION) for item in audio]
    seqs = np.array([item.seq for item in audio], np.int64)
    return Bench(queries, DatabaseCatalogue(store, seqs, np.array(compositions, np.int32)))


def _number_compositions(midi: Sequence[KnownItem], audio: Sequence[KnownItem]) -> dict[str, int]:
    """Number the compositions that both sides have."""
    shared = {item.composition for item in midi} & {item.composition for item in audio} - {""}
    return {name: number for number, name in enumerate(sorted(shared))}


def _draw(items: list[KnownItem], n_queries: int | None, seed: int) -> list[KnownItem]:
    if n_queries is None or n_queries >= len(items):
        return items
    drawn = np.random.default_rng(seed).choice(len(items), n_queries, replace=False)
    return [items[number] for number in np.sort(drawn).tolist()]


def _check(
    midi: Sequence[KnownItem],
    audio: Sequence[KnownItem],
    queries: Sequence[KnownItem],
    midi_corpus: str | None,
    audio_corpus: str | None,
) -> None:
    for items, what, corpus in ((midi, "MIDI file", midi_corpus), (audio, "recording", audio_corpus)):
        if not items:
            where = "the database" if corpus is None else f"the corpus {corpus}"
            raise InputError(
                f"the truth table names no {what} of {where}; ingest its files, or name another."
            )
    if not queries:
        raise InputError(
            "no MIDI file of the truth table shares its composition with a recording; "
            "write the same word for both in the column `composition`."
        )
