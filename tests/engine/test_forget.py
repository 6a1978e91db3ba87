import zipfile

import pytest

from lakhdb.engine.errors import InputError
from lakhdb.engine.forget import forget
from lakhdb.engine.ingest.midi import ingest_midi
from lakhdb.engine.match import match
from lakhdb.engine.query import query
from lakhdb.engine.question import ask


def read(store, statement):
    return [tuple(row.values()) for row in ask(store, statement).to_pylist()]


@pytest.fixture
def ingested(store, collection, tmp_path):
    """A database of a folder, with one of its files in another folder as well, an archive, and a bad file."""
    folder = tmp_path / "music"
    (folder / "more").mkdir(parents=True)
    for n in (0, 1, 2):
        (folder / f"tune{n}.mid").write_bytes((collection / "midi" / f"tune{n}.mid").read_bytes())
    (folder / "more" / "tune0 again.mid").write_bytes((folder / "tune0.mid").read_bytes())
    (folder / "more" / "bad.mid").write_bytes(b"bad")
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.write(collection / "midi" / "tune3.mid", "tune3.mid")
        archive.write(collection / "midi" / "tune4.mid", "deep/tune4.mid")
    ingest_midi(store, [folder], jobs=1)
    return store, folder


def test_an_item_goes_with_its_last_path(ingested):
    store, folder = ingested
    first = forget(store, [str(folder / "tune0.mid")]).to_pylist()
    assert [row["item_removed"] for row in first] == [False]
    assert read(store, "SELECT count(*) FROM midi") == [(5,)]
    second = forget(store, [str(folder / "more" / "tune0 again.mid")]).to_pylist()
    assert second == [{**first[0], "path": str(folder / "more" / "tune0 again.mid"), "item_removed": True}]
    assert read(store, f"SELECT count(*) FROM notes WHERE midi_id = '{first[0]['id']}'") == [(0,)]
    assert read(store, "SELECT count(DISTINCT midi_id) FROM notes") == [(4,)]


@pytest.mark.parametrize(
    ("target", "forgotten"),
    [
        ("tune1.mid", {"tune1.mid"}),
        ("more", {"more/tune0 again.mid", "more/bad.mid"}),
        ("more/", {"more/tune0 again.mid", "more/bad.mid"}),
        ("more.zip", {"more.zip!/tune3.mid", "more.zip!/deep/tune4.mid"}),
        ("more.zip!/deep", {"more.zip!/deep/tune4.mid"}),
        ("more.zip!/tune3.mid", {"more.zip!/tune3.mid"}),
    ],
)
def test_takes_files_folders_archives_and_members(ingested, target, forgotten):
    store, folder = ingested
    rows = forget(store, [f"{folder}/{target}"]).to_pylist()
    assert {row["path"] for row in rows} == {f"{folder}/{path}" for path in forgotten}
    left = {path for (path,) in read(store, "SELECT path FROM paths UNION ALL SELECT path FROM failures")}
    assert len(left) == 7 - len(forgotten)


def test_takes_several_targets_and_relative_ones(ingested, monkeypatch):
    store, folder = ingested
    monkeypatch.chdir(folder)
    rows = forget(store, ["tune1.mid", "./more/../tune2.mid"]).to_pylist()
    assert [row["path"] for row in rows] == [str(folder / "tune1.mid"), str(folder / "tune2.mid")]


def test_missing_takes_what_has_vanished(ingested):
    store, folder = ingested
    (folder / "tune2.mid").unlink()
    assert forget(store, [], missing=True).num_rows == 0
    ingest_midi(store, [folder], jobs=1)
    rows = forget(store, [], missing=True).to_pylist()
    assert [(row["path"], row["item_removed"]) for row in rows] == [(str(folder / "tune2.mid"), True)]


def test_a_forgotten_file_comes_back_with_the_next_ingest(ingested):
    store, folder = ingested
    forget(store, [str(folder / "tune1.mid")])
    assert ingest_midi(store, [folder], jobs=1).n_new == 1


def test_what_was_found_out_goes_along(both):
    match(both)
    forget(both, ["/music/tunes/tune 3.mid", "/music/tunes/excerpt 5.wav"])
    for table in ("candidate_rows", "match_rows", "alignment_rows"):
        assert read(both, f"SELECT count(*) FROM {table} WHERE midi_seq = 4 OR audio_seq = 6") == [(0,)]
        assert read(both, f"SELECT count(*) > 0 FROM {table}") == [(True,)]
    assert read(both, "SELECT count(*) FROM candidate_cuts WHERE midi_seq = 4") == [(0,)]
    assert read(both, "SELECT count(*) FROM alignments") == read(both, "SELECT count(*) FROM alignment_rows")


def test_what_was_forgotten_is_not_found_any_more(both):
    (midi_id,) = read(both, "SELECT midi_id FROM midi WHERE title = 'tune 1'")[0]
    forget(both, ["/music/tunes/excerpt 1.wav"])
    found = query(both, midi_id, k=8)
    assert found.num_rows == 7
    assert "/music/tunes/excerpt 1.wav" not in found["path"].to_pylist()
    assert match(both).n_audio == 7


def test_refuses_what_it_does_not_know(ingested):
    store, folder = ingested
    with pytest.raises(InputError, match="nothing to forget"):
        forget(store, [])
    with pytest.raises(InputError, match=r"nothing is known under .*/tune9\.mid"):
        forget(store, [str(folder / "tune1.mid"), str(folder / "tune9.mid")])
    with pytest.raises(InputError, match=r"nothing is known under .*/tune;"):
        forget(store, [str(folder / "tune")])
    assert read(store, "SELECT count(*) FROM paths") == [(6,)]
