"""Workers may crash, hang, raise or run out of memory: only the one call is lost."""

import os
import sys
import time
from contextlib import suppress

import pytest

from lakhdb.engine.workers import WorkerError, WorkerPool, WorkerStartError


def test_returns_what_the_function_returns():
    with WorkerPool("math:sqrt", 2, 30) as pool:
        answers = [pool.submit(float(n)) for n in range(20)]
        assert [answer.result() ** 2 for answer in answers] == pytest.approx(range(20))


def test_a_crash_loses_only_its_own_call():
    with WorkerPool("os:_exit", 1, 30) as pool:
        with pytest.raises(WorkerError, match="exit code 3"):
            pool.submit(3).result()
        with pytest.raises(WorkerError, match="exit code 4"):
            pool.submit(4).result()


def test_names_the_signal_that_killed_the_reader():
    with WorkerPool("ctypes:string_at", 1, 30) as pool, pytest.raises(WorkerError, match="SIGSEGV"):
        pool.submit(1).result()


def test_an_error_is_told_and_the_worker_goes_on():
    with WorkerPool("math:sqrt", 1, 30) as pool:
        with pytest.raises(WorkerError, match="ValueError"):
            pool.submit(-1.0).result()
        assert pool.submit(4.0).result() == 2.0


def test_a_call_that_hangs_is_given_up():
    with WorkerPool("time:sleep", 1, 0.5) as pool:
        with pytest.raises(WorkerError, match=r"longer than 0\.5 s"):
            pool.submit(60).result()
        assert pool.submit(0).result() is None


def test_closing_ends_the_processes():
    pool = WorkerPool("os:getpid", 2, 30)
    pids = {pool.submit().result() for _ in range(10)}
    pool.close()
    time.sleep(0.1)
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_worker_that_cannot_start_is_no_fault_of_the_input():
    with WorkerPool("lakhdb.engine.nothing:function", 1, 30) as pool, pytest.raises(WorkerStartError):
        pool.submit(1).result()


needs_a_bound = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux bounds memory")


@needs_a_bound
def test_a_call_that_eats_memory_is_refused_it_and_the_next_goes_on():
    with WorkerPool("builtins:bytearray", 1, 30) as pool:
        for _ in range(3):
            with pytest.raises(WorkerError, match=r"^used more than 1024 MiB$"):
                pool.submit(1200 << 20).result()
            assert len(pool.submit(100 << 20).result()) == 100 << 20


@needs_a_bound
def test_arguments_do_not_count_against_the_memory_of_a_call():
    with WorkerPool("zlib:crc32", 1, 60) as pool:
        assert pool.submit(bytes(1100 << 20)).result() == pool.submit(bytes(1100 << 20)).result()


@needs_a_bound
def test_memory_that_is_given_back_does_not_add_up(tmp_path, monkeypatch):
    (tmp_path / "eater.py").write_text("def eat(n_bytes):\n    return len(bytearray(n_bytes))\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with WorkerPool("eater:eat", 1, 30) as pool:
        sizes = [900 << 20, 1000 << 20, 900 << 20, 10]
        assert [pool.submit(size).result() for size in sizes] == sizes
        with pytest.raises(WorkerError, match="used more than"):
            pool.submit(1025 << 20).result()


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a list of processes")
def test_crashes_and_hangs_leave_no_process():
    before = _list_children()
    with WorkerPool("ctypes:string_at", 2, 30) as crashing, WorkerPool("time:sleep", 2, 0.2) as hanging:
        calls = [pool.submit(60 if pool is hanging else 1) for _ in range(4) for pool in (crashing, hanging)]
        assert all(isinstance(call.exception(), WorkerError) for call in calls)
        assert len(_list_children() - before) <= 4
    assert _list_children() <= before


def _list_children():
    found = set()
    for thread in os.listdir("/proc/self/task"):
        # A thread may have ended since it was listed; its children are another's then.
        with suppress(FileNotFoundError), open(f"/proc/self/task/{thread}/children") as children:
            found |= set(children.read().split())
    return found


def test_what_a_library_says_on_stderr_is_not_passed_on(capfd):
    with WorkerPool("os:write", 1, 30) as pool:
        assert pool.submit(2, b"Note: Trying to resync...").result() == 25
    assert capfd.readouterr().err == ""
