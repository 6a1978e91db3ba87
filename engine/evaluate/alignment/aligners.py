"""Ways to align a MIDI file with a recording: ours, the thesis's, and synctoolbox's."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lakhdb.kernels.constant_q import COMPARED_BINS, FRAME_S
from lakhdb.kernels.dtw.path import find_path
from lakhdb.kernels.midi_file import MidiFile
from lakhdb.kernels.onsets import compute_onsets

from ...align_pair import place_frames
from ...alignment import Trace
from ...errors import MissingPackageError
from ...features import compute_audio_features, compute_midi_features
from ...pairs import GULLY
from ...refine import refine_trace

__all__ = ["ALIGNERS", "Aligner", "Found"]

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]

# Frames a second of synctoolbox's features, as in its tutorials.
SYNC_RATE = 50
# Pitches that it knows: a piano's.
LOWEST, HIGHEST = 21, 108


class Found(NamedTuple):
    """An alignment: breakpoints in seconds, never falling, and a score from 0 to 1 where there is one."""

    midi_s: Floats
    audio_s: Floats
    score: float | None


Aligner = Callable[[MidiFile, Samples, int], Found]


def align_frames(midi: MidiFile, samples: Samples, sample_rate: int) -> Found:
    """Align by frames of 46 ms, as matches are before they are refined."""
    frames = compute_midi_features(midi).frames, compute_audio_features(samples, sample_rate).frames
    placed = place_frames(*frames)
    return Found(placed.trace.midi_s, placed.trace.audio_s, placed.score)


def align_notes(midi: MidiFile, samples: Samples, sample_rate: int) -> Found:
    """Align as `lmdb align` and `lmdb match` do: by frames, then by the beginnings of notes."""
    path = align_frames(midi, samples, sample_rate)
    notes, onsets = midi.notes, compute_onsets(samples, sample_rate)
    coarse = Trace(path.midi_s, path.audio_s)
    trace = refine_trace(notes.start_s, notes.pitch, notes.is_drum, coarse, onsets)
    return Found(trace.midi_s, trace.audio_s, path.score)


def align_by_thesis(midi: MidiFile, samples: Samples, sample_rate: int) -> Found:
    """Align by the thesis's "gold standard": log constant-Q, cosine, mean penalty, gully 0.96.

    References
    ----------
    Raffel (2016), chapter 4. The MIDI file is rendered, not synthesised, as everywhere here.
    """
    frames = compute_midi_features(midi).frames, compute_audio_features(samples, sample_rate).frames
    path = find_path(*(one[:, COMPARED_BINS] for one in frames), gully=GULLY)
    midi_s, audio_s = (one.astype(np.float64) * FRAME_S for one in (path.midi_frame, path.audio_frame))
    return Found(midi_s, audio_s, path.score)


def align_by_synctoolbox(midi: MidiFile, samples: Samples, sample_rate: int) -> Found:
    """Align by chroma and onset features and multi-scale DTW.

    References
    ----------
    Müller, Özer, Krause, Prätzlich and Driedger (2021), "Sync Toolbox"; as in its tutorials.

    Raises
    ------
    MissingPackageError
        If synctoolbox is not installed.
    """
    try:
        import pandas as pd
        from synctoolbox.dtw.mrmsdtw import sync_via_mrmsdtw
        from synctoolbox.dtw.utils import make_path_strictly_monotonic
        from synctoolbox.feature.chroma import pitch_to_chroma, quantize_chroma
        from synctoolbox.feature.csv_tools import df_to_pitch_features, df_to_pitch_onset_features
        from synctoolbox.feature.dlnco import pitch_onset_features_to_DLNCO
        from synctoolbox.feature.pitch import audio_to_pitch_features
        from synctoolbox.feature.pitch_onset import audio_to_pitch_onset_features
    except ImportError as error:
        raise MissingPackageError(
            "the aligner synctoolbox needs a package that is not here; run `pip install synctoolbox`."
        ) from error

    def finish(pitches: NDArray[np.float64], peaks: object) -> tuple[Floats, Floats]:
        chroma = quantize_chroma(f_chroma=pitch_to_chroma(f_pitch=pitches))
        onsets = pitch_onset_features_to_DLNCO(
            f_peaks=peaks, feature_rate=SYNC_RATE, feature_sequence_length=chroma.shape[1]
        )
        return chroma, onsets

    notes = midi.notes
    table = pd.DataFrame(
        {
            "start": notes.start_s,
            "duration": notes.end_s - notes.start_s,
            "end": notes.end_s,
            "pitch": notes.pitch.astype(int),
            "velocity": notes.velocity / 127,
            "instrument": np.where(notes.is_drum, "percussion", "piano"),
        }
    )[~notes.is_drum & (notes.pitch >= LOWEST) & (notes.pitch <= HIGHEST)]
    midi_side = finish(df_to_pitch_features(table, feature_rate=SYNC_RATE), df_to_pitch_onset_features(table))
    audio_side = finish(
        audio_to_pitch_features(f_audio=samples, Fs=sample_rate, feature_rate=SYNC_RATE),
        audio_to_pitch_onset_features(f_audio=samples, Fs=sample_rate),
    )
    path = make_path_strictly_monotonic(
        sync_via_mrmsdtw(
            f_chroma1=midi_side[0],
            f_onset1=midi_side[1],
            f_chroma2=audio_side[0],
            f_onset2=audio_side[1],
            input_feature_rate=SYNC_RATE,
        )
    )
    return Found(path[0] / SYNC_RATE, path[1] / SYNC_RATE, None)


ALIGNERS: dict[str, Aligner] = {
    "notes": align_notes,
    "frames": align_frames,
    "thesis": align_by_thesis,
    "synctoolbox": align_by_synctoolbox,
}
