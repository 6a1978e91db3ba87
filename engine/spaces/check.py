"""Checking the files of spaces against the catalog, and sweeping up what interrupted commands left."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from lakhdb.sql import read_query

from ..store import Store
from .catalog import FOLDER, Space, list_named_spaces
from .graph import find_stale_graphs, remove_graphs

__all__ = ["check_spaces"]


def check_spaces(store: Store, *, repair: bool = False) -> tuple[bool, str]:
    """Check the files of spaces; tell whether all are as the catalog has them, and what there is to say.

    Parameters
    ----------
    store : Store
    repair : bool
        Let go of spaces whose files are missing or damaged, and remove files that no row names. The caller
        holds the writer's lock.
    """
    # Files are listed before the rows: what a running import has named meanwhile does not look unnamed.
    present = sorted(path for path in (store.folder / FOLDER).glob("*") if path.is_file())
    spaces = _list_spaces(store)
    troubles = {space: trouble for space in spaces if (trouble := _find_trouble(store, space))}
    if troubles:
        # One may have been replaced meanwhile.
        named = {space.file for space in _list_spaces(store)}
        troubles = {space: trouble for space, trouble in troubles.items() if space.file in named}
    left = [path for path in present if path not in {store.folder / space.file for space in spaces}]
    left += find_stale_graphs(store, spaces)
    said = [f"{space.name} {trouble}, import {space.source} again" for space, trouble in troubles.items()]
    if repair:
        _drop(store, list(troubles), left)
        said = [f"dropped: {one}" for one in said] + [f"removed {len(left)} unnamed files"] * bool(left)
    else:
        said += [f"{len(left)} unnamed files, `lmdb verify --repair` removes them"] * bool(left)
    return repair or not troubles, "; ".join(said) or f"{len(spaces)} are whole"


def _list_spaces(store: Store) -> list[Space]:
    # Without the views over parts: they cannot be made while a part is missing.
    con = store.connect(read_only=True)
    try:
        return list_named_spaces(con)
    finally:
        con.close()


def _find_trouble(store: Store, space: Space) -> str | None:
    try:
        with (store.folder / space.file).open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != space.sha256:
                return "differs from its checksum"
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return None


def _drop(store: Store, bad: Sequence[Space], left: Sequence[Path]) -> None:
    if bad:
        with store.writing() as con:
            for space in bad:
                con.execute(read_query("spaces/delete_space"), {"name": space.name})
    for space in bad:
        (store.folder / space.file).unlink(missing_ok=True)
        remove_graphs(store, space.name)
    for path in left:
        path.unlink(missing_ok=True)
