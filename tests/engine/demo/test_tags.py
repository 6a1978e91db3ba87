"""Tags say what a recording is, misspell it, lie or are not there, each where it should."""

import numpy as np
import pytest
import soundfile
from mutagen.easyid3 import EasyID3

from lakhdb.engine.demo.tags import tag_recordings


@pytest.fixture(scope="module")
def tags(tmp_path_factory):
    """The tags of ten recordings, None where there are none."""
    folder = tmp_path_factory.mktemp("tags")
    recordings = []
    for number in range(1, 11):
        path = folder / f"{number}.mp3"
        soundfile.write(path, np.zeros(4410, np.float32), 22050)
        album = "Album - Live - " if number == 2 else ""
        recordings.append((path, f"Artist - {album}Abcdef {number}"))
    samples = [soundfile.read(path)[0] for path, _ in recordings]
    tag_recordings(recordings)
    for (path, _), before in zip(recordings, samples, strict=True):
        assert np.array_equal(soundfile.read(path)[0], before)
    return [_read_tags(path) for path, _ in recordings]


def _read_tags(path):
    if not path.read_bytes().startswith(b"ID3"):
        return None
    return {key: value[0] for key, value in EasyID3(path).items()}


def test_most_tell_the_truth(tags):
    assert tags[0] == {"artist": "Artist", "title": "Abcdef 1"}
    assert tags[1] == {"artist": "Artist", "album": "Album - Live", "title": "Abcdef 2"}


def test_every_fifth_is_misspelt(tags):
    assert [tags[n]["title"] for n in (4, 9)] == ["ABCDFE 5", "ABCDFE 10"]


def test_every_fourth_says_nothing(tags):
    assert [number for number, one in enumerate(tags, start=1) if one is None] == [4, 8]


def test_one_in_ten_says_that_it_is_the_next(tags):
    assert tags[8] == {"artist": "Artist", "title": "Abcdef 10"}
