"""Names as they are shown: words apart, sensible capitals, people's names in order."""

import re
import unicodedata
from functools import lru_cache

from .words import GIVEN_NAMES, GIVEN_NAMES_ONLY, SMALL_WORDS, SURNAMES_TOO

__all__ = ["has_letter", "order_artist", "squash", "tidy"]

HUMP = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=\d)")
# McCoy, DiCapri, O'Hara: their humps are none.
SOLID = re.compile(r"(?:Mc|Mac|De|Di|La|Le|O'|Fitz|Van)[A-Z][a-z]+")
SPACES = re.compile(r"[\s_]+")
EDGES = ' \t\n.,;:-–_~=+*"“”/|'
WORD = re.compile(r"[^\W_]+(?:['’´`][^\W_]+)*")
SQUASHED = {code: chr(code).lower() if chr(code).isalnum() else None for code in range(128)}
NICKNAMES = frozenset({"little", "sweet", "boy", "kid", "fats", "cat", "doc", "earl", "muddy", "wet"})
ROMAN = frozenset(["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"])


def squash(name: str) -> str:
    """Letters and digits alone, lower case, accents dropped: the form in which names are compared.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
    """
    if name.isascii():
        return name.translate(SQUASHED)
    plain = unicodedata.normalize("NFKD", name)
    return "".join(character for character in plain if character.isalnum()).casefold()


def has_letter(name: str) -> bool:
    """Whether a name holds a letter of any script."""
    return any(map(str.isalpha, name))


@lru_cache(maxsize=16384)
def tidy(name: str) -> str:
    """Give a name as text to show: words apart, capitals where there were none or nothing else.

    Parameters
    ----------
    name : str
        As part of a path: with underscores, hyphens or humps between words.

    Returns
    -------
    str
        Possibly empty.
    """
    text = name if name.isascii() else unicodedata.normalize("NFC", name)
    if " " not in text and "_" not in text:
        if "-" in text:
            text = text.replace("-", " ")
        elif not (text.isupper() or text.islower() or SOLID.fullmatch(text)):
            text = HUMP.sub(" ", text)
    text = SPACES.sub(" ", text).strip(EDGES)
    if text.islower() or (text.isupper() and len(text) > 3):
        text = _capitalise(text)
    return text


def _capitalise(text: str) -> str:
    """Capitals at the head of words, but for small words inside."""
    shouted = text.isupper()

    def raise_word(match: re.Match[str]) -> str:
        word = match[0]
        low = word.lower()
        if match.start() and match.end() < len(text) and low in SMALL_WORDS:
            return low
        if shouted and (word in ROMAN or len(word) == 1):
            return word
        return low[:1].upper() + low[1:]

    return WORD.sub(raise_word, text)


@lru_cache(maxsize=16384)
def order_artist(artist: str) -> str:
    """Put a name in its spoken order: The Beach Boys, Stevie Wonder, Kenny Rogers.

    Parameters
    ----------
    artist : str
        Tidied: ``Beach Boys, The``, ``Wonder, Stevie``, ``Rogers Kenny`` or any other.

    Returns
    -------
    str
        The name as it was where nothing says that it is turned round.
    """
    before, comma, after = artist.partition(",")
    before, after = before.strip(), after.strip()
    if comma and has_letter(before) and has_letter(after) and "," not in after:
        return _join_at_comma(artist, before, after)
    words = artist.split(" ")
    if len(words) > 1 and words[-1].lower() == "the":
        return " ".join(("The", *words[:-1]))
    if len(words) == 2:
        first, last = words[0].lower().rstrip("."), words[1].lower()
        if last in GIVEN_NAMES and last not in SURNAMES_TOO and first not in GIVEN_NAMES and len(first) > 2:
            return f"{words[1]} {words[0]}"
        if first not in GIVEN_NAMES_ONLY | NICKNAMES and last in GIVEN_NAMES_ONLY:
            return f"{words[1]} {words[0]}"
    return artist


def _join_at_comma(artist: str, before: str, after: str) -> str:
    words = after.split(" ")
    given = words[0].lower().rstrip(".")
    if given in {"inc", "jr", "sr", "ltd"}:
        return artist
    if "&" in words or "and" in words:
        if given not in GIVEN_NAMES or before.lower() in GIVEN_NAMES:
            return artist  # Earth, Wind & Fire; Peter, Paul & Mary
        return " ".join((words[0], before, *words[1:]))
    if len(words) > 2:
        return artist
    return f"{after} {before}"
