"""Write the tables of pairs that alignments are measured by: asap's beats, and vienna4x22's notes.

    python benchmarks/known_pairs.py build/pairs
    lmdb eval alignment --pairs build/pairs/asap.csv --pairs build/pairs/vienna4x22.csv --first 60

Of each asap piece the first performance that has as many beats as its score; of vienna4x22 all performances,
beside scores at 60 beats a minute with the moments of all notes that both sides have.
"""

import argparse
import csv
import json
import os
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from lakhdb.kernels.midi_writer import write_notes

__all__ = ["write_asap", "write_vienna"]

HEADER = ("midi", "recording", "midi_times", "recording_times", "group")
NOTE = re.compile(
    r"snote\([^,]*,\[[^\]]*\],\d+,[^,]*,[^,]*,[^,]*,"
    r"(?P<onset>[-\d.]+),(?P<offset>[-\d.]+),.*\)-note\([^,]*,(?P<pitch>\d+),(?P<tick>\d+),"
)
CLOCK = re.compile(r"info\(midiClock(?P<what>Units|Rate),(?P<value>\d+)\)")
LEAD_S = 1.0  # scores begin with an upbeat before beat 0
VELOCITY = 70


def main() -> None:
    """Write both tables and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("LAKHDB_DATA", "../shared/data")))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    pairs = {
        "asap": write_asap(options.data, options.folder),
        "vienna4x22": write_vienna(options.data, options.folder),
    }
    print(json.dumps({"bench": "known_pairs", **pairs}))


def write_asap(data: Path, folder: Path) -> int:
    """Write ``asap.csv``; return how many pairs it has."""
    rows = list(csv.DictReader((data / "asap.csv").open(encoding="utf-8", newline="")))
    place = (data / "asap.zip").resolve()
    found: dict[str, tuple[str, ...]] = {}
    with zipfile.ZipFile(place) as archive:
        n_lines = {
            row["file"]: len(archive.read(row["annotations"]).decode().splitlines())
            for row in rows
            if row["annotations"]
        }
    scores = {row["piece"]: row for row in rows if row["role"] == "score" and row["file"] in n_lines}
    for row in rows:
        score = scores.get(row["piece"])
        if row["role"] != "performance" or score is None or row["piece"] in found:
            continue
        if n_lines.get(row["file"]) == n_lines[score["file"]]:
            paths = (score["file"], row["file"], score["annotations"], row["annotations"])
            found[row["piece"]] = (*(f"{place}!/{path}" for path in paths), "asap")
    _write_table(folder / "asap.csv", found.values())
    return len(found)


def write_vienna(data: Path, folder: Path) -> int:
    """Write ``vienna4x22.csv``, scores and moments; return how many pairs the table has."""
    place = (data / "vienna4x22.zip").resolve()
    rows = [
        row for row in csv.DictReader((data / "vienna4x22.csv").open(encoding="utf-8")) if row["match_file"]
    ]
    pairs = []
    with zipfile.ZipFile(place) as archive:
        for row in rows:
            name = Path(row["file"]).stem
            score, score_s, recording_s = _read_match(archive.read(row["match_file"]).decode())
            midi, moments = (
                folder / f"{name}.score.mid",
                [folder / f"{name}.{one}.txt" for one in ("score", "played")],
            )
            midi.write_bytes(score)
            for path, seconds in zip(moments, (score_s, recording_s), strict=True):
                path.write_text("".join(f"{one:.6f}\n" for one in seconds), encoding="utf-8")
            pairs.append((midi.name, f"{place}!/{row['file']}", *(one.name for one in moments), "vienna4x22"))
    _write_table(folder / "vienna4x22.csv", pairs)
    return len(pairs)


def _read_match(text: str) -> tuple[bytes, np.ndarray, np.ndarray]:
    """Return the score as a MIDI file, and where its notes are in it and in the performance, in seconds."""
    clock = {one["what"]: int(one["value"]) for one in CLOCK.finditer(text)}
    notes = [one for one in map(NOTE.match, text.splitlines()) if one]
    onset, offset = (np.array([float(one[name]) for one in notes]) for name in ("onset", "offset"))
    pitch = np.array([int(one["pitch"]) for one in notes])
    played_s = np.array([int(one["tick"]) for one in notes]) * clock["Rate"] / clock["Units"] / 1e6
    start_s = onset + LEAD_S
    end_s = np.maximum(offset + LEAD_S, start_s + 0.05)
    zeros = np.zeros(len(notes), int)
    score = write_notes(pitch, zeros + VELOCITY, start_s, end_s, zeros, zeros.astype(bool), zeros)
    # Notes of a chord are struck one after the other: a moment of the score is where they are on average.
    moments = np.unique(start_s)
    return score, moments, np.maximum.accumulate([played_s[start_s == one].mean() for one in moments])


def _write_table(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])


if __name__ == "__main__":
    main()
