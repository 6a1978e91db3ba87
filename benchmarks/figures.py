"""What benchmarks share: the machine they ran on, and one JSON line a figure."""

import json
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

__all__ = ["print_figure"]


def print_figure(bench: str, **figures: object) -> None:
    """Print one JSON line: the figures, then commit, machine and versions."""
    where = {
        "commit": _read_commit(),
        "machine": f"{_name_processor()}, {_count_cores()} cores",
        "python": platform.python_version(),
        "lakhdb": version("lakhdb"),
    }
    print(json.dumps({"bench": bench, **figures, **where}, ensure_ascii=False), flush=True)


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
