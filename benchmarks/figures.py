"""What benchmarks share: one JSON line a figure with the machine it was taken on, and progress."""

import json
import os
import platform
import subprocess
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

__all__ = ["print_figure", "show_progress"]


def print_figure(bench: str, **figures: object) -> None:
    """Print one JSON line: the figures, then commit, machine and versions."""
    where = {
        "commit": _read_commit(),
        "machine": f"{_name_processor()}, {_count_cores()} cores",
        "python": platform.python_version(),
        "lakhdb": version("lakhdb"),
    }
    print(json.dumps({"bench": bench, **figures, **where}, ensure_ascii=False), flush=True)


def show_progress() -> Callable[[str, int, int], None]:
    """Tell of progress on standard error, now and then."""
    started, told = time.monotonic(), [0.0]

    def tell(stage: str, done: int, total: int) -> None:
        if time.monotonic() - told[0] > 30 or done == total:
            told[0] = time.monotonic()
            os.write(2, f"{stage}: {done} of {total}, {told[0] - started:.0f} s\n".encode())

    return tell


def _read_commit() -> str:
    here = Path(__file__).parent
    answer = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=here, capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or "unknown"


def _name_processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def _count_cores() -> int:
    from lakhdb.engine.workers import count_cores

    return count_cores()
