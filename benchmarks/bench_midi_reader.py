"""How fast MIDI files are read, beside symusic and pretty_midi, and whether the notes are the same.

    python benchmarks/bench_midi_reader.py [--repeats 5] [--sample 40] [--compare 345]

Prints one JSON line for the speed on pop909 and one for the notes of all collections. Real data are found
through LAKHDB_DATA (default ../shared/data).
"""

import argparse
import io
import os
import random
import statistics
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pretty_midi
import symusic
from figures import print_figure

from lakhdb.kernels.midi_file import MidiFile, read_midi

DATA = Path(os.environ.get("LAKHDB_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
COLLECTIONS = ("pop909", "asap", "nottingham", "vienna4x22")


def main() -> None:
    """Print both figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--repeats", type=int, default=5, help="passes over pop909, of which the median counts"
    )
    parser.add_argument("--sample", type=int, default=40, help="files on which pretty_midi is timed")
    parser.add_argument(
        "--compare", type=int, default=345, help="files whose notes are compared with pretty_midi's"
    )
    arguments = parser.parse_args()
    if not DATA.is_dir():
        parser.error(f"no real data at {DATA}; name its folder in LAKHDB_DATA")
    compare_speed(arguments.repeats, arguments.sample)
    compare_notes(arguments.compare)


def read_collection(name: str) -> list[bytes]:
    """All MIDI files of a collection, sorted by name."""
    with zipfile.ZipFile(DATA / f"{name}.zip") as archive:
        return [archive.read(file) for file in sorted(archive.namelist()) if file.endswith((".mid", ".midi"))]


def read_with_symusic(data: bytes) -> symusic.Score:
    """Notes in seconds, as objects of its own; its arrays are made on demand."""
    return symusic.Score.from_midi(data, ttype="second")


def read_arrays_with_symusic(data: bytes) -> list[dict[str, np.ndarray]]:
    """Notes in seconds, as arrays."""
    return [track.notes.numpy() for track in read_with_symusic(data).tracks]


def read_with_pretty_midi(data: bytes) -> pretty_midi.PrettyMIDI:
    """Notes in seconds, as Python objects."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pretty_midi.PrettyMIDI(io.BytesIO(data))


def time_pass(read: Callable[[bytes], object], files: Iterable[bytes]) -> float:
    """Seconds to read all files once."""
    start = time.perf_counter()
    for data in files:
        read(data)
    return time.perf_counter() - start


def compare_speed(n_repeats: int, n_sample: int) -> None:
    """Time the readers in turn over the same bytes in memory."""
    files = read_collection("pop909")
    readers = {"lakhdb": read_midi, "symusic": read_with_symusic, "symusic_arrays": read_arrays_with_symusic}
    seconds: dict[str, list[float]] = {name: [] for name in readers}
    for _ in range(n_repeats):
        for name, read in readers.items():
            seconds[name].append(time_pass(read, files))
    us = {name: round(statistics.median(times) / len(files) * 1e6, 1) for name, times in seconds.items()}
    sample = random.Random(0).sample(files, n_sample)
    us["pretty_midi"] = round(time_pass(read_with_pretty_midi, sample) / n_sample * 1e6, 1)
    print_figure(
        "midi_reader_speed",
        collection="pop909",
        n_files=len(files),
        n_bytes=sum(map(len, files)),
        median_us_a_file=us,
        ratio_to_symusic=round(us["lakhdb"] / us["symusic"], 2),
        ratio_to_symusic_arrays=round(us["lakhdb"] / us["symusic_arrays"], 2),
        ratio_to_pretty_midi=round(us["lakhdb"] / us["pretty_midi"], 5),
        **list_versions(),
    )


def compare_notes(n_compared: int) -> None:
    """Count the files whose notes differ from the other readers'."""
    counts: Counter[str] = Counter()
    rng = random.Random(0)
    for name in COLLECTIONS:
        files = read_collection(name)
        chosen = set(rng.sample(range(len(files)), min(n_compared // len(COLLECTIONS), len(files))))
        for number, data in enumerate(files):
            midi = read_midi(data)
            counts["n_files"] += 1
            counts["n_notes"] += len(midi.notes)
            counts["n_damaged"] += midi.damage is not None
            counts["n_differ_from_symusic"] += differs_from_symusic(midi, data)
            if number in chosen:
                counts["n_beside_pretty_midi"] += 1
                counts.update(compare_with_pretty_midi(midi, data))
    print_figure("midi_reader_notes", collections=COLLECTIONS, **counts, **list_versions())


def differs_from_symusic(midi: MidiFile, data: bytes) -> bool:
    """Whether any note differs: ticks, pitch, velocity, program or drum flag."""
    notes, score = midi.notes, symusic.Score.from_midi(data)
    names = ("start_tick", "end_tick", "pitch", "velocity", "program", "is_drum")
    ours = zip(*(getattr(notes, name).tolist() for name in names), strict=True)
    theirs = [
        (note.time, note.end, note.pitch, note.velocity, track.program, track.is_drum)
        for track in score.tracks
        for note in track.notes
    ]
    return sorted(ours) != sorted(theirs)


def compare_with_pretty_midi(midi: MidiFile, data: bytes) -> dict[str, int]:
    """How many notes pretty_midi starts otherwise, ends otherwise, or lacks (those of length zero)."""
    notes, other = midi.notes, read_with_pretty_midi(data)
    kept = notes.end_tick > notes.start_tick
    names = ("start_tick", "pitch", "velocity", "program", "is_drum", "end_tick")
    ours = sorted(zip(*(getattr(notes, name)[kept].tolist() for name in names), strict=True))
    theirs = sorted(
        (
            other.time_to_tick(n.start),
            n.pitch,
            n.velocity,
            part.program,
            part.is_drum,
            other.time_to_tick(n.end),
        )
        for part in other.instruments
        for n in part.notes
    )
    starts = Counter(note[:5] for note in ours)
    starts.subtract(note[:5] for note in theirs)
    whole = Counter(ours)
    whole.subtract(theirs)
    other_starts = sum(abs(count) for count in starts.values())
    return {
        "n_notes_beside_pretty_midi": len(ours),
        "n_starts_differ_from_pretty_midi": other_starts,
        "n_ends_differ_from_pretty_midi": sum(max(count, 0) for count in whole.values()) - other_starts,
        "n_of_length_zero": int((~kept).sum()),
    }


def list_versions() -> dict[str, str]:
    """Versions of the readers compared with."""
    return {name: version(name) for name in ("symusic", "pretty_midi", "mido")}


if __name__ == "__main__":
    main()
