"""Artist and title from paths: folders and file names, read together."""

import re
from collections.abc import Sequence

from .folders import is_album, is_heap
from .name import Name
from .siblings import Evidence, Folder, gather_evidence, is_same_artist, list_words
from .split import SplitPath, split_path
from .stems import Stem, clean_title, read_stem
from .tidy import order_artist, squash, tidy
from .words import GIVEN_NAMES

__all__ = ["parse_path", "parse_paths"]

# Words of an artist's name that may stand before a title without a sign between.
LONGEST_ARTIST = 5
# A title of eight letters at most with no space before the bracket.
CUT_TITLE = re.compile(r"[^\W\d_]{3,8}\(")
# Behind one word, these go on with a sentence rather than begin a title.
SENTENCE_WORDS = frozenset({"me", "of", "are", "is", "&", "and", "'n", "us"})
# More files than this in a folder whose names are numbers alone are numbered, not named.
FEW_NUMBERS = 3


def parse_path(path: str) -> Name:
    """Read artist and title from one path.

    Only the last two or three parts of the path count. `parse_paths` knows more where there are several.

    Parameters
    ----------
    path : str
        Absolute or not; of a MIDI file or a recording, which the suffix tells.

    Returns
    -------
    Name
        None for what the path does not say: ``93504_03.MID`` has no title, ``UNSORTED MIDI`` is no artist.
        Names are given as they stand, cut to eight letters or run together (``Allapolo``), misspelt or not.
    """
    return parse_paths([path])[0]


def parse_paths(paths: Sequence[str]) -> list[Name]:
    """Read artists and titles from paths that stand beside each other in a collection.

    Siblings help in three ways: a folder whose files begin with several artists is none itself; the order of
    ``Elton John - Daniel`` says how to read the folder ``John Elton``; an artist known from one file is found
    in another that has no sign between artist and title.

    Parameters
    ----------
    paths : sequence of str

    Returns
    -------
    list of Name, length of `paths`
    """
    split = [split_path(path) for path in paths]
    stems = [read_stem(path.stem, path.is_audio) for path in split]
    evidence = gather_evidence(split, stems)
    artists: dict[tuple[tuple[str, ...], bool, bool], tuple[str | None, bool]] = {}
    names = []
    for path, stem in zip(split, stems, strict=True):
        key = (path.folders, path.is_audio, stem.track is not None)
        if key not in artists:
            artists[key] = _choose_folder(path, stem, evidence)
        names.append(_name_file(stem, *artists[key], evidence.folders[path.folders], evidence))
    return names


def _choose_folder(path: SplitPath, stem: Stem, evidence: Evidence) -> tuple[str | None, bool]:
    """Return the artist among the folders above a file, and whether an album stands between."""
    folders = path.folders
    if not folders:
        return None, False
    above = folders[:-1]
    if above and _is_album_of(path, stem, evidence):
        return evidence.name_artist(above), True
    if evidence.is_heap(folders):
        return None, False
    return evidence.name_artist(folders), False


def _is_album_of(path: SplitPath, stem: Stem, evidence: Evidence) -> bool:
    """Whether the folder is an album and the one above it its artist."""
    folders = path.folders
    parent, above = folders[-1], folders[:-1]
    if evidence.is_heap(above):
        return False
    if not path.is_audio:
        return is_album(parent) and not is_heap(parent)
    # A number before the title is a record's, whatever the folder is called (Jazz, 1984).
    if stem.track is not None or is_album(parent):
        return True
    # Without it, a folder of folders of an artist stands in a heap.
    return not is_heap(parent) and (len(above) < 2 or is_heap(above[-2]))


def _name_file(stem: Stem, artist: str | None, on_album: bool, folder: Folder, evidence: Evidence) -> Name:
    if artist is None:
        return _turn_round(stem, evidence) if stem.artist is not None else _find_known(stem, evidence)
    if stem.artist is None:
        return _name_within(stem, artist, on_album, folder)
    if is_same_artist(stem.artist, artist):
        return _merge_artists(stem, artist, on_album)
    if stem.title is not None and set(list_words(stem.title)) == set(list_words(artist)):
        return Name(artist, clean_title(stem.artist))
    if on_album or not stem.is_sure or folder.has_long_titles():
        return Name(artist, stem.whole or stem.title)
    return _turn_round(stem, evidence)


def _merge_artists(stem: Stem, artist: str, on_album: bool) -> Name:
    """Name a file whose own name and whose folder name the same artist: the fuller form counts."""
    own = stem.artist or artist
    n_own, n_folder = len(list_words(own)), len(list_words(artist))
    if on_album and n_own != n_folder:
        return Name(artist, stem.whole or stem.title)
    return Name(own if n_own > n_folder else artist, stem.title)


def _name_within(stem: Stem, artist: str, on_album: bool, folder: Folder) -> Name:
    """Name a file in its artist's folder that names no artist itself, or none that is set off."""
    if stem.title is None:
        number = squash(stem.raw_title)
        # 1999 and 86 are titles, but not where all files are numbers.
        is_title = number.isdigit() and 1 < len(number) <= 4 and folder.n_numbers <= FEW_NUMBERS
        return Name(artist, number if is_title else None)
    if on_album:
        return Name(artist, stem.title)
    if squash(stem.title) == squash(artist) and stem.raw_title[-1:].isdigit():
        return Name(artist, None)  # Beatles 2
    bracket = _split_bracket(stem.raw_title)
    if bracket is not None and squash(bracket[1]) in {
        squash(artist),
        squash("".join(artist.split(" ")[::-1])),
    }:
        return Name(artist, clean_title(bracket[0]))
    return _cut_artist(stem.title, artist)


def _cut_artist(title: str, artist: str) -> Name:
    """Cut a title's artist off where no sign sets him off: ``Wham Everything She Wants``."""
    own = sorted(list_words(artist))
    letters = squash(title)
    if not any(word in letters for word in own):
        return Name(artist, title)
    words = title.split(" ")
    for size in range(1, min(LONGEST_ARTIST, len(words) - 1) + 1):
        if sorted(list_words(" ".join(words[:size]))) != own and squash("".join(words[:size])) != squash(
            artist
        ):
            continue
        rest = words[size:]
        if len(own) == 1 and rest[0].lower() in SENTENCE_WORDS:
            break  # Kiss Me
        if (
            len(own) == 1
            and len(rest) > 1
            and rest[0].lower() in GIVEN_NAMES
            and artist.lower() not in GIVEN_NAMES
        ):
            return Name(f"{rest[0]} {artist}", clean_title(" ".join(rest[1:])))
        return Name(artist, clean_title(" ".join(rest)))
    if len(words) > 2 and len(own) == 1 and words[0].lower() in GIVEN_NAMES and squash(words[1]) == own[0]:
        return Name(" ".join(words[:2]), clean_title(" ".join(words[2:])))
    behind = words[-len(own) :]
    if len(words) > len(behind) and sorted(list_words(" ".join(behind))) == own and "(" not in title:
        before = words[: -len(own)]
        if len(before) > 1 and before[-1].lower() == "the":  # Eight Days a Week the Beatles
            return Name(artist, clean_title(" ".join(before[:-1])))
        if len(own) > 1:
            return Name(artist, clean_title(" ".join(before)))
    return Name(artist, title)


def _split_bracket(raw: str) -> tuple[str, str] | None:
    if not raw.endswith(")"):
        return None
    before, bracket, inside = raw[:-1].rpartition("(")
    return (before.strip(), inside.strip()) if bracket and before.strip() and inside.strip() else None


def _turn_round(stem: Stem, evidence: Evidence) -> Name:
    """Read ``Title - Artist`` as such where the second is known as an artist and the first is not."""
    artist, title = stem.artist, stem.title
    if artist is None or title is None:
        return Name(artist, title)
    before, behind = squash(artist), squash(title)
    if stem.is_sure and evidence.artists[before] <= 1 and " " in title and evidence.artists[behind] > 0:
        return Name(evidence.shown[behind], clean_title(artist))
    return Name(order_artist(artist), title)


def _find_known(stem: Stem, evidence: Evidence) -> Name:
    """Find an artist whom other paths name: before the title, behind it or in brackets."""
    title = stem.title
    if title is None:
        return Name(None, None)
    bracket = _split_bracket(stem.raw_title)
    if bracket is not None and _is_person(bracket[1], CUT_TITLE.match(stem.raw_title) is not None, evidence):
        shown = evidence.shown.get(squash(bracket[1]), tidy(bracket[1]))
        return Name(shown, clean_title(bracket[0]))
    words = title.split(" ")
    if len(words) < 2:
        return Name(None, title)
    for size in range(min(LONGEST_ARTIST, len(words) - 1), 0, -1):
        key = squash("".join(words[:size]))
        if evidence.knows(key) and (size > 1 or " " not in evidence.shown[key]):
            return Name(evidence.shown[key], clean_title(" ".join(words[size:])))
    for size in range(min(LONGEST_ARTIST, len(words) - 1), 0, -1):
        key = squash("".join(words[-size:]))
        if evidence.knows(key) and " " in evidence.shown[key]:
            return Name(evidence.shown[key], clean_title(" ".join(words[:-size])))
    key = squash(title)
    if evidence.knows(key) and " " in evidence.shown[key] and evidence.artists[key] > 1:
        return Name(evidence.shown[key], None)
    return Name(None, title)


def _is_person(inside: str, is_cut: bool, evidence: Evidence) -> bool:
    """Whether brackets hold an artist.

    One that is known, two words of which the first is a given name, or what stands behind a title that was
    cut to eight letters: Dontleav(Thelmahouston).
    """
    if evidence.knows(squash(inside)):
        return True
    words = inside.lower().split()
    if is_cut and inside[:1].isupper():
        return True
    return len(words) == 2 and words[0] in GIVEN_NAMES and words[1] not in GIVEN_NAMES
