"""The corpus of the demonstration: MIDI files, recordings of some of them, and the truth."""

import csv
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lakhdb.kernels.midi_file import read_midi

from ..errors import InputError
from ..progress import Progress
from ..workers import WorkerError, WorkerPool
from .pieces import choose_pieces, choose_strangers, find_corpus
from .tags import tag_recordings
from .twins import compare_melodies, cut_melody, pick_melody

__all__ = ["DemoCorpus", "DemoRecording", "make_demo_corpus"]

N_RECORDINGS = 40
N_TAKES = 4  # of the pieces recorded, so many are recorded twice
SEED = 1685
TIME_LIMIT_S = 30.0  # a piece takes 0.1 to 1 s; music21 hangs on some
TWINS = 0.34  # share of common runs; hymns that merely share a line have up to 0.3
SHORTEST_RECORDED_S = 18.0
VERSION = 2  # of the choice of pieces and recordings: another one is made anew
MARK = "corpus.json"  # written last; the folder is ours and whole if it is there
TRUTH = "truth.csv"


@dataclass(frozen=True)
class DemoRecording:
    """A recording, and the part of a piece that it plays, in times of the piece's MIDI file.

    `midi` is that file, or None where it is not in the corpus.
    """

    recording: Path
    midi: Path | None
    start_s: float
    end_s: float


@dataclass(frozen=True)
class DemoCorpus:
    """What `make_demo_corpus` wrote.

    Attributes
    ----------
    midi_folder, audio_folder : Path
        To be ingested.
    truth : tuple of DemoRecording
        One for each recording; also in ``truth.csv``.
    n_midi : int
        MIDI files in all.
    renderer : str
        ``additive`` or the name of the sound font that played the recordings.
    """

    midi_folder: Path
    audio_folder: Path
    truth: tuple[DemoRecording, ...]
    n_midi: int
    renderer: str


def make_demo_corpus(
    folder: Path, *, jobs: int, soundfont: Path | None = None, on_progress: Progress | None = None
) -> DemoCorpus:
    """Write the corpus of the demonstration, or read it where it is already whole.

    Parameters
    ----------
    folder : Path
        New, empty or written by an earlier call; appears at once when all is done.
    jobs : int
        Worker processes.
    soundfont : Path or None
        FluidSynth plays the recordings from it; without it, additive synthesis does.
    on_progress : Progress or None
        Told how far the stages ``export`` and ``record`` are.

    Raises
    ------
    MissingPackageError
        If music21 is not installed, or pyfluidsynth is not and a sound font is given.
    InputError
        If `folder` holds something else, or cannot be written.
    """
    renderer = soundfont.name if soundfont else "additive"
    made = _read_corpus(folder, renderer)
    if made is None:
        if folder.exists() and any(folder.iterdir()) and not (folder / MARK).is_file():
            raise InputError(f"{folder} is not empty and not a demonstration's corpus; give another folder")
        try:
            _write_corpus(folder, jobs, soundfont, renderer, on_progress or _ignore)
        except OSError as error:
            raise InputError(f"cannot write {folder}: {error}; give a folder of yours") from error
        made = _read_corpus(folder, renderer)
        assert made is not None
    return made


def _ignore(stage: str, done: int, total: int | None) -> None:
    """Nobody watches."""


def _write_corpus(
    folder: Path, jobs: int, soundfont: Path | None, renderer: str, on_progress: Progress
) -> None:
    """Write everything beside `folder`, then put it in place at once."""
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    for kind in ("midi", "audio", "strangers"):
        (partial / kind).mkdir(parents=True)
    shutil.copyfile(find_corpus() / "license.txt", partial / "LICENCE-music21-corpus.txt")
    lengths_s = _write_midi(partial, jobs, on_progress)
    recorded = np.random.default_rng(SEED).permutation(_pick_recorded(lengths_s)).tolist()
    takes = recorded[:: max(1, len(recorded) // N_TAKES)][:N_TAKES]
    strangers = sorted((partial / "strangers").iterdir())
    midi = [*(partial / "midi" / name for name in (*recorded, *takes)), *strangers]
    rows = _write_recordings(midi, partial / "audio", jobs, soundfont, on_progress)
    tag_recordings([(partial / "audio" / row[0], midi.stem) for row, midi in zip(rows, midi, strict=True)])
    shutil.rmtree(partial / "strangers")
    with (partial / TRUTH).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("recording", "midi", "midi_start_s", "midi_end_s"))
        writer.writerows(rows)
    mark = {"version": VERSION, "renderer": renderer, "n_midi": len(lengths_s)}
    (partial / MARK).write_text(json.dumps(mark), encoding="utf-8")
    if folder.exists():
        shutil.rmtree(folder)
    partial.rename(folder)


def _read_corpus(folder: Path, renderer: str) -> DemoCorpus | None:
    """Return the corpus in `folder`, or None where it is not there, not whole or not of this version."""
    midi, audio = folder / "midi", folder / "audio"
    try:
        mark = json.loads((folder / MARK).read_text(encoding="utf-8"))
        with (folder / TRUTH).open(encoding="utf-8", newline="") as file:
            truth = tuple(
                DemoRecording(
                    audio / row["recording"],
                    midi / row["midi"] if row["midi"] else None,
                    float(row["midi_start_s"]),
                    float(row["midi_end_s"]),
                )
                for row in csv.DictReader(file)
            )
        whole = (mark["version"], mark["renderer"]) == (VERSION, renderer)
        whole = whole and len(list(midi.iterdir())) >= mark["n_midi"]
    except (OSError, ValueError, KeyError):
        return None
    files = [path for row in truth for path in (row.recording, row.midi) if path is not None]
    if not whole or not all(path.is_file() for path in files):
        return None
    return DemoCorpus(midi, audio, truth, mark["n_midi"], renderer)


def _write_midi(folder: Path, jobs: int, on_progress: Progress) -> dict[str, float]:
    """Export the pieces that have no twin, and strangers; return name → duration in seconds of the former."""
    pieces, strangers = choose_pieces(), choose_strangers()
    kept: dict[str, float] = {}
    melodies: list[frozenset[tuple[int, ...]]] = []
    with WorkerPool("lakhdb.engine.demo.export:export_piece", jobs, TIME_LIMIT_S) as pool:
        exports = [(piece, pool.submit(piece.path)) for piece in (*pieces, *strangers)]
        for done, (piece, export) in enumerate(exports, start=1):
            on_progress("export", done, len(exports))
            try:
                midi = export.result()
                notes = read_midi(midi).notes
            except (WorkerError, ValueError):
                continue  # music21 cannot play every repeat that it can read; there are pieces to spare
            if len(notes) == 0:
                continue
            melody = cut_melody(pick_melody(notes.track, notes.pitch, notes.start_s))
            if not melody or any(compare_melodies(melody, other) >= TWINS for other in melodies):
                continue
            melodies.append(melody)
            if piece in strangers:
                (folder / "strangers" / f"{piece.name}.mid").write_bytes(midi)
            else:
                kept[f"{piece.name}.mid"] = float(notes.end_s.max())
                (folder / "midi" / f"{piece.name}.mid").write_bytes(midi)
    return kept


def _pick_recorded(lengths_s: dict[str, float]) -> list[str]:
    """Return the names of the pieces to record: long enough, and spread over the corpus."""
    long = [name for name, length_s in lengths_s.items() if length_s >= SHORTEST_RECORDED_S]
    n = min(N_RECORDINGS, len(long))
    return [long[i * len(long) // n] for i in range(n)]


def _write_recordings(
    pieces: list[Path], folder: Path, jobs: int, soundfont: Path | None, on_progress: Progress
) -> list[tuple[str, str, float, float]]:
    """Record pieces as ``recording-NN.mp3`` in their order; return the rows of the truth."""
    rows = []
    with WorkerPool("lakhdb.engine.demo.export:record_piece", jobs, TIME_LIMIT_S) as pool:
        calls = []
        for number, midi in enumerate(pieces, start=1):
            recording = f"recording-{number:02d}.mp3"
            calls.append((recording, midi, pool.submit(midi, folder / recording, (SEED, number), soundfont)))
        for done, (recording, midi, call) in enumerate(calls, start=1):
            known = midi.name if midi.parent.name == "midi" else ""
            try:
                rows.append((recording, known, *call.result()))
            except WorkerError as error:
                raise WorkerError(f"{midi.stem} was not recorded: {error}; run the command again") from error
            on_progress("record", done, len(calls))
    return rows
