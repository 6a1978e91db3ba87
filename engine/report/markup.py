"""Pieces of HTML, with everything that comes from files escaped."""

import html
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import timedelta

__all__ = [
    "describe_count",
    "describe_duration",
    "describe_share",
    "escape",
    "make_details",
    "make_name",
    "make_table",
]

# Signs that a page cannot hold, or that make a browser draw the rest of a line otherwise than it is written.
_UNSAFE = {"Cc", "Cs", "Co", "Cn"}
_TURNING = set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def escape(text: object) -> str:
    """Write any text so that it is only text, between tags and in attributes in double quotes."""
    signs = (
        ascii(sign)[1:-1] if unicodedata.category(sign) in _UNSAFE or sign in _TURNING else sign
        for sign in str(text).replace("\n", " ").replace("\t", " ")
    )
    return html.escape("".join(signs), quote=True)


def make_name(text: object, style: str = "") -> str:
    """Write what a file is called, apart from the direction in which its language is written."""
    return f'<bdi class="{style}">{escape(text)}</bdi>' if style else f"<bdi>{escape(text)}</bdi>"


def make_table(heads: Sequence[str], rows: Iterable[Sequence[str]], numeric: Sequence[int] = ()) -> str:
    """Lay out a table that scrolls by itself where it is too wide.

    Parameters
    ----------
    heads : sequence of str
        Plain words.
    rows : iterable of sequence of str
        HTML.
    numeric : sequence of int
        Columns, from 0, that are set to the right.
    """
    classes = [' class="number"' if at in numeric else "" for at in range(len(heads))]
    head = "".join(
        f'<th scope="col"{style}>{escape(text)}</th>' for style, text in zip(classes, heads, strict=True)
    )
    body = "".join(
        f"<tr>{''.join(f'<td{style}>{cell}</td>' for style, cell in zip(classes, row, strict=True))}</tr>\n"
        for row in rows
    )
    inner = f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>"
    return f'<div class="wide"><table>\n{inner}\n</table></div>\n'


def make_details(summary: str, inner: str) -> str:
    """Fold something away behind a plain line."""
    return f"<details><summary>{escape(summary)}</summary>\n{inner}</details>\n"


def describe_count(number: int) -> str:
    """Write a number with its thousands apart."""
    return f"{number:,}".replace(",", "\u202f")


def describe_share(part: float, whole: float) -> str:
    """Write a share in per cent; nothing but all is 100, and nothing but none is 0."""
    if not whole:
        return "none"
    share = 100 * part / whole
    if 0 < share < 0.1:
        return "under 0.1\u202f%"
    if 99.9 < share < 100:
        return "over 99.9\u202f%"
    return f"{share:.1f}".removesuffix(".0") + "\u202f%"


def describe_duration(seconds: float) -> str:
    """Write how long something is, in the two largest units that fit."""
    whole = timedelta(seconds=round(seconds))
    hours, rest = divmod(whole.seconds, 3600)
    minutes, rest_s = divmod(rest, 60)
    if whole.days:
        return f"{describe_count(24 * whole.days + hours)} h"
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest_s:02d} s" if minutes else f"{rest_s} s"
