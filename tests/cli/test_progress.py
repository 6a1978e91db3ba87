import io
import sys

import pytest

from lakhdb.cli.progress import show_progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_is_silent_without_a_terminal(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with show_progress() as progress:
        assert progress is None
    assert stream.getvalue() == ""


def test_draws_a_bar_for_each_stage(monkeypatch, capsys):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with show_progress() as progress:
        progress("midi", 1, 10)
        progress("midi", 10, 10)
        progress("dtw", 5, None)
    drawn = terminal.getvalue()
    assert "midi" in drawn
    assert "10/10" in drawn
    assert "dtw" in drawn
    assert capsys.readouterr().out == ""


def test_ends_the_bar_when_the_work_fails(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)

    def fail():
        with show_progress() as progress:
            progress("midi", 1, 10)
            raise ValueError("trouble")

    with pytest.raises(ValueError, match="trouble"):
        fail()
    assert terminal.getvalue().endswith("\n")
