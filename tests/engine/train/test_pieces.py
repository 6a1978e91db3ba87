"""Lists of MIDI files to train on."""

import pytest

from lakhdb.engine.errors import InputError
from lakhdb.engine.train.mirror import MIRRORS
from lakhdb.engine.train.pieces import list_mirrored, list_pieces


def write_table(path, *rows):
    path.write_text("\n".join(["file,composition,split", *rows]) + "\n")
    return path


def test_each_file_is_a_composition_without_a_table(tune_files):
    pieces = list_pieces([tune_files], None)
    assert len({piece.composition for piece in pieces}) == len(pieces) == 120
    assert 0 < sum(piece.split == "validation" for piece in pieces) < 20


def test_splits_do_not_depend_on_where_the_files_lie(tune_files, tmp_path):
    moved = tmp_path / tune_files.name
    moved.symlink_to(tune_files)
    here, there = list_pieces([tune_files], None), list_pieces([moved], None)
    assert [(one.name, one.split) for one in here] == [(one.name, one.split) for one in there]


def test_a_table_names_versions_and_what_is_left_out(tune_files, tmp_path):
    folder = tune_files.name
    table = write_table(
        tmp_path / "table.csv",
        "tune-000.mid,waltz,train",
        f"{folder}/tune-001.mid,waltz,",
        "tune-002.mid,polka,test",
        "elsewhere/tune-003.mid,jig,train",
    )
    pieces = {piece.name: piece for piece in list_pieces([tune_files], table)}
    assert set(pieces) == {"tune-000.mid", f"{folder}/tune-001.mid", "tune-002.mid"}
    assert pieces["tune-000.mid"].composition == pieces[f"{folder}/tune-001.mid"].composition == "waltz"
    assert pieces["tune-002.mid"].split == "test"


def test_what_is_trained_on_is_mirrored_as_other_compositions(tune_files, tmp_path):
    table = write_table(tmp_path / "t.csv", "tune-000.mid,waltz,train", "tune-002.mid,polka,test")
    (waltz, *_) = pieces = list_pieces([tune_files], table)
    mirrored = list_mirrored(pieces)
    assert [one.composition for one in mirrored] == [f"waltz{mirror}" for mirror in MIRRORS]
    assert [one.path for one in mirrored] == [waltz.path + mirror for mirror in MIRRORS]
    assert {one.split for one in mirrored} == {"train"}


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("file,artist\na.mid,b\n", "needs the columns"),
        ("", "needs the columns"),
        ("file,composition,split\na.mid,b,dev\n", "use train and test"),
        ("file,composition\nnowhere.mid,b\n", "no MIDI file is left"),
    ],
)
def test_a_table_that_is_none_is_refused(tune_files, tmp_path, text, trouble):
    table = tmp_path / "table.csv"
    table.write_text(text)
    with pytest.raises(InputError, match=trouble):
        list_pieces([tune_files], table)


def test_a_missing_table_is_refused(tune_files, tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        list_pieces([tune_files], tmp_path / "none.csv")
