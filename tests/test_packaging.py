"""What is installed is what lies in the tree: packages, queries, types, compiled modules."""

import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDERS = ("cli", "engine", "kernels", "schema", "sql")
SHIPPED = {".html", ".json", ".md", ".py", ".pyi", ".safetensors", ".sql", ".typed"}

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))


def list_tree():
    """List the files that belong into the wheel, as they lie in the tree."""
    return {
        path.relative_to(REPOSITORY).as_posix()
        for folder in FOLDERS
        for path in (REPOSITORY / folder).rglob("*")
        if path.is_file() and path.suffix in SHIPPED and "__pycache__" not in path.parts
    }


def test_every_package_is_listed():
    with_code = {Path(file).parent for file in list_tree() if file.endswith(".py")}
    expected = {"lakhdb." + ".".join(folder.parts) for folder in with_code}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == expected


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_folder_is_typed(folder):
    assert (REPOSITORY / folder / "py.typed").is_file()


def test_constraints_are_exact_and_cover_what_is_asked_for():
    lines = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line.partition("==") for line in lines if line and not line.startswith("#")]
    assert all(version and "*" not in version for _, _, version in pinned)
    names = {_normalise(name) for name, _, _ in pinned}
    assert len(names) == len(pinned)
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], *PROJECT["build-system"]["requires"]]
    asked += [one for extra in extras if extra != "cuda" for one in extras[extra]]
    missing = {_normalise(_cut_name(one)) for one in asked} - names - {"lakhdb"}
    assert missing == set()


def test_torch_is_pinned_to_the_version_with_a_build_for_the_cpu():
    assert "torch==2.13.0" in (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()


def _cut_name(requirement):
    for sign in "[<>=!~; ":
        requirement = requirement.split(sign)[0]
    return requirement


def _normalise(name):
    return name.lower().replace("_", "-").replace(".", "-")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of the tree, built from a copy of it."""
    for needed in ("pybind11", "setuptools"):
        pytest.importorskip(
            needed, reason="built with what is installed, for no test reaches for the network"
        )
    source = tmp_path_factory.mktemp("source")
    for name in (*FOLDERS, "pyproject.toml", "setup.py", "README.md", "LICENSE"):
        path = REPOSITORY / name
        if path.is_dir():
            shutil.copytree(path, source / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
        elif path.exists():
            shutil.copy(path, source / name)
    out = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        out,
        source,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (file,) = out.iterdir()
    return file


def test_the_wheel_holds_the_tree(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    ours = {name.removeprefix("lakhdb/") for name in held if name.startswith("lakhdb/")}
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    compiled = {f"kernels/{path.stem}{suffix}" for path in (REPOSITORY / "kernels").glob("_*.pyi")}
    assert compiled
    assert ours == list_tree() | compiled
    others = {name.split("/")[0] for name in held} - {"lakhdb"}
    assert all(name.endswith(".dist-info") for name in others)


def test_the_wheel_runs_by_itself(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    script = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "sys.meta_path = [finder for finder in sys.meta_path if 'editable' not in repr(finder)]\n"
        "from lakhdb.cli.main import lmdb; from lakhdb import engine; import pathlib\n"
        "db = engine.open(sys.argv[1]); print(db.status().num_rows, engine.__file__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "new.lmdb"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    n_rows, file = done.stdout.split()
    assert int(n_rows) > 10
    assert Path(file).is_relative_to(tmp_path)
