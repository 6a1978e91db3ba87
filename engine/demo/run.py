"""The demonstration: from MIDI files and recordings to answers, with the truth beside them."""

import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from lakhdb.sql import read_query

from ..align_pair import align
from ..database import Database, open
from ..progress import Progress
from ..recordings import find_soundfont
from ..workers import count_cores
from .corpus import DemoCorpus, make_demo_corpus

__all__ = ["run_demo"]

QUESTIONS = ("demo/ask_margins", "demo/ask_tempo")


def run_demo(
    folder: Path,
    *,
    jobs: int | None = None,
    say: Callable[[str], None],
    show: Callable[[pa.Table], None],
    progress: Progress | None = None,
) -> None:
    """Make music, ingest and match it, tell right from wrong, align one pair, ask two questions.

    Parameters
    ----------
    folder : Path
        Gets ``music/``, ``demo.lmdb/``, ``aligned.mid`` and ``alignment.png``; a second call uses them.
    jobs : int, optional
        Worker processes; by default one for each core.
    say, show : callable
        Take a line of text, and a table, for the reader.
    progress : callable, optional
        See `Progress`.

    Raises
    ------
    LakhDBError
        If music21 is missing, or the folder cannot be used.
    """
    started = time.monotonic()
    folder = folder.expanduser().absolute()
    folder.mkdir(parents=True, exist_ok=True)
    corpus = make_demo_corpus(
        folder / "music", jobs=jobs or count_cores(), soundfont=find_soundfont(), on_progress=progress
    )
    made = f"{corpus.n_midi} MIDI files, {len(corpus.truth)} recordings ({corpus.renderer})"
    say(f"Music    {made} in {folder}/music")
    db = open(folder / "demo.lmdb")
    say(f"MIDI     {db.ingest_midi([corpus.midi_folder], jobs=jobs, progress=progress)}")
    say(f"Audio    {db.ingest_audio([corpus.audio_folder], jobs=jobs, progress=progress)}")
    say(f"Match    {db.match(progress=progress)}")
    found = db.sql(read_query("demo/list_found")).to_arrow_table()
    say("\nWhat each recording was found to be, beside the truth:\n")
    show(_judge(found, corpus))
    _align_best(found, folder, say)
    for name in QUESTIONS:
        _ask(db, name, say, show)
    say(f"\nAll of it took {time.monotonic() - started:.0f} s. Now ask your own questions:")
    say(f'  lmdb --db {folder}/demo.lmdb sql "SELECT * FROM matches WHERE rank = 1 LIMIT 10"')
    say(f"  lmdb --db {folder}/demo.lmdb query {corpus.truth[0].recording}")


def _judge(found: pa.Table, corpus: DemoCorpus) -> pa.Table:
    """Say of each recording whether the best match is the file that it was made from."""
    truth = {str(one.recording): one for one in corpus.truth}
    rows = []
    for row in found.to_pylist():
        right = truth[row["audio_path"]]
        right_path = None if right.midi is None else str(right.midi)
        is_right = row["midi_path"] == right_path
        rows.append(
            {
                "recording": row["recording"],
                "found": row["found"] or "none of them",
                "": "right" if is_right else f"WRONG: {right.midi.name if right.midi else 'none of them'}",
                "score": row["score"],
                "begins at (s)": row["midi_start_s"],
                "truly (s)": None if right.midi is None else right.start_s,
            }
        )
    return pa.Table.from_pylist(rows)


def _align_best(found: pa.Table, folder: Path, say: Callable[[str], None]) -> None:
    best = min((row for row in found.to_pylist() if row["midi_path"]), key=lambda row: row["cost"])
    midi, picture = folder / "aligned.mid", folder / "alignment.png"
    align(Path(best["midi_path"]), Path(best["audio_path"]), out=midi, plot=picture)
    say(f"\n{best['found']} now fits {best['recording']}: {midi}\nand how it does is drawn in {picture}")


def _ask(db: Database, name: str, say: Callable[[str], None], show: Callable[[pa.Table], None]) -> None:
    lines = read_query(name).splitlines()
    question = lines[0].removeprefix("-- Purpose: ")
    statement = "\n".join(line for line in lines if not line.startswith("--"))
    say(f"\n{question}\n\n{statement}\n")
    show(db.sql(statement).to_arrow_table())
