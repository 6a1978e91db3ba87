"""The model card: what a model was made from, how, and how good it is, for people to read."""

from pathlib import Path

from ..models.files import read_card

__all__ = ["FILE", "write_card"]

FILE = "MODEL_CARD.md"

TEXT = """# {version}

Finds the MIDI file that a recording was made from, or the other way round: a unit vector of {dimension}
numbers for each 30 s, and a hash of 32 bits for each 0.37 s. One network serves both sides.

* **Trained on** {recordings} recordings of {compositions} compositions from {files}, made from the MIDI files
  alone: no real recording was used unless it says so below.
* **Training**: head `{head}`, {steps} steps of {batch} pairs, seed {seed}, on {device}, lakhdb {lakhdb},
  torch {torch}.
* **Held out** for choosing among its states: rank-1 {rank_1:.3f}, MRR {mrr:.3f} by whole windows,
  {steps_right:.3f} of the hashes nearer to their counterpart than to all others of their batch.
* **Weights**: `model.safetensors`, sha256 `{sha256}`.
* **Licence**: the weights follow the terms of the MIDI files they were trained on.
"""


def write_card(folder: Path) -> Path:
    """Write the card of the model in a folder.

    Raises
    ------
    ModelError
        If there is no model.
    """
    card = read_card(folder)
    facts = {**card.facts, "files": ", ".join(card.facts["files"])}
    text = TEXT.format(
        version=card.version, dimension=card.dimension, sha256=card.sha256, **facts, **facts["held_out"]
    )
    path = folder / FILE
    path.write_text(text, encoding="utf-8")
    return path
