"""midisim beside ours: its own environment, its vectors of MIDI files, and its search."""

import json
import os
import subprocess
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "MIDISIM_TRANSPOSITIONS",
    "MidisimVectors",
    "embed_with_midisim",
    "make_midisim_environment",
    "search_as_midisim",
]

PACKAGES = ("midisim==26.1.18", "torch==2.13.0")
SCRIPT = Path(__file__).with_name("midisim_vectors.py")
# The semitones that midisim moves a query by, in the order of its vectors.
MIDISIM_TRANSPOSITIONS = np.arange(-6, 6)


class MidisimVectors(NamedTuple):
    """What midisim makes of MIDI files."""

    names: list[str]  # the paths, as given, of the files that it found notes in
    vectors: NDArray[np.float32]  # (n, 512), transposed (n, 12, 512); not of unit length
    seconds: float  # reading and embedding, without start and loading of the model
    figures: dict[str, Any]  # the line that midisim_vectors.py prints


def make_midisim_environment(folder: Path) -> Path:
    """Return the Python of midisim's environment in `folder`, which is made when it is not there.

    Raises
    ------
    RuntimeError
        If pip cannot install midisim; the folder then holds an environment without it.
    """
    python, receipt = folder / "bin" / "python", folder / "installed.txt"
    if not (receipt.exists() and receipt.read_text(encoding="utf-8").split() == [*PACKAGES]):
        venv.create(folder, clear=True, with_pip=True)
        # `make` pins the versions that lakhdb is built with; midisim asks for an older NumPy.
        surroundings = {name: value for name, value in os.environ.items() if "CONSTRAINT" not in name}
        command = [str(python), "-m", "pip", "install", "--quiet", *PACKAGES]
        answer = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
        if answer.returncode:
            raise RuntimeError(f"midisim cannot be installed in {folder}: {_find_reason(answer.stderr)}")
        receipt.write_text("\n".join(PACKAGES), encoding="utf-8")
    return python


def embed_with_midisim(
    paths: Sequence[Path], folder: Path, transposed: bool = False, threads: int = 2
) -> MidisimVectors:
    """Embed MIDI files with midisim's small model, in its own process.

    Parameters
    ----------
    paths : sequence of Path
        What midisim cannot read is missing from the answer.
    folder : Path
        midisim's environment, made when it is not there.
    transposed : bool
        As queries, twelve vectors a file, and twelve times the work; else one, as what is searched.
    threads : int
        Of the network; midisim reads files with one.

    Raises
    ------
    RuntimeError
        If the environment cannot be made, or midisim fails as a whole.
    """
    python = make_midisim_environment(folder)
    with tempfile.TemporaryDirectory() as temporary:
        files, out = Path(temporary, "list.txt"), Path(temporary, "vectors.npy")
        files.write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
        command = [str(python), str(SCRIPT), str(files), str(out), f"--threads={threads}"]
        command += ["--transposed"] if transposed else []
        answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if answer.returncode:
            raise RuntimeError(f"midisim failed on {len(paths)} files (exit status {answer.returncode})")
        # midisim keeps names as Python objects; this file is the one just written.
        rows = np.load(out, allow_pickle=True)
    figures = json.loads(answer.stdout)
    n_moves = len(MIDISIM_TRANSPOSITIONS) if transposed else 1
    vectors = np.ascontiguousarray(rows["midi_embeddings"])
    if transposed:
        vectors = vectors.reshape(-1, n_moves, vectors.shape[1])
    return MidisimVectors(rows["midi_names"][::n_moves].tolist(), vectors, figures["seconds"], figures)


def search_as_midisim(
    query: NDArray[np.float32], vectors: NDArray[np.float32], k: int
) -> tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.intp]]:
    """Find the vectors nearest to one query by cosine, each at the transposition that brings it nearest.

    This is what midisim's ``cosine_similarity_topk`` and ``idxs_sims_to_sorted_list`` come to together.

    Parameters
    ----------
    query : ndarray, shape (12, dimension), float32
        A file in MIDISIM_TRANSPOSITIONS.
    vectors : ndarray, shape (n, dimension), float32
        What is searched.
    k : int
        Most to be returned.

    Returns
    -------
    tuple of ndarray, shape (min(k, n),)
        Rows of `vectors`, best first; their similarity, −1 to 1; semitones the query was moved by.
    """
    similarity = _normalise(query) @ _normalise(vectors).T
    best = similarity.max(axis=0)
    rows = np.argsort(-best, kind="stable")[:k]
    return rows, best[rows], MIDISIM_TRANSPOSITIONS[similarity[:, rows].argmax(axis=0)]


def _normalise(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths: NDArray[np.float32] = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / lengths


def _find_reason(messages: str) -> str:
    """Return pip's last error, or its last line."""
    lines = messages.strip().splitlines() or ["pip says nothing"]
    errors = [line for line in lines if line.startswith("ERROR:")]
    return (errors or lines)[-1].removeprefix("ERROR: ")
