"""Text of unknown encoding: the bytes of one file, or of one path, decoded together.

Files from the wild are in UTF-8, cp1252 (Latin-1), Shift-JIS, GBK, EUC-KR, Big5 and cp1251. What is not
UTF-8 is tried in each of the others, and the reading whose characters are the most plausible wins.
"""

import re
from collections.abc import Sequence

from lakhdb.engine.names.scripts import ENCODINGS, score_text

__all__ = ["decode_path", "decode_texts"]

# As much of a file's text as is weighed: more changes no verdict and hostile files hold megabytes.
WEIGHED_BYTES = 1024

# Share of the sequences of high bytes that must be UTF-8 where not all are: a text cut by its length byte
# may end inside a character.
UTF8_SHARE = 0.9

# Two or three characters of GBK can happen to be UTF-8, always such as takes two bytes a character.
DOUBTFUL_BYTES = 8
DOUBTFUL_UTF8 = re.compile(rb"(?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf])+")

HIGH_RUN = re.compile(rb"[\x80-\xff]+")
UTF8_RUN = re.compile(rb"(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+")
LINE_ENDS = re.compile("\r\n?")
# All controls but tab and line feed, and what no text may hold: surrogates, noncharacters, byte-order marks.
UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffd-\uffff]")


def decode_texts(raw: Sequence[bytes]) -> list[str]:
    """Decode the texts of one file, all in one encoding: what one of them shows holds for all.

    Parameters
    ----------
    raw : sequence of bytes
        Texts as they stand in the file.

    Returns
    -------
    list of str, length of `raw`
        NULs and controls removed, line ends as ``\\n``. What cannot be decoded is left out.
    """
    # UTF-16 of Latin text comes out right, too, once its NULs are gone.
    stripped = [text.replace(b"\0", b"") for text in raw]
    high = [text for text in stripped if not text.isascii()]
    encoding = _choose_encoding(high) if high else "ascii"
    return [_decode(text, encoding) for text in stripped]


def decode_path(raw: bytes) -> str:
    """Decode the path of a file: UTF-8 where it is valid, else what its characters look like.

    Parameters
    ----------
    raw : bytes
        The path, or any part of it; slashes stay where they are.

    Returns
    -------
    str
    """
    return decode_texts([raw])[0]


def _choose_encoding(texts: Sequence[bytes]) -> str:
    """Encoding of texts that are not ASCII."""
    encodings: tuple[str, ...] = ENCODINGS
    if _is_utf8(texts):
        if sum(map(len, texts)) > DOUBTFUL_BYTES or not all(map(DOUBTFUL_UTF8.fullmatch, texts)):
            return "utf-8"
        encodings = ("utf-8", *ENCODINGS)
    weighed = _take_sample(texts)
    scores = {encoding: sum(score_text(text, encoding) for text in weighed) for encoding in encodings}
    return max(encodings, key=lambda encoding: scores[encoding])


def _take_sample(texts: Sequence[bytes]) -> list[bytes]:
    """Distinct texts from the start, up to as many bytes as are weighed."""
    sample: list[bytes] = []
    left = WEIGHED_BYTES
    for text in dict.fromkeys(texts):
        if left <= 0:
            break
        sample.append(text[:left])
        left -= len(text)
    return sample


def _is_utf8(texts: Sequence[bytes]) -> bool:
    n_high = n_valid = 0
    for text in texts:
        for run in HIGH_RUN.findall(text):
            n_high += len(run)
            n_valid += sum(map(len, UTF8_RUN.findall(run)))
    return n_valid >= UTF8_SHARE * n_high


def _decode(text: bytes, encoding: str) -> str:
    return UNWANTED.sub("", LINE_ENDS.sub("\n", text.decode(encoding, "replace")))
