"""What is to be written for each recording, and whether it has been."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from lakhdb.sql import read_query

from .accepted import AcceptedPair
from .jams_document import Recorded
from .jams_times import Part

__all__ = ["Task", "list_tasks"]

# Raised whenever the same pairs would give other files.
FORMAT = "jams-1"

TAIL = b"\n"


@dataclass(frozen=True, eq=False)
class Task:
    """A recording to be written.

    Attributes
    ----------
    path : Path
    pairs : list of AcceptedPair
        All of the recording.
    recorded : Recorded
    parts : list of list of Part
        What the alignment of each pair goes through.
    provenance : list of dict
        How each pair came to be, for sandboxes.
    """

    path: Path
    pairs: list[AcceptedPair]
    recorded: Recorded
    parts: list[list[Part]]
    provenance: list[dict[str, Any]]

    @cached_property
    def digest(self) -> str:
        """Of all that decides what is in the file."""
        digest = hashlib.sha256(
            json.dumps(
                [FORMAT, asdict(self.recorded), self.pairs[0].name, self.parts, self.provenance]
            ).encode()
        )
        for pair in self.pairs:
            digest.update(pair.midi_s.tobytes())
            digest.update(pair.audio_s.tobytes())
        return digest.hexdigest()

    def encode(self, sandbox: dict[str, Any], rest: dict[str, Any]) -> bytes:
        """Write the document as the bytes of its file, the digest first: `is_written` looks for it there."""
        document = {"sandbox": {"digest": self.digest, **sandbox}, **rest}
        # ASCII alone, as jams reads files in the encoding of the machine.
        return json.dumps(document, ensure_ascii=True, allow_nan=False).encode() + TAIL

    def is_written(self) -> bool:
        """Tell whether the file is there, made of the same, and whole."""
        head = f'{{"sandbox": {{"digest": "{self.digest}"'.encode()
        try:
            with self.path.open("rb") as file:
                if file.read(len(head)) != head:
                    return False
                file.seek(-len(TAIL), os.SEEK_END)
                return file.read() == TAIL
        except OSError:
            return False


def list_tasks(
    con: duckdb.DuckDBPyConnection, recordings: Sequence[tuple[Path, list[AcceptedPair]]]
) -> list[Task]:
    """List what is to be written for some recordings, given their files and pairs.

    What has been forgotten, or matched anew, since the pairs were listed is left out.
    """
    seqs = {"seqs": [pairs[0].audio_seq for _, pairs in recordings]}
    rows = con.execute(read_query("export/list_jams_recordings"), seqs).fetchall()
    recorded = {seq: Recorded(*known) for seq, *known in rows}
    rows = con.execute(read_query("export/list_jams_alignments"), seqs).fetchall()
    alignments = {(run_id, midi, audio): known for run_id, midi, audio, *known in rows}
    tasks = []
    for path, pairs in recordings:
        found = [(pair, alignments.get((pair.run_id, pair.midi_seq, pair.audio_seq))) for pair in pairs]
        there = [(pair, known) for pair, known in found if known is not None]
        if not there:
            continue
        parts = [[_list_ends(part) for part in known[-1]] for _, known in there]
        provenance = [_describe(pair, *known[:-1]) for pair, known in there]
        kept = [pair for pair, _ in there]
        tasks.append(Task(path, kept, recorded[kept[0].audio_seq], parts, provenance))
    return tasks


def _list_ends(part: dict[str, float]) -> Part:
    return part["midi_start_s"], part["midi_end_s"], part["audio_start_s"], part["audio_end_s"]


def _describe(pair: AcceptedPair, refined: bool, confidence_model: str, settings: str) -> dict[str, Any]:
    # Runs that were brought in from elsewhere do not say how they aligned.
    kind = json.loads(settings).get("alignment") if refined else "frames"
    return {
        "midi_md5": pair.midi_id,
        "score": pair.score,
        "confidence": pair.confidence,
        "transposition": pair.transposition,
        "run_id": pair.run_id,
        "lakhdb": version("lakhdb"),
        "confidence_model": confidence_model,
        "alignment": kind or "unknown",
    }
