"""Aligning many pairs by several aligners, and measuring how far off they are."""

import time
from collections.abc import Sequence
from pathlib import Path

from lakhdb.kernels.midi_file import read_midi

from ...errors import InputError
from ...progress import Progress
from ...recordings import find_soundfont
from ..report import make_folder
from .aligners import ALIGNERS
from .names import ALIGNER_NAMES, DEFAULT_ALIGNERS, SETTING_NAMES
from .report import AlignmentReport, TaskResult, measure
from .tasks import list_files, make_tasks

__all__ = ["eval_alignment"]


def eval_alignment(
    midi: Sequence[Path],
    *,
    settings: Sequence[str] = SETTING_NAMES,
    aligners: Sequence[str] = DEFAULT_ALIGNERS,
    files: int | None = None,
    seed: int = 0,
    out: Path | None = None,
    progress: Progress | None = None,
) -> AlignmentReport:
    """Record MIDI files, corrupt them as the thesis does, and align the two again.

    Parameters
    ----------
    midi : sequence of Path
        Folders, archives, files. Those shorter than half a minute or longer than ten are left out.
    settings : sequence of str
        How badly the files are corrupted: ``easy``, ``hard``.
    aligners : sequence of str
        ``notes`` (ours), ``frames`` (ours, before it is refined), ``thesis``, ``synctoolbox``.
    files : int, optional
        So many files, drawn by seed.
    seed : int
    out : Path, optional
        A folder for table, errors and figure.
    progress : Progress, optional
        Told of the stage ``"align"``, in files.

    Raises
    ------
    InputError
        If there are no files, or a name is unknown.
    MissingPackageError
        If an aligner needs a package that is not installed.
    """
    for kind, names, known in (("setting", settings, SETTING_NAMES), ("aligner", aligners, ALIGNER_NAMES)):
        for name in names:
            if name not in known:
                raise InputError(f"{name} is no {kind}; choose of {', '.join(known)}.")
    if out is not None:
        make_folder(out)  # before the work, not after it
    chosen = list_files(midi, files, seed)
    results: list[TaskResult] = []
    seen = {path: k for k, path in enumerate(chosen, start=1)}
    for task in make_tasks(chosen, settings, seed, find_soundfont()):
        notes = read_midi(task.midi)
        for name in aligners:
            started = time.monotonic()
            found = ALIGNERS[name](notes, task.samples, task.sample_rate)
            results.append(measure(task, name, found, time.monotonic() - started))
        if progress is not None:
            progress("align", seen[task.name], len(chosen))
    if not results:
        raise InputError("no MIDI file lasts from half a minute to ten and can be played; give others.")
    report = AlignmentReport(results)
    if out is not None:
        report.write(out)
    return report
