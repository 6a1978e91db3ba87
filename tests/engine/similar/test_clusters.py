"""Gathering links into clusters."""

from hypothesis import given
from hypothesis import strategies as st

from lakhdb.engine.similar.clusters import REPRESENTATIVE, Link, Member, gather_clusters


def test_the_best_file_stands_for_its_copies():
    links = [Link(2, 1, "version", 0.8), Link(3, 2, "identical notes", 1.0), Link(9, 8, "version", 0.5)]
    quality = {1: (1, 50), 2: (1, 40), 3: (1, 40), 8: (0, 99), 9: (1, 10)}
    assert gather_clusters(links, quality) == [
        Member(1, 1, REPRESENTATIVE, 1, None),
        Member(1, 2, "version", 1, 1),
        Member(1, 3, "identical notes", 1, 2),
        Member(8, 8, "version", 9, 9),
        Member(8, 9, REPRESENTATIVE, 9, None),
    ]


def test_a_file_hangs_on_what_it_is_most_like():
    links = [Link(2, 1, "version", 0.7), Link(3, 1, "version", 0.6), Link(3, 2, "identical notes", 1.0)]
    members = gather_clusters(links, dict.fromkeys((1, 2, 3), (1, 1)))
    assert [(one.midi_seq, one.kind, one.nearest_seq) for one in members] == [
        (1, REPRESENTATIVE, None),
        (2, "version", 1),
        (3, "identical notes", 2),
    ]


links_of_few = st.lists(
    st.builds(
        Link,
        st.integers(1, 12),
        st.integers(13, 25),
        st.sampled_from(["version", "identical notes"]),
        st.floats(0.45, 1),
    ),
    max_size=30,
    unique_by=lambda link: link[:2],
)


@given(links_of_few)
def test_clusters_are_what_links_connect_whatever_their_order(links):
    quality = {seq: (1, seq % 5) for seq in range(1, 26)}
    members = gather_clusters(links, quality)
    assert members == gather_clusters(links[::-1], quality)
    cluster = {one.midi_seq: one.cluster for one in members}
    assert set(cluster) == {seq for link in links for seq in link[:2]}
    assert all(cluster[link.midi_seq] == cluster[link.other_seq] for link in links)
    pairs = {frozenset(link[:2]) for link in links}
    by_seq = {one.midi_seq: one for one in members}
    for one in members:
        assert one.cluster == min(other.midi_seq for other in members if other.cluster == one.cluster)
        leader = by_seq[one.representative_seq]
        assert leader.kind == REPRESENTATIVE
        assert leader.cluster == one.cluster
        if one.nearest_seq is not None:
            assert frozenset((one.midi_seq, one.nearest_seq)) in pairs
