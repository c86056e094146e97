# Victoria's commands. `make run` and `make test` do all set-up themselves, and only once.
#
#   make run      start Victoria and print the address to open
#   make test     all tests: backend, whole calls, real server, browser, console
#   make lint     style, types, architecture      make format   mend style
#   make lock     renew the locked versions       make types    renew the console's API types
#   make bench    measure                         make clean
#   make faults   let every engine fail in every way, and write docs/operations/fault-matrix.md

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run-installed
DEV_STAMP := $(VENV)/.dev-installed
NODE_STAMP := frontend/node_modules/.installed
DIST_STAMP := frontend/dist/.built
CONSOLE_SOURCES := $(shell find frontend -path frontend/node_modules -prune -o -path frontend/dist -prune -o -type f -print 2>/dev/null)
# Node from the system if it is new enough, else from its Python wheel.
WITH_NODE := PATH="$$($(CURDIR)/scripts/node_path):$$PATH"
PIP_INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --no-deps

LINTS := lint-types lint-console lint-style lint-imports lint-api
TESTS := test-unit test-parts test-live test-alone test-console
.PHONY: run test $(TESTS) faults lint $(LINTS) types format lock bench clean setup setup-dev console
.DELETE_ON_ERROR:

run: setup console
	@$(BIN)/victoria serve

setup: $(RUN_STAMP)
setup-dev: $(DEV_STAMP)
console: $(DIST_STAMP)

$(VENV)/bin/pip:
	@$(PYTHON) scripts/check_python.py
	@echo "Making a virtual environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): backend/requirements.lock pyproject.toml | $(VENV)/bin/pip
	@echo "Installing Victoria's packages …"
	@$(PIP_INSTALL) --require-hashes -r backend/requirements.lock
	@$(PIP_INSTALL) --editable .
	@touch $@

$(DEV_STAMP): backend/requirements-dev.lock $(RUN_STAMP)
	@echo "Installing what tests and checks need …"
	@$(PIP_INSTALL) --require-hashes -r backend/requirements-dev.lock
	@touch $@

$(NODE_STAMP): frontend/package-lock.json $(RUN_STAMP)
	@echo "Installing the console's packages …"
	@scripts/node_path >/dev/null || { echo "Node.js is missing or too old; installing it in $(VENV) …"; \
	    $(PIP_INSTALL) --require-hashes -r backend/requirements-node.lock; }
	@cd frontend && $(WITH_NODE) npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(DIST_STAMP): $(CONSOLE_SOURCES) $(NODE_STAMP)
	@echo "Building the console …"
	@cd frontend && $(WITH_NODE) npm run --silent build
	@touch $@

# One after the other, to the end: what fails in one says nothing about the next.
test: setup-dev console
	@$(MAKE) --no-print-directory --keep-going -j1 $(TESTS)

# Most tests wait, for real time or for other processes: three at once keep two processors busy. Those that
# judge calls as an ear would come after the others: "live" ones beside one another, and by themselves ("alone")
# those that give the machine much to do. Coverage is what unit tests reach: measuring it doubles the work.
SIDE_BY_SIDE := --dist loadfile --no-loadscope-reorder
test-unit: setup-dev
	$(BIN)/pytest tests/unit -n 2 $(SIDE_BY_SIDE) --cov --cov-report=term:skip-covered

test-parts: setup-dev console
	$(BIN)/pytest --ignore=tests/unit -m "not live and not alone" -n 3 $(SIDE_BY_SIDE)

test-live: setup-dev console
	$(BIN)/pytest --ignore=tests/unit -m live -n 3 $(SIDE_BY_SIDE)

test-alone: setup-dev console
	$(BIN)/pytest --ignore=tests/unit -m alone

test-console: $(DIST_STAMP)
	cd frontend && $(WITH_NODE) npm test
	cd frontend && $(WITH_NODE) npm run --silent budget

faults: setup-dev
	VICTORIA_FAULTS=all $(BIN)/pytest tests/faults

# Side by side, each check's lines together (if Make can do that); all that is wrong is told.
lint: setup-dev $(NODE_STAMP)
	@$(MAKE) --no-print-directory --keep-going -j2 $(if $(filter output-sync,$(.FEATURES)),-Otarget) $(LINTS)

lint-types: setup-dev
	$(BIN)/mypy

lint-console: $(NODE_STAMP)
	cd frontend && $(WITH_NODE) npm run lint

lint-style: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

lint-imports: setup-dev
	$(BIN)/lint-imports

# Written where the console's own checks, which run meanwhile, do not look.
lint-api: setup-dev $(NODE_STAMP)
	@$(MAKE) --no-print-directory types TYPES=../../../node_modules/.cache/api.ts
	@cd frontend && { cmp src/types/generated/api.ts node_modules/.cache/api.ts || \
	    { echo "The API has changed: run make types"; exit 1; }; }

# The console's types, from the server's own description of its API.
TYPES := api.ts
types: setup-dev $(NODE_STAMP)
	@$(BIN)/python scripts/openapi.py > frontend/openapi.json
	@cd frontend && $(WITH_NODE) npm run --silent generate:types -- openapi.json $(TYPES)
	@rm frontend/openapi.json

format: setup-dev $(NODE_STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	cd frontend && $(WITH_NODE) npm run format

lock: setup-dev
	scripts/lock

bench: setup-dev
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) frontend/node_modules frontend/dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
