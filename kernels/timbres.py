"""How instrument families sound, as far as constant-Q frames show it: the templates of rendered notes."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lakhdb.kernels.constant_q import FRAME_S, HOP, LOWEST_NOTE, N_BINS, SAMPLE_RATE

__all__ = [
    "BINS_BELOW",
    "DRUM_TIMBRES",
    "FLOOR",
    "ONSET_DELAY",
    "Templates",
    "compute_smear",
    "compute_templates",
]

# Measured from FluidR3_GM, dry: the mean over a General MIDI family's eight programs at notes 36, 48, 60 and
# 72, velocity 90. Levels of harmonics 1 to 12 in dB below the strongest; decay while held in dB/s; release in
# dB/s; attack in s.
_FAMILIES: tuple[tuple[tuple[int, ...], float, float, float], ...] = (
    ((1, 7, 14, 17, 23, 27, 29, 33, 30, 27, 27, 30), 10, 124, 0.01),  # piano
    ((9, 35, 31, 26, 30, 35, 40, 33, 38, 35, 40, 40), 21, 34, 0.03),  # chromatic percussion
    ((2, 6, 12, 20, 25, 23, 31, 26, 35, 35, 37, 39), 2, 161, 0.07),  # organ
    ((8, 9, 12, 13, 20, 28, 30, 25, 29, 32, 32, 33), 9, 77, 0.04),  # guitar
    ((1, 8, 14, 22, 31, 29, 32, 33, 40, 38, 39, 40), 7, 123, 0.01),  # bass
    ((5, 9, 14, 19, 22, 26, 29, 32, 31, 32, 32, 33), 0, 63, 0.13),  # strings
    ((1, 9, 17, 20, 24, 28, 30, 29, 32, 34, 34, 34), 0, 35, 0.14),  # ensemble
    ((2, 7, 11, 14, 15, 19, 21, 20, 23, 24, 27, 27), 1, 183, 0.06),  # brass
    ((3, 10, 12, 14, 13, 19, 19, 23, 20, 26, 26, 27), 0, 166, 0.07),  # reed
    ((0, 29, 26, 38, 37, 39, 39, 43, 42, 44, 44, 45), 0, 182, 0.18),  # pipe
    ((0, 16, 15, 26, 25, 30, 30, 35, 33, 36, 35, 36), 3, 147, 0.08),  # synth lead
    ((0, 10, 19, 23, 28, 34, 38, 39, 39, 41, 41, 41), 2, 24, 0.24),  # synth pad
    ((0, 13, 17, 24, 26, 28, 32, 32, 34, 38, 39, 40), 4, 21, 0.17),  # synth effects
    ((8, 9, 12, 13, 13, 22, 22, 24, 21, 24, 24, 25), 12, 67, 0.06),  # ethnic
    ((12, 14, 22, 23, 25, 23, 28, 25, 30, 27, 32, 32), 37, 37, 0.10),  # percussive
    ((10, 9, 7, 9, 7, 6, 7, 7, 7, 6, 6, 7), 27, 19, 0.30),  # sound effects
)
# Likewise: level of each six bins from the lowest up, in dB against a piano's middle C; decay in dB/s.
_DRUMS: tuple[tuple[tuple[int, ...], tuple[int, ...], float], ...] = (
    ((35, 36), (-12, -7, -12, -9, -17, -24, -34, -32, -38, -41, -44, -39), 166),  # bass drum
    ((38, 40), (-39, -41, -37, -31, -22, -8, -21, -23, -23, -29, -31, -31), 132),  # snare
    ((37, 39), (-44, -42, -41, -40, -42, -35, -34, -31, -32, -25, -20, -25), 111),  # stick, clap
    ((41, 43, 45, 47, 48, 50), (-29, -26, -19, -9, -16, -18, -18, -24, -28, -30, -33, -35), 28),  # toms
    ((42, 44), (-59, -62, -60, -54, -44, -35, -36, -42, -45, -44, -46, -46), 117),  # closed hi-hat
    ((46,), (-68, -66, -60, -58, -55, -46, -41, -38, -40, -41, -41, -42), 14),  # open hi-hat
    ((49, 52, 55, 57), (-71, -62, -55, -60, -54, -45, -44, -40, -32, -32, -30, -34), 21),  # crash cymbals
    ((51, 53, 59), (-72, -68, -58, -57, -59, -52, -44, -44, -44, -40, -43, -43), 19),  # ride cymbals
    ((), (-54, -55, -54, -54, -53, -48, -45, -42, -39, -39, -38, -40), 108),  # the rest
)
# Bins of a template below its note's own: further down, leakage is under the quantiser's floor.
BINS_BELOW = 4
# Constant-Q filters of a semitone's width (Hann): the ratio of centre frequency to width.
_QUALITY = 1.0 / (2.0 ** (1.0 / 12.0) - 1.0)
# Beyond the main lobe the measured skirt falls by 10 dB a bin.
_SKIRT_DB = (-35.0, -45.0, -55.0)
# Of a frame's power, what is found in every bin: -50 dB, as in the gaps of synthesised songs.
FLOOR = 1e-5
# Frames (23 ms) from a note's start to where its sound resembles the template most, by FluidSynth.
ONSET_DELAY = 0.5
# dB/s: no release is quicker in a room (60 dB in a second).
_QUICKEST_RELEASE = 60.0


@dataclass(frozen=True)
class Templates:
    """Templates of all timbres: 16 families, then the drums.

    Attributes
    ----------
    spectra : NDArray, shape (n_timbres, N_BINS), float32
        Power at the onset; column `BINS_BELOW` is a note's own bin. Drums fill the plane from its lowest bin.
    decays, releases : NDArray, shape (n_timbres,), float32
        Factors of power per frame, while held and after.
    attacks : NDArray, shape (n_timbres,), float32
        Frames until full amplitude.
    """

    spectra: NDArray[np.float32]
    decays: NDArray[np.float32]
    releases: NDArray[np.float32]
    attacks: NDArray[np.float32]


def _list_drum_timbres() -> NDArray[np.int32]:
    timbres = np.full(128, 16 + len(_DRUMS) - 1, dtype=np.int32)
    for index, (notes, _, _) in enumerate(_DRUMS):
        timbres[list(notes)] = 16 + index
    return timbres


# The timbre of each drum note; that of a pitched note is its program // 8.
DRUM_TIMBRES = _list_drum_timbres()


def _compute_leakage(distance: float) -> float:
    """Power that a partial leaves in a bin so many semitones above it."""
    x = abs(_QUALITY * (2.0 ** (-distance / 12.0) - 1.0))
    main_lobe = 0.5 if abs(x - 1.0) < 1e-6 else float(np.sinc(x)) / (1.0 - x * x)
    skirt = np.interp(abs(distance), (2.0, 3.0, 4.0), _SKIRT_DB)
    return max(main_lobe**2 if x < 2.0 else 0.0, float(10.0 ** (skirt / 10.0)))


@cache
def compute_templates() -> Templates:
    """Compute the templates from the measured families.

    Returns
    -------
    Templates
        Shared: not to be written to.
    """
    n_timbres = 16 + len(_DRUMS)
    spectra = np.zeros((n_timbres, N_BINS), dtype=np.float32)
    slopes_db = np.zeros((3, n_timbres))
    for family, (levels, decay, release, attack) in enumerate(_FAMILIES):
        for harmonic, level in enumerate(levels, start=1):
            interval = 12.0 * np.log2(harmonic)
            nearest = round(interval)
            for offset in range(nearest - BINS_BELOW, min(nearest + BINS_BELOW + 1, N_BINS - BINS_BELOW)):
                leakage = _compute_leakage(offset - interval)
                spectra[family, offset + BINS_BELOW] += 10.0 ** (-level / 10.0) * leakage
        slopes_db[:, family] = decay, min(release, _QUICKEST_RELEASE), attack
    for index, (_, levels, decay) in enumerate(_DRUMS):
        spectra[16 + index] = np.repeat(10.0 ** (np.array(levels) / 10.0), N_BINS // len(levels))
        slopes_db[:, 16 + index] = decay, decay, 0.0
    factors = (10.0 ** (-slopes_db[:2] * FRAME_S / 10.0)).astype(np.float32)
    attacks = np.maximum(slopes_db[2] / FRAME_S, 0.5).astype(np.float32)
    return Templates(spectra, factors[0], factors[1], attacks)


@cache
def compute_smear() -> NDArray[np.float32]:
    """Compute how far the filters of the low bins spread power in time.

    Returns
    -------
    NDArray, shape (2 · reach + 1, n_bins), float32
        Weights per frame and bin, each bin's adding up to 1; for the lowest bins only, whose filters are long
    """
    pitch_hz = 440.0 * 2.0 ** ((np.arange(N_BINS) + LOWEST_NOTE - 69) / 12.0)
    lengths = _QUALITY * SAMPLE_RATE / pitch_hz / HOP
    lengths = lengths[lengths > 2.0]
    reach = int(np.ceil(lengths[0] / 2.0))
    taps = np.arange(-reach, reach + 1)[:, None]
    # The magnitude follows the Hann window; its power, the window's square.
    weights = np.where(np.abs(taps) < lengths / 2.0, np.cos(np.pi * taps / lengths) ** 4, 0.0)
    return np.ascontiguousarray(weights / weights.sum(axis=0), dtype=np.float32)
