"""MIDI files as pretty_midi objects, which other software in the field takes."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pretty_midi

from lakhdb.kernels.midi_file import MidiFile

from .ingest.midi import load_midi
from .names.encoding import decode_texts

__all__ = ["load_pretty_midi"]

# Ticks a quarter note where the file counts frames of film instead.
RESOLUTION = 480

# The range that pretty_midi's key numbers cover, in sharps.
MOST_SHARPS = 7


def load_pretty_midi(path: str | Path) -> pretty_midi.PrettyMIDI:
    """Read a MIDI file as tolerantly as an ingest does, and hand it out as a pretty_midi object.

    Parameters
    ----------
    path : str or Path
        A file, or a member of an archive (``a.zip!/x.mid``).

    Returns
    -------
    pretty_midi.PrettyMIDI
        Notes, tempos, signatures, lyrics and texts, times in seconds as in the database's notes. Controllers
        and pitch bends are left out.

    Raises
    ------
    InputError
        If the file cannot be read or used.
    """
    midi, _ = load_midi(Path(path))
    resolution = midi.division if midi.division > 0 else RESOLUTION
    pretty = pretty_midi.PrettyMIDI(resolution=resolution)
    _set_tempos(pretty, midi, resolution)
    texts = decode_texts(midi.texts.data)
    pretty.instruments = _list_instruments(midi, texts)
    _add_signatures(pretty, midi)
    for time_s, kind, text in zip(midi.texts.time_s.tolist(), midi.texts.kind, texts, strict=True):
        if kind == "lyric":
            pretty.lyrics.append(pretty_midi.Lyric(text, time_s))
        elif kind in ("text", "marker"):
            pretty.text_events.append(pretty_midi.Text(text, time_s))
    return pretty


def _set_tempos(pretty: pretty_midi.PrettyMIDI, midi: MidiFile, resolution: int) -> None:
    if midi.division > 0 and len(midi.tempos.tick):
        scales = dict(zip(midi.tempos.tick.tolist(), midi.tempos.us_per_quarter.tolist(), strict=True))
        if 0 not in scales:
            scales = {0: 500_000, **scales}
        # pretty_midi has no other way to be given a tempo map; a tempo that repeats the one before is none.
        ticks = sorted(scales)
        changes = ticks[:1] + [tick for before, tick in pairwise(ticks) if scales[tick] != scales[before]]
        pretty._tick_scales = [(tick, scales[tick] / 1e6 / resolution) for tick in changes]
    last_tick = int(midi.notes.end_tick.max()) if midi.division > 0 else pretty.time_to_tick(midi.duration_s)
    pretty._update_tick_to_time(last_tick + 1)


def _list_instruments(midi: MidiFile, texts: list[str]) -> list[pretty_midi.Instrument]:
    notes = midi.notes
    names = {
        track: text
        for track, kind, text in zip(midi.texts.track.tolist(), midi.texts.kind, texts, strict=True)
        if kind == "track_name"
    }
    voices = np.stack([notes.track, notes.channel, notes.program, notes.is_drum], axis=1)
    unique, which = np.unique(voices, axis=0, return_inverse=True)
    instruments = []
    for number, (track, _, program, is_drum) in enumerate(unique.tolist()):
        instrument = pretty_midi.Instrument(program, bool(is_drum), names.get(track, ""))
        mine = np.flatnonzero(which.reshape(-1) == number)
        instrument.notes = [
            pretty_midi.Note(*values)
            for values in zip(
                notes.velocity[mine].tolist(),
                notes.pitch[mine].tolist(),
                notes.start_s[mine].tolist(),
                notes.end_s[mine].tolist(),
                strict=True,
            )
        ]
        instruments.append(instrument)
    return instruments


def _add_signatures(pretty: pretty_midi.PrettyMIDI, midi: MidiFile) -> None:
    # Scores repeat their signatures on every track.
    metres, keys = (
        dict.fromkeys(zip(first.tolist(), second.tolist(), time_s.tolist(), strict=True))
        for first, second, time_s in (
            (midi.time_signatures.numerator, midi.time_signatures.denominator, midi.time_signatures.time_s),
            (midi.key_signatures.sharps, midi.key_signatures.is_minor, midi.key_signatures.time_s),
        )
    )
    for numerator, denominator, time_s in metres:
        if numerator > 0:  # pretty_midi refuses a metre of no beats
            pretty.time_signature_changes.append(pretty_midi.TimeSignature(numerator, denominator, time_s))
    for sharps, is_minor, time_s in keys:
        if abs(sharps) <= MOST_SHARPS:
            # A fifth is seven semitones; the relative minor lies three below; minor keys count from 12.
            tonic = (7 * sharps - 3 * is_minor) % 12
            pretty.key_signature_changes.append(pretty_midi.KeySignature(tonic + 12 * is_minor, time_s))
