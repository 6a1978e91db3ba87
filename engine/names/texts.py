"""Artist and title from the texts of a MIDI file."""

from collections.abc import Sequence

from .name import Name

__all__ = ["choose_name"]


def choose_name(texts: Sequence[tuple[str, int, float, str]]) -> Name:
    """Choose artist and title among the texts."""
    return Name(None, None)
