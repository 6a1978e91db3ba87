"""Writing MIDI files that fit a recording: the events stay, the tempo map carries the warp."""

from dataclasses import dataclass
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lakhdb.kernels import _smf
from lakhdb.kernels.midi_file import MidiFile, read_midi, seconds_to_ticks, ticks_to_seconds
from lakhdb.kernels.warp import Warp

__all__ = ["retime_midi"]

# How far an event may be off the straight line between two breakpoints of the tempo map,
TOLERANCE_S = 5e-4
# and how far off a breakpoint a tempo may pass.
DRIFT_S = 3e-4
# A note that the start of the audio leaves shorter than this is cut with what lies before.
MIN_NOTE_S = 1e-3
MAX_TEMPO = (1 << 24) - 1
MAX_TRACKS = (1 << 16) - 1
MAX_DELTA = (1 << 28) - 1
# Rounds of setting one breakpoint in each stretch that needs one; then all of them, for time to stay bounded.
N_ROUNDS = 12

_CLIP = bytes(min(value, 127) for value in range(256))
# Types of meta events.
_TEXT, _LYRIC, _CUE, _END_OF_TRACK = 0x01, 0x05, 0x07, 0x2F
_SET_TEMPO, _TIME_SIGNATURE, _KEY_SIGNATURE = 0x51, 0x58, 0x59

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


def retime_midi(data: bytes, midi_s: ArrayLike, audio_s: ArrayLike) -> bytes:
    """Write a MIDI file that fits a recording.

    All events stay as they are, byte for byte and in order (running status written out), with the ticks
    between them; only the tempo events are replaced, by ones that put each event within 1 ms of
    `Warp`. They stand on quarter notes, where the file had them, and between where the map demands
    it. Tick 0 is the start of the audio:

    * Where the music starts later, whole bars of lead-in come before it, at the tempo that makes them last
      as long. Programs, controllers, signatures, names and the like on the old tick 0 stay on the new one.
    * Where it starts earlier, what ends before the audio is cut. The new tick 0 is the bar line before the
      cut, so that bars keep their place; the part of that bar which precedes the audio passes at once,
      under a very fast tempo. Notes that still sound start on tick 0. Programs, controllers, bends, system
      exclusive events and the last signatures from before stand there too; lyrics, markers and cues do not.

    A tempo ends at 16.7 s a quarter note: music slower than that on its way to the recording comes early,
    and is made up for behind. SMPTE division becomes a metrical one with the same ticks. Chunks other than
    tracks are left out; damage is mended as far as `read_midi` can.

    Parameters
    ----------
    data : bytes
        The MIDI file.
    midi_s, audio_s : array_like, shape (n_breakpoints,)
        Matching times, as in `Warp`.

    Returns
    -------
    bytes
        A Standard MIDI File of format 0 or 1.

    Raises
    ------
    ValueError
        If `data` is no MIDI file or has more than 65 535 tracks, or the breakpoints are not as in `Warp`.
    """
    warp = Warp.through(midi_s, audio_s)
    midi = read_midi(data)
    if midi.n_tracks > MAX_TRACKS:
        raise ValueError(f"{midi.n_tracks} tracks are more than a header can tell")
    events = _Events.read(data)
    grid = _Grid.of(midi, warp)
    layout = _cut(events, grid) if grid.is_cut else _lead_in(events, grid)
    tempos = _write_tempos(grid, _place_breakpoints(grid, layout))
    n_tracks = max(midi.n_tracks, 1)
    tracks = [
        _write_track(data, events, layout, track, tempos if track == 0 else []) for track in range(n_tracks)
    ]
    file_format = 0 if midi.format == 0 and n_tracks == 1 else 1
    header = b"".join(number.to_bytes(2, "big") for number in (file_format, n_tracks, grid.division))
    return b"".join([b"MThd\0\0\0\6", header, *tracks])


@dataclass(frozen=True, eq=False)
class _Grid:
    """Where old ticks come to lie: new tick = old tick + `shift_ticks`, at `time_s(old tick)`.

    `is_cut` tells that the music starts before the audio.
    """

    midi: MidiFile
    warp: Warp
    division: int
    shift_ticks: int = 0
    is_cut: bool = False

    @classmethod
    def of(cls, midi: MidiFile, warp: Warp) -> "_Grid":
        division = midi.division
        if midi.seconds_per_tick:  # half a second a quarter note, as without tempo events
            division = min(max(round(0.5 / midi.seconds_per_tick), 1), 0x7FFF)
        grid = cls(midi, warp, division)
        start_s = float(grid.time_s(0.0))
        if start_s > TOLERANCE_S:
            return cls(midi, warp, division, grid._count_lead_in(start_s))
        if start_s < -TOLERANCE_S:
            return cls(midi, warp, division, -grid._find_bar(grid.zero_tick), is_cut=True)
        return grid

    def time_s(self, ticks: ArrayLike) -> Floats:
        return self.warp.forward(ticks_to_seconds(self.midi, ticks))

    @property
    def zero_tick(self) -> float:
        """The old tick at which the audio starts, where that is not before the music."""
        return float(seconds_to_ticks(self.midi, np.maximum(self.warp.backward(0.0), 0.0)))

    def _bar_at(self, tick: float) -> tuple[int, float]:
        """Tick of the time signature in force, and ticks in a bar of it."""
        signatures = self.midi.time_signatures
        which = int(np.searchsorted(signatures.tick, tick, side="right")) - 1
        if which < 0:
            return 0, 4.0 * self.division
        bar = 4.0 * self.division * int(signatures.numerator[which]) / int(signatures.denominator[which])
        return int(signatures.tick[which]), max(bar, 1.0)

    def _find_bar(self, tick: float) -> int:
        first, bar_ticks = self._bar_at(tick)
        return first + int((tick - first) // bar_ticks * bar_ticks)

    def _count_lead_in(self, start_s: float) -> int:
        """Ticks of the whole bars that come nearest to `start_s` at the tempo that follows."""
        bar_ticks = self._bar_at(0)[1]
        bar_s = float(self.time_s(bar_ticks)) - start_s
        fewest = ceil(start_s * 1e6 * self.division / bar_ticks / MAX_TEMPO)
        n_bars = max(round(start_s / bar_s), fewest, 1)
        # Only absurd tempos ask for more bars than a single delta can hold.
        return round(max(min(n_bars, MAX_DELTA // bar_ticks), fewest) * bar_ticks)


@dataclass(frozen=True, eq=False)
class _Events:
    """Every event of the old file, track after track; columns as in `_smf.list_events`."""

    track: NDArray[np.int32]
    tick: Ints
    status: NDArray[np.uint8]
    type: NDArray[np.uint8]
    begin: Ints
    end: Ints
    note_end: Ints

    @classmethod
    def read(cls, data: bytes) -> "_Events":
        listed: dict[str, Any] = dict(_smf.list_events(data))
        return cls(**{name: listed[name] for name in cls.__dataclass_fields__})

    def is_meta(self, *types: int) -> Mask:
        found: Mask = (self.status == 0xFF) & np.isin(self.type, types)
        return found

    def is_voice(self, *kinds: int) -> Mask:
        found: Mask = (self.status < 0xF0) & np.isin(self.status & 0xF0, kinds)
        return found


@dataclass(frozen=True, eq=False)
class _Layout:
    """Whether each old event stays and on which new tick; and the old ticks that the tempo map must hit."""

    keep: Mask
    tick: Ints
    anchors: Ints


def _lead_in(events: _Events, grid: _Grid) -> _Layout:
    """Shift all events but those which set up the first tick."""
    sounding = events.is_voice(0x80, 0x90, 0xA0) | events.is_meta(*range(_LYRIC, _CUE + 1), _END_OF_TRACK)
    movers = np.flatnonzero((events.tick > 0) | sounding)
    # Order within a track stays: behind the first that moves, all move.
    firsts = np.full(grid.midi.n_tracks, len(events.tick))
    np.minimum.at(firsts, events.track[movers], movers)
    moves = np.arange(len(events.tick)) >= firsts[events.track]
    tick = events.tick + np.where(moves, grid.shift_ticks, 0)
    keep = ~events.is_meta(_SET_TEMPO)
    return _Layout(keep, tick, np.append(events.tick[keep & moves], 0))


def _cut(events: _Events, grid: _Grid) -> _Layout:
    """Keep what sounds after the start of the audio, and what sets it up."""
    time_s = grid.time_s(events.tick)
    after = time_s >= -TOLERANCE_S
    starts = events.is_voice(0x90) & (events.note_end >= 0)
    sustained = starts & (time_s[events.note_end] > MIN_NOTE_S)
    state = ~events.is_voice(0x80, 0x90, 0xA0) & ~events.is_meta(*range(_LYRIC, _CUE + 1))
    state &= ~events.is_meta(_TEXT) | (events.tick == 0)
    for type_ in (_TIME_SIGNATURE, _KEY_SIGNATURE):
        earlier = np.flatnonzero(events.is_meta(type_) & ~after)
        state[earlier] = False
        last = np.full(grid.midi.n_tracks, -1)
        np.maximum.at(last, events.track[earlier], earlier)
        state[last[last >= 0]] = True
    keep = (after | sustained | state) & ~events.is_meta(_SET_TEMPO)
    tick = np.where(after, np.maximum(events.tick + grid.shift_ticks, 0), 0)
    return _Layout(keep, tick, events.tick[keep & after])


def _place_breakpoints(grid: _Grid, layout: _Layout) -> tuple[Ints, Floats]:
    """New ticks and times between which the tempo map may run straight."""
    anchors = np.unique(layout.anchors)
    beats = anchors // grid.division
    beats = np.unique(np.concatenate([beats, beats + 1])) * grid.division  # those around each anchor
    # The file's own tempo changes are where its music turns; a map that changes nothing ought to keep them.
    wanted = np.union1d(beats, grid.midi.tempos.tick)
    wanted = wanted[(wanted >= grid.zero_tick) & (wanted <= anchors.max(initial=0))]
    old = np.union1d(anchors, wanted)
    tick, time_s = old + grid.shift_ticks, np.maximum(grid.time_s(old), 0.0)
    later = tick > 0
    # The start, the end of a lead-in and the last event are breakpoints wherever they fall.
    chosen = np.append(True, np.isin(old, wanted)[later] | (old[later] == 0))
    chosen[-1] = True
    return _refine(np.append(0, tick[later]), np.append(0.0, time_s[later]), chosen)


def _refine(tick: Ints, time_s: Floats, chosen: Mask) -> tuple[Ints, Floats]:
    """Choose more of the points until straight lines between the chosen ones pass all others closely."""
    for n_round in range(N_ROUNDS + 1):
        error = np.abs(np.interp(tick, tick[chosen], time_s[chosen]) - time_s)
        off = np.flatnonzero(error > TOLERANCE_S)
        if len(off) == 0:
            break
        stretch = np.cumsum(chosen)
        if n_round == N_ROUNDS:
            chosen = chosen | np.isin(stretch, stretch[off])
            break
        worst_first = off[np.lexsort((-error[off], stretch[off]))]
        _, firsts = np.unique(stretch[worst_first], return_index=True)
        chosen[worst_first[firsts]] = True
    return tick[chosen], time_s[chosen]


def _write_tempos(grid: _Grid, breakpoints: tuple[Ints, Floats]) -> list[tuple[int, bytes]]:
    """Tempo events through the breakpoints, each kept for as long as it stays near them.

    What rounding leaves over does not add up: a tempo starts from the time that those before it made.
    """
    ticks, times_s = breakpoints[0].tolist(), breakpoints[1].tolist()
    s_per_unit = 1e-6 / grid.division  # of one tick at one microsecond a quarter note
    tempos: list[tuple[int, int]] = []
    at, now_s = 0, 0.0
    while at < len(ticks) - 1:
        tempo, ahead = _hold_tempo(ticks, times_s, at, now_s, s_per_unit)
        tempos.append((ticks[at], tempo))
        now_s += tempo * (ticks[ahead] - ticks[at]) * s_per_unit
        missing = round((times_s[ahead] - now_s) / s_per_unit)
        other = tempo + (1 if missing > 0 else -1)
        # Over thousands of quarter notes even half a microsecond shows: the last ones get the next tempo.
        if abs(missing) * s_per_unit > DRIFT_S and 2 * abs(missing) <= ticks[ahead] - ticks[at] + 1:
            tempos.append((ticks[ahead] - abs(missing), other))
            now_s += missing * s_per_unit
        at = ahead
    return [(tick, b"\xff\x51\x03" + tempo.to_bytes(3, "big")) for tick, tempo in tempos]


def _hold_tempo(
    ticks: list[int], times_s: list[float], at: int, now_s: float, s_per_unit: float
) -> tuple[int, int]:
    """The tempo from breakpoint `at` that serves longest, and the breakpoint up to which it does."""
    lowest, highest, tempo = 1, MAX_TEMPO, 0
    for ahead in range(at + 1, len(ticks)):
        length, wanted_s = (ticks[ahead] - ticks[at]) * s_per_unit, times_s[ahead] - now_s
        lowest = max(lowest, ceil((wanted_s - DRIFT_S) / length))
        highest = min(highest, floor((wanted_s + DRIFT_S) / length))
        if lowest > highest:
            return (tempo, ahead - 1) if tempo else (min(max(round(wanted_s / length), 1), MAX_TEMPO), ahead)
        tempo = min(max(round(wanted_s / length), lowest), highest)
    return tempo, len(ticks) - 1


def _write_track(
    data: bytes, events: _Events, layout: _Layout, track: int, tempos: list[tuple[int, bytes]]
) -> bytes:
    """One track chunk, tempos first on their tick, closed by an end of track."""
    first, behind = np.searchsorted(events.track, [track, track + 1])
    kept = first + np.flatnonzero(layout.keep[first:behind])
    columns = (layout.tick, events.status, events.type, events.begin, events.end)
    written, end_tick = list(tempos), 0
    for tick, status, type_, begin, end in zip(*(column[kept].tolist() for column in columns), strict=True):
        end_tick = max(end_tick, tick)
        payload = data[begin:end]
        if status < 0xF0:
            written.append((tick, bytes([status]) + payload.translate(_CLIP)))
        elif status < 0xFF:
            written.append((tick, bytes([status]) + _write_number(len(payload)) + payload))
        elif type_ != _END_OF_TRACK:
            written.append((tick, bytes([status, type_]) + _write_number(len(payload)) + payload))
    written.sort(key=lambda event: event[0])  # stable: tempos stay first on their tick
    end_tick = max(end_tick, written[-1][0] if written else 0)
    parts, now = [], 0
    for tick, event in [*written, (end_tick, b"\xff\x2f\0")]:
        parts += [_write_delta(tick - now), event]
        now = tick
    body = b"".join(parts)
    return b"MTrk" + len(body).to_bytes(4, "big") + body


def _write_delta(ticks: int) -> bytes:
    """A delta time; one too long for the format is divided by empty texts."""
    n_full, rest = divmod(ticks, MAX_DELTA)
    return (_write_number(MAX_DELTA) + b"\xff\x01\0") * n_full + _write_number(rest)


def _write_number(number: int) -> bytes:
    """A variable-length number."""
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))
