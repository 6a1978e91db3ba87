"""Paths of pairs that were not accepted, for which the database holds none."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from lakhdb.kernels.whitening import prepare_frames

from ..alignment import trace_path
from ..device import Device, choose_device
from ..features import read_frames
from ..pairs import PAIR, Probe, place_pair
from ..progress import Progress
from ..store import Store
from .gather import Pair

__all__ = ["trace_pairs"]

Frames = npt.NDArray[np.uint8]


def trace_pairs(store: Store, pairs: Sequence[Pair], progress: Progress | None = None) -> list[Pair]:
    """Trace the paths of pairs that have none, as `match` would, short of refining them to the notes.

    Pairs that have a path, and those whose frames are no longer there, come back as they are.

    Parameters
    ----------
    store : Store
    pairs : sequence of Pair
    progress : Progress, optional
        Told of stage ``"aligning"``, in pairs.
    """
    open_ones = [one for one in pairs if not one.is_accepted]
    with store.reading() as con:
        midi = read_frames(con, "midi", [one.row["midi_seq"] for one in open_ones])
        audio = read_frames(con, "audio", [one.row["audio_seq"] for one in open_ones])
    traced = []
    for number, one in enumerate(pairs, start=1):
        frames = midi.get(one.row["midi_seq"]), audio.get(one.row["audio_seq"])
        if one.is_accepted or frames[0] is None or frames[1] is None:
            traced.append(one)
        else:
            traced.append(_trace(one, frames[0], frames[1], choose_device()))
        if progress is not None:
            progress("aligning", number, len(pairs))
    return traced


def _trace(pair: Pair, midi: Frames, audio: Frames, device: Device) -> Pair:
    (placed,) = np.zeros(1, PAIR)
    placed["transposition"] = pair.row["transposition"]
    probe, prepared = Probe(midi, "midi", "midi"), prepare_frames(audio)
    place_pair(probe, prepared, placed, device)
    trace, segments = trace_path(probe.prepared_frames, prepared, placed, device)
    return replace(
        pair,
        midi_s=trace.midi_s,
        audio_s=trace.audio_s,
        segments=[vars(one) for one in segments],
        is_traced=True,
    )
