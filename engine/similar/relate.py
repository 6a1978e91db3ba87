"""What one MIDI file is to another, note by note along the best path of their slices."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.dtw.path import find_path

from ..note_features import TRACKS, NoteArrays, SlicedVoice
from .compare import GULLY, MOST_STEPS

__all__ = ["IDENTICAL", "REEXPORTED", "SIMILAR", "VERSION", "VERSION_FROM", "Relation", "relate"]

IDENTICAL = "identical notes"
REEXPORTED = "same performance re-exported"
VERSION = "version"
SIMILAR = "similar"

# What two files of the same notes may differ by, where their ticks are of different length.
SAME_START_S = 0.005
SAME_END_S = 0.015

# Where notes of one pitch overlap, programs disagree which of them an event ends.
SAME_END_SHARE = 0.95

# Of the same performance, so many notes are the same, and all but a few lie so near to a straight line from
# the times of one file to those of the other.
REEXPORTED_SHARE = 0.95
REEXPORTED_OFF_S = 0.03

# Similarity of pitch from which on two files are versions of one piece. Of 1 000 pairs of near files from
# pop909, asap, nottingham and vienna4x22, 99.8 % of the versions reach it, and 14 others, mostly variants of
# one tune. At 0.4, reels of other names begin to hang together.
VERSION_FROM = 0.45

# Tunes over the same chords share that track and more. Where a track alone is alike, so much of the notes of
# one file is found in the other if it was made of it. Of 3 979 such pairs of unlike files one reaches it, and
# costs too much to be a version.
COVERED_FROM = 0.8

# Octaves that a copy may be moved by, beside its transposition.
OCTAVES = range(-4, 5)

Cells = npt.NDArray[np.int32]

N_PITCHES = 128
N_FAMILIES = 17  # eight programs each, and drums


@dataclass(frozen=True)
class Relation:
    """What another file is to ours.

    Attributes
    ----------
    kind : str
        identical notes (at the same times), same performance re-exported (in another key or at another tempo,
        perhaps), version (of the same composition) or similar.
    similarity : float
        0 to 1: the weighted mean of the next four.
    pitch, rhythm, instruments, velocities : float
        0 to 1.
    transposition : int
        Semitones by which ours is raised to fit.
    tempo_ratio : float
        How many times as fast as ours the other is.
    matched : float
        Share of the notes of both that are the same, transposed.
    start_s, end_s, other_start_s, other_end_s : float
        The stretch that fits.
    """

    kind: str
    similarity: float
    pitch: float
    rhythm: float
    instruments: float
    velocities: float
    transposition: int
    tempo_ratio: float
    matched: float
    start_s: float
    end_s: float
    other_start_s: float
    other_end_s: float


@dataclass(frozen=True)
class _Matched:
    """Cells of a path that share notes.

    `share` is of the notes of both, `covered` of those of the file that has less of its own.
    """

    transposition: int
    share: float
    covered: float
    ours: npt.NDArray[np.int32]
    other: npt.NDArray[np.int32]


def relate(
    ours: SlicedVoice,
    our_notes: NoteArrays,
    other: SlicedVoice,
    other_notes: NoteArrays,
    *,
    cost: float,
    roll: int,
    slowness: float,
) -> Relation:
    """Tell what another file is to ours.

    Parameters
    ----------
    ours, other : SlicedVoice
        The same voice of both, or a track of one or both.
    our_notes, other_notes : NoteArrays
        All their notes.
    cost : float
        Of the comparison; see `lakhdb.engine.similar.compare`.
    roll : int
        Semitones, 0 to 11, by which ours is raised.
    slowness : float
        How many times as slow the other is, if it is not compared by slices.
    """
    # Notes that were added make slices of their own, which a path of slices stumbles over.
    ways = (_pair_slices(ours, other, roll), _pair_times(ours, other, roll, slowness))
    tried = [_match_notes(ours, our_notes, other, other_notes, *cells, roll) for cells in ways]
    best = 0 if tried[0].share >= tried[1].share else 1
    matched, (our_cells, other_cells) = tried[best], ways[best]
    slope, off_s = _fit_times(ours.time_s[matched.ours], other.time_s[matched.other])
    pitch = float(np.clip(1 - cost, 0, 1))
    if ours.voice in TRACKS or other.voice in TRACKS:
        pitch *= matched.covered if matched.covered >= COVERED_FROM else matched.covered / 2
    return Relation(
        kind=_name_kind(our_notes, other_notes, matched, off_s, pitch >= VERSION_FROM),
        similarity=pitch,
        pitch=pitch,
        rhythm=_compare_rhythm(ours.time_s[matched.ours], other.time_s[matched.other], slope),
        instruments=_compare_instruments(our_notes, other_notes),
        velocities=_compare_velocities(ours, our_notes, other, other_notes, matched),
        transposition=matched.transposition,
        tempo_ratio=1 / slope,
        matched=matched.share,
        start_s=float(ours.time_s[our_cells[0]]),
        end_s=float(ours.time_s[our_cells[-1]]),
        other_start_s=float(other.time_s[other_cells[0]]),
        other_end_s=float(other.time_s[other_cells[-1]]),
    )


def _pair_slices(ours: SlicedVoice, other: SlicedVoice, roll: int) -> tuple[Cells, Cells]:
    """Pair slices along the best path of slices."""
    path = find_path(ours.transpose(roll).frames, other.frames, gully=GULLY)
    return path.midi_frame, path.audio_frame


def _pair_times(ours: SlicedVoice, other: SlicedVoice, roll: int, slowness: float) -> tuple[Cells, Cells]:
    """Pair the slices nearest to each other along the best path in time."""
    step_s = ours.choose_step(MOST_STEPS)
    steps = (ours.transpose(roll).hold(step_s, MOST_STEPS), other.hold(step_s * slowness, MOST_STEPS))
    path = find_path(*steps, gully=GULLY)
    ours_s = ours.time_s[0] + step_s * path.midi_frame
    other_s = other.time_s[0] + step_s * slowness * path.audio_frame
    to_other = _find_nearest(ours, ours_s, other, other_s)
    to_ours = _find_nearest(other, other_s, ours, ours_s)
    pairs = np.unique(np.concatenate([to_other, to_ours[:, ::-1]]), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _find_nearest(
    one: SlicedVoice, one_s: npt.NDArray[np.float64], another: SlicedVoice, another_s: npt.NDArray[np.float64]
) -> Cells:
    """Pair each slice within a path with the nearest of another file, shape (n, 2)."""
    inside = np.flatnonzero((one.time_s >= one_s[0]) & (one.time_s <= one_s[-1]))
    there_s = np.interp(one.time_s[inside], one_s, another_s)
    middles_s = (another.time_s[1:] + another.time_s[:-1]) / 2
    return np.stack([inside, np.searchsorted(middles_s, there_s)], axis=1).astype(np.int32)


def _match_notes(
    ours: SlicedVoice,
    our_notes: NoteArrays,
    other: SlicedVoice,
    other_notes: NoteArrays,
    our_cells: npt.NDArray[np.int32],
    other_cells: npt.NDArray[np.int32],
    roll: int,
) -> _Matched:
    """Find the octave in which most notes along a path are the same, and which cells share some."""
    ours_at, other_at = _spread(ours, our_notes), _spread(other, other_notes)
    ours_on_path, other_on_path = ours_at[our_cells], other_at[other_cells]
    moves = [0] if ours.voice == "drums" else sorted((roll + 12 * octave for octave in OCTAVES), key=abs)
    shared = [ours_on_path & _lower(other_on_path, move) for move in moves]
    best = int(np.argmax([one.sum() for one in shared]))
    same, move = shared[best], moves[best]
    n_ours = _count_cells(our_cells, same, len(ours_at))
    n_other = _count_cells(other_cells, _lower(same, -move), len(other_at))
    n_all, n_other_all = max(int(ours_at.sum()), 1), max(int(other_at.sum()), 1)
    share, covered = (n_ours + n_other) / (n_all + n_other_all), max(n_ours / n_all, n_other / n_other_all)
    kept = same.any(axis=1)
    return _Matched(move, share, covered, our_cells[kept], other_cells[kept])


def _spread(sliced: SlicedVoice, notes: NoteArrays) -> npt.NDArray[np.bool_]:
    """Tell which pitches begin in each slice, shape (n_slices, 128)."""
    start_s, pitch, _ = _take_voice(sliced, notes)
    at = np.zeros((len(sliced.frames), N_PITCHES), np.bool_)
    at[_find_slices(sliced, start_s), pitch] = True
    return at


def _take_voice(
    sliced: SlicedVoice, notes: NoteArrays
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.integer], npt.NDArray[np.integer]]:
    """Take start, pitch and velocity of a voice's notes."""
    mine = notes.is_drum == (sliced.voice == "drums")
    return notes.start_s[mine], notes.pitch[mine], notes.velocity[mine]


def _find_slices(sliced: SlicedVoice, start_s: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    return np.maximum(np.searchsorted(sliced.time_s, start_s, side="right") - 1, 0)


def _lower(pitches: npt.NDArray[np.bool_], semitones: int) -> npt.NDArray[np.bool_]:
    """Move pitches downwards, shape (n, 128); what leaves the range is lost."""
    moved = np.zeros_like(pitches)
    if semitones >= 0:
        moved[:, : N_PITCHES - semitones] = pitches[:, semitones:]
    else:
        moved[:, -semitones:] = pitches[:, :semitones]
    return moved


def _count_cells(cells: npt.NDArray[np.int32], same: npt.NDArray[np.bool_], n_slices: int) -> int:
    """Count the notes of one file that are the same in any cell of the path."""
    at = np.zeros((n_slices, N_PITCHES), np.bool_)
    np.logical_or.at(at, cells, same)
    return int(at.sum())


def _fit_times(ours_s: npt.NDArray[np.float64], other_s: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Fit a line from our times to the other's: its slope, and how far off all but a twentieth are."""
    if ours_s.size < 2 or ours_s[0] == ours_s[-1]:
        return 1.0, np.inf
    near = np.ones(ours_s.size, np.bool_)
    for _ in range(2):  # the second time without what the first has found far off
        slope, start = np.polyfit(ours_s[near], other_s[near], 1)
        off = np.abs(slope * ours_s + start - other_s)
        closer = off <= max(3 * float(np.median(off)), SAME_START_S)
        near = closer if np.ptp(ours_s[closer]) > 0 else near
    # A line that falls or stands still is no tempo: the path holds too few notes.
    return (float(slope), float(np.quantile(off, 0.95))) if slope > 0.05 else (1.0, np.inf)


def _name_kind(
    our_notes: NoteArrays, other_notes: NoteArrays, matched: _Matched, off_s: float, is_version: bool
) -> str:
    if matched.transposition == 0 and _are_identical(our_notes, other_notes):
        return IDENTICAL
    if matched.share >= REEXPORTED_SHARE and off_s <= REEXPORTED_OFF_S:
        return REEXPORTED
    return VERSION if is_version else SIMILAR


def _are_identical(ours: NoteArrays, other: NoteArrays) -> bool:
    """Tell whether all notes, drums too, begin and end together, silence before the first aside."""
    if ours.pitch.size != other.pitch.size:
        return False
    mine, theirs = (np.lexsort((one.start_s, one.pitch, one.is_drum)) for one in (ours, other))
    if not (
        np.array_equal(ours.pitch[mine], other.pitch[theirs])
        and np.array_equal(ours.is_drum[mine], other.is_drum[theirs])
    ):
        return False
    starts, ends = other.start_s[theirs] - ours.start_s[mine], other.end_s[theirs] - ours.end_s[mine]
    late = float(np.median(starts))
    same_end = np.abs(ends - late) <= SAME_END_S
    return bool(np.abs(starts - late).max() <= SAME_START_S and same_end.mean() >= SAME_END_SHARE)


def _compare_rhythm(ours_s: npt.NDArray[np.float64], other_s: npt.NDArray[np.float64], slope: float) -> float:
    """Average how much of the longer gap between two shared slices the shorter one is, at equal tempi."""
    gaps, other_gaps = np.diff(ours_s) * slope, np.diff(other_s)
    both = (gaps > 0) & (other_gaps > 0)
    if not both.any():
        return 0.0
    return float(np.mean(np.minimum(gaps[both], other_gaps[both]) / np.maximum(gaps[both], other_gaps[both])))


def _compare_instruments(ours: NoteArrays, other: NoteArrays) -> float:
    """Return the cosine of how many notes each family of instruments plays."""
    counts = [
        np.bincount(np.where(one.is_drum, N_FAMILIES - 1, one.program // 8), minlength=N_FAMILIES)
        for one in (ours, other)
    ]
    return float(counts[0] @ counts[1] / (np.linalg.norm(counts[0]) * np.linalg.norm(counts[1])))


def _compare_velocities(
    ours: SlicedVoice, our_notes: NoteArrays, other: SlicedVoice, other_notes: NoteArrays, matched: _Matched
) -> float:
    """Return 1 less the mean difference of the loudest velocity of shared slices, of the whole range."""
    if not matched.ours.size:
        return 0.0
    loudest = []
    for sliced, notes in ((ours, our_notes), (other, other_notes)):
        start_s, _, velocity = _take_voice(sliced, notes)
        at = np.zeros(len(sliced.frames))
        np.maximum.at(at, _find_slices(sliced, start_s), velocity)
        loudest.append(at)
    return float(1 - np.abs(loudest[0][matched.ours] - loudest[1][matched.other]).mean() / 127)
