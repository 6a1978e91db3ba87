"""Hard cases: what is done to the notes of a query, by seed.

These edits are kept apart from those that training makes: a network shall not be asked what it was shown.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ..errors import InputError
from .melody import keep_melody
from .music import Music
from .names import WHOLE
from .rearrange import add_drums, rearrange

__all__ = ["CASES", "Case", "Span", "choose_cases"]

Rng = np.random.Generator
# Where in the query its right recording lies, seconds.
Span = tuple[float, float]

MOST_SEMITONES = 3
EXCERPT_S = 10.0

# A performance's tempo sways by so much about the score's (standard deviation of the logarithm), over spans
# of so many seconds, and its onsets are off by so much.
TEMPO_SWAY = 0.15
SWAY_S = 4.0
JITTER_S = 0.02


@dataclass(frozen=True)
class Case:
    """One hard case.

    Attributes
    ----------
    name, meaning : str
    edit : callable
        Takes music, random numbers, and a function that tells where the right recording lies; gives the
        edited music, or None where the case does not apply.
    """

    name: str
    meaning: str
    edit: Callable[[Music, Rng, Callable[[], Span]], Music | None]


def transpose(music: Music, semitones: int) -> Music:
    """Raise all but the drums; what would leave the MIDI range moves by an octave back."""
    pitch = music.pitch + np.where(music.is_drum, 0, semitones)
    pitch = np.where(pitch > 127, pitch - 12, np.where(pitch < 0, pitch + 12, pitch))
    return replace(music, pitch=pitch)


def drop_tracks(music: Music, rng: Rng) -> Music | None:
    """Leave out half of the tracks, the smaller half of an odd number; None where there is but one."""
    tracks = np.unique(music.track[~music.is_drum])
    if tracks.size < 2:
        return None
    dropped = rng.permutation(tracks)[: tracks.size // 2]
    return music.keep(~np.isin(music.track, dropped) | music.is_drum)


def sway(music: Music, rng: Rng) -> Music:
    """Play in a swaying tempo, with onsets that are never quite together."""
    n_knots = 2 + int(music.duration_s / SWAY_S)
    knots_s = np.arange(n_knots) * SWAY_S
    tempo = np.exp(rng.normal(0.0, TEMPO_SWAY, n_knots))
    played_s = np.concatenate([[0.0], np.cumsum(SWAY_S / ((tempo[1:] + tempo[:-1]) / 2))])

    def warp(times_s: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(np.interp(times_s, knots_s, played_s))

    jitter_s = rng.normal(0.0, JITTER_S, music.n_notes)
    start_s = np.maximum(warp(music.start_s) + jitter_s, 0.0)
    end_s = np.maximum(warp(music.end_s) + jitter_s, start_s)
    return replace(
        music,
        start_s=start_s,
        end_s=end_s,
        tempo_s=warp(music.tempo_s),
        duration_s=max(float(warp(np.array([music.duration_s]))[0]), float(end_s.max(initial=0.0))),
    )


def cut_excerpt(music: Music, rng: Rng, span: Span) -> Music | None:
    """Cut ten seconds out of what the right recording holds; None where nothing sounds in them."""
    first_s, last_s = span
    start_s = rng.uniform(first_s, max(first_s, last_s - EXCERPT_S))
    start_s = max(0.0, min(start_s, music.duration_s - EXCERPT_S))
    end_s = min(start_s + EXCERPT_S, music.duration_s)
    inside = music.keep((music.start_s < end_s) & (music.end_s > start_s))
    if not inside.n_notes:
        return None
    return replace(
        inside,
        start_s=np.maximum(inside.start_s - start_s, 0.0),
        end_s=np.minimum(inside.end_s, end_s) - start_s,
        tempo_s=np.maximum(inside.tempo_s - start_s, 0.0),
        duration_s=end_s - start_s,
    )


def _draw_semitones(rng: Rng) -> int:
    return int(rng.choice([*range(-MOST_SEMITONES, 0), *range(1, MOST_SEMITONES + 1)]))


CASES: dict[str, Case] = {
    case.name: case
    for case in (
        Case(WHOLE, "the whole file as it is", lambda music, _rng, _where: music),
        Case(
            "transposed",
            "1 to 3 semitones lower or higher",
            lambda music, rng, _where: transpose(music, _draw_semitones(rng)),
        ),
        Case("drums", "drums and percussion added", lambda music, rng, _where: add_drums(music, rng)),
        Case("melody", "the melody only", lambda music, _rng, _where: keep_melody(music)),
        Case(
            "half-tracks",
            "half of the tracks missing",
            lambda music, rng, _where: drop_tracks(music, rng),
        ),
        Case("live-tempo", "played in a swaying tempo", lambda music, rng, _where: sway(music, rng)),
        Case(
            "excerpt",
            "10 s of what the recording holds",
            lambda music, rng, where: cut_excerpt(music, rng, where()),
        ),
        Case("arrangement", "another arrangement", lambda music, rng, _where: rearrange(music, rng)),
    )
}


def choose_cases(names: list[str]) -> list[Case]:
    """Look cases up by name; ``all`` stands for every one.

    Raises
    ------
    InputError
        If there is no such case.
    """
    if "all" in names:
        return list(CASES.values())
    for name in names:
        if name not in CASES:
            raise InputError(f"there is no case {name}; choose from all, {', '.join(CASES)}.")
    return [CASES[name] for name in dict.fromkeys(names)]
