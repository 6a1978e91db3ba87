"""Which columns of a list say what, and how their values become those of the table `names`."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import PurePosixPath

import pyarrow as pa

from ..models import Side
from ..names.paths import parse_paths
from .list_records import Row
from .scan import MIDI_SUFFIXES

__all__ = ["LIST_COLUMNS", "build_tables", "choose_columns", "tell_side"]

# What is read of a list, and the names under which lists have it, the best first.
ALIASES: dict[str, tuple[str, ...]] = {
    "artist": (
        *("artist", "artist_name", "artistname", "artist_names", "artists", "album_artist"),
        # Lists with composers are of classical music, known by them even where performers stand beside.
        *("composer", "canonical_composer", "composer_name", "composers", "performer", "performers"),
        *("band", "interpreter", "author", "creator"),
    ),
    "title": (
        *("title", "track_title", "song_title", "canonical_title", "work_title", "piece_title"),
        *("song_name", "track_name", "songname", "trackname", "song", "track", "name", "piece", "work"),
        "clique_title",
    ),
    "album": ("album", "release", "album_name", "album_title", "release_title", "release_name", "record"),
    "track_id": (
        *("track_id", "trackid", "msd_track_id", "msd_id", "en_id", "echonest_id", "mbid", "recording_mbid"),
        *("musicbrainz_id", "isrc", "spotify_id", "youtube_id", "song_id", "recording_id", "id"),
    ),
    "md5": (
        *("md5", "midi_md5", "audio_md5", "file_md5", "md5sum", "midi_id", "audio_id", "checksum", "hash"),
    ),
    "path": (
        *("path", "file", "filename", "file_name", "filepath", "file_path", "full_path", "fullpath"),
        *("location", "original_path", "relative_path", "midi_path", "midi_file", "midi_filename"),
        *("audio_path", "audio_file", "audio_filename", "mp3"),
    ),
}

# A list must have one of these: the rest says which file, not what it is called.
NAMING = ("title", "artist", "path")

LIST_COLUMNS = pa.schema([(name, pa.string()) for name in ALIASES])

# What programs write for nothing.
NOTHING = frozenset({"", "\\N", "nan", "NaN", "null", "NULL"})

# A longer name is damage, such as a whole file within an open quote.
LONGEST_NAME = 1000

BATCH_ROWS = 50_000

Values = list[str | None]
Entries = dict[str, Values]  # by the keys of ALIASES

PUNCTUATION = re.compile(r"[\W_]+")
MD5 = re.compile(r"[0-9a-f]{32}")
# How the Echo Nest wrote the ids that the Million Song Dataset has bare.
ECHO_NEST = re.compile(r"music://id\.echonest\.com/.*/")


def choose_columns(seen: Sequence[str], side: Side | None) -> dict[str, int]:
    """Find the columns to read: the place of each in `seen`, by what it says.

    Parameters
    ----------
    seen : sequence of str
        The list's columns.
    side : {"midi", "audio"} or None
        Columns that name the other side's files are left out.

    Raises
    ------
    LookupError
        If there is neither a title, an artist nor a path.
    """
    other = {"midi": "audio_", "audio": "midi_"}[side] if side else None
    places: dict[str, int] = {}
    for place, name in enumerate(seen):
        key = PUNCTUATION.sub("_", name.casefold()).strip("_")
        if other is None or not key.startswith(other):
            places.setdefault(key, place)
    chosen = {
        field: next(places[name] for name in names if name in places)
        for field, names in ALIASES.items()
        if not places.keys().isdisjoint(names)
    }
    if not any(field in chosen for field in NAMING):
        wanted = "; ".join(f"{field}: {', '.join(ALIASES[field][:4])} …" for field in NAMING)
        there = ", ".join(repr(name[:40]) for name in seen[:12]) + (" …" if len(seen) > 12 else "")
        raise LookupError(f"no column with titles, artists or paths among {there} (wanted: {wanted})")
    return chosen


def tell_side(tables: pa.Table, names: Sequence[str]) -> Side:
    """Tell the side of a list from its first entries and the names of the columns that say which file."""
    if any(PUNCTUATION.sub("_", name.casefold()).startswith("midi_") for name in names):
        return "midi"
    suffixes = Counter(
        PurePosixPath(path).suffix.lower() for path in tables["path"].to_pylist() if path is not None
    )
    n_midi = sum(suffixes[suffix] for suffix in MIDI_SUFFIXES)
    return "midi" if 2 * n_midi > suffixes.total() else "audio"


def build_tables(rows: Iterator[Row], columns: dict[str, int], skipped: Counter[str]) -> Iterator[pa.Table]:
    """Read the rows in batches, each a table of `LIST_COLUMNS`; `skipped` counts those without use."""
    width = max(columns.values()) + 1
    while batch := list(islice(rows, BATCH_ROWS)):
        full = [row for row in batch if len(row) >= width]
        _count(skipped, "with too few fields", len(batch) - len(full))
        entries: Entries = {
            field: [clean(row[columns[field]]) for row in full] if field in columns else [None] * len(full)
            for field, clean in CLEANERS.items()
        }
        _name_by_paths(entries)
        is_usable = _find_usable(entries["artist"], entries["title"], skipped)
        yield pa.table(entries, schema=LIST_COLUMNS).filter(pa.array(is_usable, pa.bool_()))


def _name_by_paths(entries: Entries) -> None:
    """Name the entries that say neither artist nor title by their paths, which tell of each other."""
    artists, titles, paths = entries["artist"], entries["title"], entries["path"]
    named_by_path = {
        place: path if "/" in path else path.replace("\\", "/")
        for place, path in enumerate(paths)
        if path and artists[place] is None and titles[place] is None
    }
    for place, name in zip(named_by_path, parse_paths(list(named_by_path.values())), strict=True):
        artists[place], titles[place] = name.artist, name.title


def _find_usable(artists: Values, titles: Values, skipped: Counter[str]) -> list[bool]:
    lengths = [
        max(len(artist or ""), len(title or "")) for artist, title in zip(artists, titles, strict=True)
    ]
    _count(skipped, "without a name", lengths.count(0))
    _count(skipped, "with an endless name", sum(length > LONGEST_NAME for length in lengths))
    return [0 < length <= LONGEST_NAME for length in lengths]


def _count(skipped: Counter[str], reason: str, n_rows: int) -> None:
    if n_rows:
        skipped[reason] += n_rows


def _clean(value: str | None) -> str | None:
    if not value:
        return None
    value = value.replace("\0", "").strip()
    return None if value in NOTHING else value


def _clean_name(value: str | None) -> str | None:
    """Put a name that was broken over lines on one."""
    value = _clean(value)
    return " ".join(value.split()) if value else None


def _clean_id(value: str | None) -> str | None:
    value = _clean(value)
    return ECHO_NEST.sub("", value) if value and value.startswith("music:") else value


def _clean_md5(value: str | None) -> str | None:
    value = _clean(value)
    return value.lower() if value and MD5.fullmatch(value.lower()) else None


CLEANERS: dict[str, Callable[[str | None], str | None]] = {
    "artist": _clean_name,
    "title": _clean_name,
    "album": _clean_name,
    "track_id": _clean_id,
    "md5": _clean_md5,
    "path": _clean,
}
