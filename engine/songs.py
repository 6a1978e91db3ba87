"""Songs: names that differ in nothing but spelling, indexed by their words and compared across the sides."""

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

# A word that more of an artist's songs have finds none of them: with formulas for titles, all would be
# compared with all. The same title is always found.
N_MOST = 100


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


class _Reach(NamedTuple):
    """Up to which name (name_seq, inclusive) something goes on both sides."""

    midi: int
    audio: int


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
    n_before = None
    unfinished = True
    while unfinished:
        with store.writing() as con:
            done, last = _read_coverage(con)
            covered = _pair_next(con, done, last)
            # Names are forgotten, too: what is done may reach beyond the last.
            unfinished = covered.midi < last.midi or covered.audio < last.audio
            if covered != done and not unfinished:
                _pair_nameless(con)
        n_before = sum(done) if n_before is None else n_before
        if progress is not None:
            progress("names", sum(covered) - n_before, max(sum(last), sum(covered)) - n_before)


def _read_coverage(con: duckdb.DuckDBPyConnection) -> tuple[_Reach, _Reach]:
    """Tell how far the names of both sides have been compared, and how far they go."""
    midi_done, audio_done, midi_last, audio_last = _read_row(con, "songs/read_coverage", scorer=SCORER)
    if not audio_done:
        con.execute(read_query("songs/delete_pairs"), {"scorer": SCORER})
        midi_done = midi_last  # with no recording
    return _Reach(midi_done, audio_done), _Reach(midi_last, audio_last)


def _pair_next(con: duckdb.DuckDBPyConnection, done: _Reach, last: _Reach) -> _Reach:
    """Compare a batch: new MIDI names with old ones of recordings; when none is left, all with new ones."""
    if done.midi < last.midi:
        covered = _Reach(min(done.midi + BATCH, last.midi), done.audio)
        _pair_batch(con, _Batch(done.midi + 1, covered.midi, 1, done.audio))
    elif done.audio < last.audio:
        covered = _Reach(done.midi, min(done.audio + BATCH, last.audio))
        _pair_batch(con, _Batch(1, done.midi, done.audio + 1, covered.audio))
    else:
        return done
    con.execute(read_query("songs/delete_coverage"))
    parameters = {"scorer": SCORER, "midi_to": covered.midi, "audio_to": covered.audio}
    con.execute(read_query("songs/insert_coverage"), parameters)
    return covered


def _pair_batch(con: duckdb.DuckDBPyConnection, batch: _Batch) -> None:
    con.execute(read_query("songs/choose_songs"), batch._asdict())
    con.execute(read_query("songs/find_near_words"), {"field": "artist"})
    artists = con.sql(read_query("songs/match_artists")).to_arrow_table()
    con.register("artist_pairs", _add_column(artists, "similarity", compare_artists(artists)))
    con.execute(read_query("songs/drop_lone_songs"), {"least_artist": LEAST_ARTIST})
    con.execute(read_query("songs/find_near_words"), {"field": "title"})
    con.execute(read_query("songs/match_titles"), {"least_artist": LEAST_ARTIST, "n_most": N_MOST})
    for start in range(1, _read_row(con, "songs/count_candidates")[0] + 1, SLICE):
        place = {"place_from": start, "place_to": start + SLICE - 1}
        titles = con.sql(read_query("songs/read_candidates"), params=place).to_arrow_table()
        con.register("scored_titles", _add_column(titles, "likeness", compare_titles(titles)))
        con.execute(
            read_query("songs/insert_named_pairs"),
            {"least_artist": LEAST_ARTIST, "least_title": LEAST_TITLE, "least": LEAST},
        )


def _pair_nameless(con: duckdb.DuckDBPyConnection) -> None:
    """Find the pairs by title alone anew, for new names may have made a title common."""
    for step in ("find_nameless_pairs", "delete_nameless_pairs", "insert_nameless_pairs"):
        con.execute(read_query(f"songs/{step}"))


def _add_column(pairs: pa.Table, name: str, similarity: Similarity) -> pa.Table:
    # pa.array() would import pandas, which takes longer than the pairs of some ten thousand names.
    values = pa.Array.from_buffers(pa.float64(), similarity.size, [None, pa.py_buffer(similarity)])
    return pairs.append_column(name, values)


def _read_row(con: duckdb.DuckDBPyConnection, query: str, **parameters: object) -> tuple[int, ...]:
    (row,) = con.execute(read_query(query), parameters or None).fetchall()
    return tuple(row)
