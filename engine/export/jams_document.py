"""A recording and what MIDI files say of it, as a JAMS document: plain objects for JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pretty_midi

from .accepted import AcceptedPair
from .jams_agreement import Agreement
from .jams_chords import CHORD_RULES
from .jams_content import Content, Labels
from .jams_song import Song

__all__ = ["JAMS_VERSION", "Described", "Recorded", "describe_annotations", "describe_recording"]

# Of the schema, as the package jams numbers it.
JAMS_VERSION = "0.3.5"

BEAT_RULES = (
    "value is the position in the bar, 1 is a downbeat; a beat is a note of the time signature's "
    "denominator, three of them in compound metres (6/8, 9/8, 12/8); 4/4 and 120 quarter notes a minute "
    "where the file says nothing"
)
TEMPO_RULES = "of each bar: its beats a minute as the recording plays it, by the beats of this file"
KEY_RULES = "key signature events of the file, raised by the transposition; each holds until the next"
NOTE_RULES = (
    "notes of one track and program that begin within the aligned part, raised by the transposition (drums "
    "are not); the damper pedal is left out"
)
LYRIC_RULES = "lyric events of one track as written, often syllables; how long they last is not known"

# Key events of C major are what programs write where nobody chose a key (Raffel, 2016, chapter 4).
C_MAJOR_WARNING = (
    "where is_c_major is true the MIDI file has C major, which programs write when nobody chose a key: it is "
    "not reliable"
)

# Times are whole numbers of these, 15 µs: what ends where the next begins does so to the last bit when
# readers add time and duration. mir_eval refuses chords that overlap.
GRID_S = 2.0**-16

# Of tempos, agreements and confidences.
DIGITS = 6


@dataclass(frozen=True)
class Recorded:
    """A recording, as a database describes it."""

    artist: str | None
    title: str | None
    album: str | None
    duration_s: float


@dataclass(frozen=True, eq=False)
class Described:
    """A MIDI file of a recording, and what goes with it.

    Attributes
    ----------
    pair : AcceptedPair
    song : Song
    content : Content
    agreement : Agreement
    provenance : dict
        How it came to be, for sandboxes.
    """

    pair: AcceptedPair
    song: Song
    content: Content
    agreement: Agreement
    provenance: dict[str, Any]


def describe_recording(pair: AcceptedPair, recorded: Recorded) -> dict[str, Any]:
    """Write the ``file_metadata`` of a recording."""
    identifiers = {"md5": pair.audio_id}
    if pair.track_id is not None:
        identifiers["track_id"] = pair.track_id
    return {
        "title": recorded.title or "",
        "artist": recorded.artist or "",
        "release": recorded.album or "",
        "duration": _snap(recorded.duration_s),
        "identifiers": identifiers,
        "jams_version": JAMS_VERSION,
    }


def describe_annotations(one: Described) -> list[dict[str, Any]]:
    """Write the annotations of one MIDI file; what it says nothing of is left out."""
    content = one.content
    beats = _list_rows(content.beats_s, content.beats_s, content.positions.tolist())
    # The schema wants a number for the confidence of a tempo, and null will not do.
    tempos = _list_rows(
        content.tempo_start_s,
        content.tempo_end_s,
        [round(tempo, DIGITS) for tempo in content.tempos.tolist()],
        [one.pair.confidence] * content.tempos.size,
    )
    metres = [{"time": _snap(at_s), "value": text} for at_s, text in content.metres]
    key_marks = {"is_c_major": list(content.is_c_major), "warning": C_MAJOR_WARNING}
    found = [
        _annotate(one, "beat", "beat", BEAT_RULES, beats, {"time_signatures": metres}),
        _annotate(one, "tempo", "tempo", TEMPO_RULES, tempos, {}),
        _annotate(one, "key_mode", "key_mode", KEY_RULES, _list_labels(content.keys), key_marks),
        _annotate(one, "chord", "chord", CHORD_RULES, _list_labels(content.chords), {"is_inferred": True}),
        *_describe_notes(one),
        *_describe_lyrics(one),
    ]
    return [annotation for annotation in found if annotation["data"]]


def _describe_notes(one: Described) -> list[dict[str, Any]]:
    notes = one.content.notes
    voices = np.stack([notes.track, notes.program, notes.is_drum], axis=1)
    found = []
    for track, program, is_drum in np.unique(voices, axis=0).tolist():
        mine = notes.take((voices == (track, program, is_drum)).all(axis=1))
        instrument = "Drums" if is_drum else pretty_midi.program_to_instrument_name(program)
        marks = {
            "track": track,
            "track_name": one.song.track_names.get(track),
            "program": program,
            "instrument": instrument,
            "is_drum": bool(is_drum),
        }
        rows = _list_rows(mine.start_s, mine.end_s, mine.pitch.tolist())
        found.append(_annotate(one, "note_midi", "drums" if is_drum else "notes", NOTE_RULES, rows, marks))
    return found


def _describe_lyrics(one: Described) -> list[dict[str, Any]]:
    found = []
    for track in sorted({track for _, track, _ in one.content.lyrics}):
        mine = [lyric for lyric in one.content.lyrics if lyric[1] == track]
        at_s = np.array([time_s for time_s, *_ in mine])
        rows = _list_rows(at_s, at_s, [text for *_, text in mine])
        marks = {"track": track, "track_name": one.song.track_names.get(track)}
        found.append(_annotate(one, "lyrics", "lyrics", LYRIC_RULES, rows, marks))
    return found


def _list_labels(labels: Labels) -> list[dict[str, Any]]:
    return _list_rows(labels.start_s, labels.end_s, labels.values, labels.confidence)


def _list_rows(
    start_s: np.ndarray[Any, Any],
    end_s: np.ndarray[Any, Any],
    values: Sequence[Any],
    confidence: Sequence[float] | None = None,
) -> list[dict[str, Any]]:
    shares = [None] * len(values) if confidence is None else [round(share, DIGITS) for share in confidence]
    return [
        {
            "time": _snap(first_s),
            "duration": _snap(last_s) - _snap(first_s),
            "value": value,
            "confidence": share,
        }
        for first_s, last_s, value, share in zip(
            start_s.tolist(), end_s.tolist(), values, shares, strict=True
        )
    ]


def _snap(time_s: float) -> float:
    return round(time_s / GRID_S) * GRID_S


def _annotate(
    one: Described, namespace: str, kind: str, rules: str, data: list[dict[str, Any]], marks: dict[str, Any]
) -> dict[str, Any]:
    spans_s = one.content.spans_s
    first_s, last_s = float(spans_s[0, 0]), float(spans_s[-1, 1])
    agreement = one.agreement[kind]
    versions = one.provenance
    return {
        "namespace": namespace,
        "annotation_metadata": {
            # The schema wants an address for whoever is named.
            "curator": {"name": "lakhdb", "email": ""},
            "version": versions["lakhdb"],
            "corpus": "",
            "annotator": {},
            "annotation_tools": (
                f"lakhdb {versions['lakhdb']}, alignment {versions['alignment']}, "
                f"confidence model {versions['confidence_model']}"
            ),
            "annotation_rules": rules,
            "validation": "",
            "data_source": f"MIDI file with MD5 {one.pair.midi_id}",
        },
        "time": _snap(first_s),
        "duration": _snap(last_s) - _snap(first_s),
        "sandbox": {
            **versions,
            "agreement": None if agreement is None else round(agreement, DIGITS),
            "aligned": [[_snap(each) for each in span] for span in spans_s.tolist()],
            **marks,
        },
        "data": data,
    }
