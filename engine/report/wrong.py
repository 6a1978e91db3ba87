"""What was accepted and is wrong, and what is right and was not accepted: where to look first."""

from dataclasses import dataclass

from lakhdb.sql import read_query

from ..store import Store
from .judge import Judgement, KnownPair

__all__ = ["Errors", "NamedPair", "list_errors"]

# Pairs of each kind that are listed.
LONGEST = 12


@dataclass(frozen=True)
class NamedPair:
    """A known pair, and of both items (id, artist, title, path) and the composition."""

    pair: KnownPair
    midi: tuple[str, str | None, str | None, str]
    audio: tuple[str, str | None, str | None, str]
    midi_composition: str
    audio_composition: str


@dataclass(frozen=True)
class Errors:
    """Wrong pairs that were accepted, and right ones that were not, the surest first; and their numbers."""

    wrong: list[NamedPair]
    n_wrong: int
    missed: list[NamedPair]
    n_missed: int


def list_errors(store: Store, judgement: Judgement) -> Errors:
    """List where the database and the truth table disagree."""
    ordered = sorted(judgement.pairs, key=lambda one: (-one.confidence, one.midi_seq, one.audio_seq))
    wrong = [one for one in ordered if one.is_accepted and not one.is_right]
    missed = [one for one in ordered if one.is_right and not one.is_accepted]
    listed = [*wrong[:LONGEST], *missed[:LONGEST]]
    parameters = {
        "midi_seqs": sorted({one.midi_seq for one in listed}),
        "audio_seqs": sorted({one.audio_seq for one in listed}),
    }
    with store.reading() as con:
        rows = con.execute(read_query("report/list_names"), parameters).fetchall()
    names = {(kind, seq): (item_id, artist, title, path) for kind, seq, item_id, artist, title, path in rows}

    def name(one: KnownPair) -> NamedPair:
        return NamedPair(
            pair=one,
            midi=names["midi", one.midi_seq],
            audio=names["audio", one.audio_seq],
            midi_composition=judgement.midi[one.midi_seq],
            audio_composition=judgement.audio[one.audio_seq],
        )

    return Errors(
        [name(one) for one in wrong[:LONGEST]],
        len(wrong),
        [name(one) for one in missed[:LONGEST]],
        len(missed),
    )
