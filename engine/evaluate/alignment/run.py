"""Aligning many pairs by several aligners, and measuring how far off they are."""

import time
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from lakhdb.kernels.midi_file import read_midi

from ...errors import InputError
from ...progress import Progress
from ...recordings import find_soundfont
from ..report import make_folder
from .aligners import ALIGNERS
from .known import make_known_task, read_pairs
from .names import ALIGNER_NAMES, DEFAULT_ALIGNERS, SETTING_NAMES
from .report import AlignmentReport, TaskResult, measure
from .tasks import draw, list_files, make_tasks

__all__ = ["eval_alignment"]


def eval_alignment(
    midi: Sequence[Path] = (),
    *,
    pairs: Sequence[Path] = (),
    settings: Sequence[str] = SETTING_NAMES,
    aligners: Sequence[str] = DEFAULT_ALIGNERS,
    files: int | None = None,
    longest_s: float | None = None,
    seed: int = 0,
    out: Path | None = None,
    progress: Progress | None = None,
) -> AlignmentReport:
    """Align pairs whose moments are known, and MIDI files with recordings of what they were made of.

    MIDI files of `midi` are played and then corrupted as the thesis does; pairs come as they are.

    Parameters
    ----------
    midi : sequence of Path
        Folders, archives, files. Those shorter than half a minute or longer than ten are left out.
    pairs : sequence of Path
        Tables of pairs with moments known in both, see `read_pairs`.
    settings : sequence of str
        How badly the files are corrupted: ``easy``, ``hard``, ``verse``.
    aligners : sequence of str
        ``notes`` (ours), ``frames`` (ours, before it is refined), ``thesis``, ``synctoolbox``.
    files : int, optional
        So many files of `midi`, and so many pairs of each table, drawn by seed.
    longest_s : float, optional
        Of `pairs`, so many seconds from the beginnings of the recordings.
    seed : int
    out : Path, optional
        A folder for table, errors and figure.
    progress : Progress, optional
        Told of the stage ``"align"``, in files.

    Raises
    ------
    InputError
        If there are no files, a name is unknown, or a pair cannot be read.
    MissingPackageError
        If an aligner needs a package that is not installed.
    """
    for kind, names, allowed in (("setting", settings, SETTING_NAMES), ("aligner", aligners, ALIGNER_NAMES)):
        for name in names:
            if name not in allowed:
                raise InputError(f"{name} is no {kind}; choose of {', '.join(allowed)}.")
    if out is not None:
        make_folder(out)  # before the work, not after it
    known = [pair for table in pairs for pair in draw(read_pairs(table), files, seed)]
    chosen = list_files(midi, files, seed) if midi or not pairs else []
    soundfont, results = find_soundfont(), list[TaskResult]()
    made = (make_known_task(pair, longest_s, soundfont, np.random.default_rng(seed)) for pair in known)
    seen = {path: k for k, path in enumerate((*(pair.recording for pair in known), *chosen), start=1)}
    for task in chain(made, make_tasks(chosen, settings, seed, soundfont)):
        try:
            notes = read_midi(task.midi)
        except ValueError as error:
            raise InputError(f"the MIDI file beside {task.name} cannot be read: {error}.") from error
        for name in aligners:
            started = time.monotonic()
            found = ALIGNERS[name](notes, task.samples, task.sample_rate)
            results.append(measure(task, name, found, time.monotonic() - started))
        if progress is not None:
            progress("align", seen[task.name], len(known) + len(chosen))
    if not results:
        raise InputError("no MIDI file lasts from half a minute to ten and can be played; give others.")
    report = AlignmentReport(results)
    if out is not None:
        report.write(out)
    return report
