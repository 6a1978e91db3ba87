"""One JAMS file a recording, from every MIDI file that was accepted for it."""

import logging
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from ..progress import Progress
from ..store import Store
from .accepted import AcceptedPair, list_accepted
from .jams_agreement import measure_agreement
from .jams_content import place_song
from .jams_document import Described, describe_annotations, describe_recording
from .jams_folder import SUFFIX, name_files, prepare_folder, put_file
from .jams_song import Song, read_songs
from .jams_tasks import Task, list_tasks
from .jams_times import place_alignment

__all__ = ["JamsSummary", "export_jams"]

_log = logging.getLogger(__name__)

# Songs that are read together, as each question goes over all parts of the database.
BATCH = 200

# Less of the beats in agreement than this, on average, is a disagreement.
LEAST_AGREEMENT = 0.5

# What becomes of a recording.
KNOWN, WRITTEN, DISAGREEING, FAILED = "known", "written", "disagreeing", "failed"

Recording = tuple[Path, list[AcceptedPair]]


@dataclass(frozen=True)
class JamsSummary:
    """What an export of JAMS files did.

    Attributes
    ----------
    files : tuple of Path
        All files of the export, whether written now or before, in the order of their recordings.
    n_written : int
        Of them, those written now.
    n_disagreeing : int
        Of those, the ones whose MIDI files have less than half of their beats in common.
    n_failed : int
        Recordings that gave no file; the log says why.
    n_stale : int
        Files of an earlier export whose recordings are not among these any more. They stay.
    seconds : float
    """

    files: tuple[Path, ...]
    n_written: int
    n_disagreeing: int
    n_failed: int
    n_stale: int
    seconds: float

    def __str__(self) -> str:
        text = (
            f"{self.n_written} JAMS files written in {self.seconds:.1f} s, "
            f"{len(self.files) - self.n_written} were there already."
        )
        if self.n_disagreeing:
            text += f" In {self.n_disagreeing} the MIDI files disagree about the beats."
        if self.n_failed:
            text += f" {self.n_failed} recordings gave none."
        if self.n_stale:
            text += f" {self.n_stale} files are of recordings that are not accepted any more."
        return text


def export_jams(
    store: Store, folder: Path, *, min_confidence: float = 0.0, progress: Progress | None = None
) -> JamsSummary:
    """Write a JAMS file for each recording that has accepted MIDI files.

    A file is called by the recording's track id, or else by the MD5 of its bytes. It holds annotations of
    each MIDI file: ``beat``, ``tempo``, ``key_mode``, ``chord`` (inferred), ``note_midi`` for each
    instrument and ``lyrics``, in the time and key of the recording; nothing outside the aligned part, and
    nothing where a part was left out. What a MIDI file says nothing of has no annotation. Sandboxes tell of
    the pair and its run, and how far the MIDI files of the recording agree (`measure_agreement`).

    A file that is there, whole and made of the same is left alone: an export that was cut off goes on. The
    same database gives the same bytes.

    Parameters
    ----------
    store : Store
    folder : Path
        New, empty, or an earlier export.
    min_confidence : float
        Only pairs of this confidence or more, 0 to 1.
    progress : callable, optional
        Told of the recordings as ``jams``.

    Raises
    ------
    InputError
        If the folder holds other things or cannot be written.

    References
    ----------
    Humphrey, Salamon, Nieto, Forsyth, Bittner and Bello (2014), "JAMS: A JSON Annotated Music Specification
    for Reproducible MIR Research".
    """
    began = time.monotonic()
    prepare_folder(folder)
    with store.reading() as con:
        pairs = list_accepted(con, min_confidence)
    recordings = [list(each) for _, each in groupby(pairs, key=lambda pair: pair.audio_seq)]
    names = name_files(recordings)
    placed = [(folder / f"{names[each[0].audio_seq]}{SUFFIX}", each) for each in recordings]
    outcomes: dict[Path, str] = {}
    for batch in _make_batches(placed):
        outcomes |= _export(store, batch)
        if progress:
            progress("jams", len(outcomes), len(placed))
    files = tuple(path for path, outcome in outcomes.items() if outcome != FAILED)
    counts = Counter(outcomes.values())
    return JamsSummary(
        files=files,
        n_written=counts[WRITTEN] + counts[DISAGREEING],
        n_disagreeing=counts[DISAGREEING],
        n_failed=counts[FAILED],
        n_stale=len({path.name for path in folder.glob(f"*{SUFFIX}")} - {path.name for path in files}),
        seconds=time.monotonic() - began,
    )


def _make_batches(recordings: Sequence[Recording]) -> Iterator[list[Recording]]:
    batch: list[Recording] = []
    n_pairs = 0
    for path, pairs in recordings:
        if batch and n_pairs + len(pairs) > BATCH:
            yield batch
            batch, n_pairs = [], 0
        batch.append((path, pairs))
        n_pairs += len(pairs)
    if batch:
        yield batch


def _export(store: Store, batch: Sequence[Recording]) -> dict[Path, str]:
    """Write what is not written yet of some recordings, and tell what became of each."""
    with store.reading() as con:
        tasks = list_tasks(con, batch)
        todo = [task for task in tasks if not task.is_written()]
        songs = read_songs(con, sorted({pair.midi_seq for task in todo for pair in task.pairs}))
    outcomes = {task.path: KNOWN for task in tasks}
    for task in todo:
        outcomes[task.path] = _write(task, _describe(task, songs))
    return outcomes


def _describe(task: Task, songs: Mapping[int, Song]) -> list[Described]:
    """Bring what the MIDI files of a recording say together; those of no use are told of and left out."""
    found = []
    for pair, parts, provenance in zip(task.pairs, task.parts, task.provenance, strict=True):
        placement = place_alignment(pair.midi_s, pair.audio_s, parts, task.recorded.duration_s)
        try:
            if pair.midi_seq not in songs:
                raise ValueError("it has no notes here")
            if not placement.pieces:
                raise ValueError("its alignment has no length")
            song = songs[pair.midi_seq]
            found.append((pair, song, place_song(song, placement, pair.transposition), provenance))
        except ValueError as error:
            _log.warning("%s says nothing of %s: %s.", pair.midi_path, pair.audio_path, error)
    agreements = measure_agreement([content for _, _, content, _ in found])
    return [
        Described(pair, song, content, agreement, provenance)
        for (pair, song, content, provenance), agreement in zip(found, agreements, strict=True)
    ]


def _write(task: Task, described: Sequence[Described]) -> str:
    """Write the file of a recording; return what became of it."""
    annotations = [annotation for one in described for annotation in describe_annotations(one)]
    if not annotations:
        _log.warning("%s has no JAMS file: nothing is known of it.", task.pairs[0].audio_path)
        return FAILED
    shares = [share for one in described if (share := one.agreement["beat"]) is not None]
    disagree = bool(shares) and float(np.mean(shares)) < LEAST_AGREEMENT
    sandbox = {
        "beats_disagree": disagree if shares else None,
        "midi_files": [{**one.provenance, "agreement": one.agreement} for one in described],
    }
    document = {"file_metadata": describe_recording(task.pairs[0], task.recorded), "annotations": annotations}
    put_file(task.path, task.encode(sandbox, document))
    return DISAGREEING if disagree else WRITTEN
