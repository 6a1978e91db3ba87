"""What many paths say together: which folders are heaps, which words are artists."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz.fuzz import ratio

from .folders import is_heap, read_folder_artist, strip_number
from .split import SplitPath
from .stems import Stem
from .tidy import order_artist, squash
from .words import GIVEN_NAMES

__all__ = ["Evidence", "Folder", "gather_evidence", "is_same_artist", "list_words"]

# A folder with as many folders in it as no artist has albums.
MANY_FOLDERS = 30
# Numbers among so many folders' names are few.
NUMBERED_SHARE = 50
# A name on its own is an artist before a title if so many files say so and no title holds the word.
SINGLE_NAME_FILES = 2
# A given name begins titles, too: it is an artist if so many begin with it.
SINGLE_NAME_TITLES = 3
# Similarity in percent above which two names are one, misspelt: Gloria Estafan, Blondies.
MISSPELT_RATIO = 85.0
LINKS = frozenset({"the", "and", "e", "und", "y", "et", "a"})


@dataclass(slots=True)
class Folder:
    """What the files of one folder say of it."""

    n_files: int = 0
    n_own: int = 0
    own_forms: Counter[str] = field(default_factory=Counter)
    n_numbers: int = 0
    foreign: Counter[str] = field(default_factory=Counter)

    def has_foreign_artists(self) -> bool:
        """Whether its files begin with the names of several artists, few with its own."""
        n_foreign = self.foreign.total()
        return len(self.foreign) >= 3 and n_foreign > self.n_own and 2 * n_foreign >= self.n_files

    def has_long_titles(self) -> bool:
        """Whether hyphens in its files' names part no artist from a title: few have one, none its artist."""
        return self.n_files > 3 and self.n_own == 0 and 4 * self.foreign.total() <= self.n_files


@dataclass(slots=True)
class Evidence:
    """What a batch of paths says of folders and names."""

    folders: dict[tuple[str, ...], Folder] = field(default_factory=dict)
    subfolders: Counter[tuple[str, ...]] = field(default_factory=Counter)
    numbered: Counter[tuple[str, ...]] = field(default_factory=Counter)
    artists: Counter[str] = field(default_factory=Counter)
    shown: dict[str, str] = field(default_factory=dict)
    first_words: Counter[str] = field(default_factory=Counter)
    title_words: set[str] = field(default_factory=set)

    def is_heap(self, folders: tuple[str, ...]) -> bool:
        """Whether the innermost of these folders holds the music of many."""
        if self.subfolders[folders] >= MANY_FOLDERS:
            return True
        if is_heap(folders[-1]):
            return not self._is_numbered_artist(folders)
        folder = self.folders.get(folders)
        return folder is not None and folder.has_foreign_artists()

    def _is_numbered_artist(self, folders: tuple[str, ...]) -> bool:
        """Whether a number is an artist (311, 883): it stands among many folders with names."""
        above = folders[:-1]
        is_number = folders[-1].isdigit() and len(folders[-1]) == 3
        return (
            is_number
            and self.subfolders[above] >= MANY_FOLDERS
            and (NUMBERED_SHARE * self.numbered[above] <= self.subfolders[above])
        )

    def name_artist(self, folders: tuple[str, ...]) -> str | None:
        """Name the artist of the innermost of these folders, in the form that the others know."""
        artist = read_folder_artist(folders[-1])
        if artist is None:
            return folders[-1] if self._is_numbered_artist(folders) else None
        folder = self.folders.get(folders)
        if folder is not None and folder.own_forms:
            return folder.own_forms.most_common(1)[0][0]
        bare = strip_number(folders[-1])
        if bare is not None and squash(bare) in self.artists:
            return self.shown[squash(bare)]
        return artist

    def knows(self, key: str) -> bool:
        """Whether a squashed name is that of an artist of several words, or of one that is sure."""
        if key not in self.artists:
            return False
        if " " in self.shown[key]:
            return True
        return (
            self.artists[key] >= SINGLE_NAME_FILES
            and len(key) > 3
            and key not in self.title_words
            and (key not in GIVEN_NAMES or self.first_words[key] >= SINGLE_NAME_TITLES)
        )


def gather_evidence(paths: Sequence[SplitPath], stems: Sequence[Stem]) -> Evidence:
    """Gather what paths say together.

    Parameters
    ----------
    paths, stems : sequences of one length

    Returns
    -------
    Evidence
    """
    evidence = Evidence()
    members: dict[tuple[str, ...], list[Stem]] = defaultdict(list)
    for path, stem in zip(paths, stems, strict=True):
        members[path.folders].append(stem)
    for folders, inside in members.items():
        evidence.folders[folders] = _judge_folder(folders, inside)
    for each in {folders[:depth] for folders in members for depth in range(1, len(folders) + 1)}:
        evidence.subfolders[each[:-1]] += 1
        evidence.numbered[each[:-1]] += each[-1].isdigit()
    _collect_artists(evidence, members)
    return evidence


def _judge_folder(folders: tuple[str, ...], stems: Iterable[Stem]) -> Folder:
    folder = Folder()
    artist = read_folder_artist(folders[-1]) if folders else None
    words = list_words(artist) if artist is not None else []
    for stem in stems:
        folder.n_files += 1
        folder.n_numbers += stem.title is None
        if stem.artist is not None:
            if artist is None or not is_same_artist(stem.artist, artist):
                if stem.is_sure:
                    folder.foreign[squash(stem.artist)] += 1
            else:
                folder.n_own += 1
                own = list_words(stem.artist)
                if own != words and sorted(own) == sorted(words):
                    folder.own_forms[stem.artist] += 1
    return folder


def _collect_artists(evidence: Evidence, members: dict[tuple[str, ...], list[Stem]]) -> None:
    for folders, stems in members.items():
        if folders and not evidence.is_heap(folders):
            artist = evidence.name_artist(folders)
            if artist is not None and (strip_number(folders[-1]) is None):
                _count_artist(evidence, artist, len(stems))
        for stem in stems:
            if stem.artist is not None and stem.is_sure:
                _count_artist(evidence, order_artist(stem.artist), 1)
            if stem.title is not None and (stem.artist is not None or " " in stem.title):
                title = list_words(stem.title)
                evidence.title_words.update(title[stem.artist is None :])
                if stem.artist is None and title:
                    evidence.first_words[title[0]] += 1


def _count_artist(evidence: Evidence, artist: str, n_files: int) -> None:
    key = squash(artist)
    if not key:
        return
    evidence.artists[key] += n_files
    evidence.shown.setdefault(key, artist)
    words = artist.split(" ")
    if len(words) == 2:  # surname first
        turned = squash(words[1] + words[0])
        evidence.artists[turned] += 0
        evidence.shown.setdefault(turned, artist)


def list_words(name: str) -> list[str]:
    """Squashed words of a name, links between them and articles left out."""
    return [word for word in map(squash, name.split(" ")) if word and word not in LINKS]


def is_same_artist(one: str, other: str) -> bool:
    """Whether two names are of one artist: in any order, with initials, with part of the words, or misspelt.

    Parameters
    ----------
    one, other : str
    """
    key, other_key = squash(one), squash(other)
    if key == other_key:
        return True
    words, others = set(list_words(one)), set(list_words(other))
    if not words or not others:
        return False
    if words <= others or others <= words:
        return True
    if len(words) == len(others) and _has_initials(words, others):
        return True
    sorted_key, sorted_other = "".join(sorted(words)), "".join(sorted(others))
    if abs(len(sorted_key) - len(sorted_other)) > 2 or len(sorted_key) < 5:
        return sorted_key == sorted_other
    return ratio(sorted_key, sorted_other) > MISSPELT_RATIO


def _has_initials(words: set[str], others: set[str]) -> bool:
    """Whether one name has initials for words of the other: L. Richie."""
    only, only_other = sorted(words - others), sorted(others - words)
    return bool(words & others) and all(
        (len(word) == 1 and other.startswith(word)) or (len(other) == 1 and word.startswith(other))
        for word, other in zip(only, only_other, strict=True)
    )
