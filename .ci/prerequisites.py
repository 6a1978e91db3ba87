"""Check what has to be there before an install: a fitting Python, its headers, a C++ compiler.

Written so that an old Python can still run it and say what is missing.
"""
# ruff: noqa: RUF005, UP031

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile

PROGRAM = "#include <vector>\n#include <Python.h>\nint main() { return (int)std::vector<int>().size(); }\n"


def find_trouble():
    """Return a sentence about the first thing missing, or None."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        return (
            "Python 3.11, 3.12 or 3.13 is needed and %s is %d.%d; install one and name it, "
            "as in `make PYTHON=python3.12`." % ((sys.executable,) + sys.version_info[:2])
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return (
            "%s cannot make environments; install its venv package (Debian: python3-venv)." % sys.executable
        )
    compiler = os.environ.get("CXX", "c++").split()
    if shutil.which(compiler[0]) is None:
        return (
            "there is no C++ compiler %s; install one (Debian: g++; macOS: xcode-select --install)."
            % compiler[0]
        )
    headers = sysconfig.get_path("include")
    if not os.path.exists(os.path.join(headers, "Python.h")):
        return "Python.h is not in %s; install Python's headers (Debian: python3-dev)." % headers
    return compile_trial(compiler, headers)


def compile_trial(compiler, headers):
    """Return a sentence if a program of three lines does not compile, else None."""
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "trial.cpp")
        with open(source, "w") as stream:
            stream.write(PROGRAM)
        command = compiler + [
            "-std=c++17",
            "-I",
            headers,
            "-c",
            source,
            "-o",
            os.path.join(folder, "trial.o"),
        ]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode == 0:
        return None
    said = done.stderr.decode(errors="replace").strip().splitlines() or ["it says nothing"]
    return "the C++ compiler %s does not compile a trial program: %s" % (compiler[0], said[0])


if __name__ == "__main__":
    sys.exit(find_trouble())
