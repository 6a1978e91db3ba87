import json
import os
import signal
import subprocess
import sys
import time

import pytest

from lakhdb.cli.main import lmdb

HEAVY = ("duckdb", "numpy", "pyarrow", "torch", "jax", "librosa", "pandas", "tabulate", "tqdm", "matplotlib")

COMMANDS = sorted(lmdb.commands)


def start(*arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-c", "from lakhdb.cli.main import lmdb; lmdb()", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["ingest", "midi", "--help"], ["ingest", "audio", "-h"]]
    + [[command, "--help"] for command in COMMANDS],
    ids=" ".join,
)
def test_help_imports_nothing_heavy(arguments):
    script = (
        "import json, sys\n"
        "from lakhdb.cli.main import lmdb\n"
        "try: lmdb(sys.argv[1:])\n"
        "finally: print(json.dumps(sorted(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout
    assert not {name.split(".")[0] for name in json.loads(done.stderr)} & set(HEAVY)


def test_has_the_commands_of_the_design():
    assert COMMANDS == [
        "align", "dedup", "demo", "embed", "eval", "export", "failures", "forget", "ingest", "match", "query",
        "report", "show", "sql", "status", "train", "vectors", "verify",
    ]  # fmt: skip


def test_every_command_and_option_is_explained(run):
    inner = [
        command
        for group in ("ingest", "eval", "export", "vectors")
        for command in lmdb.commands[group].commands.values()
    ]
    for command in [*lmdb.commands.values(), *inner]:
        assert command.help, command.name
        for option in command.params:
            assert option.param_type_name == "argument" or option.help, (command.name, option.name)


@pytest.mark.parametrize(
    "arguments",
    [
        ["sing"],
        ["--nothing"],
        ["ingest"],
        ["ingest", "midi"],
        ["ingest", "midi", "x", "--jobs", "0"],
        ["match", "--candidates", "none"],
        ["match", "--candidates", "0"],
        ["match", "--transpose", "13"],
        ["query"],
        ["query", "x", "-k", "0"],
        ["query", "x", "--against", "video"],
        ["align", "x.mid"],
        ["sql"],
        ["status", "--format", "xml"],
        ["forget"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(run, arguments):
    done = run(*arguments, code=2)
    assert done.stderr.startswith("Usage:")
    assert done.stdout == "" or arguments == ["ingest"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["status"], "there is no database at"),
        (["match"], "there is no database at"),
        (["ingest", "midi", "no such folder"], "no such folder"),
        (["align", "none.mid", "none.wav"], "none.mid"),
    ],
)
def test_an_error_is_one_line_and_ends_with_1(run, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    done = run("--db", tmp_path / "none.lmdb", *arguments, code=1)
    assert done.stdout == ""
    assert done.stderr.startswith("lmdb: ")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_look_makes_no_database(run, tmp_path):
    run("--db", tmp_path / "none.lmdb", "status", code=1)
    assert not (tmp_path / "none.lmdb").exists()


def test_finds_the_database_by_option_environment_or_default(run, matched, tmp_path, monkeypatch):
    by_option = run("--db", matched, "status").stdout
    monkeypatch.chdir(matched.parent)
    assert run("status").stdout == by_option
    monkeypatch.chdir("/")
    run("status", code=1)
    monkeypatch.setenv("LMDB_DB", str(matched))
    assert run("status").stdout == by_option


def test_ctrl_c_says_how_to_go_on(matched):
    endless = "SELECT count(*) FROM range(1000000000000) AS t(i) WHERE i % 7 = 9"
    # Python listens to SIGINT only where its parent did: a test run in the background does not.
    process = start(
        "--db", matched, "sql", endless, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    )
    while not _is_busy(process):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert stdout == ""
    assert stderr == "lmdb: interrupted; run the same command again to go on.\n"


def _is_busy(process):
    """Tell whether the process has opened the catalog, so that its question is on its way."""
    folder = f"/proc/{process.pid}/fd"
    try:
        return any(os.readlink(f"{folder}/{fd}").endswith("catalog.duckdb") for fd in os.listdir(folder))
    except FileNotFoundError:
        return False


def test_a_reader_that_leaves_ends_it_quietly(matched):
    process = start("--db", matched, "sql", "SELECT * FROM range(1000000)", "--format", "csv")
    assert process.stdout.readline() == "range\n"
    process.stdout.close()
    assert process.stderr.read() == ""
    process.wait()
    process.stderr.close()


def test_ctrl_c_ends_a_writer_that_can_go_on(matched):
    process = start("--db", matched, "sql", "--write", "CREATE TABLE t AS FROM range(100000000000)",
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    while not _is_busy(process):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr.count("\n")) == (130, 1)
    process = start("--db", matched, "sql", "--write", "CREATE TABLE t (x INTEGER)")
    assert process.communicate(timeout=60)[1] == ""
