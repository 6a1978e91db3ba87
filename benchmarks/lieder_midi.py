"""Write the scores of lieder.zip as MIDI files, to train on.

    pip install -e '.[bench]'
    python benchmarks/lieder_midi.py build/lieder

Each score becomes ``ID.mid`` with its repeats played. Scores that verovio cannot read are named and left out.
"""

import argparse
import base64
import csv
import json
import os
import sys
import tempfile
import zipfile
from pathlib import Path

import verovio

__all__ = ["write_lieder"]


def main() -> None:
    """Write the files and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("LAKHDB_DATA", "../shared/data")))
    options = parser.parse_args()
    print(json.dumps({"bench": "lieder_midi", "files": write_lieder(options.data, options.folder)}))


def write_lieder(data: Path, folder: Path) -> int:
    """Write what is missing in `folder`; return how many files there are."""
    folder.mkdir(parents=True, exist_ok=True)
    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    with (data / "lieder.csv").open(encoding="utf-8", newline="") as file:
        scores = [row["file"] for row in csv.DictReader(file)]
    n_files = 0
    with zipfile.ZipFile(data / "lieder.zip") as archive:
        for score in scores:
            out = folder / f"{Path(score).stem}.mid"
            if not out.exists():
                with tempfile.NamedTemporaryFile(suffix=".mxl") as copy:
                    copy.write(archive.read(score))
                    copy.flush()
                    midi = base64.b64decode(toolkit.renderToMIDI()) if toolkit.loadFile(copy.name) else b""
                if not midi:
                    print(f"{score} cannot be read and is left out.", file=sys.stderr)
                    continue
                temporary = out.with_suffix(".tmp")
                temporary.write_bytes(midi)
                temporary.replace(out)
            n_files += 1
    return n_files


if __name__ == "__main__":
    main()
