"""The aligned MIDI files of an LMD tree."""

import hashlib
import logging
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple

from ..progress import Progress
from ..workers import WorkerError, WorkerPool, count_cores
from .accepted import AcceptedPair
from .lmd_layout import ALIGNED, locate_full, locate_pair
from .lmd_tree import Tree

__all__ = ["write_aligned"]

_log = logging.getLogger(__name__)

# The largest real MIDI files take a few seconds.
TIME_LIMIT_S = 60.0

# Files that wait for each worker.
AHEAD_PER_JOB = 8


def write_aligned(
    tree: Tree,
    pairs: Sequence[tuple[str, AcceptedPair]],
    software: str,
    progress: Progress | None = None,
) -> set[str]:
    """Write the MIDI file of each pair, retimed to the recording; what holds already is left alone.

    Parameters
    ----------
    tree : Tree
        Holds the MIDI files in ``lmd_full``.
    pairs : sequence of (str, AcceptedPair)
        With the name of the recording.
    software : str
        Version of what retimes: files made by another are written anew.
    progress : callable, optional
        Told of the stage ``"aligned"``, in files.

    Returns
    -------
    set of str
        Paths within the tree of files that could not be made; each is logged.
    """
    tree.remove_half_written(ALIGNED)
    waiting: deque[_Aligned] = deque()
    failed: set[str] = set()
    with WorkerPool("lakhdb.kernels.retime:retime_midi", count_cores(), TIME_LIMIT_S) as pool:
        for done, (name, pair) in enumerate(pairs, 1):
            path, digest = locate_pair(ALIGNED, name, pair.midi_id), _digest(pair, software)
            if not tree.is_current(path, digest):
                data = tree.read(locate_full(pair.midi_id))
                waiting.append(_Aligned(path, digest, pool.submit(data, pair.midi_s, pair.audio_s)))
            while waiting and (len(waiting) >= AHEAD_PER_JOB * pool.jobs or done == len(pairs)):
                _write(tree, waiting.popleft(), failed)
            if progress:
                progress("aligned", done, len(pairs))
    return failed


class _Aligned(NamedTuple):
    """A file on its way through a worker."""

    path: str
    digest: str
    future: Future[Any]


def _write(tree: Tree, one: _Aligned, failed: set[str]) -> None:
    """Wait for the worker, and write what it made."""
    try:
        tree.derive(one.path, one.future.result(), one.digest)
    except WorkerError as error:
        failed.add(one.path)
        _log.warning("%s is left out: it cannot be retimed (%s)", one.path, error)


def _digest(pair: AcceptedPair, software: str) -> str:
    """Sum up all that decides what an aligned file holds."""
    parts = (software.encode(), pair.midi_id.encode(), pair.midi_s.tobytes(), pair.audio_s.tobytes())
    return hashlib.blake2b(b"|".join(parts), digest_size=16).hexdigest()
