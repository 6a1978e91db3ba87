"""Running torch in several threads of our own, none of which has torch start more."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import torch

from .workers import count_cores

__all__ = ["single_threads"]


@contextmanager
def single_threads(n_items: int | None = None) -> Iterator[ThreadPoolExecutor]:
    """Hand out a thread for each core, or for each of `n_items` where these are fewer.

    Several threads at one item wait for each other all the time, and for ever where another process takes a
    core.
    """
    n_threads = count_cores() if n_items is None else min(count_cores(), max(1, n_items))
    before = torch.get_num_threads()
    try:
        with ThreadPoolExecutor(n_threads, initializer=torch.set_num_threads, initargs=(1,)) as threads:
            yield threads
    finally:
        torch.set_num_threads(before)  # what was set last is where other threads begin
