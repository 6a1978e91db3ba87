"""Truth tables: which items their rows name, and how bad ones are refused."""

import pytest

from lakhdb.engine.errors import InputError
from lakhdb.engine.evaluate.truth import find_items, read_truth


@pytest.fixture
def find(ingested):
    """Find the items of one side that a table names, as (composition, collection) by id."""

    def find(file, side, corpus=None):
        with ingested.reading() as con:
            found = find_items(con, side, corpus, read_truth([file]))
        return {item.item_id: (item.composition, item.collection) for item in found}

    return find


@pytest.fixture
def ids(ingested):
    """Paths and ids of the MIDI files, by number of the tune."""
    with ingested.reading() as con:
        rows = con.execute("SELECT path, midi_id FROM midi ORDER BY path").fetchall()
    return rows


def test_files_are_named_by_path_its_end_base_name_or_id(find, ids, write_truth):
    names = [ids[0][0], "midi/tune1.mid", "tune2.mid", ids[3][1], "nowhere/tune4.mid", "une5.mid"]
    found = find(write_truth([(name, f"song {n}") for n, name in enumerate(names)]), "midi")
    assert found == {ids[n][1]: (f"song {n}", "") for n in range(4)}


def test_a_corpus_narrows_the_search(find, truth):
    assert len(find(truth, "audio", "audio")) == 4
    assert find(truth, "audio", "other") == {}


def test_collections_and_other_columns(find, ids, write_truth):
    file = write_truth(
        [("tune0.mid", "a", "x", "pop"), ("tune1.mid", "b", "y", "")],
        header=("file", "composition", "note", "collection"),
    )
    assert find(file, "midi") == {ids[0][1]: ("a", "pop"), ids[1][1]: ("b", "")}


def test_one_file_named_twice_alike_is_one(find, ids, write_truth):
    assert find(write_truth([("tune0.mid", "a"), (ids[0][1], "a")]), "midi") == {ids[0][1]: ("a", "")}


def test_refuses_two_compositions_of_one_file(find, ids, write_truth):
    file = write_truth([("tune0.mid", "a"), (ids[0][1], "b")])
    with pytest.raises(InputError, match=r"line 3: .* is `b`, but the same file is `a` at .*line 2"):
        find(file, "midi")


def test_refuses_a_name_of_several_files(ingested, find, collection, tmp_path, write_truth):
    from lakhdb.engine.ingest.midi import ingest_midi

    (tmp_path / "more").mkdir()
    data = (collection / "midi" / "tune1.mid").read_bytes() + b"XTRA\0\0\0\1x"
    (tmp_path / "more" / "tune0.mid").write_bytes(data)
    ingest_midi(ingested, [tmp_path / "more"], jobs=1)
    with pytest.raises(InputError, match=r"tune0.mid fits 2 midi files; give more of its path"):
        find(write_truth([("tune0.mid", "a")]), "midi")
    assert len(find(write_truth([("more/tune0.mid", "a")]), "midi")) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file,name\na,b\n", "has no column `composition`"),
        ("", "has no column `file`"),
        ("file,composition\n", "has no rows"),
        ("file,composition\na,b\n ,b\n", "line 3: the column `file` is empty"),
        ("file,composition\na\n,", "line 3: the column `file` is empty"),
        ("file,composition\n\xff,b\n", "cannot be read as a truth table"),
        ("file,composition\na\0,b\n", None),
    ],
)
def test_bad_tables(tmp_path, text, message):
    file = tmp_path / "truth.csv"
    file.write_bytes(text.encode("latin-1"))
    if message is None:
        assert read_truth([file])[0].file == "a\0"
    else:
        with pytest.raises(InputError, match=message):
            read_truth([file])


def test_a_table_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        read_truth([tmp_path / "truth.csv"])


def test_a_byte_order_mark_is_no_part_of_a_column(tmp_path):
    file = tmp_path / "truth.csv"
    file.write_text("file,composition\na,b\n", encoding="utf-8-sig")
    assert [(row.file, row.composition) for row in read_truth([file])] == [("a", "b")]
