"""The choice of pieces: enough, always the same, and with names that are files everywhere."""

import importlib.util

import pytest

from lakhdb.engine.demo.pieces import choose_pieces
from lakhdb.engine.errors import MissingPackageError


def test_chooses_pieces_with_names_that_are_files_everywhere():
    pytest.importorskip("music21", reason="music21 is not installed")
    pieces = choose_pieces()
    assert pieces == choose_pieces()
    assert len(pieces) >= 210
    assert len({piece.name.casefold() for piece in pieces}) == len(pieces)
    assert all(piece.path.is_file() for piece in pieces)
    assert not any(
        set(piece.name) & set('<>:"/\\|?*\n') or len(piece.name.encode()) > 140 for piece in pieces
    )


def test_says_what_is_missing_without_music21(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingPackageError, match=r'pip install "lakhdb\[demo\]"'):
        choose_pieces()
