"""Ingest of a tree of the Lakh MIDI Dataset (LMD), or of one in its layout, with its scores."""

import hashlib
import json
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from lakhdb.sql import read_query

from ..errors import InputError
from ..export.lmd_layout import FULL, MATCHED, SCORES, TRACKS
from ..lock import hold_writer_lock
from ..numbers import allot
from ..progress import Progress
from ..store import Store
from ..text import check_text
from .midi import ingest_midi
from .scan import Archives, UnreadableError, read_bytes

__all__ = ["LmdIngestSummary", "ingest_lmd"]

# LMD's 116 189 scores take some 60 bytes each.
LARGEST_BYTES = 1 << 30

SCORE_COLUMNS = pa.schema(
    [("track_id", pa.string()), ("audio_id", pa.string()), ("midi_id", pa.string()), ("score", pa.float64())]
)


@dataclass(frozen=True)
class LmdIngestSummary:
    """What an ingest of an LMD tree found and did.

    Attributes
    ----------
    run_id : int or None
        The run under which the scores are; None if there was none to record.
    n_new, n_failed : int
        MIDI items added, and files of the tree that cannot be used.
    n_scores : int
        Scores that the tree has.
    n_recorded : int
        Pairs of items of the database that have one now.
    n_without_midi, n_without_audio : int
        Scores whose MIDI file, and whose recording, is not in the database.
    n_skipped : int
        Entries that are no score from 0 to 1.
    seconds : float
    """

    run_id: int | None
    n_new: int
    n_failed: int
    n_scores: int
    n_recorded: int
    n_without_midi: int
    n_without_audio: int
    n_skipped: int
    seconds: float

    def __str__(self) -> str:
        text = f"{self.n_new} new MIDI files, {self.n_failed} failed; {self.n_recorded} pairs with a score"
        if self.run_id is not None:
            text += f" (run {self.run_id})"
        text += (
            f" by {self.n_scores} entries, {self.n_without_audio} of them without the recording and "
            f"{self.n_without_midi} without the MIDI file"
        )
        if self.n_skipped:
            text += f"; {self.n_skipped} entries that are no score skipped"
        if self.n_without_audio:
            text += "; bring in recordings, or a list of their track ids, then give this command again"
        return text


def ingest_lmd(
    store: Store,
    folder: Path,
    *,
    corpus: str | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> LmdIngestSummary:
    """Bring in the MIDI files of an LMD tree, and its scores as a run of its own.

    The run compares nothing: it covers no pairs, and its scores are candidates of stage ``lmd`` (view
    ``candidates``), so that what lakhdb found stays as it is and both can be joined. Scores whose recording
    or MIDI file comes later are recorded when the tree is brought in again; the same scores are always the
    same run.

    A recording is known by its track id, or by the MD5 of its bytes, which ``track_md5s.json`` tells where
    `lmdb export lmd` wrote the tree.

    Parameters
    ----------
    store : Store
    folder : Path
        Holds ``match_scores.json`` and ``lmd_full`` or ``lmd_matched``, or both.
    corpus : str, optional
        Name for the MIDI files; by default the folder's.
    jobs : int, optional
        Worker processes; by default one for each core.
    progress : callable, optional
        Told of the stages of `ingest_midi`.

    Raises
    ------
    InputError
        If `folder` is no LMD tree, or its scores cannot be read.
    DatabaseBusyError
        If another process writes the database.
    """
    started = time.monotonic()
    check_text("the corpus", corpus)
    folder = Path(os.path.abspath(folder.expanduser()))
    scores, digest, n_skipped = _read_scores(folder)
    n_new, n_failed = _ingest_files(store, folder, scores, corpus or folder.name, jobs, progress)
    settings = json.dumps({"match_scores_sha256": digest, "source": "lmd"}, sort_keys=True)
    with hold_writer_lock(store.folder), store.writing() as con:
        con.register("new_scores", scores)
        con.execute(read_query("lmd/find_recordings"))
        (counts,) = con.execute(read_query("lmd/count_scores")).fetchall()
        n_recorded, n_without_midi, n_without_audio = counts
        run_id = _begin_run(con, settings, is_wanted=n_recorded > 0)
        if run_id is not None:
            con.execute(read_query("lmd/delete_scores"), {"run_id": run_id})
            con.execute(read_query("lmd/insert_scores"), {"run_id": run_id})
            con.execute(read_query("runs/finish_run"), {"run_id": run_id})
        con.unregister("new_scores")
    return LmdIngestSummary(
        run_id,
        n_new,
        n_failed,
        scores.num_rows,
        n_recorded,
        n_without_midi,
        n_without_audio,
        n_skipped,
        time.monotonic() - started,
    )


def _read_scores(folder: Path) -> tuple[pa.Table, str, int]:
    """Read the scores of a tree; return them, a digest of their file, and how many entries are none."""
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; name the one that holds {SCORES} and {FULL} or {MATCHED}.")
    if not any((folder / branch).is_dir() for branch in (FULL, MATCHED)):
        raise InputError(f"{folder} holds neither {FULL} nor {MATCHED}; unpack one of them there.")
    if not (folder / SCORES).exists():
        raise InputError(
            f"{folder} holds no {SCORES}; put it there, or bring in the files alone by `lmdb ingest midi`."
        )
    data = _read_file(folder / SCORES)
    tracks = _parse(folder / TRACKS, _read_file(folder / TRACKS)) if (folder / TRACKS).exists() else {}
    rows, n_skipped = [], 0
    for track_id, by_midi in _parse(folder / SCORES, data).items():
        entries: Iterable[tuple[str, Any]] = by_midi.items() if isinstance(by_midi, dict) else [("", None)]
        audio_id = tracks.get(track_id)
        for midi_id, score in entries:
            if _is_score(score) and _is_text(track_id, midi_id):
                known = audio_id if isinstance(audio_id, str) and _is_text(audio_id) else None
                rows.append((track_id, known, midi_id, float(score)))
            else:
                n_skipped += 1
    columns = list(zip(*rows, strict=True)) or [()] * len(SCORE_COLUMNS)
    return pa.table([pa.array(column) for column in columns], schema=SCORE_COLUMNS), _digest(data), n_skipped


def _read_file(file: Path) -> bytes:
    try:
        return read_bytes(str(file), LARGEST_BYTES, Archives())
    except UnreadableError as error:
        raise InputError(f"{file} cannot be read: {error}; fetch it anew.") from error


def _parse(file: Path, data: bytes) -> dict[str, Any]:
    """Parse JSON, whose outermost value must be an object."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file} is damaged ({error}); fetch it anew.") from error
    if not isinstance(value, dict):
        raise InputError(f"{file} is not a list of tracks as LMD has it; fetch it anew.")
    return value


def _is_score(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _is_text(*texts: str) -> bool:
    """Tell whether a database holds these: JSON can escape halves of characters."""
    return all(text.isprintable() for text in texts)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _ingest_files(
    store: Store,
    folder: Path,
    scores: pa.Table,
    corpus: str,
    jobs: int | None,
    progress: Progress | None,
) -> tuple[int, int]:
    """Bring in ``lmd_full``, and ``lmd_matched`` if a score is of a file that is not in the other."""
    n_new = n_failed = 0
    for branch in (FULL, MATCHED):
        if not (folder / branch).is_dir() or (branch == MATCHED and not _count_unknown(store, scores)):
            continue
        summary = ingest_midi(store, [folder / branch], corpus=corpus, jobs=jobs, progress=progress)
        n_new += summary.n_new
        n_failed += summary.n_failed
    return n_new, n_failed


def _count_unknown(store: Store, scores: pa.Table) -> int:
    with store.reading() as con:
        known = {midi_id for midi_id, _ in con.execute(read_query("items/list_midi_ids")).fetchall()}
    return len(set(scores["midi_id"].to_pylist()) - known)


def _begin_run(con: duckdb.DuckDBPyConnection, settings: str, *, is_wanted: bool) -> int | None:
    """Return the run that has these settings; if there is none and one is wanted, a new one."""
    row = con.execute(read_query("lmd/find_run"), {"settings": settings}).fetchone()
    if row is not None:
        return int(row[0])
    if not is_wanted:
        return None
    run_id = allot(con, "run_id", 1)
    con.execute(
        read_query("runs/insert_run"),
        {
            "run_id": run_id,
            "settings": settings,
            "confidence_model": "none",
            "versions": json.dumps({"lakhdb": version("lakhdb")}),
        },
    )
    return run_id
