import csv
import io
import json

import numpy as np
import pytest

from lakhdb.cli.main import lmdb


@pytest.fixture
def theirs(tmp_path):
    """Rows of a name and a vector as midisim pickles them, named like files of the collection."""
    rows = np.empty(5, [("midi_names", "O"), ("midi_embeddings", "<f4", (8,))])
    rows["midi_names"] = [f"tune{n}" for n in range(5)]
    rows["midi_embeddings"] = np.random.default_rng(0).standard_normal((5, 8))
    np.save(tmp_path / "theirs.npy", rows, allow_pickle=True)
    return tmp_path / "theirs.npy"


def test_spaces_come_in_are_searched_given_out_and_removed(run, tmp_path, theirs):
    database = tmp_path / "x.lmdb"
    done = run("--db", database, "vectors", "import", theirs, "--name", "theirs")
    assert done.stdout == "5 vectors of 8 values are in the space theirs.\n"
    (space,) = map(
        json.loads, run("--db", database, "vectors", "list", "--format", "json").stdout.splitlines()
    )
    assert (space["name"], space["n_rows"], space["dimension"]) == ("theirs", 5, 8)

    search = ["--db", database, "vectors", "search", "theirs", "tune2", "-k", "3", "--format", "csv"]
    rows = list(csv.DictReader(io.StringIO(run(*search).stdout)))
    assert [row["rank"] for row in rows] == ["1", "2", "3"]
    assert "tune2" not in [row["name"] for row in rows]
    done = run(*search, "--hnsw")
    assert [row["name"] for row in csv.DictReader(io.StringIO(done.stdout))] == [row["name"] for row in rows]
    assert "index of the space theirs is missing" in done.stderr

    done = run("--db", database, "vectors", "export", tmp_path / "out.npy", "--space", "theirs")
    assert done.stdout == f"5 vectors of 8 values are in {tmp_path / 'out.npy'}.\n"
    vectors = np.load(tmp_path / "out.npy")["midi_embeddings"]

    assert (
        "--replace" in run("--db", database, "vectors", "import", theirs, "--name", "theirs", code=1).stderr
    )
    np.save(tmp_path / "plain.npy", -vectors)
    (tmp_path / "names.txt").write_text("a\nb\nc\nd\ne\n")
    done = run(
        "--db", database, "vectors", "import", tmp_path / "plain.npy", "--names", tmp_path / "names.txt",
        "--name", "theirs", "--replace",
    )  # fmt: skip
    assert "those before are gone" in done.stdout
    run("--db", database, "vectors", "remove", "theirs")
    assert run("--db", database, "vectors", "list", "--format", "json").stdout == ""
    assert "no space named" in run("--db", database, "vectors", "remove", "theirs", code=1).stderr


def test_ours_are_given_out_and_theirs_know_our_files(run, matched, tmp_path, theirs):
    done = run("--db", matched, "vectors", "export", tmp_path / "ours.npy")
    assert done.stdout.startswith("6 vectors of 102 values are in ")
    run("--db", matched, "vectors", "import", theirs, "--name", "theirs")
    found = run("--db", matched, "vectors", "search", "theirs", f"{theirs}:0", "--format", "json").stdout
    rows = [json.loads(line) for line in found.splitlines()]
    assert len(rows) == 5
    assert all(row["path"].endswith(f"/{row['name']}.mid") for row in rows)
    assert all(len(row["midi_id"]) == 32 for row in rows)
    run("--db", matched, "verify")


@pytest.mark.parametrize(
    "arguments",
    [
        ["import", "x.npy"],
        ["search", "theirs"],
        ["search", "theirs", "x", "-k", "0"],
        ["export"],
        ["list", "--format", "xml"],
        ["remove"],
    ],
)
def test_wrong_usage(run, tmp_path, arguments):
    run("--db", tmp_path / "x.lmdb", "vectors", *arguments, code=2)
    assert not (tmp_path / "x.lmdb").exists()


def test_a_file_that_is_none_ends_in_a_sentence(run, tmp_path):
    (tmp_path / "x.npy").write_bytes(b"\x93NUMPY but not really")
    done = run("--db", tmp_path / "x.lmdb", "vectors", "import", tmp_path / "x.npy", "--name", "x", code=1)
    assert done.stderr.startswith(f"lmdb: {tmp_path / 'x.npy'} cannot be read")
    assert done.stderr.count("\n") == 1


def test_every_command_and_option_is_explained():
    for command in lmdb.commands["vectors"].commands.values():
        assert command.help, command.name
        for option in command.params:
            assert option.param_type_name == "argument" or option.help, (command.name, option.name)
