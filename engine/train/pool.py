"""The recordings that networks are trained on: made from MIDI files once, kept in a folder."""

import csv
import hashlib
import json
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lakhdb.kernels.constant_q import FRAME_S, compute_constant_q, quantise
from lakhdb.kernels.midi_file import MidiFile, read_midi
from lakhdb.kernels.render import render_notes
from lakhdb.kernels.whitening import prepare_frames

from ..alignment import trace_path
from ..errors import InputError
from ..ingest.scan import Archives, UnreadableError
from ..pairs import Probe, compare_frames, place_pair
from ..progress import Progress
from ..recordings import find_soundfont
from ..workers import WorkerError, WorkerPool
from .mirror import MIRRORS, read_midi_bytes
from .pieces import Piece, Split
from .variation import record_variant

__all__ = ["PoolRecording", "Source", "list_soundfonts", "make_pool", "read_pool", "record_piece"]

# What the recordings of a folder come from.
ORIGIN = "origin.json"

EXCERPT_S = 40.0
# Files of a composition known in several versions are recorded so often, others less: versions teach more.
# Mirrored files are recorded once.
ROUNDS = 4
ROUNDS_ALONE = 2
# Other files of the composition that a recording is shown beside, at most.
MOST_VERSIONS = 2
# Below it a version is too different, or too free in its repeats, for its alignment to be believed.
LEAST_SCORE = 0.5
# Of a recording, its versions included.
TIME_LIMIT_S = 120.0


@dataclass(frozen=True, eq=False)
class Source:
    """A MIDI file that a recording can be found with.

    Attributes
    ----------
    path : str
    midi_s : float64, shape (n,)
        Its times at the recording's `audio_s`.
    """

    path: str
    midi_s: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PoolRecording:
    """A recording to train on.

    Attributes
    ----------
    composition : str
    split : {"train", "validation", "test"}
    frames : uint8, shape (n_frames, 72)
    audio_s : float64, shape (n,)
    sources : tuple of Source
        The file that it was made from first.
    """

    composition: str
    split: Split
    frames: NDArray[np.uint8]
    audio_s: NDArray[np.float64]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class _Order:
    """A recording to be made."""

    number: int
    piece: Piece
    versions: tuple[Piece, ...]

    @property
    def file(self) -> str:
        return f"{self.number:06d}.npz"


def list_soundfonts() -> list[Path | None]:
    """List the sound fonts that recordings are played with; None stands for additive synthesis."""
    import pretty_midi

    system = find_soundfont()
    if system is None:
        return [None]
    return [system, Path(pretty_midi.__file__).parent / "TimGM6mb.sf2", None]


def make_pool(
    folder: Path,
    pieces: Sequence[Piece],
    *,
    seed: int,
    most: int | None = None,
    jobs: int,
    progress: Progress | None = None,
) -> int:
    """Make the recordings that `folder` lacks; return how many there are.

    Files that cannot be recorded are named in ``failures.csv`` with the reason.

    Parameters
    ----------
    folder : Path
        New, or that of a run with the same pieces and seed.
    pieces : sequence of Piece
        Those of the split ``test`` are left alone.
    seed : int
    most : int, optional
        Recordings to make at most.
    jobs : int
        Worker processes.
    progress : Progress, optional
        Told of the stage ``"recordings"``.

    Raises
    ------
    InputError
        If `folder` holds recordings of other pieces, another seed or other sound fonts.
    """
    folder.mkdir(parents=True, exist_ok=True)
    fonts = list_soundfonts()
    _check_origin(folder, pieces, seed, fonts)
    orders = _list_orders(pieces, seed)[:most]
    missing = [order for order in orders if not (folder / order.file).exists()]
    failures, n_done = [], len(orders) - len(missing)
    with WorkerPool(f"{__name__}:record_piece", jobs, TIME_LIMIT_S) as pool:
        calls = {
            pool.submit(order.piece, order.versions, folder / order.file, (seed, order.number), fonts): order
            for order in missing
        }
        for call in as_completed(calls):
            try:
                call.result()
            except WorkerError as error:
                failures.append((calls[call].piece.path, str(error)))
            n_done += 1
            if progress is not None:
                progress("recordings", n_done, len(orders))
    if failures:
        with (folder / "failures.csv").open(
            "w", encoding="utf-8", errors="surrogateescape", newline=""
        ) as file:
            csv.writer(file).writerows([("path", "reason"), *sorted(failures)])
    return len(list(folder.glob("*.npz")))


def record_piece(
    piece: Piece,
    versions: Sequence[Piece],
    out: Path,
    seed: Sequence[int],
    soundfonts: Sequence[Path | None],
) -> None:
    """Record an excerpt of a piece, find it in its versions, and write all that training needs of it.

    Raises
    ------
    InputError
        If the piece cannot be read or has no notes.
    """
    archives = Archives()
    try:
        data = read_midi_bytes(piece.path, archives)
        recording = record_variant(data, seed, excerpt_s=EXCERPT_S, soundfonts=soundfonts)
        midi = read_midi(data)
        found = [
            (
                version.path,
                _find_excerpt(midi, recording.midi_s, read_midi(read_midi_bytes(version.path, archives))),
            )
            for version in versions
        ]
    except (UnreadableError, ValueError) as error:
        raise InputError(f"{piece.path} cannot be recorded: {error}") from error
    finally:
        archives.close()
    frames, _ = quantise(compute_constant_q(recording.samples, recording.sample_rate))
    sources = [(piece.path, recording.midi_s), *((path, times) for path, times in found if times is not None)]
    temporary = out.with_suffix(".tmp")
    with temporary.open("wb") as file:
        np.savez(
            file,
            frames=frames,
            audio_s=recording.audio_s,
            composition=piece.composition,
            split=piece.split,
            paths=np.array([path for path, _ in sources]),
            midi_s=np.stack([times for _, times in sources]),
            renderer=recording.renderer,
        )
    temporary.replace(out)


def read_pool(folder: Path, split: Split, progress: Progress | None = None) -> list[PoolRecording]:
    """Read the recordings of a split, in the order of their numbers.

    Raises
    ------
    InputError
        If a recording is damaged.
    """
    files = sorted(folder.glob("*.npz"))
    recordings = []
    for number, file in enumerate(files, start=1):
        try:
            with np.load(file, allow_pickle=False) as stored:
                if str(stored["split"]) != split:
                    continue
                recordings.append(
                    PoolRecording(
                        str(stored["composition"]),
                        split,
                        stored["frames"],
                        stored["audio_s"],
                        tuple(
                            Source(str(path), times)
                            for path, times in zip(stored["paths"], stored["midi_s"], strict=True)
                        ),
                    )
                )
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise InputError(f"{file} is damaged ({error}); delete it and train again.") from error
        if progress is not None:
            progress("reading", number, len(files))
    return recordings


def _check_origin(
    folder: Path, pieces: Sequence[Piece], seed: int, soundfonts: Sequence[Path | None]
) -> None:
    """Write down what recordings come from, or hold it against what is written."""
    listed = "\n".join(f"{one.name}\t{one.composition}\t{one.split}" for one in pieces)
    origin = {
        "seed": seed,
        "pieces": hashlib.md5(listed.encode(errors="surrogateescape")).hexdigest(),
        "soundfonts": [font.name if font else "additive" for font in soundfonts],
    }
    path = folder / ORIGIN
    if not path.exists():
        path.write_text(json.dumps(origin) + "\n", encoding="utf-8")
    elif (known := path.read_text(encoding="utf-8")) != json.dumps(origin) + "\n":
        raise InputError(
            f"{folder} holds recordings of another origin ({known.strip()}); "
            "train with the same files and seed, or name another --output."
        )


def _list_orders(pieces: Sequence[Piece], seed: int) -> list[_Order]:
    """List the recordings to make, in an order whose every beginning is a fair choice of all."""
    family: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        if piece.split != "test":
            family[piece.composition].append(piece)
    rng = np.random.default_rng([seed, 0])
    wanted = []
    for turn in range(ROUNDS):
        for composition in sorted(family):
            members = family[composition]
            if turn >= _count_rounds(composition, len(members)):
                continue
            for piece in members:
                others = [one for one in members if one is not piece]
                chosen = rng.permutation(len(others))[:MOST_VERSIONS]
                wanted.append((piece, tuple(others[k] for k in chosen)))
    return [_Order(number, *wanted[k]) for number, k in enumerate(rng.permutation(len(wanted)).tolist())]


def _count_rounds(composition: str, n_members: int) -> int:
    if composition.endswith(MIRRORS):
        return 1
    return ROUNDS if n_members > 1 else ROUNDS_ALONE


def _find_excerpt(
    midi: MidiFile, midi_s: NDArray[np.float64], version: MidiFile
) -> NDArray[np.float64] | None:
    """Return a version's times at the times `midi_s` of a file, or None where the two do not fit."""
    first_s, last_s = float(midi_s[0]), float(midi_s[-1])
    excerpt, whole = _render(midi, first_s, last_s), _render(version, 0.0, version.duration_s)
    prepared = prepare_frames(excerpt)
    probe = Probe(whole, "midi", "midi", 0)
    pair = compare_frames(probe, np.zeros(1, np.int64), [prepared], "cpu")[0]
    if place_pair(probe, prepared, pair, "cpu") < LEAST_SCORE:
        return None
    trace, _ = trace_path(probe.prepared_frames, prepared, pair, "cpu")
    return np.interp(midi_s - first_s, trace.audio_s, trace.midi_s)


def _render(midi: MidiFile, first_s: float, last_s: float) -> NDArray[np.uint8]:
    notes = midi.notes
    inside = (notes.end_s > first_s) & (notes.start_s < last_s)
    frames, _ = render_notes(
        notes.pitch[inside],
        notes.velocity[inside],
        np.maximum(notes.start_s[inside] - first_s, 0.0),
        notes.end_s[inside] - first_s,
        notes.program[inside],
        notes.is_drum[inside],
        max(last_s - first_s, FRAME_S),
    )
    return frames
