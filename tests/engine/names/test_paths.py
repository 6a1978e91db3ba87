import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakhdb.engine.names.name import Name
from lakhdb.engine.names.paths import parse_path, parse_paths

PATHS = [
    # folders of artists
    ("The Beatles/Help!.mid", "The Beatles", "Help!"),
    ("Beach Boys, The/Barbara Ann.mid", "The Beach Boys", "Barbara Ann"),
    ("Carpenters The/Sing.mid", "The Carpenters", "Sing"),
    ("Earth, Wind & Fire/Fantasy.mid", "Earth, Wind & Fire", "Fantasy"),
    ("McCartney, Paul & The Wings/Rock-Show-1.mid", "Paul McCartney & The Wings", "Rock Show"),
    ("rogers_kenny/medley.mid", "Kenny Rogers", "Medley"),
    ("John Elton/Daniel.mid", "Elton John", "Daniel"),
    ("T L C/CREEP.MID", "T L C", "Creep"),
    ("JoeDiffie/HonkyTonkAtittude.mid", "Joe Diffie", "Honky Tonk Atittude"),
    ("017 Joe Cocker - Greates Hits/Withalit.mid", "Joe Cocker", "Withalit"),
    ("SINATRA2/82952_10.MID", "Sinatra", None),
    ("Wham/Wham Everything She Wants.mid", "Wham", "Everything She Wants"),
    ("Midler Bette/Rose(Bettemidler) L.mid", "Bette Midler", "Rose"),
    ("Prince/1999.mid", "Prince", "1999"),
    # folders that are none
    ("S/Stranded.mid", None, "Stranded"),
    ("2009 MIDI/handy_man1-D105.mid", None, "Handy Man"),
    ("2009 MIDI/no_time1-D124-guess_who.mid", "Guess Who", "No Time"),
    ("100%sure.polyphone.midi/Fresh.mid", None, "Fresh"),
    ("003 Commercial Midis-TEAMTND [02.15.02]/WE ARE FAMILY-4.mid", None, "We Are Family"),
    ("UNSORTED MIDI/youre_beautiful.mid", None, "Youre Beautiful"),
    ("HITS-70.4/93504_03.MID", None, None),
    ("MALE-C1/Angie.kar", None, "Angie"),
    ("108 Familien Feste 2/Bailando.mid", None, "Bailando"),
    # names that hold both
    ("Dire Straits - Sultans of Swing L.mid", "Dire Straits", "Sultans of Swing"),
    ("L/Lara Fabian - Love by Grace Pm L.mid", "Lara Fabian", "Love by Grace"),
    ("A/A.PARSON PROJECT.The tell-tale heart K.mid", "A. Parson Project", "The tell-tale heart"),
    ("P/PRESLEY.Teddy bear (1957) K.mid", "Presley", "Teddy bear"),
    ("T/THE BEATLES.P.S.I love you K.mid", "The Beatles", "P.S.I love you"),
    ("B/BEN.E.KING.Stand by me K.mid", "Ben. E. King", "Stand by me"),
    ("E/E. John Crocodile Rock.mid", "E. John", "Crocodile Rock"),
    ("B/billy_idol-sweet_sixteen.mid", "Billy Idol", "Sweet Sixteen"),
    ("A/adele-rolling_in_the_deep_version_2.mid", "Adele", "Rolling in the Deep"),
    ("UNSORTED MIDI/BlackEyedPeas_Dont-lie.mid", "Black Eyed Peas", "Dont lie"),
    ("L/lily_allen-22.mid", "Lily Allen", "22"),
    ("Technotronic/Pump Up the Jam - Technotronic.mid", "Technotronic", "Pump Up the Jam"),
    ("周杰伦 - 青花瓷.mid", "周杰伦", "青花瓷"),
    # titles as they stand, without marks and numbers of copies
    ("A/Allapolo L.mid", None, "Allapolo"),
    ("I/Ionlyh~1 L.mid", None, "Ionlyh"),
    ("c/closer-to-the-heart-4.mid", None, "Closer to the Heart"),
    ("S/Stop Stop Stop 49.mid", None, "Stop Stop Stop"),
    ("Queen/The Show Must Go On.5.mid", "Queen", "The Show Must Go On"),
    ("Village People/Y.M.C.A..mid", "Village People", "Y.M.C.A"),
    # names that say nothing
    ("Various Artists/165.mid", None, None),
    ("Sure.Polyphone.Midi/Poly 1357.mid", None, None),
    ("0/000203a04a64ad57329a058f11e235cb.mid", None, None),
    # recordings
    ("queen/Jazz/03-Jealousy.mp3", "Queen", "Jealousy"),
    (
        "tlc/FanMail/02-The_Vic-E_Interpretation_-_Interlude.mp3",
        "Tlc",
        "The Vic-E Interpretation - Interlude",
    ),
    ("blur/Blur/02-Song_2.mp3", "Blur", "Song 2"),
    ("/mnt/disk/flac/Pink Floyd/Animals/CD 1/02 - Dogs.flac", "Pink Floyd", "Dogs"),
    ("/home/someone/music/Queen/Jealousy.mp3", "Queen", "Jealousy"),
    ("/home/someone/music/Jealousy.mp3", None, "Jealousy"),
    ("/home/someone/Queen - Jealousy.mp3", "Queen", "Jealousy"),
    ("C:\\Users\\someone\\Music\\Queen\\Jealousy.mid", "Queen", "Jealousy"),
    ("Various Artists/Now 12/03 - Blur - Song 2.mp3", "Blur", "Song 2"),
    ("/data/songs.zip!/Beatles/Help.mid", "Beatles", "Help"),
]


@pytest.mark.parametrize(("path", "artist", "title"), PATHS)
def test_reads_a_path(path, artist, title):
    assert parse_path(path) == Name(artist, title)


def test_siblings_show_that_a_folder_is_no_artist():
    alone = parse_path("odds and ends/Oh well.mid")
    together = parse_paths(
        [
            "odds and ends/Oh well.mid",
            "odds and ends/Blur - Song 2.mid",
            "odds and ends/Queen - Jealousy.mid",
            "odds and ends/Eagles - Desperado.mid",
        ]
    )
    assert alone == Name("Odds and Ends", "Oh well")
    assert together[0] == Name(None, "Oh well")
    assert together[1] == Name("Blur", "Song 2")


def test_siblings_show_the_order_of_a_name():
    paths = ["Michael George/Faith.mid", "Michael George/George Michael - Amazing.mid"]
    assert parse_paths(paths) == [Name("George Michael", "Faith"), Name("George Michael", "Amazing")]


def test_siblings_show_artists_without_a_sign_between():
    paths = ["L/Lionel Richie - Hello.mid", "L/Lionel Richie Truly.mid", "H/Truly Lionel Richie.mid"]
    assert parse_paths(paths) == [
        Name("Lionel Richie", "Hello"),
        Name("Lionel Richie", "Truly"),
        Name("Lionel Richie", "Truly"),
    ]


def test_siblings_show_that_a_number_is_an_artist():
    others = [f"artist {chr(97 + place % 26)}{place}x/song.mid" for place in range(60)]
    assert parse_paths([*others, "311/Down.mid"])[-1] == Name("311", "Down")
    assert parse_path("311/Down.mid") == Name(None, "Down")


def test_a_hyphen_in_a_title_parts_no_artist_where_the_siblings_have_none():
    paths = [
        f"Enya/{title}.mid" for title in ("Tea - House Moon", "Wild Child", "One by One", "Orinoco Flow")
    ]
    assert parse_paths(paths)[0] == Name("Enya", "Tea - House Moon")


@given(st.lists(st.text(), max_size=5))
def test_reads_anything(paths):
    for name in parse_paths(paths):
        assert name.artist is None or name.artist.strip()
        assert name.title is None or name.title.strip()


@pytest.mark.parametrize("part", ["a_", "kar_-", "A.", " - ", "(", "1 ", "Aa", "1-"])
def test_reads_endless_names(part):
    path = f"{part * 30_000}/{part * 30_000}.mid"
    name = parse_path(path)
    assert name.title is None or len(name.title) <= 300


PIECES = st.sampled_from(
    [
        "Elton John",
        "B.",
        "E.W.F",
        "a_b",
        "-",
        " - ",
        "_",
        ".",
        "/",
        "\\",
        "(",
        ")",
        "12",
        "~1",
        " L",
        ".mid",
        ".mp3",
        "é",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_reads_what_looks_like_a_path(path):
    name = parse_path(path)
    assert name == parse_path(path)
    assert name.artist is None or name.artist.strip()
    assert name.title is None or name.title.strip()
