"""Real artists and titles for the benchmarks, and as many made from them as wanted, misspelt as people do."""

import os
import random
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

__all__ = ["AUDIO_LISTS", "MIDI_LIST", "make_catalogue", "read_list"]

MIDI_LIST = "clean_midi"
AUDIO_LISTS = ("cal10k", "uspop2002", "cal500")

# How often each thing happens to a name.
SHARES = {
    "typo": 0.25,
    "case": 0.2,
    "article": 0.15,
    "order": 0.1,
    "guest": 0.05,
    "version": 0.15,
    "number": 0.1,
}

LETTERS = "abcdefghijklmnopqrstuvwxyz"
VERSIONS = ("(Live)", "- Remastered 2009", "[Remix]", "(Album Version)", "(Karaoke)", "- Live at Wembley")
GUESTS = ("feat. Somebody", "ft. The Others", "featuring Jane Doe")


def read_list(name: str) -> pa.Table:
    """Read id, artist and title of one of the lists in ``text/`` of the real data."""
    here = Path(__file__).resolve().parent.parent
    folder = Path(os.environ.get("LAKHDB_DATA", here.parent / "shared" / "data")) / "text"
    path = next(path for path in (folder / f"{name}.tsv.gz", folder / f"{name}.tsv") if path.exists())
    return csv.read_csv(
        path,
        parse_options=csv.ParseOptions(delimiter="\t", quote_char=False),
        convert_options=csv.ConvertOptions(
            include_columns=["id", "artist", "title"],
            column_types={"id": pa.int64(), "artist": pa.string(), "title": pa.string()},
        ),
    )


def make_catalogue(n_rows: int, seed: int) -> pa.Table:
    """Make a catalogue: the names of all lists in turn, most of them spoilt, the MIDI list's first.

    Returns
    -------
    pyarrow.Table
        id, artist, title, and source: the place of the true name among all, from 0.
    """
    rng = random.Random(seed)
    tables = [read_list(name) for name in (MIDI_LIST, *AUDIO_LISTS)]
    names = [
        name
        for table in tables
        for name in zip(table["artist"].to_pylist(), table["title"].to_pylist(), strict=True)
    ]
    spoilt = [spoil_name(*names[row % len(names)], rng) for row in range(n_rows)]
    artists, titles = zip(*spoilt, strict=True)
    ids = pa.array(range(n_rows), pa.int64())
    sources = pa.array((row % len(names) for row in range(n_rows)), pa.int64())
    return pa.table({"id": ids, "artist": artists, "title": titles, "source": sources})


def spoil_name(artist: str, title: str, rng: random.Random) -> tuple[str, str]:
    """Misspell a name in none, one or several ways, each with its share."""
    if rng.random() < SHARES["typo"]:
        artist = misspell(artist, rng)
    if rng.random() < SHARES["typo"]:
        title = misspell(title, rng)
    if rng.random() < SHARES["article"]:
        artist = artist[4:] if artist.lower().startswith("the ") else f"The {artist}"
    if rng.random() < SHARES["order"]:
        artist = swap(artist)
    if rng.random() < SHARES["guest"]:
        artist = f"{artist} {rng.choice(GUESTS)}"
    if rng.random() < SHARES["version"]:
        title = f"{title} {rng.choice(VERSIONS)}"
    if rng.random() < SHARES["number"]:
        title = f"{rng.randint(1, 19):02d} - {title}"
    if rng.random() < SHARES["case"]:
        change: Callable[[str], str] = rng.choice((str.upper, str.lower, str.title))
        artist, title = change(artist), change(title)
    return artist, title


def swap(artist: str) -> str:
    """Put the last word first, with a comma: Gaye, Marvin; The Beatles becomes Beatles, The."""
    first, _, last = artist.rpartition(" ")
    if artist.lower().startswith("the "):
        return f"{artist[4:]}, {artist[:3]}"
    return f"{last}, {first}" if first and "," not in artist else artist


def misspell(text: str, rng: random.Random) -> str:
    """Lose, double, change or exchange a letter."""
    if len(text) < 4:
        return text
    at = rng.randrange(1, len(text) - 1)
    return rng.choice(
        (
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + rng.choice(LETTERS) + text[at + 1 :],
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        )
    )
