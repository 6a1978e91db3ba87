"""Songs: names that differ in nothing but spelling, indexed by their words and compared across the sides."""

from collections.abc import Iterator
from typing import NamedTuple

import duckdb
import pyarrow as pa

from lakhdb.sql import read_query

from .numbers import allot
from .progress import Progress
from .song_similarity import (
    LEAST,
    LEAST_ARTIST,
    LEAST_TITLE,
    SCORER,
    Similarity,
    compare_artists,
    compare_titles,
)
from .store import Store

__all__ = ["index_songs", "pair_songs"]

# Names compared in one transaction: a few hundred megabytes, some seconds.
BATCH = 200_000

# Candidates scored at once.
SLICE = 200_000

# A pair shares one of so many words of the MIDI side's name, the rarest, whole names run together among them.
N_WORDS = 4


def index_songs(con: duckdb.DuckDBPyConnection) -> None:
    """Give every name with a title that has no song yet its song, within the open transaction.

    Songs the catalog does not know are added, with their words. A name whose title holds no sign at all
    stays without a song.
    """
    con.execute(read_query("songs/fold_names"))
    con.execute(read_query("songs/find_new_songs"))
    n_songs = _read_row(con, "songs/count_new_songs")[0]
    if n_songs:
        first = {"first": allot(con, "song_seq", n_songs)}
        con.execute(read_query("songs/insert_songs"), first)
        con.execute(read_query("songs/insert_song_words"), first)
    con.execute(read_query("songs/set_songs"))
    con.execute(read_query("songs/drop_folded_names"))


class _Batch(NamedTuple):
    """Names to be compared, by number, both ends inclusive."""

    midi_from: int
    midi_to: int
    audio_from: int
    audio_to: int


def pair_songs(store: Store, progress: Progress | None = None) -> None:
    """Compare the names that have not been compared yet, and keep which songs are the same.

    Parameters
    ----------
    store : Store
        The caller holds the writer's lock. Every batch is a transaction of its own; what is done is noted
        with it, so that a run that was ended goes on where it was.
    progress : Progress, optional
        Told of the stage ``"names"``, in names.
    """
    with store.writing() as con:
        done = _read_row(con, "songs/read_coverage", scorer=SCORER)
        if done[:2] == (0, 0):
            con.execute(read_query("songs/delete_pairs"), {"scorer": SCORER})
    n_done, n_all = done[0] + done[1], done[2] + done[3]
    for batch, covered in _plan_batches(*done):
        with store.writing() as con:
            if batch.midi_to and batch.audio_to:
                _pair_batch(con, batch)
            con.execute(read_query("songs/delete_coverage"))
            con.execute(
                read_query("songs/insert_coverage"),
                {"scorer": SCORER, "midi_to": covered[0], "audio_to": covered[1]},
            )
        if progress is not None:
            progress("names", sum(covered) - n_done, n_all - n_done)


def _plan_batches(
    midi_done: int, audio_done: int, midi_last: int, audio_last: int
) -> Iterator[tuple[_Batch, tuple[int, int]]]:
    """New MIDI names meet the old names of recordings, then all MIDI names meet the new ones."""
    while midi_done < midi_last:
        to = min(midi_done + BATCH, midi_last) if audio_done else midi_last
        yield _Batch(midi_done + 1, to, 1, audio_done), (to, audio_done)
        midi_done = to
    while audio_done < audio_last:
        to = min(audio_done + BATCH, audio_last)
        yield _Batch(1, midi_last, audio_done + 1, to), (midi_last, to)
        audio_done = to


def _pair_batch(con: duckdb.DuckDBPyConnection, batch: _Batch) -> None:
    con.execute(read_query("songs/choose_songs"), batch._asdict())
    con.execute(read_query("songs/find_near_words"))
    artists = con.sql(read_query("songs/match_artists"), params={"n_words": N_WORDS}).to_arrow_table()
    con.register("artist_pairs", _add_column(artists, "similarity", compare_artists(artists)))
    con.execute(read_query("songs/match_titles"), {"n_words": N_WORDS, "least_artist": LEAST_ARTIST})
    con.execute(read_query("songs/insert_nameless_pairs"))
    for start in range(1, _read_row(con, "songs/count_candidates")[0] + 1, SLICE):
        place = {"place_from": start, "place_to": start + SLICE - 1}
        titles = con.sql(read_query("songs/read_candidates"), params=place).to_arrow_table()
        con.register("scored_titles", _add_column(titles, "likeness", compare_titles(titles)))
        con.execute(
            read_query("songs/insert_named_pairs"),
            {"least_artist": LEAST_ARTIST, "least_title": LEAST_TITLE, "least": LEAST},
        )


def _add_column(pairs: pa.Table, name: str, similarity: Similarity) -> pa.Table:
    # pa.array() would import pandas, which takes longer than the pairs of some ten thousand names.
    values = pa.Array.from_buffers(pa.float64(), similarity.size, [None, pa.py_buffer(similarity)])
    return pairs.append_column(name, values)


def _read_row(con: duckdb.DuckDBPyConnection, query: str, **parameters: object) -> tuple[int, ...]:
    (row,) = con.execute(read_query(query), parameters or None).fetchall()
    return tuple(row)
