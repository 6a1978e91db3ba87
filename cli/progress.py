"""Progress on stderr, for terminals alone."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tqdm import tqdm

    from lakhdb.engine.progress import Progress

__all__ = ["show_progress"]


@contextmanager
def show_progress() -> "Iterator[Progress | None]":
    """Give a function for the engine to call; None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    bars = _Bars()
    try:
        yield bars.update
    finally:
        bars.close()


class _Bars:
    """One bar after the other, each with count, rate and remaining time."""

    def __init__(self) -> None:
        self._stage: str | None = None
        self._bar: tqdm[None] | None = None

    def update(self, stage: str, done: int, total: int | None) -> None:
        """Show that `done` of `total` are done; a new stage begins a new bar."""
        if stage != self._stage or self._bar is None:
            self.close()
            self._bar = self._begin(stage, done, total)
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """End the bar and leave it standing."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _begin(self, stage: str, done: int, total: int | None) -> "tqdm[None]":
        # Imported when a bar is first drawn, for a quick start.
        from tqdm import tqdm

        self._stage = stage
        # What an earlier run had done does not count towards the rate.
        return tqdm(
            desc=stage,
            initial=done - 1 if done else 0,
            total=total,
            unit="",
            dynamic_ncols=True,
            file=sys.stderr,
        )
