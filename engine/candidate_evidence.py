"""The evidence for pairs among all that one query was compared with."""

import numpy as np
import numpy.typing as npt

from .cascade import Ranking, Stage
from .device import Device
from .evidence import Evidence, gather_alone
from .models import Side
from .pairs import Pairs, Probe
from .reader import FeatureReader

__all__ = ["LEAST_PAIRS", "gather_evidence"]

# Fewer pairs do not tell what is usual.
LEAST_PAIRS = 8


def gather_evidence(
    reader: FeatureReader, side: Side, probe: Probe, ranking: Ranking, pairs: Pairs, device: Device
) -> Evidence:
    """Gather the evidence of some of the pairs of a ranking.

    Parameters
    ----------
    reader : FeatureReader
    side : {"midi", "audio"}
        Of the ranked items.
    probe : Probe
    ranking : Ranking
        From `run_cascade`, for `probe`.
    pairs : array of `PAIR`, shape (n,)
        Some of its pairs.
    device : {"cpu", "cuda"}

    Returns
    -------
    array of `EVIDENCE`, shape (n,)
        What is usual is known among `LEAST_PAIRS` pairs or more, and similarities where windows pruned.
    """
    frames = reader.prepared_frames(side, pairs["item_seq"].tolist())
    others = [frames[seq] for seq in pairs["item_seq"].tolist()]
    evidence = gather_alone(probe, pairs, others, device)
    if ranking.pairs.size >= LEAST_PAIRS:
        evidence["usual_cost"] = np.median(ranking.pairs["frame_cost"])
        for stage in ranking.stages:
            if stage.name == "embedding" and stage.item_seq.size:
                evidence["similarity"] = _look_up(stage, pairs)
                evidence["usual_similarity"] = np.median(_look_up(stage, ranking.pairs))
    return evidence


def _look_up(stage: Stage, pairs: Pairs) -> npt.NDArray[np.float64]:
    """Return the values of pairs; what names brought in is farther than all that were near."""
    known = dict(zip(stage.item_seq.tolist(), stage.value.tolist(), strict=True))
    farthest = float(stage.value.min())
    return np.array([known.get(seq, farthest) for seq in pairs["item_seq"].tolist()])
