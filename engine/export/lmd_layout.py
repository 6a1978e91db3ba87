"""Where the Lakh MIDI Dataset keeps what: folders, file names, and names of recordings."""

import re
from collections.abc import Iterable

from .accepted import AcceptedPair

__all__ = [
    "ALIGNED",
    "CONFIDENCES",
    "FULL",
    "MATCHED",
    "PATHS",
    "SCORES",
    "TRACKS",
    "locate_full",
    "locate_pair",
    "name_recordings",
]

FULL, MATCHED, ALIGNED = "lmd_full", "lmd_matched", "lmd_aligned"
SCORES, PATHS = "match_scores.json", "md5_to_paths.json"
# Beside what LMD has: how sure each pair is, and the MD5 of the recording that a name stands for.
CONFIDENCES, TRACKS = "match_confidences.json", "track_md5s.json"

# What may be the name of a folder everywhere; a list of metadata can call a recording anything.
FIT_FOR_FOLDER = re.compile(r"[A-Za-z0-9_-]{1,64}")
MD5 = re.compile(r"[0-9a-f]{32}")


def name_recordings(pairs: Iterable[AcceptedPair]) -> dict[str, str]:
    """Choose what each recording of some pairs is called: its track id, else the MD5 of its bytes.

    A track id that is no fit name for a folder, or is taken for an MD5, does not count; where several
    recordings have the same one, that with the least MD5 gets it.

    Returns
    -------
    dict
        Name by audio_id; no two are equal.
    """
    track_ids = {pair.audio_id: pair.track_id or "" for pair in pairs}
    owners: dict[str, str] = {}
    for audio_id, track_id in sorted(track_ids.items()):
        if FIT_FOR_FOLDER.fullmatch(track_id) and not MD5.fullmatch(track_id):
            owners.setdefault(track_id, audio_id)
    return {
        audio_id: track_id if owners.get(track_id) == audio_id else audio_id
        for audio_id, track_id in track_ids.items()
    }


def locate_full(midi_id: str) -> str:
    """Return where a MIDI file lies in the tree: ``lmd_full/a/a….mid``."""
    return f"{FULL}/{midi_id[0]}/{midi_id}.mid"


def locate_pair(branch: str, name: str, midi_id: str) -> str:
    """Return where a MIDI file of a recording lies: ``lmd_matched/A/B/C/TRABC…/<md5>.mid``.

    The letters are the third to fifth of a track id, as in LMD (``_`` where it is shorter), and the first
    three of an MD5.
    """
    letters = name[:3] if MD5.fullmatch(name) else name[2:5].ljust(3, "_")
    return f"{branch}/{'/'.join(letters)}/{name}/{midi_id}.mid"
