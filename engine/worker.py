"""A worker process: receives arguments over a pipe, calls one function, sends back what it returns."""

import importlib
import pickle
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from multiprocessing.connection import Connection
from typing import Any

from .stderr import mute_stderr

__all__ = ["MEMORY_LIMIT", "READY", "receive_call", "send_call", "serve"]

# The first message: the interpreter is up and the function imported.
READY = "ready"

# Bytes that a call may take beyond what the worker took to start and the arguments it was given.
MEMORY_LIMIT = 1 << 30


def send_call(pipe: Connection, arguments: tuple[Any, ...]) -> None:
    """Send arguments; bytes among them go as they are, for a copy of a large file takes as much again."""
    plain: list[pickle.PickleBuffer] = []
    wrapped = [pickle.PickleBuffer(value) if isinstance(value, bytes) else value for value in arguments]
    message = pickle.dumps(wrapped, protocol=5, buffer_callback=plain.append)
    pipe.send((message, len(plain)))
    for buffer in plain:
        pipe.send_bytes(buffer)


def receive_call(pipe: Connection) -> tuple[list[Any], int]:
    """Receive what `send_call` sent; also return its size in bytes."""
    message, n_plain = pipe.recv()
    plain = [pipe.recv_bytes() for _ in range(n_plain)]
    return pickle.loads(message, buffers=plain), len(message) + sum(map(len, plain))


def serve(descriptor: int, target: str) -> None:
    """Answer calls of `target` (``"module:function"``) until the other end of the pipe closes."""
    # Ctrl-C goes to the whole process group; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    module, name = target.split(":")
    function = getattr(importlib.import_module(module), name)
    n_bytes_at_start = _measure_data()
    with Connection(descriptor) as pipe:
        pipe.send(READY)
        # A parent that is gone wants no answer.
        with mute_stderr(), suppress(EOFError, BrokenPipeError, ConnectionResetError):
            while True:
                arguments, n_bytes = receive_call(pipe)
                # Only Linux tells and bounds it.
                n_bytes += n_bytes_at_start + MEMORY_LIMIT
                with _bound_memory(n_bytes) if n_bytes_at_start else nullcontext():
                    answer = _answer(function, arguments)
                pipe.send_bytes(answer)
                del arguments, answer


def _answer(function: Any, arguments: list[Any]) -> bytes:
    try:
        return pickle.dumps((True, function(*arguments)))
    except MemoryError:
        return pickle.dumps((False, MemoryError))
    except Exception as error:
        return pickle.dumps((False, f"{type(error).__name__}: {error}"))


def _measure_data() -> int:
    """Bytes of private memory that this process has mapped; 0 where that is not told."""
    with suppress(OSError), open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmData:"):
                return int(line.split()[1]) << 10
    return 0


@contextmanager
def _bound_memory(n_bytes: int) -> Iterator[None]:
    """Have allocations beyond `n_bytes` of private memory fail."""
    import resource  # not there on Windows

    before = resource.getrlimit(resource.RLIMIT_DATA)
    hard = before[1]
    resource.setrlimit(resource.RLIMIT_DATA, (n_bytes if hard < 0 else min(n_bytes, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
