"""Beats and notes of exported JAMS files beside the known warps of the open bench, by mir_eval.

    python benchmarks/bench_jams.py build/bench build/jams --every 20

The first argument is the folder of open_bench.py, the second a new one to work in. Every recording is matched
with the file that it was made from among those of all chosen recordings; beats count within 70 ms, notes by
onset within 50 ms and pitch.
"""

import argparse
import csv
import hashlib
import warnings
from pathlib import Path

import jams
import mir_eval
import numpy as np
from figures import print_figure, show_progress

from lakhdb.engine.database import open as open_database
from lakhdb.engine.export.jams_beats import find_beats
from lakhdb.engine.recordings import draw_warp, read_notes
from lakhdb.kernels.midi_file import read_midi

# As open_bench.py draws them.
SEED, EXCERPT_S, DRIFT = 909, 30.0, 0.10
MICROSECONDS = 60e6


def main() -> None:
    """Match, export and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench", type=Path, help="folder of open_bench.py")
    parser.add_argument("work", type=Path, help="new folder")
    parser.add_argument("--every", type=int, default=20, help="take every so many recordings")
    arguments = parser.parse_args()
    with (arguments.bench / "recordings.csv").open() as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["file"])[:: arguments.every]
    numbers = [int(Path(row["file"]).stem[-4:]) for row in rows]
    sources = [arguments.bench / "sources" / f"source-{number:04d}.mid" for number in numbers]
    recordings = [arguments.bench / row["file"] for row in rows]
    db = open_database(arguments.work / "jams.lmdb")
    db.ingest_midi(sources)
    db.ingest_audio(recordings)
    db.match()
    summary = db.export_jams(arguments.work / "jams")
    warnings.simplefilter("ignore")  # mir_eval on files without beats, jams on its own schema
    tell, scores = show_progress(), []
    for done, (number, source, recording) in enumerate(zip(numbers, sources, recordings, strict=True), 1):
        name = hashlib.md5(recording.read_bytes(), usedforsecurity=False).hexdigest()
        file = arguments.work / "jams" / f"{name}.jams"
        found = measure(file, source.read_bytes(), number) if file.exists() else None
        scores += [] if found is None else [found]
        tell("measure", done, len(rows))
    beats, notes = np.array(scores).T
    print_figure(
        "jams",
        recordings=len(rows),
        exported=len(scores),
        beats_f=round(float(beats.mean()), 4),
        beats_f_median=round(float(np.median(beats)), 4),
        notes_f=round(float(notes.mean()), 4),
        notes_f_median=round(float(np.median(notes)), 4),
        seconds=round(summary.seconds, 1),
    )


def measure(file: Path, midi: bytes, number: int) -> tuple[float, float] | None:
    """Return F of beats and of notes; None where the file that was played was not matched."""
    document = jams.load(str(file), validate=True)
    md5 = hashlib.md5(midi, usedforsecurity=False).hexdigest()
    beats, parts = (
        [one for one in document.search(namespace=namespace) if one.sandbox.midi_md5 == md5]
        for namespace in ("beat", "note_midi")
    )
    if not beats:
        return None
    notes = read_notes(midi)
    midi_s, audio_s = draw_warp(notes, EXCERPT_S, DRIFT, np.random.default_rng((SEED, number)))
    true_s = list_true_beats(midi)
    inside = (true_s >= midi_s[0]) & (true_s <= midi_s[-1])
    beats_f = mir_eval.beat.f_measure(
        np.interp(true_s[inside], midi_s, audio_s), beats[0].to_event_values()[0]
    )
    played = (notes.start_s >= midi_s[0]) & (notes.start_s <= midi_s[-1]) & ~notes.is_drum
    found = [(note.time, note.value) for part in parts if not part.sandbox.is_drum for note in part.data]
    start_s, pitch = np.array(found).T if found else np.empty((2, 0))
    *_, notes_f, _ = mir_eval.transcription.precision_recall_f1_overlap(
        *place(np.interp(notes.start_s[played], midi_s, audio_s), notes.pitch[played]),
        *place(start_s, pitch),
        offset_ratio=None,
    )
    return float(beats_f), float(notes_f)


def list_true_beats(midi: bytes) -> np.ndarray:
    """List the beats of a MIDI file, in its own time."""
    read = read_midi(midi)
    tempos = zip(read.tempos.time_s, MICROSECONDS / read.tempos.us_per_quarter, strict=True)
    metres = (
        (time_s, f"{beats}/{unit}")
        for time_s, beats, unit in zip(
            read.time_signatures.time_s,
            read.time_signatures.numerator,
            read.time_signatures.denominator,
            strict=True,
        )
    )
    return find_beats(list(tempos), list(metres), read.duration_s).time_s


def place(start_s: np.ndarray, pitch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what mir_eval takes: intervals, whose ends do not count here, and frequencies."""
    return np.stack([start_s, start_s + 0.1], axis=1), 440 * 2 ** ((pitch - 69) / 12)


if __name__ == "__main__":
    main()
