"""Files that went wrong: mutations of real bytes, and streams of MIDI events made up at random."""

import struct
from collections.abc import Sequence

import numpy as np

__all__ = ["mutate", "write_stream"]

# Numbers at which readers stumble, in sizes of headers and lengths.
EDGES = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
MOST_CHANGES = 6

# Ticks between events, and how often each comes; the last is the longest that can be written.
DELTAS = [0, 1, 48, 480, 5000, 2**28 - 1]
SHARES = [0.4, 0.2, 0.2, 0.15, 0.0499, 0.0001]

# Formats of events that take one or two bytes of data, then what only damaged files have between events.
STATUSES = [0x80, 0x90, 0x90, 0x90, 0xA0, 0xB0, 0xC0, 0xD0, 0xE0, 0xF0, 0xF1, 0xF2, 0xF3, 0xF4, 0xF7, 0xFE]


def mutate(data: bytes, others: Sequence[bytes], rng: np.random.Generator) -> bytes:
    """Damage a file in one to six places.

    Parameters
    ----------
    data : bytes
        The file, not empty.
    others : sequence of bytes
        Files to take pieces from.
    rng : Generator
    """
    mutant = bytearray(data)
    for _ in range(int(rng.integers(1, MOST_CHANGES + 1))):
        if not mutant:
            break
        at = _choose_place(len(mutant), rng)
        length = int(min(rng.geometric(0.1), len(mutant) - at))
        piece = mutant[at : at + length]
        match rng.integers(9):
            case 0:
                mutant[at] ^= 1 << int(rng.integers(8))
            case 1:
                mutant[at : at + length] = rng.bytes(length)
            case 2:
                del mutant[at : at + length]
            case 3:
                mutant[at:at] = bytes(piece) * int(rng.integers(1, 50))
            case 4:
                mutant[at : at + length] = bytes(length)
            case 5 if rng.integers(4) == 0:
                del mutant[at:]
            case 6:
                width = int(rng.choice([1, 2, 4]))
                order = str(rng.choice(["big", "little"]))
                edge = EDGES[int(rng.integers(len(EDGES)))] & (1 << 8 * width) - 1
                mutant[at : at + width] = edge.to_bytes(width, order)
            case 7:
                other = others[int(rng.integers(len(others)))]
                start = int(rng.integers(len(other)))
                mutant[at : at + length] = other[start : start + length * 4]
            case 8:
                mutant[at:at] = rng.bytes(length)
    return bytes(mutant)


def _choose_place(length: int, rng: np.random.Generator) -> int:
    """Headers are short and decide most: a quarter of all damage goes there."""
    return int(rng.integers(min(length, 64) if rng.random() < 0.25 else length))


def write_stream(rng: np.random.Generator) -> bytes:
    """Write a MIDI file of random events: well formed at its core, careless about everything else."""
    tracks = [_write_track(rng) for _ in range(int(rng.integers(0, 4)))]
    claimed = len(tracks) if rng.random() < 0.8 else int(rng.integers(65_536))
    division = int(rng.choice([480, 96, 1, 0, 0x7FFF, 0xE728, 0xE250, 0x8000]))
    header = b"MThd" + struct.pack(">IHHH", 6, int(rng.integers(4)), claimed, division)
    return header + b"".join(tracks)


def _write_track(rng: np.random.Generator) -> bytes:
    body = b"".join(_write_event(rng) for _ in range(int(rng.integers(300))))
    if rng.random() < 0.8:
        body += b"\0\xff\x2f\0"
    claimed = len(body) if rng.random() < 0.9 else int(rng.choice(EDGES))
    return b"MTrk" + struct.pack(">I", claimed) + body


def _write_event(rng: np.random.Generator) -> bytes:
    delta = _write_number(int(rng.choice(DELTAS, p=SHARES)))
    kind = rng.random()
    if kind < 0.7:
        status = int(rng.choice(STATUSES[:4])) | int(rng.choice([0, 0, 1, 9]))
        return delta + bytes([status, *rng.integers(128, size=2).tolist()])
    if kind < 0.8:
        return delta + rng.integers(128, size=2, dtype=np.uint8).tobytes()  # under running status
    if kind < 0.95:
        length = int(rng.choice([0, 1, 2, 3, 4, 5, 200]))
        claimed = length if rng.random() < 0.95 else int(rng.choice(EDGES[:-4]))
        return delta + bytes([0xFF, int(rng.integers(128))]) + _write_number(claimed) + rng.bytes(length)
    return delta + bytes([int(rng.choice(STATUSES))]) + rng.bytes(int(rng.integers(4)))


def _write_number(value: int) -> bytes:
    """Write a number as MIDI files do: seven bits a byte."""
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.insert(0, value & 0x7F | 0x80)
    return bytes(digits)
