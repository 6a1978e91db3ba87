"""Which pieces of music21's corpus the demonstration takes, and what they are called."""

import importlib.util
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import MissingPackageError

__all__ = ["Piece", "choose_pieces", "choose_strangers", "find_corpus"]

# The quick ones: four parts, one page, or a tune. Quartets and symphonies take minutes to export.
N_BACH, N_PALESTRINA, N_TUNES = 98, 36, 92
N_STRANGERS = 2  # recorded, while their MIDI files are held back
LONGEST_NAME = 100  # characters: some file systems allow 143 bytes
PALESTRINA_BYTES = (2500, 5000)  # below are fragments, above are movements that take a second


class Piece(NamedTuple):
    """A score to export: what to call it, and where it is."""

    name: str
    path: Path


def find_corpus() -> Path:
    """Return the folder of music21's corpus.

    Raises
    ------
    MissingPackageError
        If music21 is not installed, or without its corpus.
    """
    spec = importlib.util.find_spec("music21")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        corpus = Path(folder) / "corpus"
        if (corpus / "bach").is_dir():
            return corpus
    raise MissingPackageError('music21 with its corpus is missing; run `pip install "lakhdb[demo]"`')


def choose_pieces() -> list[Piece]:
    """Return the pieces of the demonstration, the same ones at every call; all names differ.

    Raises
    ------
    MissingPackageError
        If music21 is not installed, or without its corpus.
    """
    corpus = find_corpus()
    pieces = [
        *islice(_list_chorales(corpus), N_BACH),
        *_spread(list(_list_masses(corpus)), N_PALESTRINA),
        *_spread(list(_list_tunes(corpus)), N_TUNES),
    ]
    return list({piece.name.casefold(): piece for piece in pieces}.values())


def choose_strangers() -> list[Piece]:
    """Return the pieces whose MIDI files the demonstration does not know: the next of the chorales.

    Raises
    ------
    MissingPackageError
        If music21 is not installed, or without its corpus.
    """
    return list(islice(_list_chorales(find_corpus()), N_BACH, N_BACH + N_STRANGERS))


def _list_chorales(corpus: Path) -> Iterator[Piece]:
    """Yield one chorale for each hymn, in Riemenschneider's order: Bach set many hymns several times."""
    from music21.corpus.chorales import ChoraleListRKBWV

    hymns = set()
    chorales: Any = ChoraleListRKBWV
    for _, entry in sorted(chorales().byRiemenschneider.items()):
        path = corpus / "bach" / f"bwv{entry['bwv']}.mxl"
        hymn = re.sub(r"\W", "", entry["title"].casefold())
        if hymn not in hymns and path.is_file():
            hymns.add(hymn)
            yield _name_piece(f"Bach - BWV {entry['bwv']} {entry['title']}", path)


def _list_masses(corpus: Path) -> Iterator[Piece]:
    """Yield movements of Palestrina's masses, named by mass, section and file."""
    smallest, largest = PALESTRINA_BYTES
    for path in sorted((corpus / "palestrina").glob("*.krn")):
        if smallest <= path.stat().st_size <= largest:
            text = path.read_text(encoding="latin-1")
            mass = re.search(r"^!!!OPR: *(.+?) *$", text, re.MULTILINE)
            yield _name_piece(f"Palestrina - {mass[1] if mass else 'Missa'} - {path.stem}", path)


def _list_tunes(corpus: Path) -> Iterator[Piece]:
    """Yield fiddle tunes of Ryan's Mammoth Collection (1883) that have a title."""
    for path in sorted((corpus / "ryansMammoth").glob("*.abc")):
        title = re.search(r"^T: *(.+?) *$", path.read_text(encoding="latin-1"), re.MULTILINE)
        if title:
            yield _name_piece(f"Ryan's Mammoth Collection - {title[1].replace(' -- ', ' ')}", path)


def _spread(pieces: list[Piece], n: int) -> list[Piece]:
    """Return `n` pieces at even distances: neighbours in the alphabet are often of one work."""
    n = min(n, len(pieces))
    return [pieces[i * len(pieces) // n] for i in range(n)]


def _name_piece(name: str, path: Path) -> Piece:
    """Return a piece whose name is a fit file name on every system."""
    return Piece(re.sub(r'[\x00-\x1f<>:"/\\|?*]', "_", name)[:LONGEST_NAME].rstrip(". "), path)
