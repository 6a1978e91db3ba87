"""What a file's own name says, by the habits of those who name files."""

import re
from dataclasses import dataclass, replace

from .tidy import has_letter, squash, tidy
from .words import BLANKS_WITH_NUMBER, COUNTED_WORDS, TITLE_BLANKS, VERSION_WORDS

__all__ = ["Stem", "clean_title", "read_stem"]


@dataclass(frozen=True, slots=True)
class Stem:
    """What a file's name says by itself.

    Attributes
    ----------
    artist : str or None
        As text to show.
    title : str or None
        As text to show.
    raw_title : str
        The title before it was tidied.
    is_sure : bool
        Whether a separator set the artist off that separates nothing else.
    whole : str or None
        The whole name as one title, for a caller who knows that no artist stands in it.
    track : int or None
        Number before the name.
    """

    artist: str | None
    title: str | None
    raw_title: str
    is_sure: bool = False
    whole: str | None = None
    track: int | None = None


HASH = re.compile(r"[0-9a-fA-F]{24,}|[0-9a-fA-F]{8}-[0-9a-fA-F-]{20,}")
# 8.3 twins, copies, editions, years: never part of a title.
COPY = re.compile(
    r"(?:~\d+|\s*[(\[]karaoke\b[^)\]]*[)\]]|__\w+_\d{8,}|\[\d+\]|\s*\(\d{1,4}\)"
    r"|(?<!\bnr)(?<!\bno)(?<!\bop)(\.\d{1,2})|[_ -]v(?:er(?:sion)?)?[_ .-]*\d|\s*- copy(?: \(\d+\))?)$",
    re.IGNORECASE,
)
MARK_L = re.compile(r"\s+L(?:\s+\d{1,2})?$")
MARK_PM = re.compile(r"\s+(?:P[Mm]|Infantil|Poly)$")
MARK_K = re.compile(r"\s*\bKo?$", re.IGNORECASE)
NUMBER_TAIL = re.compile(r"(\S*?)(?:\s+|[-_])(\d{1,2})$")
GLUED_TAIL = re.compile(r"(?<=[a-z]{4})(?:[1-9]|0\d)$")
# "01 Help", "12 - Help", "1-04 Help", "03help"; a number without a sign behind it only with a leading zero.
TRACK = re.compile(
    r"^(?:cd\s?\d\s*-\s*)?(?:\d-)?"
    r"(?:(\d{2,3})(?:\s*[-._)\]]+\s*|(?<=^0\d)\s+|(?<=^0\d)(?=[a-z])|(?<=^0\d\d)(?=[a-z]))"
    r"|\((\d{1,3})\)\s*"
    r"|(\d)(?:\.\s*|\)\s*|\s+-\s+|_-_))"
    r"(?=[^\W\d_]|[\"'(])"
)
AUDIO_TRACK = re.compile(r"^(\d{2})(?:-+|\s-\s|\.\s?)(?=\S)")
DASH = re.compile(r"\s+[-–—]+\s+|_[-–]_|\s+[-–—](?=[A-Z])|(?<=[^\W_])[–—]\s")
KEY_TEMPO = re.compile(r"^(.+?)\d*-[A-G][b#]?m?\d{2,3}(?:-(\w+))?$")
KAR = re.compile(r"^(.+?)[-_]kar_\w+$|^(.+)[-_](?:karaoke|kar)$", re.IGNORECASE)
CODE_TITLE = re.compile(r"^[a-z]{1,2}\d{1,3}$")
HUMPED = re.compile(r"^([A-Z0-9][^\W_]*)_([A-Z0-9][^_ ]*)$")
HAS_HUMP = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]|[a-z]\d")
INITIALS = re.compile(
    r"^((?:[A-Z]\. ?)+(?:(?:De|Di|D'|Da|Mc|Mac|La|Van|Von|Del|Della) ?)?[A-Z][\w']+"
    r"(?:(?: & | [Ee] | and | )(?:[A-Z]\. ?)+[A-Z][\w']+| & [A-Z]\w+)?) ([^a-z].*)$"
)
# Upper case before a full stop that are no artists.
ABBREVIATIONS = frozenset(
    {"MR", "MRS", "MS", "DR", "ST", "NO", "NR", "PT", "VOL", "FT", "OP", "II", "III", "IV"}
)


def read_stem(stem: str, is_audio: bool = False) -> Stem:
    """Read the name of a file, its suffix taken off.

    Parameters
    ----------
    stem : str
    is_audio : bool
        Whether the file is a recording; the marks of MIDI collections (`` L``, `` K``) are then none.

    Returns
    -------
    Stem
    """
    text = stem.strip()
    if HASH.fullmatch(text):
        return Stem(None, None, "")
    track, text = _cut_track(text, is_audio)
    if not is_audio:
        text = MARK_PM.sub("", MARK_L.sub("", text))
    text, is_copy = _cut_copies(text)
    found = _split_stem(text)
    if (is_audio and track is not None) or (is_copy and found.artist is None):
        # The number of the record or of the copy has been cut: others are the title's own.
        title = tidy(text if found.artist is None else found.raw_title)
        if found.artist is None and _is_blank(title) and not title.startswith("Song"):
            title = ""
        return replace(found, title=title or None, whole=tidy(text) or None, track=track)
    if found.artist is not None and (not has_letter(found.artist) or not found.title):
        found = Stem(None, clean_title(text), text)
    if track is not None:
        found = replace(found, track=track)
    return found


def _cut_track(text: str, is_audio: bool) -> tuple[int | None, str]:
    if not text[:1].isdigit() and text[:1] not in ("(", "c", "C"):
        return None, text
    numbered = AUDIO_TRACK.match(text) if is_audio else None
    if numbered is not None:
        return int(numbered[1]), text[numbered.end() :]
    numbered = TRACK.match(text)
    if numbered is None:
        return None, text
    return int(numbered[1] or numbered[2] or numbered[3]), text[numbered.end() :]


def _cut_copies(text: str) -> tuple[str, bool]:
    """Cut the marks of copies; say whether it was a plain number (``Song 2.1``): then no other is one."""
    if text[-1:].isalpha() and text[-4:].lower() != "copy":
        return text, False
    copy = COPY.search(text)
    if copy is None or not squash(text[: copy.start()]):
        return text, False
    return text[: copy.start()], copy[1] is not None


def _split_stem(text: str) -> Stem:
    """Try the habits, the surest first."""
    if " " in text or "_-_" in text:
        parts = [part.strip() for part in DASH.split(text)]
        if len(parts) > 1 and all(map(squash, parts)):
            return _take_parts(parts, text)
        if "." in text:
            return _split_capitals(text) or _split_initials(text) or _take_title(text)
        return _take_title(text)
    if "-" in text or "_" in text:
        return _split_joined(text) or _take_title(text)
    if "." in text:
        return _split_capitals(text) or _take_title(text)
    return _take_title(text)


def _take_title(text: str) -> Stem:
    return Stem(None, clean_title(text), text)


def _take_parts(parts: list[str], text: str) -> Stem:
    """Read ``Artist - Title``, with an album, a number or a version between or behind."""
    whole = clean_title(text)
    named = [part for part in parts if not part.strip("[]()").isdigit()]
    while len(named) > 2 and squash(named[-1]) in VERSION_WORDS:
        named.pop()
    if len(named) == 2 and not VERSION_WORDS.isdisjoint(named[1].lower().split()[:1]) and " " not in named[1]:
        return Stem(None, clean_title(named[0]), named[0], whole=whole)  # Title - Live
    if len(named) < 2:
        # "Lily Allen - 22": a title that is a number.
        if len(parts) == 2 and parts[1].isdigit() and has_letter(parts[0]):
            return Stem(tidy(parts[0]), parts[1], parts[1], True, whole)
        return Stem(None, whole, text)
    # Four and more of one word each are the words of a title: Bon Jovi - Livin - On - A - Prayer.
    is_worded = len(named) > 3 and not any(" " in part for part in named[1:])
    title = " ".join(named[1:]) if is_worded else named[-1]
    return Stem(tidy(named[0]), clean_title(title, keep_numbers=True), title, True, whole)


def _split_capitals(text: str) -> Stem | None:
    """Read ``THE BEATLES.Help K``, ``P.MC CARTNEY.Young boy k``, ``E.W.F.Fantasy K``."""
    tokens = text.split(".")
    end = _find_capitals_end(tokens)
    if not 0 < end < len(tokens) or not any(len(token) > 1 for token in tokens[end:]):
        return None
    # No space follows the full stop: else it is one of an abbreviation or of initials (P. S. I Love You).
    if any(token[:1] == " " for token in tokens[1 : end + 1]) and len(tokens[0]) < 4:
        return None
    artist = ".".join(tokens[:end])
    title = ".".join(tokens[end:])
    if squash(artist).upper() in ABBREVIATIONS or not has_letter(title):
        return None
    title, _ = _cut_copies(MARK_K.sub("", title))
    spaced = re.sub(r"\.(?=\w)", ". ", artist)
    return Stem(_show_capitals(spaced), clean_title(title, keep_numbers=True), title, True, clean_title(text))


def _find_capitals_end(tokens: list[str]) -> int:
    """Number of tokens that make the artist: words in capitals, with the initials before or between them."""
    end = 0
    in_initials = True
    for place, token in enumerate(tokens[:-1]):
        if not token.isupper():
            break
        if len(token.strip()) > 1:
            end = place + 1
            in_initials = token[-2:-1] == " "  # CREEDENCE C.R
        elif in_initials and place:
            end = place + 1
        # Behind a word, initials are the title's (THE BEATLES.P.S.I love you), but BEN.E.KING is a name.
    return end


def _show_capitals(artist: str) -> str:
    """Capitals to display: initials stay, words of three letters and less that look like initials, too."""
    return tidy(artist) if len(artist) > 3 else artist


def _split_initials(text: str) -> Stem | None:
    """Read ``E. John Crocodile Rock``."""
    found = INITIALS.match(text)
    if found is None:
        return None
    return Stem(tidy(found[1]), clean_title(found[2]), found[2], True, clean_title(text))


def _split_joined(text: str) -> Stem | None:
    """Read names without spaces: ``artist_name-title_words``, ``ArtistName_Title-words`` and marked ones."""
    marked = KEY_TEMPO.match(text)
    if marked:
        title = clean_title(marked[1])
        return Stem(tidy(marked[2]), title, marked[1], True) if marked[2] else Stem(None, title, marked[1])
    marked = KAR.match(text)
    if marked:
        title, _, artist = (marked[1] or marked[2]).partition("-")
        artist = tidy(artist) if len(artist) > 3 and "karaoke" not in artist else ""
        return Stem(artist or None, clean_title(title), title, bool(artist))
    left, hyphen, right = text.partition("-")
    if hyphen and right == right.lower() and (left.islower() or ("_" in text and left.isupper())):
        return _split_lower(text)
    humped = HUMPED.match(text)
    if humped and not text.isupper():
        artist, title = humped[1], humped[2]
        is_sure = HAS_HUMP.search(artist) is not None or HAS_HUMP.search(title) is not None or "-" in title
        if is_sure:
            return Stem(tidy(artist), clean_title(title), title, "-" in title, clean_title(text))
    if hyphen and "-" not in right and "_" not in text and HAS_HUMP.search(left) and right[:1].isupper():
        return Stem(tidy(left), clean_title(right), right, False, clean_title(text))
    return None


def _split_lower(text: str) -> Stem | None:
    """Read ``artist_name-title_words``: one hyphen, or the first where underscores part the words."""
    pieces = text.split("-")
    if len(pieces) > 2 and "_" not in text:
        return None  # hyphens part the words: closer-to-the-heart
    if len(pieces) > 2 and len(pieces[0]) <= 3 and len(pieces[1]) <= 4 and "_" not in pieces[1]:
        pieces[:2] = ["-".join(pieces[:2])]  # a-ha, jay-z, ne-yo
    artist, title = pieces[0], "-".join(pieces[1:])
    if len(squash(artist)) < 2 or not squash(title) or (len(title) == 1 and not title.isdigit()):
        return None
    if title.isdigit() and (len(title) < 2 or _is_blank(f"{artist} {title}")):
        return None  # mygirl-7, recording-01
    if CODE_TITLE.match(title):
        return None  # reelsr-t25, 010-v1
    return Stem(
        tidy(artist), clean_title(title, keep_numbers=title.isdigit()), title, "_" in text, clean_title(text)
    )


def clean_title(text: str, keep_numbers: bool = False) -> str | None:
    """Give a title as text to show, without the number of a copy; None where it says nothing.

    Parameters
    ----------
    text : str
    keep_numbers : bool
        Whether a number alone is a title: behind an artist it is.
    """
    shorter = text
    if text[-1:].isdigit():
        shorter = _cut_number(text)
    title = tidy(shorter)
    if not has_letter(title):
        return title if keep_numbers and 0 < len(title) <= 4 else None
    if _is_blank(title if shorter == text else tidy(text)):
        return tidy(text) if keep_numbers and text[:4].lower() == "song" else None
    return title if keep_numbers or len(title) > 1 or not title.isascii() else None


def _is_blank(title: str) -> bool:
    """Whether a title says nothing: Untitled 5, poly1430, Track."""
    words = title.lower().split(" ")
    blank = words[0].rstrip("0123456789")
    if blank not in TITLE_BLANKS or len(words) > 2 or (len(words) == 2 and not words[1].isdigit()):
        return False
    return len(words) == 2 or blank != words[0] or blank not in BLANKS_WITH_NUMBER


def _cut_number(text: str) -> str:
    """Cut the number of a copy from the end: Handy Man 2, Jingle-Bells-1, onemoretry3."""
    tail = NUMBER_TAIL.search(text)
    if tail is not None:
        word = tail[1].rsplit("-")[-1].rsplit("_")[-1].lower()
        if word in COUNTED_WORDS or not has_letter(text[: tail.start(2)]):
            return text
        return text[: tail.end(1)]
    return GLUED_TAIL.sub("", text) if " " not in text else text
