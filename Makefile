# What a newcomer calls: make run, make test. Everything else serves those two.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: env run test bench campaign seeded pictures lint format lock clean

env: $(STAMP)

$(STAMP): .locks/dev.lock
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12 env" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r .locks/dev.lock
	touch $@

run: $(STAMP)
	$(BIN)/python -m bot

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/pytest -n 2

# Our bot beside a bare discord.py client, in turn; a few minutes on an idle machine.
bench: $(STAMP)
	$(BIN)/python -m tests.bench

# Plants known bugs in a copy, one after the other: the tests must notice each. Some minutes.
seeded: $(STAMP)
	$(BIN)/python -m tests.seeded -j 2

# Crashes, cuts, faults and hostile input by the thousand; about half an hour. The seed is printed.
campaign: $(STAMP)
	$(BIN)/python -m tests.campaign

# Takes the README's pictures anew; needs Chromium.
pictures: $(STAMP)
	UPDATE_PICTURES=1 $(BIN)/pytest tests/e2e/test_walk.py

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Writes the lock files anew from pyproject.toml; they name no index.
lock: $(STAMP)
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --quiet pyproject.toml -o .locks/run.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --quiet -c .locks/run.lock --group dev pyproject.toml -o .locks/dev.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
