import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakhdb.engine.names.name import Name
from lakhdb.engine.names.texts import choose_name
from lakhdb.kernels.midi_file import TEXT_KINDS

TEXTS = [
    ([("track_name", 0, "Bohemian Rhapsody"), ("track_name", 1, "Piano")], None, "Bohemian Rhapsody"),
    (
        [("text", 0, "@KMIDI KARAOKE FILE"), ("text", 1, "@THey Jude"), ("text", 1, "@TThe Beatles")],
        "The Beatles",
        "Hey Jude",
    ),
    (
        [("track_name", 0, "untitled"), ("text", 0, "Hotel California"), ("text", 0, "by The Eagles")],
        "The Eagles",
        "Hotel California",
    ),
    ([("track_name", 0, "Hotel California by The Eagles")], "The Eagles", "Hotel California"),
    ([("text", 0, "Title: Yesterday"), ("text", 0, "Artist: The Beatles")], "The Beatles", "Yesterday"),
    (
        [
            ("text", 0, "Title: Ondine"),
            ("text", 0, "Composer: Maurice Ravel"),
            ("text", 0, "Performer: Vasyl Kotys"),
        ],
        "Maurice Ravel",
        "Ondine",
    ),
    ([("text", 0, '"Yesterday" by The Beatles')], "The Beatles", "Yesterday"),
    ([("track_name", 0, "Celine Dion - My Heart Will Go On")], "Celine Dion", "My Heart Will Go On"),
    ([("track_name", 0, "Etude Op. 10/12--Makiko Hirata   ")], "Makiko Hirata", "Etude Op. 10/12"),
    ([("track_name", 0, "091 为你我受冷风吹 - 林忆莲fix 5")], "林忆莲", "为你我受冷风吹"),
    ([("copyright", 0, "Copyright © 1996 by Joe"), ("track_name", 0, "HEY JUDE")], None, "Hey Jude"),
    # which is which?
    ([("track_name", 0, "Eagles - Desperado")], None, None),
]
GENERIC = [
    "",
    "Piano",
    "Track 1",
    "Drums",
    "Control Track",
    "seq-0",
    "untitled",
    "Standard MIDI File",
    "MIDI-2",
    "JV-1080",
    "Sequenced by Joe Smith",
    "Words and music by Joe Smith",
    "by Joe",
    "http://example.com",
    "c:\\midi\\foo.mid",
    "ELECTRIC BASS (FINGER)",
    "Nylon Gt.",
    "Steve Gadd drums",
    "SmoothDrum",
    "GM/GS version",
    "1999-12-31",
    "Staff-1",
    "----------------",
    "Fr+¬d+¬ric",
    "????? - ???",
    "Soft Karaoke",
    "(c) 1994 Roland Corp.",
    "Klavier",
    "钢琴",
    "ドラム",
]


def choose(rows):
    return choose_name([(kind, track, 0.0, text) for kind, track, text in rows])


@pytest.mark.parametrize(("rows", "artist", "title"), TEXTS)
def test_chooses_the_name(rows, artist, title):
    assert choose(rows) == Name(artist, title)


@pytest.mark.parametrize("text", GENERIC)
def test_finds_no_name_in_a_text_that_names_something_else(text):
    assert choose([("track_name", 0, text)]) == Name(None, None)
    assert choose([("text", 0, text)]) == Name(None, None)


def test_names_of_later_tracks_and_times_are_no_titles():
    assert choose([("track_name", 1, "Bohemian Rhapsody")]) == Name(None, None)
    assert choose_name([("text", 0, 30.0, "Is this the real life")]) == Name(None, None)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(TEXT_KINDS),
            st.integers(0, 3),
            st.floats(0, 10),
            st.text()
            | st.sampled_from(["@T", "@TA - B", "Title: x", '"a" by', "by b", "x -- y", "Ann Lee - Go"]),
        ),
        max_size=6,
    )
)
def test_chooses_from_anything(texts):
    name = choose_name(texts)
    assert name.artist is None or name.artist.strip()
    assert name.title is None or name.title.strip()
