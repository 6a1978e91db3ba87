"""Artist and title from the texts of a MIDI file, where these say so plainly: none beats a wrong one."""

import re
from collections.abc import Iterator, Sequence

from .name import Name
from .phrases import ARTIST_LABELS, COMPOSER_LABELS, CREDITS, TITLE_LABELS, is_clean, is_plain_title
from .tidy import has_letter, order_artist, tidy
from .words import GIVEN_NAMES

__all__ = ["choose_name"]

# Names stand at the start: later texts are lyrics. Hostile files hold a million.
LONGEST_SEARCH = 400
LONGEST_TEXT = 400
LATEST_S = 5.0

KARAOKE_LINE = re.compile(r"@T\s*(.*)", re.DOTALL)
LABEL = re.compile(r"\s*([^\W\d_][^:=：]{1,24}?)\s*[:=：]\s*(\S.*)")
QUOTED = re.compile(r"[\"“”«„]([^\"“”«»„]{2,60})[\"“”»]\s*(?:[-–,]?\s*(?:by|von|di|par|de)\s+(.{2,40}))?")
TITLE_BY = re.compile(
    r"(.{2,60}?)[\s,(]+(?:(?:as\s+)?(?:performed|recorded|sung|played)\s+)?by\s+(.{2,40})", re.I
)
BY_LINE = re.compile(r"(?:(?:as\s+)?(?:performed|recorded|sung|made famous)\s+)?by[\s:]+(\S.{1,39})", re.I)
STYLE_LINE = re.compile(r"in the style of[\s:]+(\S.{1,39})", re.I)
DOUBLE_DASH = re.compile(r"\s*--+\s*")
WIDE_GAP = re.compile(r"\s{3,}")
DASH = re.compile(r"\s+[-–—]\s+")
NUMBER = re.compile(r"^\d{1,3}[\s._)-]+(?=\D)")
FIX = re.compile(r"\s*fix\s*\d*$", re.I)
SUFFIX = re.compile(r"\.(?:midi?|kar)$", re.I)
END = ' \t\n-–.,;:*~_=|"“”'


def choose_name(texts: Sequence[tuple[str, int, float, str]]) -> Name:
    """Choose artist and title among the texts of a MIDI file.

    In this order: the ``@T`` lines of karaoke files (title, then artist), lines with labels (``Title: …``),
    the name of the first track or the first text if it looks like a title, with the artist behind ``by`` or a
    dash. Names of instruments, of sequencers and their users, and copyright notices are none: these name who
    typed or published, seldom who plays.

    Parameters
    ----------
    texts : sequence of (kind, track, time_s, text)
        In file order; kinds as in `lakhdb.kernels.midi_file.TEXT_KINDS`, texts decoded.

    Returns
    -------
    Name
    """
    early = [
        (kind, track, time_s, text[:LONGEST_TEXT])
        for kind, track, time_s, text in texts[:LONGEST_SEARCH]
        if time_s <= LATEST_S
    ]
    karaoke = _read_karaoke(early)
    if karaoke.title is not None:
        return karaoke
    labelled = _read_labels(early)
    if labelled.title is not None:
        return labelled
    for place, (kind, track, _, text) in enumerate(early):
        if track == 0 and kind in ("track_name", "text"):
            found = _read_title(text, early[place + 1 :])
            if found is not None:
                return Name(found.artist or labelled.artist, found.title)
            if kind == "text":
                break  # only the first text of all may be a title
    return labelled


def _read_karaoke(texts: Sequence[tuple[str, int, float, str]]) -> Name:
    """Read ``@T`` lines: the title, then the artist, then the typist."""
    lines = []
    for _, _, _, text in texts:
        found = KARAOKE_LINE.match(text)
        if found is not None:
            lines.append(found[1].strip(END))
    lines = [line for line in lines if line]
    if not lines or not has_letter(lines[0]) or CREDITS.search(lines[0]) or "??" in lines[0]:
        return Name(None, None)
    if DASH.search(lines[0]):
        return _split_name(lines[0]) or Name(None, None)
    artist = None
    if len(lines) > 1:
        by = BY_LINE.fullmatch(lines[1])
        artist = _show_artist(by[1] if by else lines[1])
    return Name(artist, tidy(lines[0]) or None)


def _read_labels(texts: Sequence[tuple[str, int, float, str]]) -> Name:
    """Read ``Title: …``, ``Artist: …``, ``Composer: …`` from whatever texts there are."""
    title = artist = composer = None
    for line in _list_lines(texts):
        found = LABEL.fullmatch(line)
        if found is None:
            style = STYLE_LINE.search(line)
            artist = artist or (_show_artist(style[1]) if style else None)
            continue
        label, value = found[1].lower(), found[2].strip(END)
        if label in TITLE_LABELS and title is None and has_letter(value) and not CREDITS.search(value):
            title = tidy(value)
        elif label in ARTIST_LABELS:
            artist = artist or _show_artist(value)
        elif label in COMPOSER_LABELS:
            composer = composer or _show_artist(value)
    # Of a piece with a composer, many are the performers.
    return Name(composer or artist, title)


def _list_lines(texts: Sequence[tuple[str, int, float, str]]) -> Iterator[str]:
    for kind, _, _, text in texts:
        if kind in ("text", "copyright", "track_name", "marker"):
            yield from text.split("\n")


def _read_title(text: str, following: Sequence[tuple[str, int, float, str]]) -> Name | None:
    """Read a title that stands first, with the artist in it or on the line after."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not lines:
        return None
    split = _split_name(lines[0])
    if split is None:
        return None
    if split.artist is not None:
        return split
    after = lines[1] if len(lines) > 1 else _find_next(following)
    by = BY_LINE.fullmatch(after.strip(END))
    return Name(_show_artist(by[1]), split.title) if by is not None else split


def _find_next(following: Sequence[tuple[str, int, float, str]]) -> str:
    for kind, track, _, text in following:
        if track == 0 and kind in ("text", "copyright"):
            return text
    return ""


def _split_name(line: str) -> Name | None:
    """Read a line as a title, alone or with its artist; None if it is none or leaves open which is which."""
    line = FIX.sub("", SUFFIX.sub("", NUMBER.sub("", line.strip())))
    quoted = QUOTED.match(line)
    if quoted is not None and is_plain_title(quoted[1]):
        return Name(_show_artist(quoted[2]) if quoted[2] else None, tidy(quoted[1]))
    if not is_plain_title(line):
        return None
    by = TITLE_BY.fullmatch(line)
    if by is not None:
        artist = _show_artist(by[2].rstrip(")"))
        return Name(artist, tidy(by[1])) if artist and is_plain_title(by[1]) else None
    columns = DOUBLE_DASH.split(line)
    if len(columns) > 1:
        return Name(_show_artist(columns[1]), tidy(columns[0])) if is_plain_title(columns[0]) else None
    line = WIDE_GAP.split(line)[0]  # columns: what follows is about the recording
    parts = DASH.split(line)
    if len(parts) == 2:
        return _tell_apart(*parts)
    return Name(None, tidy(line)) if len(parts) == 1 else None


def _tell_apart(one: str, other: str) -> Name | None:
    """Tell artist and title apart on two sides of a dash: files have them in either order."""
    if not is_plain_title(one) or not is_plain_title(other):
        return None
    if (
        not one.isascii()
        and not other.isascii()
        and not (one + other).islower()
        and one.lower() == one.upper()
    ):
        return Name(other.strip(), one.strip())  # scripts without case: title, then singer
    is_one, is_other = _looks_like_artist(one), _looks_like_artist(other)
    if is_one == is_other:
        return None
    artist, title = (one, other) if is_one else (other, one)
    return Name(_show_artist(artist), tidy(title))


def _looks_like_artist(text: str) -> bool:
    """Whether two or three words begin with a given name, or with the article of a band."""
    words = text.lower().split()
    return 2 <= len(words) <= 3 and words[0] in GIVEN_NAMES and words[-1] not in GIVEN_NAMES


def _show_artist(text: str) -> str | None:
    shown = tidy(text)
    if (
        not has_letter(shown)
        or not is_clean(shown)
        or CREDITS.search(shown)
        or len(shown.split()) > 6
        or "??" in shown
    ):
        return None
    return order_artist(shown)
