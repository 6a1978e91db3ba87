"""Lists of metadata as columns and rows, whatever their format: read from start to end, little at a time."""

import codecs
import gzip
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from ..models import Side
from .list_json import CHUNK, is_lmd, read_lmd, read_objects
from .list_lines import LONGEST, Lines, split_header, split_lines
from .scan import open_regular

__all__ = ["Records", "Row", "open_records"]

Row = Sequence[str | None]

GZIP = b"\x1f\x8b"
PARQUET = b"PAR1"
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# Between the fields of the Million Song Dataset's lists.
MSD_MARK = "<SEP>"
MSD_TRACK = re.compile(r"TR[A-Z]{5}[0-9A-F]{11}")
MSD_SONG = re.compile(r"SO[A-Z]{5}[0-9A-F]{11}")

# Entries of JSON whose keys are taken for the columns of all.
N_SAMPLED = 1000

# Rows of Parquet read at once.
BATCH_ROWS = 10_000


def _read_as_latin(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


# Old lists have bytes that are no UTF-8, mostly here and there: those, and no more, are read as Latin-1.
LATIN = "lakhdb.latin"
codecs.register_error(LATIN, _read_as_latin)


@dataclass(frozen=True)
class Records:
    """A list that is being read.

    Attributes
    ----------
    columns : sequence of str
    rows : iterator of sequences of str or None
        As long as `columns`, or shorter where the row is.
    side : {"midi", "audio"} or None
        Where the format tells.
    """

    columns: Sequence[str]
    rows: Iterator[Row]
    side: Side | None = None


@contextmanager
def open_records(path: Path, skipped: Counter[str]) -> Iterator[Records]:
    """Open a list, in the format that its content shows: Parquet, JSON, MSD's, or text with delimiters.

    Parameters
    ----------
    path : Path
    skipped : Counter
        Rows that cannot be read are counted in it, by reason, while the others are read.

    Raises
    ------
    ValueError, EOFError, zlib.error
        If it holds nothing or is damaged as a whole; also later, while the rows are read.
    UnreadableError
        If it is no regular file.
    OSError
        If it cannot be read; also later.
    """
    with open_regular(str(path)) as raw:
        start = raw.read(4)
        raw.seek(0)
        if start == PARQUET:
            yield _read_parquet(raw)
            return
        with gzip.open(raw) if start[:2] == GZIP else raw as binary:
            has_utf16 = binary.read(2) in UTF16
            binary.seek(0)
            encoding, errors = ("utf-16", "replace") if has_utf16 else ("utf-8-sig", LATIN)
            yield _read_text(TextIOWrapper(binary, encoding, errors), skipped)


def _read_text(stream: IO[str], skipped: Counter[str]) -> Records:
    start = ""
    while not start.strip():
        start = stream.readline(LONGEST)
        if not start:
            raise ValueError("it holds nothing")
    if start.lstrip()[0] in "[{":
        return _read_json(start, stream, skipped)
    lines = Lines(stream, skipped)
    if MSD_MARK in start:
        lines.put_back([start.rstrip("\n")])
        return Records(("track_id", "artist", "title"), _split_msd(lines, skipped), "audio")
    delimiter, columns = split_header(start.rstrip("\n"))
    return Records(columns, split_lines(lines, delimiter, len(columns), skipped))


def _split_msd(lines: Lines, skipped: Counter[str]) -> Iterator[Row]:
    """Read unique_tracks.txt or one of its relatives: …track id<SEP>[song id<SEP>]artist<SEP>title."""
    for line in lines:
        fields = line.strip().split(MSD_MARK)
        place = next((n for n, text in enumerate(fields) if MSD_TRACK.fullmatch(text)), None)
        if place is None:
            skipped["without a track id"] += 1
            continue
        rest = fields[place + 1 :]
        if rest and MSD_SONG.fullmatch(rest[0]):
            rest = rest[1:]
        yield fields[place], rest[0] if rest else None, MSD_MARK.join(rest[1:])


def _read_json(start: str, stream: IO[str], skipped: Counter[str]) -> Records:
    start += stream.read(CHUNK)
    if is_lmd(start):
        return Records(("md5", "artist", "title", "path"), read_lmd(start, stream, skipped), "midi")
    objects = read_objects(start, stream, skipped)
    sample = list(islice(objects, N_SAMPLED))
    if not sample:
        raise ValueError("it looks like JSON and holds no entry that can be read")
    columns = list(dict.fromkeys(key for value in sample for key in value))
    rows = ([_to_text(value.get(key)) for key in columns] for value in chain(sample, objects))
    return Records(columns, rows)


def _to_text(value: Any) -> str | None:
    """Return what stands in a field of JSON; lists and objects say nothing here."""
    if isinstance(value, str):
        # JSON can spell half characters, which no database takes.
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _read_parquet(stream: IO[bytes]) -> Records:
    file = pq.ParquetFile(stream)
    columns = [field.name for field in file.schema_arrow if _is_plain(field.type)]
    return Records(columns, _read_batches(file, columns))


def _is_plain(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    tests = ("is_string", "is_large_string", "is_binary", "is_integer", "is_floating")
    return any(getattr(pa.types, test)(kind) for test in tests)


def _read_batches(file: pq.ParquetFile, columns: Sequence[str]) -> Iterator[Row]:
    for batch in file.iter_batches(BATCH_ROWS, columns=list(columns)):
        # As bytes, for writers that put other encodings into text columns.
        texts = [column.cast(pa.string(), safe=False).cast(pa.binary()).to_pylist() for column in batch]
        yield from zip(*([_decode(value) for value in column] for column in texts), strict=True)


def _decode(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", LATIN)
