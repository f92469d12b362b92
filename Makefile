# make serve   a chat on http://127.0.0.1:8000, from nothing but python3 (3.11 or newer)
# make dev     the same for whoever changes it: starts anew by itself, with invented people, data in ./.dev
# make check   the fast tests, in less than half a minute
# make test    all tests                                  PYTEST_ARGS="-k rooms" picks some
# make lint    style, types, layers                       make format repairs the style
# make messages   the texts to be translated, from the code into all languages, and built     make messages ADD=fr   another one
# make docs    the documents as a site, in build/docs     make test-browsers   the main walk in Firefox and WebKit
# make chaos   the long form of the fault tests           make bench   the measurements
# make lock    raise the pinned versions                  make durations   measure anew what is fast
# make clean   remove what make made

PYTHON ?= python3
VENV ?= .venv
PYTEST_ARGS ?=
# three files of tests side by side, even on two cores, for most of them wait; each process has servers and databases of its own
SIDE_BY_SIDE := --numprocesses 3 --dist loadfile --no-loadscope-reorder
BENCH_ARGS ?= --compare
DEV_ARGS ?=

BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet
# the two stamps: what is written there was installed there
SERVE := $(VENV)/.installed-serve
TEST := $(VENV)/.installed-test
DOCS := $(VENV)/.installed-docs
NODE_MODULES := node_modules/.package-lock.json

.PHONY: serve dev check test test-browsers durations messages docs lint format lint-js chaos bench lock chromium clean
.DELETE_ON_ERROR:

serve: $(SERVE)
	@exec $(BIN)/groupchat serve

dev: $(TEST)
	@exec $(BIN)/python tools/dev.py $(DEV_ARGS)

# picked by what they took when they were measured: tests/pace.py
check: $(TEST)
	$(BIN)/python -m pytest --fast $(SIDE_BY_SIDE) $(PYTEST_ARGS)

test: $(TEST) chromium
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) --ignore tests/browsers $(PYTEST_ARGS)

durations: $(TEST) chromium
	$(BIN)/python -m pytest --measure $(SIDE_BY_SIDE) --ignore tests/browsers $(PYTEST_ARGS)

# with the system's packages: firefox-esr, webkit2gtk-driver and xvfb; a browser that is not there is left out, and told
test-browsers: $(TEST)
	$(BIN)/python -m pytest tests/browsers $(PYTEST_ARGS)

lint: $(TEST)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@echo "$(BIN)/vulture"; ! $(BIN)/vulture | grep --extended-regexp '^(src|benchmarks|tools)/'
	@$(MAKE) --no-print-directory lint-js

# the client: its style, its types, and that what it takes from others is what the lock file pins
lint-js:
	@if ! command -v npm >/dev/null || ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'; then \
		echo "Left out: ESLint and the types of the client, for there is no node 20.19 or newer with npm."; \
	else \
		$(MAKE) --no-print-directory $(NODE_MODULES) && npm run --silent lint && npm run --silent types && npm run --silent vendor -- --check; \
	fi

$(NODE_MODULES): package-lock.json
	npm ci --ignore-scripts --silent
	@touch $@

format: $(TEST)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# into src/groupchat/**/locale, and from there the .mo of the server and the .json of the client: tools/messages.py
messages: $(TEST)
	$(BIN)/python tools/messages.py $(ADD)

# a link that leads nowhere, or a name that is gone, is an error
docs: $(DOCS)
	$(BIN)/sphinx-build --builder html --fail-on-warning --keep-going --quiet -c docs/site . build/docs
	@echo "The documents are in build/docs/docs/index.html."

chaos: $(TEST)
	$(BIN)/python -m pytest tests/chaos --long $(SIDE_BY_SIDE) $(PYTEST_ARGS)

bench: $(TEST)
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "Group Chat needs Python 3.11 or newer: no $(PYTHON) on the PATH." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Group Chat needs Python 3.11 or newer; this is $$($(PYTHON) --version). Name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# requirements/test.txt holds everything of serve.txt, so a test environment also serves
$(SERVE): requirements/serve.txt pyproject.toml setup.py | $(BIN)/python
	@if [ -e $(TEST) ]; then rm $(TEST); fi
	@echo "Installing what the server needs into $(VENV) …"
	@$(PIP_INSTALL) --require-hashes -r requirements/serve.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(TEST): requirements/test.txt $(SERVE)
	@echo "Installing what the tests need into $(VENV) …"
	@$(PIP_INSTALL) --require-hashes -r requirements/test.txt
	@touch $@

$(DOCS): requirements/docs.txt $(TEST)
	@echo "Installing what the documents need into $(VENV) …"
	@$(PIP_INSTALL) --require-hashes -r requirements/docs.txt
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
	rm -rf .venv .venv-* .nox .dev node_modules build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
