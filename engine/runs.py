"""Runs: their settings, what they have covered, and the rows that their batches write."""

import json
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lakhdb.kernels.whitening import MEAN_SHARE, REACH
from lakhdb.sql import read_query

from .cascade import Stage
from .confidence import CONFIDENCE_MODEL
from .features import FEATURE_VERSION
from .models import Side, choose_model
from .numbers import allot
from .pairs import FRAME_TEMPO_MARGIN, GULLY, HASH_SHARE, TEMPO_MARGIN
from .ranges import Range, Ranges, Rectangle, merge_rectangles, to_ranges
from .refine import ALIGNMENT
from .song_similarity import SCORER

__all__ = [
    "Run",
    "describe_settings",
    "insert_rows",
    "insert_stages",
    "list_coverage",
    "list_items",
    "take_up_run",
]


def describe_settings(*, candidates: int | None, transpose: int, accept: float) -> str:
    """Write down what decides how a pair is compared, in one way: pairs count as compared by it.

    Names are left out: they bring in pairs at any time, and each is compared when it comes.
    """
    settings = {
        "accept": accept,
        "alignment": ALIGNMENT,
        "candidates": "all" if candidates is None else candidates,
        "confidence": CONFIDENCE_MODEL,
        "features": FEATURE_VERSION,
        "gully": GULLY,
        "hash_share": HASH_SHARE,
        "model": choose_model().version,
        "slowings": choose_model().slowings,
        "tempo_margins": [TEMPO_MARGIN, FRAME_TEMPO_MARGIN],
        "transpose": transpose,
        "whitening": [MEAN_SHARE, REACH],
    }
    return json.dumps(settings, sort_keys=True)


def list_items(con: duckdb.DuckDBPyConnection, side: Side, corpus: str | None) -> npt.NDArray[np.int64]:
    """List the items of one side that have frames of the current version: numbers, ascending."""
    rows = con.sql(
        read_query("runs/list_items"),
        params={"side": side, "corpus": corpus, "feature_version": FEATURE_VERSION},
    ).fetchnumpy()
    return np.asarray(rows["item_seq"], np.int64)


def list_coverage(con: duckdb.DuckDBPyConnection, settings: str) -> list[tuple[int, Rectangle]]:
    """List what has been compared with these settings, as (run_id, rectangle)."""
    rows = con.execute(read_query("coverage/list_coverage"), {"settings": settings}).fetchall()
    return [(row[0], Rectangle(*row[1:])) for row in rows]


@dataclass
class Run:
    """A run while it is going on.

    Attributes
    ----------
    run_id : int or None
        None until its first batch is written.
    settings : str
    covered : list of Rectangle
        By this run.
    """

    run_id: int | None
    settings: str
    covered: list[Rectangle] = field(default_factory=list)

    def begin(self, con: duckdb.DuckDBPyConnection) -> int:
        """Return the run's number; allot it within the first batch's transaction."""
        if self.run_id is None:
            self.run_id = allot(con, "run_id", 1)
            con.execute(
                read_query("runs/insert_run"),
                {
                    "run_id": self.run_id,
                    "settings": self.settings,
                    "confidence_model": CONFIDENCE_MODEL,
                    "versions": _describe_software(),
                },
            )
        return self.run_id

    def cover(self, con: duckdb.DuckDBPyConnection, midi: Sequence[int], audio: Ranges) -> None:
        """Record that these MIDI items have met these recordings."""
        rows = [Rectangle(*row, *column) for row in to_ranges(midi) for column in audio]
        self.covered = merge_rectangles([*self.covered, *rows])
        con.execute(read_query("coverage/delete_run_coverage"), {"run_id": self.run_id})
        columns: list[pa.Array] = [pa.array(column, pa.int64()) for column in zip(*self.covered, strict=True)]
        table = pa.table(columns, names=list(Rectangle._fields))
        table = table.append_column("run_id", pa.repeat(pa.scalar(self.run_id, pa.int64()), len(table)))
        table = table.append_column("settings", pa.repeat(self.settings, len(table)))
        insert_rows(con, "coverage/insert_coverage", table)

    def finish(self, con: duckdb.DuckDBPyConnection) -> None:
        """Mark the run as finished, within its last batch's transaction."""
        con.execute(read_query("runs/finish_run"), {"run_id": self.run_id})


def take_up_run(
    con: duckdb.DuckDBPyConnection, settings: str, coverage: Sequence[tuple[int, Rectangle]], todo: Ranges
) -> Run:
    """Go on with the latest run if it was cut off with these settings, else prepare a new one.

    A run that was cut off is not gone on with if it has compared one of the MIDI items already, since a MIDI
    item is ranked once in a run.
    """
    row = con.execute(read_query("runs/find_unfinished_run"), {"settings": settings}).fetchone()
    if row is not None:
        covered = [rectangle for run_id, rectangle in coverage if run_id == row[0]]
        if not any(_overlap(todo, (one.midi_from, one.midi_to)) for one in covered):
            return Run(row[0], settings, covered)
    return Run(None, settings)


def _overlap(ranges: Ranges, other: Range) -> bool:
    return any(first <= other[1] and other[0] <= last for first, last in ranges)


def insert_rows(con: duckdb.DuckDBPyConnection, query: str, rows: pa.Table) -> None:
    """Run an inserting query over a table of new rows."""
    con.register("new_rows", rows)
    con.execute(read_query(query))
    con.unregister("new_rows")


def insert_stages(
    con: duckdb.DuckDBPyConnection, run_id: int, midi_seqs: Sequence[int], stages: Sequence[Sequence[Stage]]
) -> None:
    """Write what the stages kept, and where they cut, for some MIDI items."""
    flat = [(seq, stage) for seq, kept in zip(midi_seqs, stages, strict=True) for stage in kept]
    sizes = [stage.item_seq.size for _, stage in flat]
    columns = {
        "stage": pa.array([stage.name for _, stage in flat]),
        "midi_seq": pa.array([seq for seq, _ in flat], pa.int64()),
        "run_id": pa.array([run_id] * len(flat), pa.int64()),
    }
    cuts = pa.table(
        {
            **columns,
            "n_seen": pa.array([stage.n_seen for _, stage in flat], pa.int64()),
            "n_kept": pa.array(sizes, pa.int64()),
            "cut_off": pa.array(
                [stage.value[-1] if stage.value.size else None for _, stage in flat], pa.float64()
            ),
        }
    )
    which = np.repeat(np.arange(len(flat)), sizes)
    rows = pa.table(
        {
            **{name: column.take(pa.array(which)) for name, column in columns.items()},
            "audio_seq": np.concatenate([np.empty(0, np.int64), *(stage.item_seq for _, stage in flat)]),
            "rank": np.concatenate([np.empty(0, np.int64), *(np.arange(1, size + 1) for size in sizes)]),
            "value": np.concatenate([np.empty(0), *(stage.value for _, stage in flat)]),
        }
    )
    insert_rows(con, "candidates/insert_candidate_rows", rows)
    insert_rows(con, "candidates/insert_candidate_cuts", cuts)


def _describe_software() -> str:
    packages = ("lakhdb", "duckdb", "hnswlib", "librosa", "numpy", "rapidfuzz")
    versions = {name: version(name) for name in packages}
    return json.dumps({"python": platform.python_version(), "names": SCORER, **versions})
