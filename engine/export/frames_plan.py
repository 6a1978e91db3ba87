"""Which windows of which recordings a set holds, and in which rows, before anything is read."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import InputError
from .frames_compositions import split_compositions
from .frames_pair import FramePair
from .frames_settings import SPLITS, FrameSettings

__all__ = ["FramesPlan", "PlannedRecording", "list_starts", "make_plan"]

Starts = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PlannedRecording:
    """The windows of one recording.

    Attributes
    ----------
    pair : FramePair
    split : str
    row : int
        Of its first window within the split.
    starts : int64, shape (n_windows,)
        Samples at the set's rate, ascending.
    """

    pair: FramePair
    split: str
    row: int
    starts: Starts


@dataclass(frozen=True)
class FramesPlan:
    """All windows of a set.

    Attributes
    ----------
    settings : FrameSettings
    recordings : list of PlannedRecording
        By split and row.
    """

    settings: FrameSettings
    recordings: list[PlannedRecording]

    def count_windows(self, split: str) -> int:
        """Return how many windows a split has."""
        return sum(one.starts.size for one in self.recordings if one.split == split)

    @property
    def n_windows(self) -> int:
        """Windows of all splits."""
        return sum(one.starts.size for one in self.recordings)

    def compute_digest(self) -> str:
        """Return a checksum of all that decides what is written."""
        digest = hashlib.sha256(json.dumps(self.settings.to_dict(), sort_keys=True).encode())
        for one in self.recordings:
            pair = one.pair
            known = (pair.audio_id, pair.midi_id, pair.name, pair.composition, pair.transposition, one.split)
            digest.update(json.dumps([*known, one.row, pair.spans]).encode())
            for array in (one.starts, pair.midi_s, pair.audio_s):
                digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def make_plan(pairs: Sequence[FramePair], settings: FrameSettings) -> FramesPlan:
    """Choose the windows of a set.

    Raises
    ------
    InputError
        If no window fits into an aligned part, there are too few compositions, or a split has fewer windows
        than are wanted.
    """
    drawn = {pair.audio_id: _draw_starts(pair, settings) for pair in pairs}
    useful = sorted((pair for pair in pairs if drawn[pair.audio_id].size), key=lambda pair: pair.audio_id)
    if not useful:
        raise InputError(
            f"no window of {settings.size} samples fits into an aligned part of any recording; choose a "
            "smaller size or a lower confidence."
        )
    splits = split_compositions((pair.composition for pair in useful), settings)
    recordings: list[PlannedRecording] = []
    for number, name in enumerate(SPLITS):
        own = [pair for pair in useful if splits[pair.composition] == name]
        starts = [drawn[pair.audio_id] for pair in own]
        if settings.has_counts:
            starts = _take_evenly(starts, int(settings.split[number]), name)
        row = 0
        for pair, chosen in zip(own, starts, strict=True):
            if chosen.size:
                recordings.append(PlannedRecording(pair, name, row, np.sort(chosen)))
                row += chosen.size
    return FramesPlan(settings, recordings)


def list_starts(pair: FramePair, settings: FrameSettings) -> Starts:
    """List where windows that lie wholly in an aligned part may start, in samples, `hop` apart from 0 on."""
    n_samples = int(pair.duration_s * settings.rate)
    found = []
    for start_s, end_s in pair.spans:
        first = -(-max(int(np.ceil(start_s * settings.rate)), 0) // settings.hop)
        last = (min(int(end_s * settings.rate), n_samples) - settings.size) // settings.hop
        found.append(np.arange(first, last + 1, dtype=np.int64) * settings.hop)
    return np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)


def _draw_starts(pair: FramePair, settings: FrameSettings) -> Starts:
    """Draw the windows of a recording, in the order in which they would be taken."""
    starts = list_starts(pair, settings)
    digest = hashlib.sha256(f"{settings.seed} {pair.audio_id}".encode()).digest()
    drawn = np.random.default_rng(int.from_bytes(digest[:8], "big")).permutation(starts)
    return drawn[: settings.per_recording]


def _take_evenly(starts: Sequence[Starts], n_wanted: int, split: str) -> list[Starts]:
    """Take so many windows altogether, as many of each recording as can be."""
    n_there = np.array([one.size for one in starts], np.int64)
    if n_there.sum() < n_wanted:
        raise InputError(
            f"there are {n_there.sum()} windows for {split}, not {n_wanted}; ask for fewer, choose a smaller "
            "hop, or take more of a recording."
        )
    quota = 0
    while np.minimum(n_there, quota).sum() < n_wanted:
        missing = n_wanted - int(np.minimum(n_there, quota).sum())
        quota += max(1, missing // max(1, int((n_there > quota).sum())))
    taken = np.minimum(n_there, quota)
    at = 0
    for _ in range(int(taken.sum()) - n_wanted):  # one less of the first that have a full share
        while taken[at] < quota:
            at += 1
        taken[at] -= 1
    return [one[:n] for one, n in zip(starts, taken.tolist(), strict=True)]
