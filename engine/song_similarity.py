"""How alike artists and titles are, as spelt in the index of songs: arrays of pairs in, 0 to 1 out."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = [
    "LEAST",
    "LEAST_ARTIST",
    "LEAST_TITLE",
    "SCORER",
    "Similarity",
    "compare_artists",
    "compare_titles",
]

# Raised with every change of what decides a pair, here, in sql/songs or in the folding of names.
SCORER = "songs-2"

# Pairs below are not kept. Chosen by reading pairs of clean_midi with cal10k, uspop2002 and cal500 near them.
LEAST_ARTIST = 0.8
LEAST_TITLE = 0.85
LEAST = 0.9

# A name that holds all words of the other: Gaye and Marvin Gaye, Diana Ross & The Supremes and The Supremes.
PART_OF_ARTIST = 0.9

# Titles that agree only without brackets and versions, or without their little words.
CORE = 0.98
CONTENT = 0.95
SHORT_CONTENT = 0.88  # a single word: My Destiny, You Are My Destiny

# Titles of the same words in another order: People Everyday, Everyday People.
SWAPPED = 0.9

# Where one letter makes another word (One, Gone), titles agree or not.
SHORT_TITLE = 6
LEAST_SHORT_TITLE = 0.92

Similarity = npt.NDArray[np.float64]


def compare_artists(pairs: pa.Table) -> Similarity:
    """Compare artists of the two sides.

    Parameters
    ----------
    pairs : pyarrow.Table
        midi_artist, audio_artist (keys: words in order of the alphabet), midi_run, audio_run.

    Returns
    -------
    Similarity, shape (n_pairs,)
        The best of the keys' ratio (1 - insertions and deletions over both lengths), the runs', and 0.9 of
        the ratio of what words they share and each of them.
    """
    from rapidfuzz import fuzz

    midi, audio = pairs["midi_artist"].to_pylist(), pairs["audio_artist"].to_pylist()
    ratios = [
        _compare(fuzz.ratio, midi, audio),
        _compare(fuzz.ratio, pairs["midi_run"].to_pylist(), pairs["audio_run"].to_pylist()),
        PART_OF_ARTIST * _compare(fuzz.token_set_ratio, midi, audio),
    ]
    return _choose_best(ratios)


def compare_titles(pairs: pa.Table) -> Similarity:
    """Compare titles of the two sides.

    Parameters
    ----------
    pairs : pyarrow.Table
        Of both sides: key, core (without brackets and version), run (without spaces) and content (without
        little words), as in ``midi_key``.

    Returns
    -------
    Similarity, shape (n_pairs,)
        The best ratio of keys, runs, cores and contents, in this order of trust; words in another order
        do almost as well.
    """
    from rapidfuzz import fuzz

    key, core, run, content = (
        (pairs[f"midi_{kind}"].to_pylist(), pairs[f"audio_{kind}"].to_pylist())
        for kind in ("key", "core", "run", "content")
    )
    ratios = [
        _compare(fuzz.ratio, *key),
        _compare(fuzz.ratio, *run),
        CORE * _compare(fuzz.ratio, *core),
        CORE * _compare(fuzz.ratio, key[0], core[1]),
        CORE * _compare(fuzz.ratio, core[0], key[1]),
    ]
    weights = [_weigh_content(*names) for names in zip(*key, *content, strict=True)]
    ratios.append(np.array(weights, np.float64) * _compare(fuzz.ratio, *content))
    swapped = [SWAPPED * _have_same_words(*cores) for cores in zip(*core, strict=True)]
    ratios.append(np.array(swapped, np.float64))
    best = _choose_best(ratios)
    short = np.array([min(map(len, both)) < SHORT_TITLE for both in zip(*run, strict=True)], bool)
    return np.where(short & (best < LEAST_SHORT_TITLE), 0, best)


def _weigh_content(midi: str, audio: str, midi_content: str, audio_content: str) -> float:
    """Weigh what is left without little words: it takes two words, or a long one that both have."""
    if " " in midi_content and " " in audio_content:
        return CONTENT
    if midi_content != audio_content or len(midi_content) < SHORT_TITLE:
        return 0.0
    return SHORT_CONTENT if " " in midi and " " in audio else 0.0


def _have_same_words(midi: str, audio: str) -> bool:
    return len(midi) == len(audio) and " " in midi and sorted(midi.split()) == sorted(audio.split())


def _compare(scorer: Any, midi: list[str], audio: list[str]) -> Similarity:
    from rapidfuzz import process

    percent = process.cpdist(midi, audio, scorer=scorer, dtype=np.float64, workers=-1)
    return np.asarray(percent / 100, np.float64)


def _choose_best(ratios: list[Similarity]) -> Similarity:
    best: Similarity = np.maximum.reduce(ratios)
    return best
