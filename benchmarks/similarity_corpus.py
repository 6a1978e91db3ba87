"""The real MIDI files of the similarity benchmark, what is a version of what, and databases of them."""

import os
import re
import zipfile
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from lakhdb.engine.database import Database
from lakhdb.engine.database import open as open_database

__all__ = ["COLLECTIONS", "Corpus", "make_database"]

COLLECTIONS = ("pop909", "asap", "nottingham", "vienna4x22")

# asap keeps a piece apart from the same piece with other repeats.
REPEATS = re.compile(r"(_(no|extra|first|second))*_repeats?$")
# What the collections hold under two names: the opening of an étude that asap has, too; a song that differs
# in a hundredth of its notes; files of the same bytes; Backstairs Jig, or Come Up The Back Stairs; and
# Raggety Anne, or Ragtime Annie.
SHARED = {
    "vienna4x22/Chopin_op10_no3": "asap/Chopin/Etudes_op_10/3",
    "pop909/018": "pop909/017",
    "nottingham/MIDI/hpps25.mid": "nottingham/MIDI/hpps24.mid",
    "nottingham/MIDI/jigs136.mid": "nottingham/MIDI/jigs134.mid",
    "nottingham/MIDI/jigs156.mid": "nottingham/MIDI/jigs155.mid",
    "nottingham/MIDI/jigs283.mid": "nottingham/MIDI/jigs282.mid",
    "nottingham/MIDI/reelsm-q24.mid": "nottingham/MIDI/reelsa-c22.mid",
    "nottingham/MIDI/jigs300.mid": "nottingham/MIDI/jigs11.mid",
    "nottingham/MIDI/reelsr-t2.mid": "nottingham/MIDI/reelsr-t1.mid",
}


class Corpus:
    """The MIDI files of the shared collections, unpacked into a folder once.

    Parameters
    ----------
    data : Path
        The folder of the archives.
    folder : Path
        Where they are unpacked.
    """

    def __init__(self, data: Path, folder: Path) -> None:
        self.folder = folder
        for name in COLLECTIONS:
            if not (folder / name).is_dir():
                with zipfile.ZipFile(data / f"{name}.zip") as archive:
                    wanted = [one for one in archive.namelist() if one.lower().endswith((".mid", ".midi"))]
                    archive.extractall(folder / f"{name}.new", wanted)
                os.rename(folder / f"{name}.new", folder / name)

    @cached_property
    def files(self) -> list[str]:
        """All files, relative to the folder, in a fixed order."""
        found = (
            str(path.relative_to(self.folder))
            for name in COLLECTIONS
            for path in (self.folder / name).rglob("*")
        )
        return sorted(one for one in found if one.lower().endswith((".mid", ".midi")))

    def is_version(self, file: str) -> bool:
        """Tell whether it is another version of a song of pop909."""
        return file.startswith("pop909/") and "/versions/" in file

    def is_main(self, file: str) -> bool:
        """Tell whether it is the main file of a song of pop909."""
        return file.startswith("pop909/") and not self.is_version(file)

    def is_score(self, file: str) -> bool:
        """Tell whether it is a score of asap."""
        return file.startswith("asap/") and file.endswith("midi_score.mid")

    def is_performance(self, file: str) -> bool:
        """Tell whether it is a performance of asap."""
        return file.startswith("asap/") and not self.is_score(file)

    def name_composition(self, file: str) -> str:
        """Name the composition: the song, the piece, or the tune."""
        parts = file.split("/")
        name = file
        if parts[0] == "pop909":
            name = "/".join(parts[:2])
        elif parts[0] == "asap":
            name = REPEATS.sub("", "/".join(parts[:-1]))
        elif parts[0] == "vienna4x22":
            name = f"vienna4x22/{re.sub(r'_p[0-9]+(-average)?[.].*$', '', parts[-1])}"
        return SHARED.get(name, name)


def make_database(folder: Path, paths: Iterable[Path]) -> Database:
    """Open a database of these files, made when it is not there."""
    # What recordings are compared by is not asked here; the network would take most of the time.
    os.environ["LMDB_MODEL"] = "training-free"
    db = open_database(folder)
    db.ingest_midi(list(paths))
    db.embed()  # a database that an earlier version made
    return db
