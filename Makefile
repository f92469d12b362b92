# make serve   a chat on http://127.0.0.1:8000, from nothing but python3 (3.11 or newer)
# make test    all tests                                  PYTEST_ARGS="-k rooms" picks some
# make lint    style, types, layers                       make format repairs the style
# make chaos   the long form of the fault tests           make bench   the measurements
# make lock    raise the pinned versions                  make clean   remove what make made

PYTHON ?= python3
VENV ?= .venv
PYTEST_ARGS ?=
# three files of tests side by side, even on two cores, for most of them wait; each process has servers and databases of its own
THREE_AT_ONCE := --numprocesses 3 --dist loadfile --no-loadscope-reorder
BENCH_ARGS ?=

BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet
# the two stamps: what is written there was installed there
SERVE := $(VENV)/.installed-serve
TEST := $(VENV)/.installed-test

.PHONY: serve test lint format chaos bench lock chromium clean
.DELETE_ON_ERROR:

serve: $(SERVE)
	@exec $(BIN)/groupchat serve

test: $(TEST) chromium
	$(BIN)/python -m pytest $(THREE_AT_ONCE) $(PYTEST_ARGS)

lint: $(TEST)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(TEST)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

chaos: $(TEST)
	$(BIN)/python -m pytest tests/chaos --long $(THREE_AT_ONCE) $(PYTEST_ARGS)

bench: $(TEST)
	$(BIN)/groupchat bench $(BENCH_ARGS)

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "Group Chat needs Python 3.11 or newer: no $(PYTHON) on the PATH." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Group Chat needs Python 3.11 or newer; this is $$($(PYTHON) --version). Name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# requirements/test.txt holds everything of serve.txt, so a test environment also serves
$(SERVE): requirements/serve.txt pyproject.toml | $(BIN)/python
	@if [ -e $(TEST) ]; then rm $(TEST); fi
	@echo "Installing what the server needs into $(VENV) …"
	@$(PIP_INSTALL) --require-hashes -r requirements/serve.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(TEST): requirements/test.txt $(SERVE)
	@echo "Installing what the tests need into $(VENV) …"
	@$(PIP_INSTALL) --require-hashes -r requirements/test.txt
	@touch $@

chromium:
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then \
		:; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium; \
	else \
		echo "The browser tests need Chromium: install the package chromium of your system." >&2; exit 1; \
	fi

lock: $(TEST)
	@$(PIP_INSTALL) uv
	UV=$(BIN)/uv requirements/lock.sh

clean:
	rm -rf .venv .venv-* build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
