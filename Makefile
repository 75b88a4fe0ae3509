# Everything is set up in .venv on first use, and again only when pyproject.toml or constraints.txt change.
#   make run        start the bot (without DISCORD_TOKEN: the sandbox in the browser, on the demo archive)
#   make test       the fast tests             make test-all   every test, and on PostgreSQL too what stores something
#   make bench      speed and retrieval quality make pictures  the pictures of the README, taken anew
#   make lint       format, lint and type checks make format   fix what can be fixed
#   make audit      known faults of the dependencies; needs the network
#   make fuzz       what no parser may break on, FUZZ_SECONDS (60) for each; needs Linux
# TORCH_INDEX=<url> adds a package index for torch, such as PyTorch's CPU index (see the README).

.DEFAULT_GOAL := run
.PHONY: run test test-all bench lint format audit fuzz pictures clean
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
SUITABLE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
# Tests start many a Python: each would compile all of the source anew where the environment says to keep nothing.
export PYTHONDONTWRITEBYTECODE :=
# A file's tests run one after the other, in one of some processes (tests/conftest.py). The files are taken as they stand:
# those with few tests take the longest, and would come last.
IN_PARALLEL := -n auto --dist loadfile --no-loadscope-reorder
PIP_INSTALL = $(BIN)/python -m pip install --constraint constraints.txt $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))

run: $(VENV)/.ready-to-run
	@$(BIN)/companion run

test: $(VENV)/.ready-to-test
	@$(BIN)/python -m pytest $(IN_PARALLEL) -m "not slow" --hypothesis-profile quick $(PYTEST_ARGS)

test-all: $(VENV)/.ready-to-test
	@$(BIN)/python -m pytest $(IN_PARALLEL) $(PYTEST_ARGS)
	@$(BIN)/python -m pytest $(IN_PARALLEL) --engine=postgresql --hypothesis-profile quick $(POSTGRESQL_ARGS)

bench: $(VENV)/.ready-to-test
	@$(BIN)/python -m benchmarks

pictures: $(VENV)/.ready-to-test
	@$(BIN)/python -m tests.browser.pictures

lint: $(VENV)/.ready-to-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml companion

audit: $(VENV)/.ready-to-test
	@$(PIP_INSTALL) --quiet pip-audit
	@$(BIN)/pip-audit --requirement constraints.txt --no-deps --disable-pip

format: $(VENV)/.ready-to-test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

fuzz: $(VENV)/.ready-to-test
	@$(PIP_INSTALL) --quiet --editable ".[dev,fuzz]"
	@$(BIN)/python -m tests.fuzz --seconds $(or $(FUZZ_SECONDS),60)

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Removed what was built. Your archive in data/ is untouched."

# The first Python that is new enough may not be the one called python3.
$(BIN)/python:
	@set -e; \
	for candidate in $(PYTHON) python3 python3.13 python3.12 python3.11 python; do \
	    if "$$candidate" -c "$(SUITABLE)" 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	    echo "Companion needs Python 3.11, 3.12 or 3.13 and found none: install one, or name it with make PYTHON=/path/to/python3.12." >&2; \
	    exit 1; \
	fi; \
	echo "Setting up $(VENV) with $$($$python --version) …"; \
	$$python -m venv $(VENV) || { \
	    rm -rf $(VENV); \
	    echo "That Python cannot make virtual environments: install its venv package (on Debian and Ubuntu: apt install python3-venv) and run make again." >&2; \
	    exit 1; \
	}

$(VENV)/.ready-to-run: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing what Companion needs. The first time this takes some minutes, for the model and PyTorch …"
	@$(PIP_INSTALL) --editable .
	@touch $@

$(VENV)/.ready-to-test: $(VENV)/.ready-to-run
	@echo "Installing what its tests need …"
	@$(PIP_INSTALL) --editable ".[dev]"
	@touch $@
