"""What the recordings' tags say: mostly the truth, as badly as in real collections."""

from collections.abc import Sequence
from pathlib import Path

__all__ = ["tag_recordings"]

UNTAGGED = 4  # every fourth recording says nothing …
MISSPELT = 5  # … of the others every fifth is in capitals, two letters exchanged …
LYING = 10  # … and the ninth of ten says that it is the next one
LIAR = 9


def tag_recordings(recordings: Sequence[tuple[Path, str]]) -> None:
    """Write artist, album and title into recordings, some misspelt, some of another piece, some not at all.

    Parameters
    ----------
    recordings : sequence of (Path, str)
        MP3 files and what they truly are: ``Artist - Title`` or ``Artist - Album - Title``.
    """
    from mutagen.easyid3 import EasyID3

    for number, (recording, piece) in enumerate(recordings, start=1):
        if number % UNTAGGED == 0:
            continue
        if number % LYING == LIAR:
            piece = recordings[number % len(recordings)][1]
        artist, *album, title = piece.split(" - ")
        tags = EasyID3()  # type: ignore[no-untyped-call]  # mutagen says that it is typed
        tags["artist"] = artist
        tags["title"] = _misspell(title) if number % MISSPELT == 0 else title
        if album:
            tags["album"] = " - ".join(album)
        tags.save(recording)


def _misspell(title: str) -> str:
    middle = len(title) // 2
    return f"{title[:middle]}{title[middle : middle + 2][::-1]}{title[middle + 2 :]}".upper()
