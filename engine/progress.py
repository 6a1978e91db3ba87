"""How a long step tells its caller how far it is."""

from collections.abc import Callable

__all__ = ["Progress"]

# Called with a short word for the stage, the absolute count done so far, and the total (None while unknown).
# A new word begins a new count. The caller throttles; steps call it as often as they like, from one thread.
Progress = Callable[[str, int, int | None], None]
