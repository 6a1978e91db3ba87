"""The folder of an export of JAMS files: whose it is, what files are called, how they are put there."""

import json
import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ..errors import InputError
from .accepted import AcceptedPair

__all__ = ["SUFFIX", "name_files", "prepare_folder", "put_file"]

SUFFIX = ".jams"

# Says that a folder is an export of ours.
MARK = "lakhdb-jams.json"

# What no file system minds; an MD5 and the suffix still fit behind the longest.
UNSAFE = re.compile(r"[^\w\-.]+", re.ASCII)
LONGEST_NAME = 100


def prepare_folder(folder: Path) -> None:
    """Make a folder, or take up an earlier export, and sweep up what a call that was cut off left.

    Raises
    ------
    InputError
        If the folder holds other things or cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        mark = folder / MARK
        for partial in (*folder.glob(f".*{SUFFIX}.tmp"), *folder.glob(f".{MARK}.tmp")):
            partial.unlink()
        if not mark.exists() and any(folder.iterdir()):
            raise InputError(
                f"{folder} holds other things than an export of JAMS files; name a new or an empty folder."
            )
    except OSError as error:
        raise InputError(f"{folder} cannot be written ({error.strerror}); name a folder of yours.") from error
    if not mark.exists():
        put_file(mark, (json.dumps({"format": "JAMS files by lakhdb"}) + "\n").encode())


def put_file(path: Path, data: bytes) -> None:
    """Write a file beside its place, and put it there when it is whole.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    partial = path.with_name(f".{path.name}.tmp")
    try:
        partial.write_bytes(data)
        os.replace(partial, path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise InputError(
            f"{path} cannot be written ({error.strerror}); make room or name another folder, then run the "
            "command again: what is written stays."
        ) from error


def name_files(recordings: Sequence[Sequence[AcceptedPair]]) -> dict[int, str]:
    """Name the file of each recording, by its number: track id, or MD5.

    Several recordings with one track id have their MD5 in the name, too.
    """
    names = [_make_safe(pairs[0].name) or pairs[0].audio_id for pairs in recordings]
    # Some file systems do not tell capitals.
    counts = Counter(name.casefold() for name in names)
    return {
        pairs[0].audio_seq: name if counts[name.casefold()] == 1 else f"{name}_{pairs[0].audio_id}"
        for pairs, name in zip(recordings, names, strict=True)
    }


def _make_safe(name: str) -> str:
    return UNSAFE.sub("_", name)[:LONGEST_NAME].lstrip(".")
