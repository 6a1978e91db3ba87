"""Workers may crash, hang or raise: only the one call is lost."""

import os
import time

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
