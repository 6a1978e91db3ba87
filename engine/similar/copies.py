"""What a search for similar MIDI files found, with a way to listen to it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..errors import InputError
from ..ingest.midi import LARGEST_BYTES
from ..ingest.scan import Archives, UnreadableError, read_bytes

__all__ = ["SimilarFiles"]

# What no file system minds.
UNSAFE = re.compile(r"[^\w\-. ]+")
LONGEST_NAME = 80


@dataclass(frozen=True)
class SimilarFiles:
    """Similar MIDI files, best first; whatever reads Arrow reads it.

    Attributes
    ----------
    table : pyarrow.Table
        As `lakhdb.engine.similar.similar.find_similar` returns it.
    """

    table: pa.Table

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.table.__arrow_c_stream__(requested_schema)

    def copy_to(self, folder: str | Path) -> list[Path]:
        """Copy the files into a folder, for listening; rank, similarity and kind are in their names.

        What a folder of queries found goes into a folder for each query.

        Returns
        -------
        list of Path
            The copies, in the order of the rows.

        Raises
        ------
        InputError
            If a file is gone, or the folder cannot be written.
        """
        root = Path(folder).expanduser()
        archives = Archives()
        copies = []
        try:
            for row in self.table.to_pylist():
                into = root / _make_safe(Path(row["query"]).stem) if "query" in row else root
                into.mkdir(parents=True, exist_ok=True)
                stem = f"{row['rank']:02} {row['similarity']:.2f} {row['kind']} {Path(row['path']).stem}"
                copy = into / f"{_make_safe(stem)}.mid"
                copy.write_bytes(read_bytes(row["path"], LARGEST_BYTES, archives))
                copies.append(copy)
        except (UnreadableError, OSError) as error:
            raise InputError(f"{row['path']} cannot be copied to {root}: {error}.") from error
        finally:
            archives.close()
        return copies


def _make_safe(name: str) -> str:
    return UNSAFE.sub("_", name)[:LONGEST_NAME].strip()
