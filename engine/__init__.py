"""The steps of lakhdb. The Python API mirrors the `lmdb` command: same names, same options.

Examples
--------
>>> from lakhdb import engine
>>> db = engine.open("lakh.lmdb")
>>> db.ingest_midi(["~/lmd_full"])
>>> db.ingest_audio(["~/previews"])
>>> db.match()
>>> db.sql("select * from matches order by confidence desc limit 10").df()
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .align_pair import align
    from .database import Database, open
    from .evaluate.alignment.run import eval_alignment
    from .evaluate.frames import eval_frames
    from .export.frames_reader import load_frames
    from .pretty import load_pretty_midi
    from .train.train import train_model

__all__ = [
    "Database",
    "align",
    "eval_alignment",
    "eval_frames",
    "load_frames",
    "load_pretty_midi",
    "open",
    "train_model",
]

HOMES = {
    "Database": "database",
    "align": "align_pair",
    "eval_alignment": "evaluate.alignment.run",
    "eval_frames": "evaluate.frames",
    "load_frames": "export.frames_reader",
    "load_pretty_midi": "pretty",
    "open": "database",
    "train_model": "train.train",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: the command's help must not wait for DuckDB."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{HOMES[name]}", __name__), name)
