"""How a window index lies on the disk: packed vectors, a graph, and what they are."""

import hashlib
import json
import os
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .graph import PARAMETERS, Graph, Width
from .parts import sync_folder
from .window_sources import IndexName, find_version

__all__ = ["IndexFiles", "SavedIndex", "put_file"]


@dataclass(frozen=True)
class File:
    """A file as it was written."""

    n_bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What the files of an index hold, beside them as JSON."""

    version: str  # of the model
    dimension: int  # of its vectors
    n_windows: int
    n_bytes: int  # a window
    vectors: File
    graph: File | None
    n_removed: int = 0  # windows that the graph holds beside
    parameters: dict[str, Any] = field(default_factory=dict)  # of the graph
    widths: Sequence[Width] = ()

    @classmethod
    def parse(cls, text: str) -> "Manifest":
        """Read what `asdict` made of a manifest; ValueError if it is none."""
        try:
            fields = json.loads(text)
            fields["vectors"] = File(**fields["vectors"])
            fields["graph"] = fields["graph"] and File(**fields["graph"])
            fields["widths"] = [Width(**one) for one in fields["widths"]]
            return cls(**fields)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError("the manifest cannot be read") from error


@dataclass(frozen=True)
class SavedIndex:
    """What the files hold.

    Attributes
    ----------
    window_id : int64, shape (n,)
        Ascending.
    packed : int8, shape (n, n_bytes)
    graph : Graph or None
        Of all these windows, if it was asked for.
    """

    window_id: npt.NDArray[np.int64]
    packed: npt.NDArray[np.int8]
    graph: Graph | None


class IndexFiles:
    """The files of an index: ``.vectors``, ``.hnsw`` if there is a graph, ``.json``."""

    def __init__(self, folder: Path, name: IndexName) -> None:
        made_by = find_version(name)
        self._folder, self._version, self._dimension = folder, made_by.version, made_by.dimension
        self._vectors, self._graph, self._manifest = (
            folder / f"{name}-{made_by.version}.{suffix}" for suffix in ("vectors", "hnsw", "json")
        )

    def exist(self) -> bool:
        """Tell whether there is any of them."""
        return any(file.exists() for file in (self._vectors, self._graph, self._manifest))

    def read_checked(self) -> Manifest:
        """Read the manifest and hold the files against it.

        Raises
        ------
        OSError, ValueError
            With what is wrong.
        """
        manifest = Manifest.parse(self._manifest.read_text(encoding="utf-8"))
        if (manifest.version, manifest.dimension) != (self._version, self._dimension):
            raise ValueError("made by another model")
        if manifest.graph is not None and manifest.parameters != PARAMETERS:
            raise ValueError("made with other parameters")
        _check_file(self._vectors, manifest.vectors)
        if manifest.graph is not None:
            _check_file(self._graph, manifest.graph)
        return manifest

    def load(self, *, with_graph: bool) -> SavedIndex:
        """Load what is there.

        Raises
        ------
        OSError, ValueError, RuntimeError
            With what is wrong.
        """
        manifest = self.read_checked()
        with self._vectors.open("rb") as stream:
            window_id = np.fromfile(stream, np.int64, manifest.n_windows)
            packed = np.fromfile(stream, np.int8).reshape(manifest.n_windows, manifest.n_bytes)
        graph = None
        if with_graph and manifest.graph is not None:
            graph = Graph.load(self._graph, manifest.dimension, manifest.widths, manifest.n_removed)
        return SavedIndex(window_id, packed, graph)

    def save(self, index: SavedIndex) -> None:
        """Write all, the manifest last: under temporary names, flushed, then renamed."""
        self._folder.mkdir(exist_ok=True)
        for leftover in self._folder.glob("*.tmp"):
            leftover.unlink()
        temporary = self._folder / f"{uuid.uuid4().hex}.tmp"
        with temporary.open("wb") as stream:
            index.window_id.tofile(stream)
            index.packed.tofile(stream)
        vectors, graph = put_file(temporary, self._vectors), None
        if index.graph is None:
            self._graph.unlink(missing_ok=True)
        else:
            index.graph.save(temporary)
            graph = put_file(temporary, self._graph)
        manifest = Manifest(
            version=self._version,
            dimension=self._dimension,
            n_windows=index.window_id.size,
            n_bytes=index.packed.shape[1],
            vectors=vectors,
            graph=graph,
            n_removed=index.graph.n_removed if index.graph else 0,
            parameters=PARAMETERS if index.graph else {},
            widths=index.graph.widths if index.graph else (),
        )
        temporary.write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
        put_file(temporary, self._manifest)


def _check_file(path: Path, expected: File) -> None:
    if path.stat().st_size != expected.n_bytes or _hash_file(path) != expected.sha256:
        raise ValueError(f"{path.name} differs from its checksum")


def _hash_file(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def put_file(temporary: Path, final: Path) -> File:
    """Flush a file and give it its name; return what was written."""
    with temporary.open("rb") as stream:
        os.fsync(stream.fileno())
    written = File(temporary.stat().st_size, _hash_file(temporary))
    temporary.rename(final)
    sync_folder(final.parent)
    return written
