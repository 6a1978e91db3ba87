"""How alike names are, pair by pair."""

import pyarrow as pa
import pytest

from lakhdb.engine.song_similarity import LEAST_ARTIST, LEAST_TITLE, compare_artists, compare_titles


def run_together(name):
    return name.replace(" ", "")


def compare_two_artists(midi, audio):
    def key(name):
        return " ".join(sorted(name.split()))

    columns = {
        "midi_artist": [key(midi)],
        "audio_artist": [key(audio)],
        "midi_run": [run_together(midi)],
        "audio_run": [run_together(audio)],
    }
    return compare_artists(pa.table(columns))[0]


def compare_two_titles(midi, audio):
    columns = {}
    for side, (key, core, content) in (("midi", midi), ("audio", audio)):
        columns |= {
            f"{side}_key": [key],
            f"{side}_core": [core],
            f"{side}_run": [run_together(key)],
            f"{side}_content": [content],
        }
    return compare_titles(pa.table(columns))[0]


@pytest.mark.parametrize(
    ("midi", "audio", "similarity"),
    [
        ("marvin gaye", "gaye marvin", 1),
        ("ac dc", "acdc", 1),
        ("gaye", "marvin gaye", 0.9),
        ("supremes", "diana ross supremes", 0.9),
        ("dire straits", "dire strait", 22 / 23),
    ],
)
def test_artists_alike(midi, audio, similarity):
    assert compare_two_artists(midi, audio) == pytest.approx(similarity)
    assert compare_two_artists(audio, midi) == pytest.approx(similarity)


@pytest.mark.parametrize(
    ("midi", "audio"),
    [("paul simon", "simon garfunkel"), ("queen", "prince"), ("nat king cole", "natalie cole")],
)
def test_artists_not_alike(midi, audio):
    assert compare_two_artists(midi, audio) < LEAST_ARTIST


@pytest.mark.parametrize(
    ("midi", "audio", "similarity"),
    [
        (("help", "help", "help"), ("help", "help", "help"), 1),
        (("love fool", "love fool", "love fool"), ("lovefool", "lovefool", "lovefool"), 1),
        (("dance go away", "dance", "dance go away"), ("dance", "dance", "dance"), 0.98),
        (("kind of hush",) * 2 + ("kind hush",), ("theres a kind of hush",) * 2 + ("kind hush",), 0.95),
        (("you are my destiny",) * 2 + ("destiny",), ("my destiny",) * 2 + ("destiny",), 0.88),
        (("people everyday",) * 3, ("everyday people",) * 3, 0.9),
    ],
)
def test_titles_alike(midi, audio, similarity):
    assert compare_two_titles(midi, audio) == pytest.approx(similarity)
    assert compare_two_titles(audio, midi) == pytest.approx(similarity)


@pytest.mark.parametrize(
    ("midi", "audio"),
    [("one", "gone"), ("in love", "love"), ("yesterday", "today"), ("love me", "love you")],
)
def test_titles_not_alike(midi, audio):
    def name(title):
        content = " ".join(word for word in title.split() if word not in {"in", "me", "you"})
        return title, title, content

    assert compare_two_titles(name(midi), name(audio)) < LEAST_TITLE


def test_no_pairs_at_all():
    text = pa.array([], pa.string())
    names = [
        f"{side}_{kind}" for side in ("midi", "audio") for kind in ("artist", "run", "key", "core", "content")
    ]
    empty = pa.table({name: text for name in names})
    assert compare_artists(empty).size == compare_titles(empty).size == 0
