"""Embedding: once for each model, batch by batch, and never two models in one search."""

import signal
import subprocess
import sys

import numpy as np
import pytest

from lakhdb import engine
from lakhdb.engine import embed as embed_module
from lakhdb.engine.embed import embed, embed_missing
from lakhdb.engine.errors import DatabaseBusyError, MissingEmbeddingError, ModelError
from lakhdb.engine.features import read_windows
from lakhdb.engine.forget import forget
from lakhdb.engine.index_files import load_index
from lakhdb.engine.ingest.midi import ingest_midi
from lakhdb.engine.lock import hold_writer_lock
from lakhdb.engine.match import match
from lakhdb.engine.models import choose_model
from lakhdb.engine.models.files import CARD, WEIGHTS, read_card, save_model
from lakhdb.engine.query import query
from lakhdb.engine.verify import verify

FREE = "training-free-1"


def ask(store, question):
    with store.reading() as con:
        return con.execute(question).fetchall()


def count_rows(store):
    """Items by kind of part and version."""
    return dict(
        ask(
            store,
            "SELECT kind || ' ' || version, count(DISTINCT (side, item_seq)) FROM ("
            "FROM (SELECT 'hashes' AS kind, side, item_seq, version FROM hash_sequences_part) "
            "UNION ALL (SELECT 'windows', side, item_seq, version FROM embeddings_part)) GROUP BY ALL",
        )
    )


@pytest.fixture
def learned(model_folder, monkeypatch):
    """Have a trained model in use; its version."""
    monkeypatch.setenv("LMDB_MODEL", str(model_folder))
    return read_card(model_folder).version


def test_an_ingest_embeds(both):
    assert count_rows(both) == {f"hashes {FREE}": 16, f"windows {FREE}": 16}
    summary = embed(both)
    assert (summary.n_embedded, summary.n_known, summary.version) == (0, 16, FREE)


def test_a_change_of_model_embeds_anew_and_nothing_else(both, learned):
    frames = ask(both, "SELECT file FROM parts WHERE kind NOT IN ('hash_sequences', 'embeddings')")
    told = []
    summary = embed(both, progress=lambda *step: told.append(step))
    assert (summary.n_embedded, summary.n_known, summary.version) == (16, 0, learned)
    assert str(summary).startswith(f"16 items embedded by {learned} in ")
    assert told == [("embed", 8, 16), ("embed", 16, 16)]
    assert count_rows(both) == dict.fromkeys(
        (f"hashes {FREE}", f"windows {FREE}", f"hashes {learned}", f"windows {learned}"), 16
    )
    assert ask(both, "SELECT file FROM parts WHERE kind NOT IN ('hash_sequences', 'embeddings')") == frames
    assert ask(both, "SELECT count(*) = count(DISTINCT window_id) FROM embeddings_part") == [(True,)]
    again = embed(both)
    assert (again.n_embedded, again.n_known) == (0, 16)


def test_what_is_written_is_what_the_model_says(both, learned, midi_frames):
    embed(both)
    (expected,) = choose_model().describe([midi_frames["tune 3"]], "midi")
    with both.reading() as con:
        windows = read_windows(con, "midi")
    mine = windows.item_seq == 4
    assert (windows.vectors[mine] == expected.window_vectors).all()
    assert (windows.start_frame[mine] == expected.window_starts).all()
    ((hashes,),) = ask(
        both,
        f"SELECT hashes FROM hash_sequences_part WHERE side = 'midi' AND item_seq = 4 "
        f"AND version = '{learned}'",
    )
    assert hashes == expected.hashes.tolist()


def test_the_model_before_is_there_until_it_is_freed(ingested, model_folder, monkeypatch, learned):
    embed(ingested)
    monkeypatch.setenv("LMDB_MODEL", "training-free")
    assert embed(ingested).n_embedded == 0
    monkeypatch.setenv("LMDB_MODEL", str(model_folder))
    assert all(verify(ingested, repair=True)["ok"].to_pylist())
    assert count_rows(ingested) == {f"hashes {learned}": 10, f"windows {learned}": 10}
    monkeypatch.setenv("LMDB_MODEL", "training-free")
    assert embed(ingested).n_embedded == 10


def test_repair_frees_nothing_that_no_other_model_has_followed(ingested, learned):
    findings = {row["check"]: (row["ok"], row["detail"]) for row in verify(ingested, repair=True).to_pylist()}
    ok, detail = findings["features of midi"]
    assert ok
    assert detail == f"6 items have no vectors by the model {learned} yet; `lmdb embed` makes them"
    assert count_rows(ingested) == {f"hashes {FREE}": 10, f"windows {FREE}": 10}


def test_one_model_is_searched_at_a_time(both, learned, network, tmp_path, monkeypatch, tunes):
    embed(both)
    with both.reading() as con:
        ours = read_windows(con, "audio")
    state = {name: tensor * 1.5 for name, tensor in network.state_dict().items()}
    other = type(network)()
    other.load_state_dict(state)
    save_model(other, tmp_path / "other", {})
    monkeypatch.setenv("LMDB_MODEL", str(tmp_path / "other"))
    # Of the next model there are no vectors, though its dimension is the same.
    assert load_index(both, "audio", build=False).n_windows == 0
    embed(both)
    with both.reading() as con:
        theirs = read_windows(con, "audio")
    assert set(ours.window_id.tolist()).isdisjoint(theirs.window_id.tolist())
    assert len(ours.window_id) == len(theirs.window_id) == load_index(both, "audio", build=False).n_windows
    assert not np.allclose(ours.vectors, theirs.vectors)


def test_a_query_asks_for_embedding_first(both, learned):
    ((one,),) = ask(both, "SELECT midi_id FROM midi WHERE title = 'tune 2'")
    before = {path: path.stat().st_mtime_ns for path in both.folder.rglob("*")}
    # Without pruning, too: hashes tell the tempo at which a pair is compared.
    for candidates in (10, None):
        with pytest.raises(
            MissingEmbeddingError, match=f"8 recordings have no vectors by the model {learned} yet; "
        ):
            query(both, one, candidates=candidates)
    assert query(both, "tune 2")["title"][0].as_py() == "tune 2"
    assert {path: path.stat().st_mtime_ns for path in both.folder.rglob("*")} == before
    embed(both)
    assert query(both, one).num_rows == 8


def test_a_match_embeds_first_and_compares_anew(both, learned, monkeypatch, model_folder):
    monkeypatch.setenv("LMDB_MODEL", "training-free")
    first = match(both)
    monkeypatch.setenv("LMDB_MODEL", str(model_folder))
    second = match(both)
    assert count_rows(both)[f"windows {learned}"] == 16
    assert (first.n_pairs, second.n_pairs) == (64, 64)
    settings = ask(both, "SELECT json_extract_string(settings, '$.model') FROM runs ORDER BY run_id")
    assert settings == [(FREE,), (learned,)]
    assert ask(both, "SELECT DISTINCT run_id FROM matches") == [(second.run_id,)]
    assert match(both).run_id is None
    monkeypatch.setenv("LMDB_MODEL", "training-free")
    assert match(both).run_id is None


def test_without_pruning_another_model_compares_anew(both, learned, monkeypatch, model_folder):
    monkeypatch.setenv("LMDB_MODEL", "training-free")
    match(both, candidates=None)
    monkeypatch.setenv("LMDB_MODEL", str(model_folder))
    assert match(both, candidates=None).n_pairs == 64
    assert match(both, candidates=None).run_id is None


def test_an_ingest_embeds_what_another_model_has_described(ingested, collection, learned):
    assert ingest_midi(ingested, [collection / "midi"], jobs=1).n_known == 6
    assert count_rows(ingested)[f"windows {learned}"] == 10


def test_new_files_are_described_by_the_model_in_use(store, collection, learned):
    ingest_midi(store, [collection / "midi"], jobs=1)
    assert count_rows(store) == {f"hashes {learned}": 6, f"windows {learned}": 6}


@pytest.mark.parametrize(
    ("kind", "left"), [("embeddings", "hash_sequences"), ("hash_sequences", "embeddings")]
)
def test_only_what_is_lacking_is_written(ingested, read_tables, kind, left):
    before = read_tables(ingested.folder)
    ((file,),) = ask(ingested, f"SELECT file FROM parts WHERE kind = '{kind}' ORDER BY part_id DESC LIMIT 1")
    (ingested.folder / file).unlink()
    assert all(verify(ingested, repair=True)["ok"].to_pylist())
    assert embed(ingested).n_embedded == 4
    after = read_tables(ingested.folder)
    assert after[left] == before[left]
    assert len(after[kind]) == len(before[kind])
    if kind == "hash_sequences":
        assert after == before


def test_batches_are_bounded_by_items_and_by_frames(both, learned, monkeypatch):
    def unname_vectors():
        with hold_writer_lock(both.folder), both.writing() as con:
            con.execute("DELETE FROM parts WHERE kind = 'embeddings'")

    told = []
    monkeypatch.setattr(embed_module, "BATCH_ITEMS", 3)
    embed(both, progress=lambda *step: told.append(step))
    assert told == [("embed", done, 16) for done in (3, 6, 8, 11, 14, 16)]
    unname_vectors()
    told.clear()
    # A tune has 1292 frames, an excerpt 453: of one, two and three of them, the last are too many.
    monkeypatch.setattr(embed_module, "BATCH_FRAMES", 1000)
    embed(both, progress=lambda *step: told.append(step[1]))
    assert told == [2, 4, 6, 8, *range(9, 17)]


@pytest.mark.parametrize(
    "frames", [np.full((1, 72), 9, np.uint8), np.zeros((1, 72), np.uint8), np.zeros((900, 72), np.uint8)]
)
def test_the_shortest_and_the_silent_are_embedded_and_found(store, add, learned, frames):
    add("midi", {"odd": frames, "other": np.full((700, 72), 80, np.uint8)})
    add("audio", {"odd": frames})
    assert embed(store).n_embedded == 0
    assert match(store).n_pairs == 2
    with store.reading() as con:
        vectors = read_windows(con, "midi").vectors
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, rtol=1e-5)


def test_forgotten_items_are_left_out(both, learned):
    ((path,),) = ask(both, "SELECT path FROM midi WHERE title = 'tune 2'")
    forget(both, [path])
    assert embed(both).n_embedded == 15
    assert embed(both).n_known == 15


def test_an_empty_database_has_nothing_to_embed(store, learned):
    assert (embed(store).n_embedded, embed(store).n_known) == (0, 0)


def test_wrong_weights_end_in_an_error_and_nothing_is_written(both, learned, model_folder, read_tables):
    before = read_tables(both.folder)
    data = bytearray((model_folder / WEIGHTS).read_bytes())
    data[-1] ^= 1
    (model_folder / WEIGHTS).write_bytes(data)
    for step in (embed, match):
        with pytest.raises(ModelError, match=r"model\.safetensors differs from its checksum"):
            step(both)
    assert read_tables(both.folder) == before


@pytest.mark.parametrize("name", [CARD, WEIGHTS])
def test_a_missing_file_ends_in_an_error(both, learned, model_folder, name):
    (model_folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        embed(both)


def test_a_second_writer_is_refused(both, learned):
    with hold_writer_lock(both.folder), pytest.raises(DatabaseBusyError, match="being written by process"):
        embed(both)


KILLED = """
import os, signal, sys
from lakhdb import engine
from lakhdb.engine import embed

embed.BATCH_ITEMS = 2
n_left = int(sys.argv[2])

def register(*given, register=embed.register_parts):
    global n_left
    register(*given)
    if not n_left:
        os.kill(os.getpid(), signal.SIGKILL)
    n_left -= 1

embed.register_parts = register
engine.open(sys.argv[1]).embed()
"""


@pytest.mark.parametrize("n_batches", [0, 3, 7])
def test_a_kill_loses_one_batch_at_most(both, learned, tmp_path, read_tables, n_batches):
    whole = engine.open(tmp_path / "whole.lmdb").store
    for file in both.folder.rglob("*"):
        if file.is_file():
            copy = whole.folder / file.relative_to(both.folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    embed(whole)
    done = subprocess.run([sys.executable, "-c", KILLED, both.folder, str(n_batches)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert count_rows(both).get(f"windows {learned}", 0) == 2 * n_batches
    assert embed(both).n_embedded == 16 - 2 * n_batches
    assert read_tables(both.folder) == read_tables(whole.folder)
    assert all(verify(both, repair=True)["ok"].to_pylist())


def test_the_command_tells_what_it_did(both, model_folder, learned):
    environment = {"LMDB_MODEL": str(model_folder), "LMDB_DEVICE": "cpu"}
    command = [sys.executable, "-c", "from lakhdb.cli.main import lmdb; lmdb()", "--db", both.folder, "embed"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"16 items embedded by {learned} in ")
    assert done.stdout.endswith(" s; 0 were already.\n")
    assert done.stderr == ""
    done = subprocess.run(
        command, env={"LMDB_MODEL": "/nowhere"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith(
        "lmdb: there is no model in /nowhere (model.json: No such file or directory)"
    )
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["status"], ["query", "tune 2"], ["verify"], ["embed"]], ids=" ".join)
def test_torch_is_imported_only_to_describe(both, model_folder, learned, arguments):
    embed(both)
    script = (
        "import sys\nfrom lakhdb.cli.main import lmdb\n"
        "try: lmdb(sys.argv[1:])\nfinally: print('torch' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "--db", both.folder, *arguments],
        env={"LMDB_MODEL": str(model_folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout
    assert done.stderr == "False\n"


def test_within_a_step_the_lock_is_held_by_the_caller(both, learned):
    with hold_writer_lock(both.folder):
        assert embed_missing(both) == 16
        assert embed_missing(both) == 0
