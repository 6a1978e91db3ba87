"""What aligners are asked: a MIDI file, a recording, and moments that are known in both."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...ingest.scan import MIDI_SUFFIXES, Archives, UnreadableError, find_sources
from ...recordings import SAMPLE_RATE, Notes, play_dry, read_notes
from ...train.mirror import read_midi_bytes
from .corruption import EASY, HARD, VERSE, Corruption, corrupt_notes

__all__ = ["SETTINGS", "AlignmentTask", "draw", "list_files", "make_tasks"]

T = TypeVar("T")

SETTINGS: dict[str, Corruption] = {"easy": EASY, "hard": HARD, "verse": VERSE}

# Shorter pieces and parts say little, longer ones take long.
SHORTEST_S, LONGEST_S = 30.0, 600.0
# After the last note.
TAIL_S = 1.0


@dataclass(frozen=True, eq=False)
class AlignmentTask:
    """A pair to align.

    Attributes
    ----------
    name : str
    group : str
        What it counts to in the answer, such as ``easy``.
    midi : bytes
        A Standard MIDI File.
    samples : float32, shape (n,)
    sample_rate : int
    midi_s, audio_s : float64, shape (n,)
        Moments in both, ascending.
    """

    name: str
    group: str
    midi: bytes
    samples: NDArray[np.float32]
    sample_rate: int
    midi_s: NDArray[np.float64]
    audio_s: NDArray[np.float64]


def list_files(paths: Sequence[Path], n: int | None, seed: int) -> list[str]:
    """List MIDI files by name, or `n` of them drawn by seed.

    Raises
    ------
    InputError
        If there are none.
    """
    found = (source for path in paths for source in find_sources(path, MIDI_SUFFIXES, None))
    files = sorted({source.path for source in found if source.trouble is None})
    if not files:
        raise InputError("there are no MIDI files; give folders, archives or files that have some.")
    return draw(files, n, seed)


def draw(items: Sequence[T], n: int | None, seed: int) -> list[T]:
    """Shuffle items by seed, and keep `n` of them."""
    order = np.random.default_rng([seed, 0]).permutation(len(items))
    return [items[k] for k in order[:n].tolist()]


def make_tasks(
    files: Sequence[str], settings: Sequence[str], seed: int, soundfont: Path | None
) -> Iterator[AlignmentTask]:
    """Record files and corrupt them, one after the other; those that are no use are left out.

    Parameters
    ----------
    files : sequence of str
        Paths, or ``a.zip!/x.mid``.
    settings : sequence of str
        Of `SETTINGS`: a task each.
    seed : int
    soundfont : Path or None
        Plays the recordings; None is additive synthesis.
    """
    archives = Archives()
    try:
        for path in files:
            try:
                notes = read_notes(read_midi_bytes(path, archives))
            except (UnreadableError, InputError):
                continue
            last_s = float(notes.held_s.max())
            if not SHORTEST_S <= last_s <= LONGEST_S:
                continue
            drawn = [seed, int.from_bytes(hashlib.md5(path.encode(errors="surrogateescape")).digest()[:4])]
            rng = np.random.default_rng(drawn)
            samples = play_dry(notes, last_s + TAIL_S, SAMPLE_RATE, soundfont, rng)
            for setting in settings:
                yield _corrupt(path, notes, samples, setting, np.random.default_rng(drawn))
    finally:
        archives.close()


def _corrupt(
    path: str, notes: Notes, samples: NDArray[np.float32], setting: str, rng: np.random.Generator
) -> AlignmentTask:
    now = corrupt_notes(notes, SETTINGS[setting], rng)
    midi = now.notes.to_midi()
    return AlignmentTask(path, setting, midi, samples, SAMPLE_RATE, now.corrupted_s, now.original_s)
