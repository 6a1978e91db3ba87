"""How long `lmdb --help` and a small question take beside an interpreter that does nothing."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path


def main() -> None:
    """Print one JSON line a command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=15)
    repeats = parser.parse_args().repeats
    command = str(Path(sys.executable).with_name("lmdb"))
    with tempfile.TemporaryDirectory() as folder:
        empty = str(Path(folder) / "empty")
        subprocess.run([command, "--db", empty, "ingest", "midi", folder], capture_output=True, check=True)
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "lmdb --help": [command, "--help"],
            "lmdb ingest midi --help": [command, "ingest", "midi", "--help"],
            "lmdb sql": [command, "--db", empty, "sql", "select 1"],
        }
        times_s = measure(commands, repeats)
    bare_s = statistics.median(times_s["python -c pass"])
    for name, taken_s in times_s.items():
        median_s = statistics.median(taken_s)
        figure = {
            "bench": "startup",
            "command": name,
            "median_ms": round(1000 * median_s, 1),
            "times_python": round(median_s / bare_s, 2),
            "n": repeats,
            "device": f"{os.cpu_count()} x {platform.machine()}",
            "python": platform.python_version(),
            "click": version("click"),
            "duckdb": version("duckdb"),
        }
        print(json.dumps(figure))


def measure(commands: dict[str, list[str]], repeats: int) -> dict[str, list[float]]:
    """Take turns, so that a slow moment of the machine meets all of them; the first round warms the disk."""
    times_s: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(repeats + 1):
        for name, arguments in commands.items():
            started = time.perf_counter()
            subprocess.run(arguments, capture_output=True, check=True)
            if turn:
                times_s[name].append(time.perf_counter() - started)
    return times_s


if __name__ == "__main__":
    main()
