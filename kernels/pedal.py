"""How long notes sound under the damper pedal."""

import numpy as np
from numpy.typing import NDArray

from . import _smf
from .midi_file import MidiFile, ticks_to_seconds

__all__ = ["hold_notes"]

CONTROL_CHANGE = 0xB0
DAMPER_PEDAL = 64  # controller number; values from 64 on mean down (MIDI 1.0)


def hold_notes(data: bytes, midi: MidiFile) -> NDArray[np.float64]:
    """Return when the notes of a MIDI file fall silent: where the pedal is down, when it comes up.

    A note struck again ends where the next of its pitch begins. A pedal that never comes up does so with
    the last note of its channel.

    Parameters
    ----------
    data : bytes
        The file.
    midi : MidiFile
        What `read_midi` made of it.

    Returns
    -------
    NDArray, shape (n_notes,), float64
        Seconds, in the order of ``midi.notes``; never before ``midi.notes.end_s``.

    Raises
    ------
    ValueError
        If `data` is no MIDI file.
    """
    notes = midi.notes
    ends = notes.end_tick.copy()
    events = _smf.list_events(data)
    octets = np.frombuffer(data, dtype=np.uint8)
    controls = np.flatnonzero(
        (events["status"] & 0xF0 == CONTROL_CHANGE) & (events["end"] - events["begin"] == 2)
    )
    controls = controls[octets[events["begin"][controls]] == DAMPER_PEDAL]
    channels = events["status"][controls] & 0x0F
    for channel in np.unique(channels):
        own = controls[channels == channel]
        own = own[np.argsort(events["tick"][own], kind="stable")]
        is_down = octets[events["begin"][own] + 1] >= 64
        mine = (notes.channel == channel) & ~notes.is_drum
        if mine.any():
            ends[mine] = _hold(ends[mine], events["tick"][own], is_down)
            ends[mine] = _damp_struck(
                notes.pitch[mine], notes.start_tick[mine], notes.end_tick[mine], ends[mine]
            )
    return np.maximum(ticks_to_seconds(midi, ends), notes.end_s)


def _hold(ends: NDArray[np.int64], ticks: NDArray[np.int64], is_down: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Move the ends that fall while the pedal is down to the tick where it comes up."""
    never = max(int(ends.max()), int(ticks[-1]))
    ups = np.append(np.where(is_down, never, ticks), never)
    next_up = np.minimum.accumulate(ups[::-1])[::-1]  # ticks ascend: the least of the rest is the next
    last = np.searchsorted(ticks, ends, side="right") - 1
    held = (last >= 0) & is_down[last]
    return np.where(held, np.maximum(next_up[last], ends), ends)


def _damp_struck(
    pitch: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64], held: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Cut held notes where the next of their pitch begins, but not before their written ends."""
    order = np.lexsort((starts, pitch))
    same = pitch[order][1:] == pitch[order][:-1]
    following = np.append(np.where(same, starts[order][1:], held.max(initial=0)), held.max(initial=0))
    cut = held.copy()
    cut[order] = np.maximum(ends[order], np.minimum(held[order], following))
    return cut
