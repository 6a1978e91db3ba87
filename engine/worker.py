"""A worker process: receives arguments over a pipe, calls one function, sends back what it returns."""

import importlib
import signal
import sys
from multiprocessing.connection import Connection

__all__ = ["READY", "serve"]

# The first message: the interpreter is up and the function imported.
READY = "ready"


def serve(descriptor: int, target: str) -> None:
    """Answer calls of `target` (``"module:function"``) until the other end of the pipe closes."""
    # Ctrl-C goes to the whole process group; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    module, name = target.split(":")
    function = getattr(importlib.import_module(module), name)
    with Connection(descriptor) as pipe:
        pipe.send(READY)
        while True:
            try:
                arguments = pipe.recv()
            except EOFError:
                return
            try:
                answer = (True, function(*arguments))
            except Exception as error:
                answer = (False, f"{type(error).__name__}: {error}")
            try:
                pipe.send(answer)
            except BrokenPipeError:
                return  # the parent is gone, and nobody wants the answer


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
