"""The index of songs, and which songs are the same on both sides."""

import random

import pyarrow as pa
import pytest

from lakhdb.engine import songs
from lakhdb.engine.ingest.names import insert_names
from lakhdb.engine.lock import hold_writer_lock
from lakhdb.engine.songs import index_songs, pair_songs
from lakhdb.engine.store import open_store

MIDI = [
    ("The Beatles", "Help!"),
    ("Beatles, The", "HELP"),
    ("Dire Straits", "Sultans of Swing"),
    ("Gaye,Marvin", "What's Going On"),
    ("AC/DC", "T.N.T."),
    ("ABBA", "Dance (While the Music Still Goes on)"),
    ("Pink Floyd", "Another Brick in the Wall, Part 1"),
    (None, "Bohemian Rhapsody"),
    (None, "zombie cranberries"),
    ("周杰倫", "告白氣球"),
    ("Abba", "Waterloo"),
]
AUDIO = [
    ("beatles", "help"),
    ("Dire Strait", "Sultens Of Swing - Remastered 2009"),
    ("Marvin Gaye", "What s Goin On (feat. Somebody)"),
    ("ACDC", "TNT"),
    ("Abba", "Dance"),
    ("Pink Floyd", "Another Brick in the Wall (Pt. 2)"),
    ("Queen", "Bohemian Rhapsody"),
    ("The Cranberries", "Zombie"),
    ("周杰倫", "告白气球"),
    ("Someone Else", "Waterloo"),
    ("Beatles", "Yesterday"),
]
# By place in the lists.
SAME = {(0, 0), (1, 0), (2, 1), (3, 2), (4, 3), (5, 4), (7, 6), (8, 7)}

# Spelt in ways that count for the pairs, though not for the song.
SPELLINGS = [
    ("midi", "Peter Paul and Mary", "Puff"),
    ("audio", "Peter Paul and Mary", "Puff, the Magic Dragon"),
    ("audio", "Peter Paul and Mary", "Puff the Magic Dragon"),
    ("midi", "Eurythmics", "Sweet Dreams"),
    ("audio", "Eurythmics", "Sweet Dreams (Are Made of This)"),
    ("audio", "Eurythmics", "Sweet Dreams Are Made of This"),
    ("midi", "Los Lonely Boys", "Heaven"),
    ("midi", "Boys Los Lonely", "Heaven"),
    ("audio", "LosLonelyBoys", "Heaven"),
]
# A title of too many songs to tell anything without an artist.
COMMON = [
    ("midi", None, "Silent Night"),
    *(("audio", f"Singer {place}", "Silent Night") for place in range(60)),
]


def add_names(store, side, names):
    """Add names as a list of metadata would, numbered by place."""
    artists, titles = zip(*names, strict=True)
    rows = pa.table(
        {
            "side": [side] * len(names),
            "source": ["metadata"] * len(names),
            "artist": pa.array(artists, pa.string()),
            "title": pa.array(titles, pa.string()),
            "track_id": [str(place) for place in range(len(names))],
        }
    )
    with store.writing() as con:
        insert_names(con, rows)
        index_songs(con)


def pair(store, **options):
    with hold_writer_lock(store.folder):
        pair_songs(store, **options)


def read(store, query):
    with store.reading() as con:
        return con.execute(query).fetchall()


def read_places(store):
    return set(
        read(
            store,
            """
            SELECT midi.track_id::INT, audio.track_id::INT FROM song_pairs
            JOIN names AS midi ON midi.song_seq = midi_song AND midi.side = 'midi'
            JOIN names AS audio ON audio.song_seq = audio_song AND audio.side = 'audio'
            """,
        )
    )


@pytest.fixture
def named(store):
    """A database with the names of both sides."""
    add_names(store, "midi", MIDI)
    add_names(store, "audio", AUDIO)
    return store


def test_names_that_differ_in_spelling_are_one_song(named):
    groups = read(
        named,
        "SELECT artist, title, n_midi, n_audio FROM song_groups ORDER BY n_midi + n_audio DESC, song_seq",
    )
    assert groups[0] == ("The Beatles", "Help!", 2, 1)
    assert ("AC/DC", "T.N.T.", 1, 0) in groups  # run together only when compared
    assert read(named, "SELECT count(*) FROM names WHERE song_seq IS NULL") == [(0,)]


def test_indexing_again_changes_nothing_and_known_songs_are_used(named):
    tables = (
        "SELECT * FROM names ORDER BY ALL",
        "SELECT * FROM songs ORDER BY ALL",
        "FROM song_words ORDER BY ALL",
    )
    before = [read(named, query) for query in tables]
    with named.writing() as con:
        index_songs(con)
    assert [read(named, query) for query in tables] == before
    add_names(named, "midi", [("BEATLES", "Help")])
    assert read(named, "SELECT count(*) FROM songs") == [(len(before[1]),)]
    assert read(named, "SELECT n_midi FROM song_groups WHERE title = 'Help!'") == [(3,)]


def test_a_title_without_any_sign_has_no_song(store):
    add_names(store, "midi", [("Nobody", " "), ("Nobody", None), ("!!!", "???")])
    assert read(store, "SELECT song_seq FROM names ORDER BY name_seq") == [(None,), (None,), (1,)]


def test_endless_names_cost_no_more_than_long_ones(store):
    endless = [
        ("ab " * 400_000, "x" * 1_000_000),
        ("(" * 100_000, "[" * 100_000),
        ("a," * 100_000, "'n" * 100_000),
    ]
    add_names(store, "midi", endless)
    add_names(store, "audio", endless)
    pair(store)
    assert read(store, "SELECT max(len(artist_key)), max(len(title_key)) <= 300 FROM songs") == [(300, True)]
    assert (0, 0) in read_places(store)


def test_finds_the_same_songs_under_other_names(named):
    pair(named)
    assert read_places(named) == SAME


def test_says_how_alike_they_are(named):
    pair(named)
    rows = read(named, "SELECT * FROM name_matches WHERE midi_artist = 'Gaye,Marvin'")
    assert len(rows) == 1
    *names, similarity, artist_similarity, title_similarity = rows[0]
    assert names[1:] == [
        "Gaye,Marvin",
        "What's Going On",
        None,
        "2",
        "Marvin Gaye",
        "What s Goin On (feat. Somebody)",
    ]
    assert artist_similarity == 1
    assert 0.9 < title_similarity < 1
    assert similarity == pytest.approx(0.4 + 0.6 * title_similarity)
    unknown = read(
        named, "SELECT similarity, artist_similarity FROM name_matches WHERE midi_title = 'Bohemian Rhapsody'"
    )
    assert unknown == [(0.8, None)]


def test_new_names_meet_all_others_once(store, monkeypatch):
    compared = []
    real = songs._pair_batch
    monkeypatch.setattr(songs, "_pair_batch", lambda con, batch: (compared.append(batch), real(con, batch)))
    for side, names in (("midi", MIDI[:4]), ("audio", AUDIO[:6]), ("midi", MIDI[4:]), ("audio", AUDIO[6:])):
        add_names(store, side, names)
        pair(store)
        pair(store)
    # MIDI names are 1 to 4 and 11 to 17, those of recordings 5 to 10 and 18 to 22.
    assert [tuple(batch) for batch in compared] == [(1, 4, 1, 10), (5, 17, 1, 10), (1, 17, 11, 22)]
    whole = {(MIDI[midi], AUDIO[audio]) for midi, audio in SAME}
    found = read(store, "SELECT midi_artist, midi_title, audio_artist, audio_title FROM name_matches")
    assert {((row[0], row[1]), (row[2], row[3])) for row in found} == whole


def test_names_may_have_been_forgotten_since(named):
    pair(named)
    with named.writing() as con:
        con.execute("DELETE FROM names WHERE name_seq IN (11, 22) OR title = 'Help!'")
    pair(named)
    assert read_places(named) == SAME - {(0, 0)}
    add_names(named, "midi", [("Beatles", "Yesterday"), ("The Beatles", "Help!")])
    add_names(named, "audio", [("The Beatles", "Yesterday")])
    pair(named)
    assert read_places(named) == SAME | {(1, 0), (0, 0)}


def test_small_batches_find_what_a_large_one_finds(named, monkeypatch):
    pair(named)
    query = "SELECT * FROM song_pairs ORDER BY ALL"
    at_once = read(named, query)
    with named.writing() as con:
        con.execute("DELETE FROM song_pairs")
        con.execute("DELETE FROM song_pair_coverage")
    monkeypatch.setattr(songs, "BATCH", 3)
    monkeypatch.setattr(songs, "SLICE", 2)
    told = []
    pair(named, progress=lambda *news: told.append(news))
    assert read(named, query) == at_once
    counts = [done for _, done, _ in told]
    assert counts == sorted(counts)
    assert told[-1][1] == told[-1][2]


def test_what_an_ended_run_had_compared_stays(named, monkeypatch):
    monkeypatch.setattr(songs, "BATCH", 3)

    def stop(stage, done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pair(named, progress=stop)
    kept = read(named, "FROM song_pair_coverage")
    assert len(kept) == 1
    pair(named)
    assert read_places(named) == SAME


def pair_in_order(folder, names, seed):
    """Bring names in at random and pair them now and then; return the pairs of names."""
    order = random.Random(seed)
    names = order.sample(names, len(names))
    store = open_store(folder / f"{seed}.lmdb", create=True)
    while names:
        n_next = order.randint(1, len(names))
        for side in ("midi", "audio"):
            if some := [name[1:] for name in names[:n_next] if name[0] == side]:
                add_names(store, side, some)
        pair(store)
        names = names[n_next:]
    query = "SELECT COLUMNS('_artist$|_title$'), similarity FROM name_matches ORDER BY ALL"
    return read(store, query)


def test_the_order_of_names_does_not_matter(tmp_path):
    names = [*SPELLINGS, *COMMON, *(("midi", *name) for name in MIDI), *(("audio", *name) for name in AUDIO)]
    first, *others = (pair_in_order(tmp_path, names, seed) for seed in range(4))
    assert {("Peter Paul and Mary", "Puff"), ("Eurythmics", "Sweet Dreams")} <= {row[:2] for row in first}
    assert "Silent Night" not in {row[1] for row in first}
    assert others == [first] * 3


def test_a_title_that_becomes_common_pairs_no_more(store):
    for some, n_pairs in ((COMMON[1:31], 30), (COMMON[31:], 0)):
        add_names(store, "midi", [COMMON[0][1:]])
        add_names(store, "audio", [name[1:] for name in some])
        pair(store)
        assert read(store, "SELECT count(*) FROM song_pairs") == [(n_pairs,)]


def test_titles_of_one_formula_are_compared_by_what_tells_them_apart(store, monkeypatch):
    titles = [f"Sonata No. {place % 9} in C major, Op. {place}: Allegro" for place in range(300)]
    hymns = [f"Hymn: {place:b}".replace("0", "do").replace("1", "mi") for place in range(300)]
    slices = []
    real = songs.compare_titles
    monkeypatch.setattr(
        songs, "compare_titles", lambda pairs: (slices.append(pairs.num_rows), real(pairs))[1]
    )
    for side in ("midi", "audio"):
        add_names(store, side, [("Bach", title) for title in [*titles, *hymns, "Hymn"]])
    pair(store)
    assert {(place, place) for place in range(601)} <= read_places(store)
    assert sum(slices) < 10 * 601  # not the square


def test_brackets_do_not_make_another_song_of_the_groups(store):
    add_names(
        store, "audio", [name[1:] for name in SPELLINGS if name[1] == "Eurythmics" and name[0] == "audio"]
    )
    rows = read(store, "SELECT song_seq, title, n_audio FROM song_groups")
    assert rows == [(1, "Sweet Dreams (Are Made of This)", 2)]
    assert read(store, "SELECT count(*) FROM songs") == [(2,)]


def test_pairs_of_another_scorer_are_forgotten(named):
    with named.writing() as con:
        con.execute("INSERT INTO song_pairs VALUES (9, 9, 1, 1, 1)")
        con.execute("INSERT INTO song_pair_coverage VALUES ('another', 99, 99)")
    pair(named)
    assert read_places(named) == SAME
    assert read(named, "SELECT count(*) FROM song_pairs WHERE midi_song = 9 AND audio_song = 9") == [(0,)]
    assert read(named, "SELECT scorer FROM song_pair_coverage") == [("songs-2",)]
