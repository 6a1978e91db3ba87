"""Align one MIDI file with one recording, without a database."""

import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lakhdb.kernels.constant_q import FRAME_S
from lakhdb.kernels.onsets import compute_onsets
from lakhdb.kernels.retime import retime_midi
from lakhdb.kernels.whitening import prepare_frames

from .alignment import Trace, trace_path
from .confidence import estimate_confidence
from .device import choose_device
from .errors import InputError
from .evidence import gather_alone
from .features import compute_audio_features, compute_midi_features
from .ingest.audio import load_audio
from .ingest.midi import load_midi
from .options import check_options
from .pairs import Probe, compare_frames, place_pair
from .refine import refine_trace
from .segments import Segment

__all__ = ["Alignment", "PlacedFrames", "align", "place_frames"]


@dataclass(frozen=True, eq=False)
class Alignment:
    """How a MIDI file fits a recording.

    Attributes
    ----------
    score : float
        0 to 1, at the best of several tempi. Below 0.5 the two are hardly the same music.
    confidence : float
        The probability that they are, 0 to 1.
    transposition : int
        Semitones by which the MIDI was raised to fit.
    midi_start_s, midi_end_s, audio_start_s, audio_end_s : float
        The part that is aligned, seconds.
    tempo_ratio : float
        Recorded seconds for each second of the MIDI, over that part.
    midi_s, audio_s : float64, shape (n,)
        Breakpoints, seconds, never falling.
    segments : tuple of Segment
        What belongs together, in the order of the recording: one, unless verses were left out or repeated.
    """

    score: float
    confidence: float
    transposition: int
    midi_start_s: float
    midi_end_s: float
    audio_start_s: float
    audio_end_s: float
    tempo_ratio: float
    midi_s: npt.NDArray[np.float64]
    audio_s: npt.NDArray[np.float64]
    segments: tuple[Segment, ...]

    def to_table(self) -> pa.Table:
        """Return one row of all but breakpoints and segments, and the numbers of these."""
        names = [one.name for one in fields(self) if one.name not in ("midi_s", "audio_s", "segments")]
        return pa.table(
            {
                **{name: [getattr(self, name)] for name in names},
                "n_segments": [len(self.segments)],
                "n_breakpoints": [self.midi_s.size],
            }
        )

    def segments_to_table(self) -> pa.Table:
        """Return a row for each segment, as in view `segments`."""
        rows = [{"segment": number} | vars(one) for number, one in enumerate(self.segments, 1)]
        return pa.Table.from_pylist(rows)


def align(
    midi_path: Path,
    audio_path: Path,
    *,
    out: Path | None = None,
    plot: Path | None = None,
    transpose: int = 0,
) -> Alignment:
    """Align a MIDI file with a recording.

    Parameters
    ----------
    midi_path, audio_path : Path
    out : Path, optional
        Write the MIDI file here, its tempo map changed so that it fits the recording.
    plot : Path, optional
        Draw the alignment here (PNG, or what the suffix says).
    transpose : int
        Try up to so many semitones both ways, 0 to 12. The written file keeps its own key.

    Raises
    ------
    InputError
        If a file cannot be used or written, is to be written over one that is read, or `transpose` is out of
        range.
    """
    check_options(None, transpose)
    _refuse_overwriting([midi_path, audio_path], [out, plot])
    midi, data = load_midi(midi_path)
    recording = load_audio(audio_path)
    midi_frames = compute_midi_features(midi).frames
    audio_frames = compute_audio_features(recording.samples, recording.sample_rate).frames
    placed = place_frames(midi_frames, audio_frames, transpose)
    pair, path = placed.pair, placed.trace
    onsets = compute_onsets(recording.samples, recording.sample_rate)
    notes, raised = midi.notes, int(pair["transposition"])
    trace = refine_trace(notes.start_s, notes.pitch + raised, notes.is_drum, path, onsets)
    span_s = trace.midi_s[-1] - trace.midi_s[0]
    alignment = Alignment(
        score=placed.score,
        confidence=placed.confidence,
        transposition=int(pair["transposition"]),
        midi_start_s=float(pair["midi_start"] * FRAME_S),
        midi_end_s=float(pair["midi_end"] * FRAME_S),
        audio_start_s=float(pair["audio_start"] * FRAME_S),
        audio_end_s=float(pair["audio_end"] * FRAME_S),
        tempo_ratio=float((trace.audio_s[-1] - trace.audio_s[0]) / span_s) if span_s else 1.0,
        midi_s=trace.midi_s,
        audio_s=trace.audio_s,
        segments=placed.segments,
    )
    if out is not None:
        _write_file(out, retime_midi(data, trace.midi_s, trace.audio_s))
    if plot is not None:
        from .plots import plot_alignment  # matplotlib takes most of a second to import

        plot_alignment(plot, alignment, midi_frames, audio_frames, (midi_path.name, audio_path.name))
    return alignment


@dataclass(frozen=True)
class PlacedFrames:
    """Where a MIDI file and a recording meet.

    Attributes
    ----------
    pair : record of dtype `PAIR`
    score : float
        At the tempo that fits best.
    confidence : float
    trace : Trace
    segments : tuple of Segment
    """

    pair: Any
    score: float
    confidence: float
    trace: Trace
    segments: tuple[Segment, ...]


def place_frames(
    midi_frames: npt.NDArray[np.uint8], audio_frames: npt.NDArray[np.uint8], transpose: int = 0
) -> PlacedFrames:
    """Find where a MIDI file and a recording meet, by frames of 46 ms.

    Parameters
    ----------
    midi_frames, audio_frames : uint8, shape (n_frames, 72)
        Quantised constant-Q.
    transpose : int
        Try up to so many semitones both ways.

    Returns
    -------
    PlacedFrames
    """
    prepared, device = prepare_frames(audio_frames), choose_device()
    probe = Probe(midi_frames, "midi", "midi", transpose)
    pairs = compare_frames(probe, np.zeros(1, np.int64), [prepared], device)
    evidence = gather_alone(probe, pairs, [prepared], device)
    (confidence,) = estimate_confidence(evidence, pairs["transposition"])
    score = place_pair(probe, prepared, pairs[0], device)
    trace, segments = trace_path(probe.prepared_frames, prepared, pairs[0], device)
    return PlacedFrames(pairs[0], score, float(confidence), trace, tuple(segments))


def _refuse_overwriting(read: Sequence[Path], written: Sequence[Path | None]) -> None:
    for path in written:
        if path is not None and path.exists() and any(one.exists() and one.samefile(path) for one in read):
            raise InputError(
                f"{path} is read and cannot be written, too; give another name for what comes out."
            )


def _write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error
