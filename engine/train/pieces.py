"""The MIDI files to train on, which of them are one composition, and which are left for tests."""

import csv
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import InputError
from ..ingest.scan import MIDI_SUFFIXES, find_sources
from .mirror import MIRRORS

__all__ = ["Piece", "Split", "list_mirrored", "list_pieces"]

Split = Literal["train", "validation", "test"]

COLUMNS = {"file", "composition"}
# One composition in so many is kept to choose the best of the training's states by.
VALIDATION_SHARE = 10


@dataclass(frozen=True, order=True)
class Piece:
    """A MIDI file.

    Attributes
    ----------
    path : str
        Absolute; a member of an archive is ``a.zip!/x.mid``. Of a mirrored file it ends in one of `MIRRORS`,
        as name and composition do.
    name : str
        The same wherever the files lie: what the table calls it, else its path within the folder or archive
        that was given.
    composition : str
        Files of one composition are versions of each other, and in one split.
    split : {"train", "validation", "test"}
    """

    path: str
    name: str
    composition: str
    split: Split


def list_pieces(paths: Sequence[Path], compositions: Path | None) -> list[Piece]:
    """List MIDI files and their compositions, by name.

    Parameters
    ----------
    paths : sequence of Path
        Folders, archives, files.
    compositions : Path or None
        CSV with the columns ``file`` (the end of a path), ``composition`` and perhaps ``split`` (``train`` or
        ``test``). Files that it does not name are left out. Without a table each file is a composition.

    Raises
    ------
    InputError
        If a path or the table cannot be read, or no file is left to train on.
    """
    found = {
        source.path: os.path.relpath(source.path, os.path.dirname(os.path.abspath(root.expanduser())))
        for root in paths
        for source in find_sources(root, MIDI_SUFFIXES, None)
        if source.trouble is None
    }
    if compositions is None:
        pieces = [Piece(path, name, name, _draw_split(name)) for path, name in found.items()]
    else:
        pieces = _join(found, _read_table(compositions))
    if not any(piece.split == "train" for piece in pieces):
        raise InputError("no MIDI file is left to train on; give folders, archives or files that have some.")
    return sorted(pieces, key=lambda piece: (piece.name, piece.path))


def list_mirrored(pieces: Sequence[Piece]) -> list[Piece]:
    """List those to train on once more in each mirror, as compositions of their own."""
    return [
        Piece(one.path + mirror, one.name + mirror, one.composition + mirror, one.split)
        for one in pieces
        if one.split == "train"
        for mirror in MIRRORS
    ]


def _draw_split(composition: str) -> Split:
    number = int.from_bytes(hashlib.md5(composition.encode(errors="surrogateescape")).digest()[-4:])
    return "validation" if number % VALIDATION_SHARE == 0 else "train"


def _read_table(path: Path) -> dict[str, tuple[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read: {error}; give a CSV file in UTF-8.") from error
    if not rows or not set(rows[0]) >= COLUMNS:
        raise InputError(f"{path} needs the columns file and composition; give them in its first line.")
    splits = {row.get("split") or "train" for row in rows}
    if not splits <= {"train", "test"}:
        raise InputError(f"{path} has splits {sorted(splits)}; use train and test.")
    return {row["file"]: (row["composition"], row.get("split") or "train") for row in rows}


def _join(found: dict[str, str], table: dict[str, tuple[str, str]]) -> list[Piece]:
    pieces = []
    for path in found:
        parts = path.split("/")
        tails = ("/".join(parts[start:]) for start in range(len(parts)))
        name = next((tail for tail in tails if tail in table), None)
        if name is not None:
            composition, split = table[name]
            chosen: Split = "test" if split == "test" else _draw_split(composition)
            pieces.append(Piece(path, name, composition, chosen))
    return pieces
