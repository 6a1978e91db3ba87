"""Entries of JSON (lines, an array, LMD's md5_to_paths.json), read little at a time."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import IO, Any

from ..names.name import Name
from ..names.paths import parse_paths
from .list_lines import LONGEST

__all__ = ["CHUNK", "is_lmd", "read_lmd", "read_objects"]

# Characters read at once.
CHUNK = 1 << 16

LMD_START = re.compile(r'\s*\{\s*"[0-9a-f]{32}"\s*:\s*\[')
LMD_ENTRY = re.compile(r'"([0-9a-f]{32})"\s*:\s*(?=\[)')
OBJECT = re.compile(r"(?=\{)")

# Entries whose paths are read together: they tell of each other.
BATCH_ENTRIES = 10_000

# Longer than what the patterns match: so much is kept of text in which no entry begins.
OVERLAP = 100

DECODER = json.JSONDecoder()


def is_lmd(start: str) -> bool:
    """Tell whether JSON begins as LMD's md5_to_paths.json does: ``{"<md5>": [paths…], …}``."""
    return LMD_START.match(start) is not None


def read_lmd(start: str, stream: IO[str], skipped: Counter[str]) -> Iterator[tuple[str | None, ...]]:
    """Read MD5, artist, title and a path for each entry of md5_to_paths.json."""
    entries = _scan(LMD_ENTRY, start, stream, skipped)
    while batch := list(islice(entries, BATCH_ENTRIES)):
        paths = [[path for path in values if isinstance(path, str)] for _, values in batch]
        names = iter(parse_paths([path for group in paths for path in group]))
        for (found, _), group in zip(batch, paths, strict=True):
            if not group:
                skipped["without a path"] += 1
                continue
            said = zip(group, islice(names, len(group)), strict=True)
            path, name = max(said, key=lambda pair: _rate(pair[1]))
            yield found[1], name.artist, name.title, path


def read_objects(start: str, stream: IO[str], skipped: Counter[str]) -> Iterator[Mapping[str, Any]]:
    """Read the objects of an array, or of lines."""
    for _, value in _scan(OBJECT, start, stream, skipped):
        yield value


def _rate(name: Name) -> int:
    """Rate what a path says: the title counts most."""
    return 2 * (name.title is not None) + (name.artist is not None)


def _scan(
    entry: re.Pattern[str], buffer: str, stream: IO[str], skipped: Counter[str]
) -> Iterator[tuple[re.Match[str], Any]]:
    """Find entries and decode the value behind each; after damage, go on where the next one begins."""
    at = 0
    while True:
        found = entry.search(buffer, at)
        if found is None:
            buffer, at = buffer[max(at, len(buffer) - OVERLAP) :], 0
            if not (more := stream.read(CHUNK)):
                return
            buffer += more
            continue
        try:
            value, at = DECODER.raw_decode(buffer, found.end())
        except (ValueError, RecursionError):
            more = stream.read(CHUNK) if len(buffer) - found.start() < LONGEST else ""
            if more:  # the entry may just not have been read to its end
                buffer, at = buffer[found.start() :] + more, 0
            else:
                skipped["that are damaged"] += 1
                at = found.start() + 1
            continue
        yield found, value
        if at > CHUNK:
            buffer, at = buffer[at:], 0
