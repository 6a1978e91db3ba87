"""Questions in SQL: one SELECT that reaches nothing but the database, or changes under the writer's lock."""

import json
import math
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import duckdb
import pyarrow as pa

from lakhdb.schema import read_comments
from lakhdb.sql import read_query

from .errors import QueryError
from .lock import hold_writer_lock
from .parts import FEATURES, GLOB_CHARACTERS
from .store import Store
from .text import check_text

__all__ = ["ask"]

# A question that has not ended by then is more likely a mistake than patience.
TIME_LIMIT_S = 600.0

# At most so long does Ctrl-C go unheard.
HEARING_S = 0.2

# The answer is held in memory as a whole, outside DuckDB's own limit.
ANSWER_LIMIT_BYTES = 2 << 30

ROWS_PER_BATCH = 65536

EXPLAIN = re.compile(r"\s*EXPLAIN\s+(ANALYZE\s+)?", re.IGNORECASE)

# Operators that write or leave the question, as DuckDB's plans name them. Its type SELECT is no promise: in
# DuckDB 2.0.0 `WITH a AS (COPY … TO …) SELECT 1` is a SELECT that overwrites a file, and
# json_execute_serialized_sql carries the same past the parser.
FORBIDDEN = re.compile(
    r"COPY|INSERT|DELETE|UPDATE|MERGE_INTO|CREATE|DROP|ALTER|ATTACH|EXPORT|EXECUTE|EXTERNAL_RESOURCE|CHECKPOINT|_LOGS"
)

# What DuckDB itself answers to a statement that returns nothing.
NO_ANSWER = pa.schema([("Success", pa.bool_())])

ONE_SELECT = "ask one SELECT (or WITH, DESCRIBE, SHOW, SUMMARIZE, or EXPLAIN of one)"

# Settings belong to the instance of DuckDB that all connections of this process to one catalog share.
_hardening = Lock()


def ask(store: Store, statement: str, *, write: bool = False) -> pa.Table:
    """Answer a question in SQL.

    Parameters
    ----------
    store : Store
    statement : str
        One statement of type SELECT, which can read the tables and views and nothing else; with `write`,
        any statements, run in one transaction.
    write : bool
        Allow changes, under the writer's lock and with all the rights of this process.

    Returns
    -------
    pyarrow.Table
        The answer, of the last statement where there are several.

    Raises
    ------
    QueryError
        If the statement is wrong, not allowed, takes over ten minutes or answers with over 2 GiB.
    DatabaseBusyError
        With `write`, if another process writes.
    """
    check_text("the question", statement)
    return _change(store, statement) if write else _read(store, statement)


def _read(store: Store, statement: str) -> pa.Table:
    explain, select = _split_question(statement)
    with store.reading() as con:
        con.execute(read_comments())
        _harden(con, store.folder)
        return _run(con, partial(_answer, con, explain, select), TIME_LIMIT_S)


def _answer(con: duckdb.DuckDBPyConnection, explain: str, select: str) -> pa.Table:
    with _translated_errors():
        _refuse_effects(con, select)
        return _fetch(con.sql(explain + select))


def _split_question(statement: str) -> tuple[str, str]:
    """Return ``EXPLAIN [ANALYZE]`` or nothing, and the one SELECT that stands behind it."""
    found = _parse(statement)
    if len(found) != 1:
        raise QueryError(f"there are {len(found)} statements in the question; {ONE_SELECT}.")
    explain = ""
    if found[0].type == duckdb.StatementType.EXPLAIN:
        prefix = EXPLAIN.match(statement)
        if prefix is None:
            raise QueryError(f"this form of EXPLAIN is not known here; {ONE_SELECT}.")
        explain = "EXPLAIN ANALYZE " if prefix[1] else "EXPLAIN "
        # Judged and run alone, without what stood before it: DuckDB runs `EXPLAIN ANALYZE COPY …`.
        found = _parse(statement[prefix.end() :])
    if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
        kind = found[0].type.name if found else "empty"
        raise QueryError(
            f"a statement of type {kind} is not a question; {ONE_SELECT}, or allow changes with --write."
        )
    return explain, str(found[0].query)


def _parse(statement: str) -> list[Any]:
    with _translated_errors():
        return list(duckdb.extract_statements(statement))


def _harden(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    with _hardening:
        if con.execute(read_query("question/is_hardened")).fetchall() == [(True,)]:
            return
        features = f"{folder / FEATURES}/"
        # DuckDB holds the views' paths against the list as they are written there: as patterns.
        folders = [features, GLOB_CHARACTERS.sub(r"[\g<0>]", features)]
        con.execute(read_query("question/allow_folders"), {"folders": folders})
        con.execute(read_query("question/harden_connection"))


def _refuse_effects(con: duckdb.DuckDBPyConnection, select: str) -> None:
    """Plan the statement and refuse it if an operator of the plan would do more than read."""
    for _, plan in con.sql(f"EXPLAIN (FORMAT JSON)\n{select}").fetchall():
        for name in _list_operators(json.loads(plan)):
            if FORBIDDEN.search(name.upper()):
                raise QueryError(f"a question cannot use {name.strip()}; {ONE_SELECT} that only reads.")


def _list_operators(plan: Any) -> Iterator[str]:
    waiting = list(plan)
    while waiting:
        node = waiting.pop()
        yield str(node["name"])
        info = node.get("extra_info", {})
        if "Function" in info:
            yield str(info["Function"])
        waiting.extend(node.get("children", []))


def _fetch(answer: duckdb.DuckDBPyRelation | None) -> pa.Table:
    if answer is None:
        return NO_ANSWER.empty_table()
    reader = answer.to_arrow_reader(ROWS_PER_BATCH)
    batches, n_bytes = [], 0
    for batch in reader:
        n_bytes += batch.nbytes
        if n_bytes > ANSWER_LIMIT_BYTES:
            raise QueryError("the answer is larger than 2 GiB; count in SQL, or add WHERE or LIMIT.")
        batches.append(batch)
    return pa.Table.from_batches(batches, reader.schema)


def _change(store: Store, statements: str) -> pa.Table:
    found = _parse(statements)
    if not found:
        raise QueryError("there is no statement; write one in SQL.")
    if any(one.type == duckdb.StatementType.TRANSACTION for one in found):
        raise QueryError(
            "all statements run in one transaction already; leave out BEGIN, COMMIT and ROLLBACK."
        )
    with hold_writer_lock(store.folder), _translated_errors(), store.writing() as con:
        return _run(con, lambda: [_fetch(con.sql(one.query)) for one in found][-1], math.inf)


def _run(con: duckdb.DuckDBPyConnection, work: Callable[[], pa.Table], limit_s: float) -> pa.Table:
    """Work in a thread, so that Ctrl-C and the limit are heard while DuckDB is busy: it does not listen."""
    # The thread waits for a word from within the try: wherever Ctrl-C comes, nothing runs on behind it.
    begin = Event()
    answer: Future[pa.Table] = Future()
    Thread(target=_fulfil, args=(answer, begin, work), daemon=True).start()
    try:
        begin.set()
        give_up = time.monotonic() + limit_s
        # Not Thread.join: interrupted, it takes the thread for ended in Python 3.11 (bpo-45274). In short
        # steps: a signal that comes just before a wait begins does not end it.
        while not wait([answer], HEARING_S).done:
            if time.monotonic() > give_up:
                raise QueryError(
                    f"the question took more than {limit_s:.0f} s; narrow it with WHERE or LIMIT."
                )
        return answer.result()
    finally:
        # Again and again, for an interrupt between two statements stops neither.
        while begin.is_set() and not answer.done():
            con.interrupt()
            wait([answer], 0.05)


def _fulfil(answer: "Future[pa.Table]", begin: Event, work: Callable[[], pa.Table]) -> None:
    begin.wait()
    try:
        answer.set_result(work())
    except BaseException as error:
        answer.set_exception(error)


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Turn DuckDB's errors, also those that come through an Arrow stream as OSError, into one sentence."""
    try:
        yield
    except (duckdb.Error, OSError) as error:
        text = " ".join(str(error).split("\n\nLINE ")[0].split())
        # The plain kind of error is what DuckDB's Parquet reader throws over bytes that are none.
        if "IO Error" in text or ".parquet" in text or type(error) is duckdb.Error:
            text += "; `lmdb verify --repair` tells whether a part is missing or damaged, and what to do."
        raise QueryError(text) from error
