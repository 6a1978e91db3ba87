"""What belongs to one composition, and which split it goes into."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from ..errors import InputError
from .frames_settings import SPLITS, FrameSettings

__all__ = ["join_linked", "split_compositions"]


def join_linked(links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Join names that are linked, directly or through others.

    Returns
    -------
    dict
        Each name → the least of all that it is joined with.
    """
    leader: dict[str, str] = {}

    def find(name: str) -> str:
        leader.setdefault(name, name)
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    for one, other in links:
        low, high = sorted((find(one), find(other)))
        leader[high] = low
    return {name: find(name) for name in leader}


def split_compositions(compositions: Iterable[str], settings: FrameSettings) -> dict[str, str]:
    """Give each composition a split, by a hash of its name and the seed: others make no difference.

    Only where a split with a share would stay empty, the composition whose hash is nearest moves into it.

    Raises
    ------
    InputError
        If there are fewer compositions than splits with a share.
    """
    places = {one: _draw_place(one, settings.seed) for one in sorted(set(compositions))}
    wanted = [name for name, share in zip(SPLITS, settings.shares, strict=True) if share > 0]
    if len(places) < len(wanted):
        raise InputError(
            f"there are {len(places)} compositions for {', '.join(wanted)}; match more recordings, or give "
            "fewer splits a share."
        )
    bounds = _find_bounds(settings.shares)
    chosen = {
        one: next(name for name in wanted if bounds[name][0] <= place < bounds[name][1])
        for one, place in places.items()
    }
    _fill_empty(chosen, places, wanted, bounds)
    return chosen


def _draw_place(composition: str, seed: int) -> float:
    """Return a number from 0 to below 1."""
    digest = hashlib.sha256(f"{seed} {composition}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _find_bounds(shares: Sequence[float]) -> dict[str, tuple[float, float]]:
    bounds, start = {}, 0.0
    for name, share in zip(SPLITS, shares, strict=True):
        bounds[name] = (start, start + share)
        start += share
    last = next(name for name, share in reversed(list(zip(SPLITS, shares, strict=True))) if share > 0)
    bounds[last] = (bounds[last][0], 2.0)  # sums of shares may end a little below 1
    return bounds


def _fill_empty(
    chosen: dict[str, str],
    places: Mapping[str, float],
    wanted: Sequence[str],
    bounds: Mapping[str, tuple[float, float]],
) -> None:
    for name in wanted:
        members = {split: [one for one in places if chosen[one] == split] for split in wanted}
        if members[name]:
            continue
        can_move = [one for own in members.values() if len(own) > 1 for one in own]
        low, high = bounds[name]
        chosen[min(can_move, key=lambda one: (abs(places[one] - (low + high) / 2), one))] = name
