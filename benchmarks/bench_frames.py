"""Windows labelled with notes, from performances of asap: their labels, and the ladder of baselines.

    python benchmarks/bench_frames.py --train 3000 --validation 500 --test 500   # a few minutes
    python benchmarks/bench_frames.py                                            # 60 000, 10 000, 10 000

Stretches of human performances are played on two sound fonts in a drifting tempo; each recording is aligned
with the performance's MIDI file by ``lmdb export frames``, and compositions are split. With ``--given`` the
MIDI files are brought into the recordings' time instead, by the known warp. Notes end when their keys are
released; with ``--pedal``, when the damper pedal lets them. Prints the time of each step, how far the labels
agree with the known truth, and average precision of each baseline. What is there already is used again.
"""

import argparse
import csv
import hashlib
import os
import resource
import time
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pretty_midi
import soundfile
from figures import print_figure, show_progress
from open_bench import VARIANT

from lakhdb.engine.errors import InputError
from lakhdb.engine.evaluate.frames import eval_frames
from lakhdb.engine.evaluate.frames_names import FRAME_METHODS
from lakhdb.engine.export.frames import export_frames
from lakhdb.engine.export.frames_reader import load_frames
from lakhdb.engine.recordings import Notes, draw_warp, find_soundfont, play_dry, read_notes

RATE = 44_100
# Windows wanted of a recording; one of `SECONDS` has twice as many, so that no split runs short.
WINDOWS_EACH = 300
SECONDS = 60.0
FEWEST = 40
DRIFT = 0.1
PEAK = 0.9
SPLITS = ("train", "validation", "test")


class Source(NamedTuple):
    """A performance in asap's archive."""

    file: str
    composition: str


def main() -> None:
    """Make recordings, export windows, check their labels, and run the ladder."""
    options = read_options()
    counts = [getattr(options, name) for name in SPLITS]
    n_recordings = options.recordings or max(FEWEST, -(-sum(counts) // WINDOWS_EACH))
    kind = ("pedal" if options.pedal else "keys") + ("-given" if options.given else "")
    folder = options.folder / f"{kind}-{n_recordings}-{options.seed}"
    folder.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    table = make_recordings(folder, options, n_recordings)
    print_figure("frames recordings", n=n_recordings, kind=kind, seconds=round(time.monotonic() - started, 1))
    windows = folder / f"windows-{'-'.join(map(str, counts))}"
    if not windows.exists():
        export_windows(windows, table, options)
    measure_labels(windows, folder)
    measure_ladder(windows, options)


def export_windows(windows: Path, table: Path, options: argparse.Namespace) -> None:
    """Export windows, and print how many, how long it took, and the peak of memory before and after."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    summary = export_frames(
        None,
        windows,
        pairs=table,
        aligned=options.given,
        split=[getattr(options, name) for name in SPLITS],
        seed=options.seed,
        progress=show_progress(),
    )
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print_figure(
        "frames export",
        windows=summary.windows,
        recordings=summary.recordings,
        compositions=summary.compositions,
        megabytes=round(sum(file.stat().st_size for file in windows.iterdir()) / 1e6),
        seconds=round(time.monotonic() - started, 1),
        peak_memory_mb=[round(kb / 1024) for kb in (before, after)],
    )


def read_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, count in zip(SPLITS, (60_000, 10_000, 10_000), strict=True):
        parser.add_argument(f"--{name}", type=int, default=count, help="windows")
    parser.add_argument("--recordings", type=int, help="so many, else one for each 300 windows")
    parser.add_argument("--methods", default=",".join(FRAME_METHODS))
    parser.add_argument("--epochs", type=int, help="of the network")
    parser.add_argument("--pedal", action="store_true", help="notes sound on under the damper pedal")
    parser.add_argument("--given", action="store_true", help="do not align: the MIDI files keep the time")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=Path("build/bench/frames"))
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("LAKHDB_DATA", "../shared/data")))
    return parser.parse_args()


def list_sources(data: Path, n: int, rng: np.random.Generator) -> list[Source]:
    """Draw performances, one of each composition in turn until there are enough."""
    own: dict[str, list[str]] = defaultdict(list)
    with (data / "asap.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["role"] == "performance":
                own[VARIANT.sub("", row["piece"])].append(row["file"])
    drawn = {one: rng.permutation(sorted(files)).tolist() for one, files in sorted(own.items())}
    compositions = rng.permutation(sorted(own)).tolist()
    longest = max(len(files) for files in own.values())
    sources = [
        Source(drawn[one][turn], one)
        for turn in range(longest)
        for one in compositions
        if turn < len(drawn[one])
    ]
    return sources[:n]


def find_soundfonts() -> list[Path]:
    """Return the two sound fonts: that of the machine, and the one that comes with pretty_midi."""
    machine = find_soundfont()
    if machine is None:
        raise SystemExit(
            "FluidSynth and the sound font FluidR3 are needed; install libfluidsynth3, fluid-soundfont-gm"
        )
    return [machine, Path(pretty_midi.__file__).parent / "TimGM6mb.sf2"]


def make_recordings(folder: Path, options: argparse.Namespace, n: int) -> Path:
    """Make the recordings that are missing, and the table of pairs; return its path."""
    soundfonts = find_soundfonts()
    sources = list_sources(options.data, n, np.random.default_rng(options.seed))
    tell = show_progress()
    with (
        zipfile.ZipFile(options.data / "asap.zip") as archive,
        (folder / "pairs.csv").open("w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.writer(file)
        writer.writerow(("audio", "midi", "composition"))
        for number, source in enumerate(sources):
            audio = folder / f"{number:04d}.flac"
            if not audio.exists():
                notes = read_notes(archive.read(source.file))
                if options.pedal:
                    notes = notes._replace(end_s=notes.held_s)
                record(notes, audio, soundfonts[number % 2], (options.seed, number), options.given)
            writer.writerow((audio.name, audio.with_suffix(".mid").name, source.composition))
            tell("recordings", number + 1, len(sources))
    return folder / "pairs.csv"


def record(notes: Notes, audio: Path, soundfont: Path, seed: Sequence[int], is_given: bool) -> None:
    """Play a stretch of notes, and write it, its MIDI file and the notes as they were played."""
    rng = np.random.default_rng(seed)
    midi_s, audio_s = draw_warp(notes, SECONDS, DRIFT, rng)
    sounding = notes.take((notes.end_s > midi_s[0]) & (notes.start_s < midi_s[-1]) & ~notes.is_drum)
    start_s, end_s = (np.interp(times, midi_s, audio_s) for times in (sounding.start_s, sounding.end_s))
    played = sounding._replace(start_s=start_s, end_s=end_s, held_s=end_s)
    samples = play_dry(played, float(audio_s[-1]), RATE, soundfont, rng)
    samples *= PEAK / max(1e-9, float(np.abs(samples).max()))
    audio.with_suffix(".mid").write_bytes((played if is_given else notes).to_midi())
    np.savez(audio.with_suffix(".npz"), start_s=start_s, end_s=end_s, pitch=played.pitch)
    partial = audio.with_suffix(".part")
    soundfile.write(partial, samples, RATE, format="FLAC")
    partial.replace(audio)


def measure_labels(windows: Path, folder: Path) -> None:
    """Print how far the labels agree with the notes as they were played."""
    audio = {hashlib.md5(file.read_bytes()).hexdigest(): file for file in folder.glob("*.flac")}
    frames = load_frames(windows)
    rows = frames.table.to_pandas()
    right = told = there = 0
    worst = 1.0
    for (split, audio_id), own in rows.groupby(["split", "audio_id"]):
        known = np.load(audio[audio_id].with_suffix(".npz"))
        truth = np.zeros((len(own), 128), bool)
        centres = own["centre_s"].to_numpy()
        for start_s, end_s, pitch in zip(known["start_s"], known["end_s"], known["pitch"], strict=True):
            truth[(start_s <= centres) & (centres < end_s), pitch] = True
        labels = frames.labels[split][own["row"].to_numpy()] > 0
        counts = (labels & truth).sum(), labels.sum(), truth.sum()
        right, told, there = right + counts[0], told + counts[1], there + counts[2]
        worst = min(worst, 2 * counts[0] / max(1, counts[1] + counts[2]))
    print_figure(
        "frames labels",
        windows=len(rows),
        precision=round(float(right / told), 4),
        recall=round(float(right / there), 4),
        f1=round(float(2 * right / (told + there)), 4),
        worst_recording_f1=round(float(worst), 4),
    )


def measure_ladder(windows: Path, options: argparse.Namespace) -> None:
    """Print average precision and time of each baseline."""
    extra = {} if options.epochs is None else {"epochs": options.epochs}
    try:
        report = eval_frames(
            windows,
            methods=options.methods.split(","),
            out=windows / "report",
            seed=options.seed,
            progress=show_progress(),
            **extra,
        )
    except InputError as error:
        raise SystemExit(str(error)) from error
    for row in report.to_table().to_pylist():
        rounded = {name: round(one, 4) if isinstance(one, float) else one for name, one in row.items()}
        print_figure("frames ladder", **rounded)


if __name__ == "__main__":
    main()
