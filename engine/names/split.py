"""Paths taken apart: the folders that count, the file's own name, whether it is a recording."""

import re
from dataclasses import dataclass

__all__ = ["SplitPath", "split_path"]

SUFFIXES = re.compile(
    r"(?:\.(?:midi?|kar|rmi|smf|xmf|mp3|mp2|mp4|m4a|m4b|aac|wma|flac|wav|wave|ogg|oga|opus|aiff?|aifc|ape|wv|mpc|au"
    r"|gz))+$",
    re.IGNORECASE,
)
AUDIO = re.compile(
    r"\.(?:mp[234]|m4[ab]|aac|wma|flac|wave?|og[ga]|opus|aif[fc]?|ape|wv|mpc|au)$", re.IGNORECASE
)
# What file systems allow; archives may hold longer names.
LONGEST_PART = 255

# One of several discs: it stands in the folder of its album.
DISC = re.compile(r"(?:cd|dis[ck])[\s_-]*\d{1,2}", re.IGNORECASE)

# The folders below which those of users or disks begin; what follows them is no name of music.
HOMES = frozenset({"home", "Users", "mnt", "media", "Volumes", "run"})


@dataclass(frozen=True, slots=True)
class SplitPath:
    """A path taken apart.

    Attributes
    ----------
    folders : tuple of str
        The last three above the file, outermost first; those of the machine left out.
    stem : str
        The file's name without its suffixes.
    is_audio : bool
        By the suffix.
    """

    folders: tuple[str, ...]
    stem: str
    is_audio: bool


def split_path(path: str) -> SplitPath:
    """Take a path apart, whichever way its slashes lean.

    Parameters
    ----------
    path : str

    Returns
    -------
    SplitPath
    """
    # A backslash is part of names under Unix, but never of one that holds no slash.
    parts = path.split("/") if "/" in path else path.split("\\")
    name = parts[-1]
    folders = [part for part in parts[:-1] if part and part != "."]
    is_absolute = path[:1] == "/"
    if folders and folders[0][1:] == ":":
        folders = folders[1:]
        is_absolute = True
    if is_absolute and folders and folders[0] in HOMES:
        folders = folders[2:]
    if folders and DISC.fullmatch(folders[-1]):
        folders = folders[:-1]
    stem = SUFFIXES.sub("", name[-2 * LONGEST_PART :])
    kept = tuple(folder[:LONGEST_PART] for folder in folders[-3:])
    return SplitPath(kept, stem[:LONGEST_PART], AUDIO.search(name[-8:]) is not None)
