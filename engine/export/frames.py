"""Windows of recordings, labelled with the notes that sound in the middle of each: a small MusicNet."""

import json
import os
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import InputError
from ..progress import Progress
from ..stderr import mute_stderr
from ..store import Store
from ..workers import count_cores
from .frames_audio import cut_windows
from .frames_database import collect_matches
from .frames_folder import NewFolder, open_new_folder
from .frames_labels import format_notes, label_samples, place_notes
from .frames_pair import Collected, Score
from .frames_plan import FramesPlan, PlannedRecording, make_plan
from .frames_settings import N_PITCHES, SPLITS, FrameSettings
from .frames_table import collect_pairs

__all__ = ["FORMAT", "FramesSummary", "export_frames"]

# Raised whenever the same settings would write other files.
FORMAT = "frames-1"

# Recordings whose notes are in memory at once.
BATCH = 64

TABLE = pa.schema(
    [
        ("split", pa.string()),
        ("row", pa.int64()),
        ("audio_id", pa.string()),
        ("midi_id", pa.string()),
        ("centre_s", pa.float64()),
        ("composition", pa.string()),
    ]
)


@dataclass(frozen=True)
class FramesSummary:
    """What an export of windows wrote.

    Attributes
    ----------
    folder : Path
    windows, recordings, compositions : dict
        How many by split.
    n_left_out : int
        Recordings whose best pair is not confident enough.
    """

    folder: Path
    windows: dict[str, int]
    recordings: dict[str, int]
    compositions: dict[str, int]
    n_left_out: int

    def to_table(self) -> pa.Table:
        """Return split, windows, recordings and compositions."""
        return pa.Table.from_pylist(
            [
                {"split": split}
                | {name: getattr(self, name)[split] for name in ("windows", "recordings", "compositions")}
                for split in SPLITS
            ]
        )

    def __str__(self) -> str:
        n_windows, n_recordings = sum(self.windows.values()), sum(self.recordings.values())
        told = f"{n_windows} windows of {n_recordings} recordings in {self.folder}"
        counts = ", ".join(f"{split} {n}" for split, n in self.windows.items())
        left_out = f" {self.n_left_out} recordings were not confident enough." if self.n_left_out else ""
        return f"{told}: {counts}.{left_out}"


def export_frames(
    store: Store | None,
    folder: Path,
    *,
    pairs: Path | None = None,
    aligned: bool = False,
    size: int = 4096,
    rate: int = 44_100,
    hop: int | None = None,
    per_recording: int | None = None,
    split: Sequence[float] = (0.8, 0.1, 0.1),
    min_confidence: float = 0.0,
    seed: int = 0,
    progress: Progress | None = None,
) -> FramesSummary:
    """Write windows of recordings with the notes that sound in the middle of each.

    In the folder: ``audio-SPLIT.npy`` (float32, windows × `size`, within -1 to 1: divided by the largest
    sample of the recording), ``labels-SPLIT.npy`` (uint8, windows × 128, 1 where a pitch sounds at sample
    ``size // 2`` of the window), ``frames.parquet`` (a row a window), ``labels/NAME.csv`` (the notes of each
    recording, as MusicNet has them) and ``frames.json``. It is made beside its place, as ``FOLDER.new``, and
    put there when it is whole; a call that is broken off goes on where it stopped.

    Parameters
    ----------
    store : Store, optional
        Its accepted matches are taken, for each recording the most confident one. None needs `pairs`.
    folder : Path
        New, or empty.
    pairs : Path, optional
        Take these, see `lakhdb.engine.export.frames_table.collect_pairs`, and no matches.
    aligned : bool
        The MIDI files of `pairs` keep the time of their recordings; else each is aligned first. Matches are
        aligned already.
    size, rate : int
        Samples of a window; hertz.
    hop : int, optional
        Samples from one window to the next; `size`, if none is given. None overlap then.
    per_recording : int, optional
        At most so many windows of a recording, drawn by seed.
    split : sequence of three numbers
        Shares of the compositions for train, validation and test, which sum to 1; or numbers of windows,
        taken evenly from the recordings. No composition is in two splits.
    min_confidence : float
        Only pairs of at least this confidence.
    seed : int
    progress : callable, optional

    Raises
    ------
    InputError
        If an option is out of range, the folder exists, a recording is gone, the disk is full, or there is
        too little to take windows from.
    """
    settings = FrameSettings(
        size,
        rate,
        size if hop is None else hop,
        per_recording,
        _check_length(split),
        min_confidence,
        aligned,
        seed,
    )
    settings.check()
    place = folder.expanduser().absolute()
    with open_new_folder(place) as new:
        collected = _collect(store, pairs, settings, new, progress)
        plan = make_plan(collected.pairs, settings)
        _write_windows(new, plan, collected, progress)
        summary = _summarise(plan, place, collected.n_left_out)
        _write_table(new, plan)
        new.write_text("frames.json", json.dumps(_describe(plan, summary), indent=2) + "\n")
        new.finish()
    return summary


def _collect(
    store: Store | None,
    pairs: Path | None,
    settings: FrameSettings,
    new: NewFolder,
    progress: Progress | None,
) -> Collected:
    if pairs is not None:
        return collect_pairs(pairs.expanduser(), settings, new.pairs, progress)
    if settings.aligned:
        raise InputError("only pairs from a table can keep the time of their recordings; give pairs, too.")
    if store is None:
        raise InputError("there is nothing to take windows from; give a database or pairs.")
    return collect_matches(store, settings.min_confidence)


def _write_windows(new: NewFolder, plan: FramesPlan, collected: Collected, progress: Progress | None) -> None:
    """Write the windows of all recordings that are not done yet."""
    done = new.begin(plan)
    missing = [number for number in range(len(plan.recordings)) if number not in done]
    n_done = plan.n_windows - sum(plan.recordings[number].starts.size for number in missing)
    for first in range(0, len(missing), BATCH):
        numbers = missing[first : first + BATCH]
        scores = collected.read_scores([plan.recordings[number].pair for number in numbers])
        # Closed at once where something breaks off: no thread writes on behind the error.
        with closing(_write_batch(new, plan, dict(zip(numbers, scores, strict=True)))) as written:
            for number in written:
                n_done += plan.recordings[number].starts.size
                if progress is not None:
                    progress("windows", n_done, plan.n_windows)


def _check_length(split: Sequence[float]) -> tuple[float, float, float]:
    if len(split) != len(SPLITS):
        raise InputError(f"a split has three numbers, for {', '.join(SPLITS)}, not {len(split)}; give three.")
    return split[0], split[1], split[2]


def _write_batch(new: NewFolder, plan: FramesPlan, scores: dict[int, Score]) -> Generator[int, None, None]:
    """Write the windows of some recordings, and yield their numbers as they are done."""
    with mute_stderr(), ThreadPoolExecutor(count_cores()) as threads:
        calls = {
            threads.submit(_write_recording, new, plan.recordings[number], score, plan.settings): number
            for number, score in scores.items()
        }
        try:
            for call in as_completed(calls):
                call.result()
                new.mark_done(calls[call])
                yield calls[call]
        finally:
            for call in calls:
                call.cancel()


def _write_recording(new: NewFolder, one: PlannedRecording, score: Score, settings: FrameSettings) -> None:
    n_rows = one.starts.size
    notes = place_notes(score, one.pair, settings.rate)
    labels = new.open_rows("labels", one.split, one.row, n_rows, N_PITCHES)
    labels[:] = label_samples(notes, one.starts + settings.size // 2)
    audio = new.open_rows("audio", one.split, one.row, n_rows, settings.size)
    cut_windows(one.pair, one.starts, settings.size, settings.rate, audio)
    for array in (audio, labels):
        array.flush()
    new.write_text(f"labels/{one.pair.name}.csv", format_notes(notes))


def _write_table(new: NewFolder, plan: FramesPlan) -> None:
    file = new.root / "frames.parquet"
    with pq.ParquetWriter(file, TABLE, compression="zstd") as writer:
        for first in range(0, len(plan.recordings), BATCH):
            rows = [_list_windows(one, plan.settings) for one in plan.recordings[first : first + BATCH]]
            writer.write_table(pa.concat_tables(rows).combine_chunks())
    with file.open("rb") as stream:
        os.fsync(stream.fileno())


def _list_windows(one: PlannedRecording, settings: FrameSettings) -> pa.Table:
    n = one.starts.size
    columns = [
        *([one.split] * n, np.arange(one.row, one.row + n)),
        *([one.pair.audio_id] * n, [one.pair.midi_id] * n),
        *((one.starts + settings.size // 2) / settings.rate, [one.pair.composition] * n),
    ]
    return pa.table(columns, schema=TABLE)


def _summarise(plan: FramesPlan, place: Path, n_left_out: int) -> FramesSummary:
    own = {name: [one for one in plan.recordings if one.split == name] for name in SPLITS}
    return FramesSummary(
        folder=place,
        windows={name: plan.count_windows(name) for name in SPLITS},
        recordings={name: len(ones) for name, ones in own.items()},
        compositions={name: len({one.pair.composition for one in ones}) for name, ones in own.items()},
        n_left_out=n_left_out,
    )


def _describe(plan: FramesPlan, summary: FramesSummary) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "settings": plan.settings.to_dict(),
        "windows": summary.windows,
        "recordings": summary.recordings,
        "compositions": summary.compositions,
        "versions": {name: version(name) for name in ("lakhdb", "numpy", "soundfile", "soxr")},
    }
