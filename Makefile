# Everything a person or CI runs. `make` alone lists the targets.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test run lint bench examples pictures docs clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(READY) ## the whole loop on this machine: scripted days, alerts in the terminal, the history browser
	@$(BIN)/trialbell demo $(ARGS)

test: $(READY) ## the tests; those that need Chromium or Node are skipped with a reason where these are absent
	@$(BIN)/python -m pytest -n $${TEST_WORKERS:-auto} $(ARGS)

run: $(READY) ## the service on config.toml
	@$(BIN)/trialbell run $(ARGS)

lint: $(READY) ## formatting, lint, types, import contracts, spelling
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check --no-cache .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/codespell

bench: $(READY) ## measure, and print the figures of docs/benchmarks.md
	@PYTHONPATH=tests $(BIN)/python -m bench $(ARGS)

examples: $(READY) ## write what is told, rendered, to tests/rendered, to be reviewed
	@PYTHONPATH=tests $(BIN)/python -m doubles.rendered

pictures: $(READY) ## take the pictures of docs/alerts.md anew; needs Chromium
	@PYTHONPATH=tests $(BIN)/python -m doubles.gallery $(ARGS)

docs: $(READY) ## write the reference pages from the code
	@$(BIN)/python -m monitor.reference

clean: ## remove what the targets made
	rm -rf $(VENV) node_modules build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "trialbell needs Python 3.11 or newer: try `make PYTHON=python3.11`")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e . --group dev
	@touch $@
