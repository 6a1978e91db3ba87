"""Embed MIDI files with midisim's small model; runs in midisim's own environment, see midisim_environment.py.

    python midisim_vectors.py LIST.txt OUT.npy [--transposed] [--threads 2]

LIST.txt names one MIDI file a line. The vectors go to OUT.npy as midisim itself writes them, each under its
line of the list and in the list's order; files without notes for midisim are left out and named on standard
error. As midisim advises, what is searched holds one vector a file, and a query is tried in twelve
transpositions: `--transposed` writes twelve rows a file, from 6 semitones down to 5 up. Prints one JSON line.
"""

import argparse
import contextlib
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch

with contextlib.redirect_stdout(sys.stderr):  # it greets
    import midisim  # type: ignore[import-not-found]

__all__ = ["embed_tokens", "load_model", "read_tokens"]

# midisim's own: from 6 semitones down to 5 up, and as much of a file as the network takes.
MOST_TRANSPOSITION = 6
MOST_TOKENS = 3072


def main() -> None:
    """Write the vectors and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("list", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--transposed", action="store_true")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    files = options.list.read_text(encoding="utf-8").splitlines()
    with contextlib.redirect_stdout(sys.stderr):
        model = load_model()
        started, processor_started = time.perf_counter(), time.process_time()
        names, sequences = read_tokens(files, MOST_TRANSPOSITION if options.transposed else 0)
        if not names:
            raise SystemExit("midisim finds notes in none of the files")
        read = time.perf_counter()
        vectors = embed_tokens(model, sequences)
        seconds = time.perf_counter() - started
        processor_s = time.process_time() - processor_started
        midisim.save_embeddings(names, vectors, output_file_name=str(options.out), verbose=False)
    lengths = np.array([len(sequence) for sequence in sequences])
    n_embedded = len(names) // (2 * MOST_TRANSPOSITION if options.transposed else 1)
    figures = {
        "files": len(files),
        "failures": len(files) - n_embedded,
        "seconds": round(seconds, 3),
        "seconds_a_file": round(seconds / n_embedded, 4),
        "processor_seconds_a_file": round(processor_s / n_embedded, 4),
        "reading_seconds": round(read - started, 3),
        "vectors": len(vectors),
        "dimension": vectors.shape[1],
        "mean_tokens": round(float(lengths.mean()), 1),
        "cut_share": round(float((lengths == MOST_TOKENS).mean()), 4),
        "threads": torch.get_num_threads(),
        "midisim": version("midisim"),
        "torch": torch.__version__,
    }
    print(json.dumps(figures))


def load_model() -> Any:
    """Return the model that comes with midisim, spared the mask where there is nothing to be masked."""
    path = midisim.get_package_models()[0]["path"]
    model, _, _ = midisim.load_model(path, device="cpu", verbose=False)
    # A mask that leaves all in costs midisim two fifths of its time on a CPU; the vectors are the same.
    model.register_forward_pre_hook(_drop_idle_mask, with_kwargs=True)
    return model


def read_tokens(files: list[str], transposition: int) -> tuple[list[str], list[list[int]]]:
    """Return the tokens of each file, once for each transposition, with the file's name beside them.

    Parameters
    ----------
    files : list of str
        Those that midisim finds no notes in are left out.
    transposition : int
        Semitones; 0 for one sequence a file as it is, else twice as many as this.
    """
    names, sequences = [], []
    for file in files:
        found = midisim.midi_to_tokens(file, MOST_TOKENS, transposition, verbose=False)
        if not found:
            print(f"midisim finds no notes in {file}", file=sys.stderr)
        names += [file] * len(found)
        sequences += found
    return names, sequences


def embed_tokens(model: Any, sequences: list[list[int]]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return the vector of each sequence, shape (n, 512).

    One at a time: on a CPU a batch is no faster, and its padding needs the mask.
    """
    vectors, told = [], time.monotonic()
    for sequence in sequences:
        vectors.append(
            midisim.get_embeddings_bf16(
                model, [sequence], return_numpy=True, verbose=False, show_progress_bar=False
            )
        )
        if time.monotonic() - told > 30:
            told = time.monotonic()
            print(f"midisim: {len(vectors)} of {len(sequences)}", file=sys.stderr, flush=True)
    return np.concatenate(vectors)


def _drop_idle_mask(
    _model: Any, arguments: tuple[Any, ...], options: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if options["mask"].all():
        options = {**options, "mask": None}
    return arguments, options


if __name__ == "__main__":
    main()
