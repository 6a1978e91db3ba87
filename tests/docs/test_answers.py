"""Every question on the pages has, of the demonstration's database, the answer that stands below it.

`WRITE_DOCS=1 python -m pytest tests/docs` writes the answers anew. Names and whole numbers are compared
exactly; a number with a point may differ by two in its last place, for processors round differently.
"""

import os
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGES = ("tour", "names")
QUESTION = re.compile(r"```sql\n(?P<statement>(?:(?!```).*\n)+)```\n(?P<answer>(?:\n(?:\|.*\n)+)?)")
DECIMAL = re.compile(r"-?\d+\.(\d+)")


def read_page(name):
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


QUESTIONS = [
    pytest.param(name, found["statement"], found["answer"], id=f"{name}-{number}")
    for name in PAGES
    for number, found in enumerate(QUESTION.finditer(read_page(name)), start=1)
]


def write_table(relation):
    """Write an answer as a table in Markdown, with the empty line before it."""
    rows = [[write_cell(value) for value in row] for row in relation.fetchall()]
    table = [list(relation.columns), ["---"] * len(relation.columns), *rows]
    return "\n" + "".join(f"| {' | '.join(row)} |\n" for row in table)


def write_cell(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def split_cells(table):
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.split("\n") if line]


def is_close(cell, expected):
    """Whether two cells say the same; where both have a decimal point, up to two in the last place apart."""
    one, other = DECIMAL.fullmatch(cell), DECIMAL.fullmatch(expected)
    if not one or not other:
        return cell == expected
    return abs(float(cell) - float(expected)) < 2.5 * 10 ** -len(other[1])


@pytest.mark.parametrize(("name", "statement", "answer"), QUESTIONS)
def test_the_answer_is_the_one_shown(demo, name, statement, answer):
    db, _ = demo
    table = write_table(db.sql(statement))
    if os.environ.get("WRITE_DOCS"):
        block = f"```sql\n{statement}```\n"
        page = read_page(name).replace(block + answer, block + table)
        (DOCS / f"{name}.md").write_text(page, encoding="utf-8")
        return
    found, shown = split_cells(table), split_cells(answer)
    assert len(found) == len(shown), "write it anew: WRITE_DOCS=1 python -m pytest tests/docs"
    for row, expected in zip(found, shown, strict=True):
        assert len(row) == len(expected)
        assert all(map(is_close, row, expected)), f"{row} is not {expected}"


def test_the_tour_has_ten_questions():
    assert (
        len([one for one in QUESTIONS if one.values[0] == "tour"]) == read_page("tour").count("\n## ") == 10
    )


def test_the_demonstration_tells_every_recording(demo):
    _, told = demo
    judged = told["shown"][0]
    assert [row[""] for row in judged] == ["right"] * 46
    assert [row["found"] for row in judged[44:]] == ["none of them"] * 2
    assert len(told["shown"]) == 3
