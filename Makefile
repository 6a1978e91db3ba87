# make demo    set up and show the whole of it on music of its own
# make test    set up and run the tests
# make lint    style and types
# make bench   the benchmarks, one JSON line a figure
# make clean   remove what these made
#
# PYTHON=…     which Python makes the environment (3.11 to 3.13)
# PIP_FLAGS=…  more for pip, such as --extra-index-url https://download.pytorch.org/whl/cpu
# JOBS=…       test processes

FITTING = import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
# The first that fits; plain python3 where none does, for the check to say what is wrong with it.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	"$$python" -c '$(FITTING)' 2>/dev/null && { echo "$$python"; exit; }; done; echo python3)
JOBS ?= 2

BIN = .venv/bin
PARTS = cli engine kernels schema sql
NATIVE = $(wildcard kernels/native/*)

# Builds happen in environments of their own, which these reach, too (the second one for pip 25.3 and later).
export PIP_CONSTRAINT = constraints.txt
export PIP_BUILD_CONSTRAINT = constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo test lint bench clean
.DELETE_ON_ERROR:

demo: .venv/installed-demo
	$(BIN)/lmdb demo

test: .venv/installed-dev
	$(BIN)/python -m pytest -n $(JOBS)

lint: .venv/installed-dev build/types/lakhdb
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	MYPYPATH=build/types $(BIN)/mypy --strict $(PARTS:%=-p lakhdb.%)

bench: .venv/installed-dev
	for bench in benchmarks/bench_*.py; do $(BIN)/python "$$bench" || exit 1; done

clean:
	rm -rf .venv build *.egg-info kernels/*.so .mypy_cache .pytest_cache .ruff_cache

.venv/bin/python:
	@command -v "$(PYTHON)" >/dev/null || { echo "$(PYTHON) is not there; install Python 3.11, 3.12 or 3.13, \
	or name one, as in: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" .ci/prerequisites.py
	"$(PYTHON)" -m venv .venv

.venv/installed-demo: .venv/bin/python pyproject.toml setup.py constraints.txt $(NATIVE)
	$(BIN)/python -m pip install --quiet $(PIP_FLAGS) --editable '.[demo]'
	touch $@

.venv/installed-dev: .venv/bin/python pyproject.toml setup.py constraints.txt $(NATIVE)
	$(BIN)/python -m pip install --quiet $(PIP_FLAGS) --editable '.[dev,synth,bench]'
	touch $@ .venv/installed-demo

# mypy does not see how pyproject.toml maps the folders onto lakhdb: it gets a folder that looks like it.
build/types/lakhdb:
	mkdir -p $@
	for part in $(PARTS); do ln -sfn ../../../$$part $@/$$part; done
