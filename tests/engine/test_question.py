import hashlib
import os
import subprocess
import sys
import threading

import duckdb
import pytest

from lakhdb.engine import question
from lakhdb.engine.errors import DatabaseBusyError, QueryError
from lakhdb.engine.lock import hold_writer_lock
from lakhdb.engine.question import ask


def take_snapshot(folder):
    return {
        str(path.relative_to(folder)): hashlib.md5(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("writer.")
    }


def find_part(store, kind="constant_q"):
    return next(path for path in (store.folder / "features" / kind).iterdir() if path.name != "empty.parquet")


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        ("SELECT count(*) FROM midi", [(8,)]),
        ("select count(*) from audio;", [(8,)]),
        ("WITH a AS (SELECT 1 AS x) SELECT x + 1 FROM a", [(2,)]),
        ("FROM (VALUES (1), (2)) AS t(x)", [(1,), (2,)]),
        ("-- a remark\nSELECT 1", [(1,)]),
        ("SELECT count(*) FROM constant_q_part", [(16,)]),
        ("SELECT 'COPY x TO y; DROP TABLE z'", [("COPY x TO y; DROP TABLE z",)]),
        ("SELECT column_name FROM (DESCRIBE failures) LIMIT 2", [("path",), ("corpus",)]),
        ("FROM midi SELECT count(*) WHERE title LIKE 'tune%'", [(8,)]),
    ],
)
def test_answers_a_question(both, statement, answer):
    rows = ask(both, statement)
    assert [tuple(row.values()) for row in rows.to_pylist()] == answer


@pytest.mark.parametrize("statement", ["SHOW TABLES", "DESCRIBE matches", "SUMMARIZE midi"])
def test_describes_what_is_there(both, statement):
    assert ask(both, statement).num_rows > 5


@pytest.mark.parametrize("word", ["EXPLAIN", "explain analyze", "  Explain\n Analyze "])
def test_explains_a_question(both, word):
    assert "midi_items" in ask(both, f"{word} SELECT * FROM midi").to_pylist()[0]["explain_value"]


def test_asks_about_a_database_with_a_quote_in_its_name(both, tmp_path):
    odd = tmp_path / "it's; a [database]"
    both.folder.rename(odd)
    both.folder = odd
    assert ask(both, "SELECT count(*) FROM constant_q_part").to_pylist() == [{"count_star()": 16}]


def test_answers_the_same_thing_to_several_threads_at_once(both):
    answers = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(ask(both, "SELECT count(*) AS n FROM midi").to_pylist())
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [[{"n": 8}]] * 8


ATTACKS = {
    "copy over a part": "COPY (SELECT 1) TO '{part}'",
    "copy over the catalog": "COPY (SELECT 1) TO '{catalog}' (USE_TMP_FILE false)",
    "copy into a part's folder": "COPY midi TO '{folder}/features/new.parquet'",
    "export": "EXPORT DATABASE '{folder}/features/export'",
    "explain of copy": "EXPLAIN COPY (SELECT 1) TO '{part}'",
    "explain analyze of copy": "EXPLAIN ANALYZE COPY (SELECT 1) TO '{part}'",
    "explain with options of copy": "EXPLAIN (ANALYZE, FORMAT JSON) COPY (SELECT 1) TO '{part}'",
    "explain of explain of copy": "EXPLAIN EXPLAIN ANALYZE COPY (SELECT 1) TO '{part}'",
    "explain with a remark": "EXPLAIN /* x */ ANALYZE COPY (SELECT 1) TO '{part}'",
    "two statements": "SELECT 1; SELECT 2",
    "a statement behind": "SELECT 1; COPY (SELECT 1) TO '{part}'",
    "a statement behind an explained one": "EXPLAIN SELECT 1; COPY (SELECT 1) TO '{part}'",
    "nothing": "  -- nothing",
    "explain of nothing": "EXPLAIN",
    "copy as a step": "WITH a AS (COPY (SELECT 1 AS x) TO '{part}') SELECT 1",
    "copy of a file over the catalog as a step": (
        "WITH a AS MATERIALIZED (COPY (SELECT 1) TO '{catalog}' (USE_TMP_FILE false, RETURN_FILES)) FROM a"
    ),
    "copy as a step, explained": "EXPLAIN ANALYZE WITH a AS (COPY (SELECT 1 AS x) TO '{part}') SELECT 1",
    "copy as a step not used": "WITH a AS (COPY (SELECT 1) TO '{part}') SELECT 1 WHERE false",
    "copy as a step of a query in text": "FROM query('WITH a AS (COPY (SELECT 1) TO ''{part}'') SELECT 1')",
    "copy as a step of a query in JSON": (
        "FROM json_execute_serialized_sql(json_serialize_sql("
        "'WITH a AS (COPY (SELECT 1 AS x) TO ''{part}'') SELECT 1'))"
    ),
    "a query in JSON": "FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
    "a query in JSON behind others": (
        "SELECT (SELECT count(*) FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1')))"
    ),
    "insert as a step": "WITH a AS (INSERT INTO meta VALUES ('a', 'b') RETURNING *) SELECT * FROM a",
    "delete as a step": "WITH a AS (DELETE FROM meta RETURNING *) SELECT * FROM a",
    "insert": "INSERT INTO meta VALUES ('a', 'b')",
    "delete": "DELETE FROM midi_items",
    "update": "UPDATE midi_items SET title = 'x'",
    "create": "CREATE TABLE t AS SELECT 1",
    "create temporary": "CREATE TEMP TABLE t AS SELECT 1",
    "drop": "DROP TABLE meta",
    "attach": "ATTACH '{folder}/features/other.duckdb'",
    "detach": "DETACH catalog",
    "install": "INSTALL httpfs",
    "load": "LOAD '{folder}/features/evil.duckdb_extension'",
    "set": "SET enable_external_access = true",
    "set variable": "SET VARIABLE x = 1",
    "reset": "RESET lock_configuration",
    "pragma": "PRAGMA enable_profiling",
    "pragma that sets": "PRAGMA memory_limit = '1TB'",
    "checkpoint": "CHECKPOINT",
    "checkpoint as a table": "FROM checkpoint()",
    "call": "CALL pragma_version()",
    "use": "USE memory",
    "vacuum": "VACUUM",
    "prepare": "PREPARE p AS SELECT 1",
    "transaction": "BEGIN",
    "logging": "FROM enable_logging()",
    "read csv": "SELECT * FROM read_csv('{outside}')",
    "read text": "SELECT * FROM read_text('{outside}')",
    "read blob": "SELECT * FROM read_blob('{outside}')",
    "read json": "SELECT * FROM read_json('{outside}')",
    "read a file by its name": "SELECT * FROM '{outside}'",
    "read around the corner": "SELECT * FROM read_text('{folder}/features/../../outside.csv')",
    "glob": "SELECT * FROM glob('/*')",
    "sniff": "SELECT * FROM sniff_csv('{outside}')",
    "another database": "SELECT * FROM read_duckdb('{outside}')",
    "network": "SELECT * FROM read_csv('https://localhost:1/x.csv')",
    "environment": "SELECT getenv('HOME')",
    "a variable of Python": "SELECT * FROM secret",
    "another extension": "SELECT * FROM st_read('{outside}')",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_refuses_all_but_reading_this_database(both, tmp_path, attack):
    secret = ask(both, "SELECT 'a secret' AS word")
    assert secret.num_rows == 1
    outside = tmp_path / "outside.csv"
    outside.write_text("a,b\n1,2\n")
    statement = ATTACKS[attack].format(
        part=find_part(both), catalog=both.catalog, folder=both.folder, outside=outside
    )
    before = take_snapshot(tmp_path)
    with pytest.raises(QueryError) as caught:
        ask(both, statement)
    assert "\n" not in str(caught.value)
    assert take_snapshot(tmp_path) == before


def test_the_attacks_would_do_harm_without_the_guard(both):
    # Otherwise the test above would say nothing: DuckDB takes this statement for a SELECT and writes.
    part = find_part(both)
    con = duckdb.connect(both.catalog, read_only=True)
    con.execute(f"WITH a AS (COPY (SELECT 1 AS x) TO '{part}') SELECT 1").fetchall()
    con.close()
    assert duckdb.sql(f"SELECT * FROM read_parquet('{part}')").fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("SELEC 1", "syntax error"),
        ("SELECT * FROM nowhere", "nowhere does not exist"),
        ("SELECT nothing FROM midi", "nothing"),
        ("SELECT 1 / 'a'", "Could not convert"),
        ("", "0 statements"),
        ("DROP TABLE meta", "type DROP is not a question.*--write"),
        ("PIVOT midi ON title USING count(*)", "--write"),
    ],
)
def test_says_in_one_line_what_is_wrong(both, statement, message):
    with pytest.raises(QueryError, match=message) as caught:
        ask(both, statement)
    assert "\n" not in str(caught.value)


def test_ends_a_question_that_takes_too_long(both, monkeypatch):
    monkeypatch.setattr(question, "TIME_LIMIT_S", 0.2)
    with pytest.raises(QueryError, match="more than 0 s"):
        ask(both, "SELECT count(*) FROM range(100000000000) AS t(i) WHERE i % 7 = 9")
    assert ask(both, "SELECT 1 AS one").to_pylist() == [{"one": 1}]


def test_refuses_an_answer_that_does_not_fit(both, monkeypatch):
    monkeypatch.setattr(question, "ANSWER_LIMIT_BYTES", 1 << 20)
    with pytest.raises(QueryError, match="larger than"):
        ask(both, "SELECT i FROM range(1000000000) AS t(i)")


def test_the_database_can_be_written_after_a_question(both):
    ask(both, "SELECT 1")
    ask(both, "UPDATE midi_items SET title = 'renamed' WHERE midi_seq = 1", write=True)
    assert ask(both, "SELECT title FROM midi WHERE midi_seq = 1").to_pylist() == [{"title": "renamed"}]


def test_asks_what_was_committed_before_a_kill(both):
    script = (
        "import duckdb, os, signal, sys\n"
        "con = duckdb.connect(sys.argv[1])\n"
        "con.execute(\"SET checkpoint_threshold = '1GB'\")\n"
        "con.execute(\"INSERT INTO meta VALUES ('kept', 'yes')\")\n"
        "con.begin()\n"
        "con.execute(\"INSERT INTO meta VALUES ('lost', 'yes')\")\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(both.catalog)], check=False)
    assert os.path.getsize(f"{both.catalog}.wal") > 0
    assert ask(both, "SELECT key FROM meta WHERE value = 'yes'").to_pylist() == [{"key": "kept"}]
    with pytest.raises(QueryError):
        ask(both, f"SELECT * FROM read_text('{__file__}')")


def test_write_runs_all_statements_or_none(both):
    answer = ask(
        both,
        "CREATE TABLE t (x INTEGER); INSERT INTO t VALUES (1), (2); SELECT sum(x) AS n FROM t",
        write=True,
    )
    assert answer.to_pylist() == [{"n": 3}]
    with pytest.raises(QueryError, match="nowhere"):
        ask(both, "INSERT INTO t VALUES (3); INSERT INTO nowhere VALUES (1)", write=True)
    assert ask(both, "SELECT count(*) AS n FROM t").to_pylist() == [{"n": 2}]


@pytest.mark.parametrize(
    ("statements", "message"), [("", "no statement"), ("BEGIN; COMMIT", "one transaction")]
)
def test_write_refuses(both, statements, message):
    with pytest.raises(QueryError, match=message):
        ask(both, statements, write=True)


def test_write_waits_for_no_other_writer(both):
    script = (
        "import sys, time; from pathlib import Path\n"
        "from lakhdb.engine.lock import hold_writer_lock\n"
        "with hold_writer_lock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(both.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout.readline() == "held\n"
        with pytest.raises(DatabaseBusyError, match=f"process {writer.pid}"):
            ask(both, "DELETE FROM meta", write=True)
        assert ask(both, "SELECT 1 AS one").num_rows == 1
        writer.stdin.close()
    with hold_writer_lock(both.folder):
        pass
