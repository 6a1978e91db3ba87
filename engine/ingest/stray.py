"""Saving the music before a stray delta time."""

from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.midi_file import MidiFile

__all__ = ["LONGEST_REST_S", "cut_at_gap"]

# No music rests that long: a delta time is damaged, which can make days.
LONGEST_REST_S = 1800.0

# A note whose end lies beyond the gap is taken to have lasted so long.
HELD_S = 10.0

Events = TypeVar("Events")


def cut_at_gap(midi: MidiFile) -> MidiFile:
    """Drop what lies beyond the first rest of more than `LONGEST_REST_S`, and say so in `damage`.

    Parameters
    ----------
    midi : MidiFile
        With notes or without.

    Returns
    -------
    MidiFile
        The same if there is no such rest; otherwise notes and events up to it, the last notes cut to 10 s.
    """
    starts = np.append(midi.notes.start_s, midi.duration_s)
    gaps = np.flatnonzero(np.diff(starts) > LONGEST_REST_S)
    if not gaps.size:
        return midi
    n_kept = int(gaps[0]) + 1
    notes = _take(midi.notes, np.arange(len(midi.notes)) < n_kept)
    end_s = np.minimum(notes.end_s, np.maximum(notes.start_s, starts[n_kept - 1]) + HELD_S)
    notes = replace(notes, end_s=end_s)
    last_s = float(end_s.max())
    texts = midi.texts
    inside = texts.time_s <= last_s
    what = f"{midi.duration_s / 3600:.0f} hours long by a stray delta time; only what lies before it is kept"
    return replace(
        midi,
        notes=notes,
        **{
            name: _take(getattr(midi, name), getattr(midi, name).time_s <= last_s)
            for name in ("tempos", "time_signatures", "key_signatures")
        },
        texts=replace(
            texts,
            tick=texts.tick[inside],
            time_s=texts.time_s[inside],
            track=texts.track[inside],
            kind=tuple(kind for kind, keep in zip(texts.kind, inside, strict=True) if keep),
            data=[data for data, keep in zip(texts.data, inside, strict=True) if keep],
        ),
        n_instruments=len(np.unique(np.stack([notes.track, notes.channel, notes.program]), axis=1).T),
        duration_s=last_s,
        damage=what if midi.damage is None else f"{midi.damage}; {what}",
    )


def _take(events: Events, keep: npt.NDArray[np.bool_]) -> Events:
    arrays: dict[str, Any] = {field.name: getattr(events, field.name)[keep] for field in fields(events)}  # type: ignore[arg-type]
    return type(events)(**arrays)
