"""Write which compositions of the shared corpora networks are trained on, and which are left for the benches.

    python benchmarks/training_split.py build/compositions.csv

pop909 and asap are split by composition, as the open bench counts them; all of nottingham, which no bench
asks for, is for training, and three quarters of the songs that lieder_midi.py writes. The table is what
`lmdb train --compositions` takes. With `--bench FOLDER`, the queries of the open bench in that folder which
are left are written to ``held_out.csv`` there, for `lmdb eval matching --truth`.
"""

import argparse
import csv
import hashlib
import json
import os
from pathlib import Path

from open_bench import list_compositions

__all__ = ["is_held_out", "list_splits", "write_held_out"]

# A little less than half is for training, so that more than 400 of the open bench's recordings are held out.
HELD_OUT_PERCENT = 56
LIEDER_HELD_OUT_PERCENT = 25


def main() -> None:
    """Write the table and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("LAKHDB_DATA", "../shared/data")))
    parser.add_argument("--bench", type=Path, help="folder of open_bench.py")
    options = parser.parse_args()
    rows = list_splits(options.data)
    options.table.parent.mkdir(parents=True, exist_ok=True)
    with options.table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("file", "composition", "split"), *rows])
    if options.bench is not None:
        write_held_out(options.bench)
    counts = {split: len({row[1] for row in rows if row[2] == split}) for split in ("train", "test")}
    print(json.dumps({"bench": "training_split", "compositions": counts, "files": len(rows)}))


def list_splits(data: Path) -> list[tuple[str, str, str]]:
    """List (file, composition, split), by file."""
    rows = [
        (file, composition, "test" if is_held_out(composition) else "train")
        for file, composition in list_compositions(data).items()
    ]
    with (data / "nottingham.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = f"nottingham.zip!/{row['file']}"
            rows.append((name, name, "train"))
    with (data / "lieder.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = f"lieder/{Path(row['file']).stem}.mid"
            rows.append((name, name, "test" if draw_percent(name) < LIEDER_HELD_OUT_PERCENT else "train"))
    return sorted(rows)


def write_held_out(bench: Path) -> None:
    """Copy the rows of a bench's queries that no network has been trained on."""
    with (bench / "queries.csv").open(encoding="utf-8", newline="") as file:
        queries = list(csv.DictReader(file))
    with (bench / "held_out.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, queries[0])
        writer.writeheader()
        writer.writerows(query for query in queries if is_held_out(query["composition"]))


def is_held_out(composition: str) -> bool:
    """Tell whether no network has been trained on a composition of the open bench."""
    return draw_percent(composition) < HELD_OUT_PERCENT


def draw_percent(name: str) -> int:
    """Draw a number from 0 to 99, always the same for a name."""
    return int.from_bytes(hashlib.md5(name.encode()).digest()[:4]) % 100


if __name__ == "__main__":
    main()
