"""Clusters of copies and versions: what belongs together, and which file stands for it."""

from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

import pyarrow as pa

from lakhdb.sql import read_query

from ..store import Store

__all__ = ["REPRESENTATIVE", "Link", "Member", "gather_clusters", "list_clusters"]

REPRESENTATIVE = "representative"


class Link(NamedTuple):
    """Two files that are copies or versions of each other."""

    midi_seq: int
    other_seq: int
    kind: str
    similarity: float


class Member(NamedTuple):
    """A file of a cluster: what it is to the one that is nearest to it, on the way to the representative."""

    cluster: int  # the least number of its files
    midi_seq: int
    kind: str
    representative_seq: int
    nearest_seq: int | None


def gather_clusters(links: Sequence[Link], quality: Mapping[int, tuple[float, ...]]) -> list[Member]:
    """Gather linked files into clusters, in each of which every file leads to a representative.

    The representative is the file of the highest quality. From there on, the files that are linked most
    closely to those taken so far are taken first, so that a copy hangs on what it is a copy of.

    Parameters
    ----------
    links : sequence of Link
    quality : mapping
        By file, to be compared; more is better. Ties go to the file that came first.

    Returns
    -------
    list of Member
        Clusters of two files or more, by cluster and file.
    """
    near: dict[int, list[Link]] = {}
    for link in links:
        near.setdefault(link.midi_seq, []).append(link)
        near.setdefault(link.other_seq, []).append(link)
    members: list[Member] = []
    taken: set[int] = set()
    for seq in sorted(near, key=lambda one: (*(-value for value in quality[one]), one)):
        if seq not in taken:
            members += _grow(seq, near, taken)
    return sorted(members)


def _grow(representative: int, near: Mapping[int, Sequence[Link]], taken: set[int]) -> list[Member]:
    """Take all files that links lead to, the closest first (Prim's tree of the highest similarities)."""
    tree: list[tuple[int, str, int | None]] = [(representative, REPRESENTATIVE, None)]
    taken.add(representative)
    waiting = list(_list_ways(representative, near))
    heapify(waiting)
    while waiting:
        _, seq, nearest, kind = heappop(waiting)
        if seq not in taken:
            taken.add(seq)
            tree.append((seq, kind, nearest))
            for way in _list_ways(seq, near):
                heappush(waiting, way)
    cluster = min(seq for seq, _, _ in tree)
    return [Member(cluster, seq, kind, representative, nearest) for seq, kind, nearest in tree]


def _list_ways(seq: int, near: Mapping[int, Sequence[Link]]) -> list[tuple[float, int, int, str]]:
    """List where links lead from a file, the closest first: cost, file, from where, and as what."""
    return [
        (-link.similarity, link.other_seq if link.midi_seq == seq else link.midi_seq, seq, link.kind)
        for link in near[seq]
    ]


def list_clusters(store: Store) -> pa.Table:
    """List the members of all clusters: the rows of the view ``midi_clusters``."""
    with store.reading() as con:
        return con.sql(read_query("similar/list_clusters")).to_arrow_table()
