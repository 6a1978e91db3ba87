"""Export in the layout of the Lakh MIDI Dataset (LMD)."""

import hashlib
import logging
import os
import time
from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import duckdb

from lakhdb.sql import read_query

from ..errors import InputError
from ..ingest.midi import LARGEST_BYTES
from ..ingest.scan import Archives, UnreadableError, read_bytes
from ..progress import Progress
from ..store import Store
from .accepted import AcceptedPair, list_accepted
from .lmd_aligned import write_aligned
from .lmd_layout import (
    ALIGNED,
    CONFIDENCES,
    FULL,
    MATCHED,
    PATHS,
    SCORES,
    TRACKS,
    locate_full,
    locate_pair,
    name_recordings,
)
from .lmd_tree import Tree, open_tree

__all__ = ["LmdSummary", "export_lmd"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LmdSummary:
    """What an LMD tree holds, and what this export did to it.

    Attributes
    ----------
    folder : Path
    n_midi : int
        MIDI files in ``lmd_full``.
    n_pairs, n_recordings : int
        MIDI files in ``lmd_matched``, and the recordings that they belong to.
    n_aligned : int
        MIDI files in ``lmd_aligned``.
    n_written, n_removed : int
        Files written now; the others were there. Files of pairs that are no longer accepted.
    n_missing : int
        MIDI items that no file holds any more: they and their pairs are left out.
    n_unaligned : int
        Pairs whose MIDI file could not be retimed.
    seconds : float
    """

    folder: Path
    n_midi: int
    n_pairs: int
    n_recordings: int
    n_aligned: int
    n_written: int
    n_removed: int
    n_missing: int
    n_unaligned: int
    seconds: float

    def __str__(self) -> str:
        text = (
            f"{self.folder}: {self.n_midi} MIDI files, {self.n_pairs} of them matched with "
            f"{self.n_recordings} recordings, {self.n_aligned} aligned; {self.n_written} files written in "
            f"{self.seconds:.1f} s"
        )
        if self.n_removed:
            text += f", {self.n_removed} of earlier matches removed"
        if self.n_missing:
            text += f", {self.n_missing} missing"
        if self.n_unaligned:
            text += f", {self.n_unaligned} that cannot be retimed"
        return text


def export_lmd(
    store: Store,
    folder: Path,
    *,
    min_confidence: float = 0.0,
    link: bool = False,
    progress: Progress | None = None,
) -> LmdSummary:
    """Write the MIDI files and accepted pairs of a database as the Lakh MIDI Dataset is laid out.

    * ``lmd_full/a/a….mid``: every MIDI file, by the MD5 of its bytes.
    * ``lmd_matched/A/B/C/TRABC…/<md5>.mid``: those of accepted pairs, by recording: its track id, or the MD5
      of its bytes.
    * ``lmd_aligned/…``: the same, retimed to the recording (`lakhdb.kernels.retime.retime_midi`), in the key
      of the MIDI file.
    * ``match_scores.json``: score by recording and MD5, and ``md5_to_paths.json``: paths by MD5, as in LMD.
    * ``match_confidences.json``: confidence by recording and MD5, and ``track_md5s.json``: the MD5 of each
      recording. LMD has neither.

    A second call goes on where the first was cut off; what has changed in the database since is written anew,
    and pairs that are no longer accepted go. The lists are written last and name only what is there.

    Parameters
    ----------
    store : Store
    folder : Path
        New, empty, or of an earlier call.
    min_confidence : float
        Only pairs of this confidence or more, 0 to 1.
    link : bool
        Link MIDI files where they are plain files (hard links, or symbolic ones to another disk), instead of
        copying them. What is in an archive, or retimed, is written in either case.
    progress : callable, optional
        Told of the stages ``"full"``, ``"matched"`` and ``"aligned"``, in files.

    Raises
    ------
    InputError
        If `folder` holds something else or cannot be written, or `min_confidence` is out of range.

    References
    ----------
    Raffel (2016); layout and lists as on https://colinraffel.com/projects/lmd/.
    """
    if not 0 <= min_confidence <= 1:
        raise InputError(f"the least confidence is {min_confidence}; give one from 0 to 1.")
    started = time.monotonic()
    with store.reading() as con:
        sources = _list_sources(con)
        accepted = list_accepted(con, min_confidence)
    with open_tree(folder.expanduser().absolute()) as tree:
        there = _write_full(tree, sources, link, progress)
        names = name_recordings(accepted)
        pairs = [(names[pair.audio_id], pair) for pair in accepted if pair.midi_id in there]
        _write_matched(tree, pairs, there, link, progress)
        failed = write_aligned(tree, pairs, version("lakhdb"), progress)
        n_removed = _remove_others(tree, pairs, failed)
        _write_lists(tree, pairs, there)
        tree.finish()
    return LmdSummary(
        folder=tree.folder,
        n_midi=len(there),
        n_pairs=len(pairs),
        n_recordings=len({name for name, _ in pairs}),
        n_aligned=len(pairs) - len(failed),
        n_written=tree.n_written,
        n_removed=n_removed,
        n_missing=len(sources) - len(there),
        n_unaligned=len(failed),
        seconds=time.monotonic() - started,
    )


@dataclass(frozen=True)
class _Source:
    """A MIDI item: its size in bytes, its paths as text, and as the file system spells them."""

    midi_id: str
    n_bytes: int
    paths: list[str]
    places: list[bytes]


def _list_sources(con: duckdb.DuckDBPyConnection) -> list[_Source]:
    return [_Source(*row) for row in con.execute(read_query("export/list_lmd_sources")).fetchall()]


def _write_full(
    tree: Tree, sources: Sequence[_Source], link: bool, progress: Progress | None
) -> dict[str, _Source]:
    """Write ``lmd_full``; return the items that are there, by MD5."""
    there = {}
    archives = Archives()
    tree.remove_half_written(FULL)
    try:
        for done, source in enumerate(sources, 1):
            path = locate_full(source.midi_id)
            if tree.is_whole(path, source.n_bytes) or _write_source(tree, path, source, archives, link):
                there[source.midi_id] = source
            if progress:
                progress("full", done, len(sources))
    finally:
        archives.close()
    return there


def _write_source(tree: Tree, path: str, source: _Source, archives: Archives, link: bool) -> bool:
    """Write one MIDI file, from the first of its places that still holds its bytes."""
    trouble = ""
    for place in map(os.fsdecode, source.places):
        try:
            data = read_bytes(place, LARGEST_BYTES, archives)
        except UnreadableError as error:
            trouble = str(error)
            continue
        if hashlib.md5(data, usedforsecurity=False).hexdigest() != source.midi_id:
            trouble = "it holds something else now"
            continue
        tree.place(path, data, Path(place) if link and os.path.isfile(place) else None)
        return True
    _log.warning("%s is left out: %s (%s)", source.midi_id, source.paths[0], trouble)
    return False


def _write_matched(
    tree: Tree,
    pairs: Sequence[tuple[str, AcceptedPair]],
    there: dict[str, _Source],
    link: bool,
    progress: Progress | None,
) -> None:
    tree.remove_half_written(MATCHED)
    for done, (name, pair) in enumerate(pairs, 1):
        path, full = locate_pair(MATCHED, name, pair.midi_id), locate_full(pair.midi_id)
        if not tree.is_whole(path, there[pair.midi_id].n_bytes):
            tree.place(path, tree.read(full), tree.folder / full if link else None)
        if progress:
            progress("matched", done, len(pairs))


def _remove_others(tree: Tree, pairs: Sequence[tuple[str, AcceptedPair]], failed: Set[str]) -> int:
    """Remove the pairs of earlier exports; what they were of stays in ``lmd_full``."""
    return sum(
        tree.remove_others(branch, {locate_pair(branch, name, pair.midi_id) for name, pair in pairs} - failed)
        for branch in (MATCHED, ALIGNED)
    )


def _write_lists(tree: Tree, pairs: Sequence[tuple[str, AcceptedPair]], there: dict[str, _Source]) -> None:
    scores: dict[str, dict[str, float]] = defaultdict(dict)
    confidences: dict[str, dict[str, float]] = defaultdict(dict)
    for name, pair in pairs:
        scores[name][pair.midi_id] = pair.score
        confidences[name][pair.midi_id] = pair.confidence
    tree.write_json(PATHS, {midi_id: source.paths for midi_id, source in there.items()})
    tree.write_json(TRACKS, {name: pair.audio_id for name, pair in pairs})
    tree.write_json(CONFIDENCES, confidences)
    tree.write_json(SCORES, scores)
