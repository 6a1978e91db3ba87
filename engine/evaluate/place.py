"""Where a query's right recording lies in it."""

import numpy as np

from lakhdb.kernels.constant_q import FRAME_S
from lakhdb.kernels.whitening import prepare_frames

from ..device import Device
from ..pairs import Probe, compare_frames, place_pair
from .catalogue import Catalogue
from .hard_cases import Span
from .methods.protocols import Query

__all__ = ["find_span"]


def find_span(query: Query, catalogue: Catalogue, device: Device) -> Span:
    """Find what part of a query its right recording holds, in seconds; of several the one that fits best.

    It is found by constant-Q DTW with the whole query: where that goes wrong, the part is a wrong one for
    every method.
    """
    positions = np.flatnonzero(catalogue.compositions == query.composition)
    others = [prepare_frames(frames) for frames in catalogue.read_frames(positions)]
    probe = Probe(query.frames, "midi", "midi")
    pairs = compare_frames(probe, positions, others, device)
    best = int(np.argmin(pairs["cost"]))
    place_pair(probe, others[best], pairs[best], device)
    return float(pairs[best]["midi_start"]) * FRAME_S, float(pairs[best]["midi_end"] + 1) * FRAME_S
