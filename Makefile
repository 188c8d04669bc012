# Everything here happens inside this folder; the only need is Python 3.11 or newer with venv.
#
#   make demo PYTHON=python3.12     choose an interpreter (when .venv is made)

PYTHON = python3
VENV = .venv
BIN = $(VENV)/bin
PIP = PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip -qq

# What an installation depends on; with none of it changed, nothing is installed again.
MADE_OF = pyproject.toml requirements-dev.lock omnibatch/__init__.py

help:
	@echo 'make demo    rehearse specs/harbor.yaml: real clips from a local emulator, for free'
	@echo 'make test    run all tests'
	@echo 'make prove   kill, cut and tear at every step of a run; print what it came to; long'
	@echo 'make lint    ruff, its formatter, and mypy --strict'
	@echo 'make bench   time and memory beside naive ways, some minutes; QUICK=--quick for a look'
	@echo 'make clean   remove .venv, caches, and what the demo rendered'

demo: $(VENV)/installed
	@$(BIN)/omnibatch rehearse specs/harbor.yaml
	@echo '(omnibatch here is $(BIN)/omnibatch, or type: . $(BIN)/activate)'

test: $(VENV)/developing
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4

prove: $(VENV)/developing
	$(BIN)/python tests/prove.py

lint: $(VENV)/developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy tests/typing

bench: $(VENV)/developing
	$(BIN)/python tests/bench/language.py $(QUICK)
	$(BIN)/python tests/bench/starting.py $(QUICK)
	$(BIN)/python tests/bench/ledger.py $(QUICK)

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	rm -rf specs/.omnibatch/rehearsal
	find omnibatch tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("omnibatch needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + ": try make PYTHON=python3.12")'
	@echo 'making $(VENV)'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(BIN)/python $(MADE_OF)
	@echo 'installing omnibatch into $(VENV)'
	@$(PIP) install --constraint requirements-dev.lock --editable .
	@touch $@

$(VENV)/developing: $(VENV)/installed
	@echo 'installing the development dependencies into $(VENV)'
	@$(PIP) install --requirement requirements-dev.lock
	@touch $@

.PHONY: help demo test prove lint bench clean
