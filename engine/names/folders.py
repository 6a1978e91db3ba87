"""What a folder's name says: an artist, or that it is a heap of files."""

import re
from functools import lru_cache

from .tidy import has_letter, order_artist, tidy
from .words import ALBUM_WORDS, CONNECTIVES, GIVEN_NAMES, HEAP_STEMS, HEAP_WORDS, SUREST_HEAP_WORDS

__all__ = ["is_album", "is_heap", "read_folder_artist", "strip_number"]

ARCHIVE = re.compile(r"(?i)\.(?:zip|tar|tgz|gz|bz2|xz|7z|rar|tar\.gz|tar\.bz2)!?$")
NUMBERED = re.compile(r"^(?:0\d{1,2}[\s_.-]+|\d{1,3}(?:\s*-\s+|[.)]\s*))(?=[^\W\d_])")
COUNTED = re.compile(r"^(\d{1,3})[\s_]+(?=[^\W\d_])")
# Several numbers, or one of four digits or more, are a heap's (Echo 2001-1, mh082002), but for names such as
# 1910 Fruitgum Company and 10,000 Maniacs.
SERIAL = re.compile(r"^\d{3}\D.*\D\d$|^\D.*\d{2,}[-.]\d|^\D{1,2}\d{4,}$|\d{5,}")
HIDDEN = re.compile(r"[.$~@][^\W\d]")
CODE = re.compile(r"^(?=.*[A-Z])[A-Z][A-Z-]*?[-]?\d{1,2}(?:\.\d)?$")
SPLIT = re.compile(r"\s+[-–—]\s+")
TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|&")


@lru_cache(maxsize=65536)
def is_heap(folder: str) -> bool:
    """Whether a folder's name is that of a heap: a letter, a number, a genre, a corpus.

    Parameters
    ----------
    folder : str
        One part of a path.
    """
    name = ARCHIVE.sub("", folder)
    tokens = TOKEN.findall(name.replace("_", " ").lower())
    if len(tokens) == 0 or not has_letter(name) or (len(tokens) == 1 and len(tokens[0]) < 2):
        return True
    if SERIAL.search(name) or HIDDEN.match(name):
        return True
    artist, hyphen, _ = _cut_album(name)
    if hyphen:
        return is_heap(artist)
    if not SUREST_HEAP_WORDS.isdisjoint(tokens):
        return True
    if CODE.match(name) and name.lower().startswith(HEAP_STEMS):
        return True
    told = [token for token in tokens if len(token) > 1 and not token.isdigit() and token not in CONNECTIVES]
    n_heap = sum(token in HEAP_WORDS or token.endswith(("lieder", "midi", "midis")) for token in told)
    return (
        n_heap > 0
        and 2 * n_heap >= len(told)
        and _count_names(told) == 0
        and not _is_short_band(told, n_heap)
    )


def _count_names(tokens: list[str]) -> int:
    return sum(token in GIVEN_NAMES for token in tokens)


def _is_short_band(tokens: list[str], n_heap: int) -> bool:
    """Whether one heap's word stands beside one that is none: Daft Punk, Hot Chocolate, The Police."""
    return len(tokens) == 2 and n_heap == 1


@lru_cache(maxsize=65536)
def is_album(folder: str) -> bool:
    """Whether a folder's name is that of an album rather than of an artist."""
    tokens = TOKEN.findall(folder.replace("_", " ").lower())
    return not ALBUM_WORDS.isdisjoint(tokens)


@lru_cache(maxsize=65536)
def read_folder_artist(folder: str) -> str | None:
    """Return the artist that a folder is named after, None if it is a heap.

    Parameters
    ----------
    folder : str
        One part of a path: ``Beach Boys, The``, ``017 Joe Cocker - Greates Hits``, ``rogers_kenny``.

    Returns
    -------
    str or None
        In spoken order, as text to show.
    """
    if is_heap(folder):
        return None
    artist, _, _ = _cut_album(ARCHIVE.sub("", folder))
    artist = NUMBERED.sub("", artist)
    if CODE.match(artist) and len(artist) > 5:
        artist = artist.rstrip("0123456789.").rstrip("-")
    counted = COUNTED.match(artist)
    if counted:
        rest = artist[counted.end() :]
        words = rest.lower().split()
        # Six Whitney Houstons are one; 98 Degrees stay 98.
        if len(words) == 2 and words[0] in GIVEN_NAMES:
            artist = rest
    return order_artist(tidy(artist)) or None


def strip_number(folder: str) -> str | None:
    """Return a folder's name without the number before it, None if there is none: 7 Madonna."""
    counted = COUNTED.match(folder)
    return folder[counted.end() :] if counted else None


def _cut_album(name: str) -> tuple[str, str, str]:
    """Artist, hyphen and album of ``Artist - Album``; no hyphen and no album in any other name."""
    bare = NUMBERED.sub("", name.replace("_-_", " - "))
    parts = SPLIT.split(bare, maxsplit=1)
    if len(parts) == 2 and parts[0].strip():
        return parts[0], "-", parts[1]
    if bare != name and bare.count("-") == 1 and " " in bare.partition("-")[2]:
        artist, _, album = bare.partition("-")  # 024 Beatles-Yellow Submarine
        return artist, "-", album
    return bare, "", ""
