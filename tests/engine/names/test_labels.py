"""Names read from 300 real paths, against labels made by reading them.

The labels (md5, half, artist, title; empty is none) say what the path itself says to a careful reader:
nothing is completed or corrected (cut, run-together and misspelt titles stand as they are, initials and
lone surnames stay), people's names are in spoken order, marks and numbers of copies are left out, folders
that hold many artists' files are none. Rules were written with half 1 in view; half 2 was labelled and
judged when they were done.
"""

import csv
from pathlib import Path

import pytest

from lakhdb.engine.names.paths import parse_paths
from lakhdb.engine.names.tidy import squash


@pytest.fixture(scope="module")
def labelled(shared_data):
    """Rows of the fixture, each with the name that its path gives among all paths of the table."""
    with (shared_data / "text" / "lmd_paths.tsv").open(encoding="utf-8", newline="") as file:
        paths = {
            row["md5"]: row["path"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        }
    names = dict(zip(paths, parse_paths(list(paths.values())), strict=True))
    with Path(__file__).with_name("labels.csv").open(encoding="utf-8", newline="") as file:
        return [(row, names[row["md5"]]) for row in csv.DictReader(file)]


def count_right(labelled, half, field):
    """Right, given and labelled names of one half."""
    pairs = [(getattr(name, field) or "", row[field]) for row, name in labelled if row["half"] == half]
    n_right = sum(bool(given) and is_same(given, label) for given, label in pairs)
    return n_right, sum(bool(given) for given, _ in pairs), sum(bool(label) for _, label in pairs)


def is_same(given, label):
    """Same letters and digits, but for an article before them."""
    return squash(given).removeprefix("the") == squash(label).removeprefix("the")


@pytest.mark.parametrize(
    ("half", "field", "precision", "recall"),
    [
        ("1", "artist", 0.97, 0.95),
        ("1", "title", 0.97, 0.97),
        ("2", "artist", 0.93, 0.94),
        ("2", "title", 0.93, 0.93),
    ],
)
def test_names_are_right(labelled, half, field, precision, recall):
    n_right, n_given, n_labelled = count_right(labelled, half, field)
    assert n_right / n_given >= precision
    assert n_right / n_labelled >= recall


def test_halves_are_of_one_size(labelled):
    assert [sum(row["half"] == half for row, _ in labelled) for half in "12"] == [150, 150]
