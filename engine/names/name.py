"""What a file is called: an artist and a title, either of which may be unknown."""

from dataclasses import dataclass

__all__ = ["Name"]


@dataclass(frozen=True, slots=True)
class Name:
    """Artist and title, as text to show; None where nothing says so. Neither is ever empty."""

    artist: str | None
    title: str | None
