"""Worker processes that may crash, hang or run out of memory on one input without harm to the rest."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing import Pipe
from types import TracebackType
from typing import Any, Self

from .errors import LakhDBError
from .worker import MEMORY_LIMIT, READY, send_call

__all__ = ["WorkerError", "WorkerPool", "WorkerStartError", "count_cores"]

# Python and its packages may lie on a slow disk, and many workers start at once.
START_LIMIT_S = 120.0

# A worker is one of several: libraries inside it must not start a thread for every core.
ONE_THREAD = {
    name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
}


class WorkerError(LakhDBError):
    """A worker crashed, hung, raised or took too much memory; only that one input is lost."""


class WorkerStartError(LakhDBError):
    """No worker can work here, whatever the input."""


def count_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, target: str) -> None:
        self.pipe, theirs = Pipe()
        with theirs:
            # A fresh interpreter instead of multiprocessing's start methods: those run the user's own script
            # again in every child unless it is guarded, and fork is not safe beside threads.
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "lakhdb.engine.worker", str(theirs.fileno()), target],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, **ONE_THREAD},
            )

    def await_start(self) -> None:
        """Wait until the worker can take calls: its start does not count against the first of them."""
        if not self._is_ready():
            self.stop()
            raise WorkerStartError("a worker process did not start; see the messages above, then try again.")

    def _is_ready(self) -> bool:
        try:
            return self.pipe.poll(START_LIMIT_S) and self.pipe.recv() == READY
        except (EOFError, OSError):
            return False  # it has ended, and said why on stderr

    def call(self, arguments: tuple[Any, ...], time_limit_s: float) -> Any:
        try:
            send_call(self.pipe, arguments)
            if not self.pipe.poll(time_limit_s):
                self.stop()
                raise WorkerError(f"took longer than {time_limit_s:g} s")
            succeeded, answer = self.pipe.recv()
        except (EOFError, OSError) as error:
            self.pipe.close()
            raise WorkerError(f"the reader crashed ({_describe_exit(self.process.wait())})") from error
        if answer is MemoryError:
            # Whatever still holds on to that memory shall not count against the next call.
            self.stop()
            raise WorkerError(f"used more than {MEMORY_LIMIT >> 20} MiB")
        if not succeeded:
            raise WorkerError(answer)
        return answer

    @property
    def is_usable(self) -> bool:
        return not self.pipe.closed and self.process.poll() is None

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.pipe.close()


def _describe_exit(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


class WorkerPool:
    """Calls one function on many inputs in several processes.

    Parameters
    ----------
    target : str
        ``"module:function"``; arguments and results travel pickled between our own processes.
    jobs : int
        Number of processes, started when first needed.
    time_limit_s : float
        Seconds after which a call is given up and its process killed.
    """

    def __init__(self, target: str, jobs: int, time_limit_s: float) -> None:
        self.jobs = jobs
        self._target = target
        self._time_limit_s = time_limit_s
        self._local = threading.local()
        self._workers: list[_Worker] = []
        self._closed = False
        # A thread for each process waits on its pipe, so that results are fetched while others are written.
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="lakhdb-worker")

    def submit(self, *arguments: Any) -> Future[Any]:
        """Call the function in some worker; the future raises `WorkerError` if that went wrong."""
        return self._threads.submit(self._call, arguments)

    def _call(self, arguments: tuple[Any, ...]) -> Any:
        worker: _Worker | None = getattr(self._local, "worker", None)
        if worker is None or not worker.is_usable:
            if self._closed:
                raise WorkerError("the pool is closed")
            worker = self._local.worker = _Worker(self._target)
            self._workers.append(worker)
            worker.await_start()
        return worker.call(arguments, self._time_limit_s)

    def close(self) -> None:
        """Drop what is still waiting and end the processes."""
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.stop()
        self._threads.shutdown(wait=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
