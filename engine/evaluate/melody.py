"""The melody of a piece."""

import numpy as np

from .music import Music

__all__ = ["keep_melody"]


def keep_melody(music: Music) -> Music | None:
    """Keep the notes that are highest where they begin: the skyline (Uitdenbogerd and Zobel, 1998)."""
    pitched = music.keep(~music.is_drum)
    if not pitched.n_notes:
        return None
    order = np.lexsort((-pitched.pitch, pitched.start_s))
    kept = np.zeros(pitched.n_notes, bool)
    sounding: list[tuple[int, float]] = []  # pitch and end of what began before
    for note in order.tolist():
        start_s, pitch = float(pitched.start_s[note]), int(pitched.pitch[note])
        sounding = [one for one in sounding if one[1] > start_s]
        kept[note] = all(pitch > other for other, _ in sounding)
        sounding.append((pitch, float(pitched.end_s[note])))
    return pitched.keep(kept)
