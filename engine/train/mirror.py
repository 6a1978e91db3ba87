"""Music that nobody has written: MIDI files turned upside down or back to front, to train on more of it."""

import numpy as np

from ..ingest.scan import Archives, read_bytes
from ..recordings import read_notes

__all__ = ["MIRRORS", "mirror_midi", "read_midi_bytes"]

# Behind the path of a file, each says how it is mirrored.
INVERTED, REVERSED, BOTH = "#inverted", "#reversed", "#inverted+reversed"
MIRRORS = (INVERTED, REVERSED, BOTH)

MIDI_LIMIT = 16 << 20  # bytes


def read_midi_bytes(path: str, archives: Archives) -> bytes:
    """Read a MIDI file, or a mirrored one: its path ends in one of `MIRRORS`.

    Raises
    ------
    UnreadableError
        If it cannot be read or is larger than 16 MiB.
    InputError
        If it is to be mirrored and has no notes.
    """
    for mirror in MIRRORS:
        if path.endswith(mirror):
            return mirror_midi(read_bytes(path.removesuffix(mirror), MIDI_LIMIT, archives), mirror)
    return read_bytes(path, MIDI_LIMIT, archives)


def mirror_midi(data: bytes, mirror: str) -> bytes:
    """Turn a MIDI file into another piece: intervals upside down, or the order of notes back to front.

    Both keep what makes music of notes (chords, steps, repeats, rhythm), and give harmonies and melodies that
    are not in the file. Notes end as they are heard under the pedal. Drums keep their instruments.

    Parameters
    ----------
    data : bytes
        A Standard MIDI File.
    mirror : str
        One of `MIRRORS`.

    Returns
    -------
    bytes
        A Standard MIDI File at 120 beats a minute.

    Raises
    ------
    InputError
        If it cannot be read or has no notes.
    """
    notes = read_notes(data)
    pitch, start_s, length_s = notes.pitch, notes.start_s, notes.held_s - notes.start_s
    if mirror != REVERSED:
        # About the middle of the file's compass, so that it stays what it was.
        tonal = pitch[~notes.is_drum]
        axis = int(tonal.min()) + int(tonal.max()) if tonal.size else 0
        pitch = np.where(notes.is_drum, pitch, axis - pitch)
    if mirror != INVERTED:
        # By their beginnings, for chords to begin together.
        start_s = start_s.max() - start_s
    return notes._replace(pitch=pitch, start_s=start_s, end_s=start_s + length_s).to_midi()
