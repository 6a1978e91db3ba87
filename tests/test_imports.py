"""Imports follow the arrows: cli → engine → {kernels, schema, sql}; those three never import each other."""

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

ALLOWED = {
    "cli": {"engine"},
    "engine": {"kernels", "schema", "sql"},
    "kernels": set(),
    "schema": set(),
    "sql": set(),
}

# The database, files and logging have no place where arrays go in and arrays come out.
NOT_IN_KERNELS = {"duckdb", "logging", "pyarrow", "sqlite3", "soundfile", "tempfile"}


def list_imports(folder):
    """Yield the full names of what the Python files of a folder import, relative imports resolved."""
    for path in (REPOSITORY / folder).rglob("*.py"):
        package = ["lakhdb", *path.relative_to(REPOSITORY).parent.parts]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = package[: len(package) - node.level + 1] if node.level else []
                module = ".".join([*base, *filter(None, [node.module])])
                yield module
                yield from (f"{module}.{alias.name}" for alias in node.names)


def our_imports(folder):
    names = (name.split(".") for name in list_imports(folder))
    return {name[1] for name in names if name[0] == "lakhdb" and len(name) > 1}


@pytest.mark.parametrize("folder", ALLOWED)
def test_imports_follow_the_arrows(folder):
    assert our_imports(folder) - {folder} <= ALLOWED[folder]


def test_the_reader_of_imports_sees_them():
    # Without this, a fault in `our_imports` would make the test above pass for ever.
    assert our_imports("cli") >= {"cli", "engine"}
    assert our_imports("engine") >= ALLOWED["engine"]


def test_no_folder_is_left_out():
    packages = {path.parent.name for path in REPOSITORY.glob("*/__init__.py")}
    assert packages == set(ALLOWED)


def test_kernels_take_and_give_arrays():
    assert not {name.split(".")[0] for name in list_imports("kernels")} & NOT_IN_KERNELS


@pytest.mark.parametrize("folder", ALLOWED)
def test_every_module_says_what_is_public(folder):
    silent = []
    for path in (REPOSITORY / folder).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        targets = [
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        ]
        defines = any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in tree.body)
        if defines and "__all__" not in targets:
            silent.append(str(path.relative_to(REPOSITORY)))
    assert silent == []
