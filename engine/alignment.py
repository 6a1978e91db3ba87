"""The alignment of one MIDI file with one recording, as breakpoints in seconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.breakpoints import smooth_path, thin_path
from lakhdb.kernels.constant_q import COMPARED_BINS, FRAME_S
from lakhdb.kernels.dtw.path import find_path
from lakhdb.kernels.segments import Stretch

from .confidence import estimate_confidence
from .device import Device
from .evidence import gather_stretch
from .pairs import GULLY, Variant
from .segments import Segment, find_pieces

__all__ = ["TOLERANCE_S", "Trace", "join_pieces", "trace_path"]

# On 12 excerpts of pop909 and asap with known warps, this leaves a quarter of the breakpoints and brings the
# median error, bias aside, from 23 ms to 16; anything from 10 to 30 frames does nearly the same.
SMOOTH_FRAMES = 15.0
# The curve keeps within one cell of the path, so that a pause or a jump stays one.
LIMIT_FRAMES = 1.5

# A part of a pair counts as one from this confidence on.
LEAST_CONFIDENCE = 0.5

# Straight lines between breakpoints stay this near to the curve: a fifth of a frame, less than is heard.
TOLERANCE_S = 0.01


Frames = npt.NDArray[np.uint8]
Frame = npt.NDArray[np.int32]
Path = tuple[Frame, Frame]  # cells in order, as frames of both sides


@dataclass(frozen=True)
class Trace:
    """Breakpoints of an alignment.

    Attributes
    ----------
    midi_s, audio_s : float64, shape (n,)
        Seconds, never falling.
    refined : bool
        Breakpoints are beginnings of notes, see `lakhdb.engine.refine`; else they come of frames of 46 ms.
    starts : tuple of int
        First breakpoints of the pieces that the path goes through; what lies between two is left out.
    """

    midi_s: npt.NDArray[np.float64]
    audio_s: npt.NDArray[np.float64]
    refined: bool = False
    starts: tuple[int, ...] = (0,)

    @property
    def pieces(self) -> list["Trace"]:
        """The pieces, each a trace of its own."""
        ends = (*self.starts[1:], self.midi_s.size)
        return [
            Trace(self.midi_s[start:end], self.audio_s[start:end], self.refined)
            for start, end in zip(self.starts, ends, strict=True)
        ]


def join_pieces(pieces: Sequence[Trace]) -> Trace:
    """Join traces that follow one another on both sides."""
    sizes = [one.midi_s.size for one in pieces]
    midi_s, audio_s = (
        np.maximum.accumulate(np.concatenate([getattr(one, name) for one in pieces]))
        for name in ("midi_s", "audio_s")
    )
    starts = tuple(np.cumsum([0, *sizes[:-1]]).tolist())
    return Trace(midi_s, audio_s, all(one.refined for one in pieces), starts)


def trace_path(midi: Frames, audio: Frames, pair: Any, device: Device) -> tuple[Trace, list[Segment]]:
    """Trace the path of a placed pair.

    Parameters
    ----------
    midi, audio : uint8, shape (n, 72)
        Prepared frames.
    pair : record of dtype `PAIR`
        As `place_pair` left it; its ends become those of the path.
    device : {"cpu", "cuda"}

    Returns
    -------
    trace : Trace
        Through one piece as a rule; through several where something was left out on one side.
    segments : list of Segment
        All that belongs together, in the order of the recording.
    """
    variant = Variant(int(pair["transposition"]), float(pair["slowing"]))
    varied, audio = variant.of(midi)[:, COMPARED_BINS], audio[:, COMPARED_BINS]

    def judge(piece: Stretch) -> float:
        evidence = gather_stretch(varied[piece.of_midi], audio[piece.of_audio], device)
        return float(estimate_confidence(evidence, pair["transposition"])[0])

    found, more = find_pieces(varied, audio)
    aligned = [one for one in found if judge(one) >= LEAST_CONFIDENCE]
    again = [(one, sure) for one in more if (sure := judge(one)) >= LEAST_CONFIDENCE]
    whole = Stretch(0, len(varied) - 1, 0, len(audio) - 1)
    paths = [
        _find_path(varied, audio, one) for one in (aligned if len(aligned) + len(again) > 1 else [whole])
    ]
    placed = [_get_ends(path) for path in paths]
    first, last = placed[0], placed[-1]
    for name, frame in (("midi_start", first.midi_start), ("midi_end", last.midi_end)):
        pair[name] = np.rint(frame / variant.slowing)
    pair["audio_start"], pair["audio_end"] = first.audio_start, last.audio_end
    segments = [
        Segment(
            midi_start_s=one.midi_start * FRAME_S / variant.slowing,
            midi_end_s=one.midi_end * FRAME_S / variant.slowing,
            audio_start_s=one.audio_start * FRAME_S,
            audio_end_s=one.audio_end * FRAME_S,
            is_aligned=at < len(placed),
            confidence=sure,
        )
        for at, (one, sure) in enumerate([*((one, judge(one)) for one in placed), *again])
    ]
    segments.sort(key=lambda one: one.audio_start_s)
    return join_pieces([_make_trace(path, variant.slowing) for path in paths]), segments


def _find_path(midi: Frames, audio: Frames, piece: Stretch) -> Path:
    """Return the cells of the path through a piece, frames of both sides."""
    path = find_path(midi[piece.of_midi], audio[piece.of_audio], gully=GULLY)
    return path.midi_frame + np.int32(piece.midi_start), path.audio_frame + np.int32(piece.audio_start)


def _get_ends(path: Path) -> Stretch:
    midi, audio = path
    return Stretch(int(midi[0]), int(midi[-1]), int(audio[0]), int(audio[-1]))


def _make_trace(path: Path, slowing: float) -> Trace:
    midi_frame, audio_frame = smooth_path(*path, SMOOTH_FRAMES, LIMIT_FRAMES)
    # Frames are centred on their times, the first on 0, on both sides.
    midi_s, audio_s = midi_frame * (FRAME_S / slowing), audio_frame * FRAME_S
    kept = thin_path(midi_s, audio_s, TOLERANCE_S)
    return Trace(midi_s[kept], audio_s[kept])
