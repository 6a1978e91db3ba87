"""The workers of the demonstration: each function runs in a process of its own, since music21 can hang."""

import gc
from pathlib import Path

from ..recordings import make_recording, write_recording

__all__ = ["export_piece", "record_piece"]


def export_piece(path: Path) -> bytes:
    """Return a score of music21's corpus as a Standard MIDI File, repeats played."""
    from music21.converter import parse
    from music21.midi.translate import music21ObjectToMidiFile

    # Not during: a fifth of the time went into looking for garbage among millions of small objects.
    gc.collect()
    gc.freeze()
    gc.disable()
    # Without its cache of pickles: the pieces are read once, and the cache would stay behind in /tmp.
    score = parse(path, forceSource=True, storePickle=False)
    exported: bytes = music21ObjectToMidiFile(score).writestr()
    return exported


def record_piece(
    midi: Path, recording: Path, seed: tuple[int, int], soundfont: Path | None
) -> tuple[float, float]:
    """Write a recording of a MIDI file; return the times in the file at which it starts and ends."""
    made = make_recording(midi.read_bytes(), seed, soundfont=soundfont)
    write_recording(made, recording)
    return float(made.midi_s[0]), float(made.midi_s[-1])
