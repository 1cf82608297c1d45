# `make help` lists the commands. Only Python >= 3.11, make and a network are needed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HASHED := --require-hashes --only-binary :all:
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install $(HASHED)
UV := $(BIN)/python -P -m deploy.uv pip
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
FIGURES := $(VENV)/bench.json
LOCK := $(UV) compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header

# A file of tests stays in one process; README.md says what the two share and what each has.
SPREAD := --numprocesses 3 --dist loadfile --no-loadscope-reorder --max-worker-restart 0

.DEFAULT_GOAL := help
.PHONY: help run up down status demo test check reference examples pictures bench bench-short bench-codes \
	bench-report bench-history bench-insight bench-dashboard lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' Makefile

run: $(RUNTIME) ## start everything and show its log; Ctrl-C stops it
	@exec $(BIN)/tessera run

up: $(RUNTIME) ## start everything in the background
	@exec $(BIN)/tessera up

down: ## stop it in order
	@if [ -x $(BIN)/tessera ]; then exec $(BIN)/tessera down; else echo "Tessera is not running."; fi

status: $(RUNTIME) ## show what runs, and whether it is healthy
	@exec $(BIN)/tessera status

demo: $(RUNTIME) ## fill the project with a believable shop and play a few minutes of its traffic
	@exec $(BIN)/python -P -m demo

# The tests start the installation again and again: compiling it is a third of every start. uv
# compiles nothing, so what a start imports is compiled once, which is a fifth of all there is.
test check $(RUNTIME): export PYTHONDONTWRITEBYTECODE :=

test: $(DEV) ## every test, with the real broker and the real ClickHouse engine
	@$(BIN)/python -P -m pytest $(SPREAD)

# What mypy spreads over processes it gives up where one of those is slow to begin.
check: $(DEV) ## format, lint, types, import contracts, advisories
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy || $(BIN)/mypy --num-workers 0
	@$(BIN)/lint-imports
	@$(BIN)/python -P .ci/advisories

reference: $(DEV) ## keep examples of what is new in the ledger, write docs/events.md, docs/schemas and schemas/openapi.json
	@$(BIN)/python -P -m tests.examples
	@$(BIN)/python -P -m tests.reference

examples: $(DEV) ## ask every endpoint for its example in the description of the API anew
	@TESSERA_KEEP_EXAMPLES=1 $(BIN)/python -P -m pytest tests/e2e/test_openapi.py
	@$(BIN)/python -P -m tests.reference

pictures: $(DEV) ## keep fingerprints of how the dashboard's pages look now
	@TESSERA_PICTURES=keep $(BIN)/python -P -m pytest tests/browser/test_walk.py -k "$(ONLY)"

bench: $(DEV) ## measure the engine alone, then all of it beside hand-written SQL services
	@$(BIN)/python -P -m bench.engine
	@exec $(BIN)/python -P -m bench --json $(FIGURES)

bench-short: $(DEV) ## the same in two minutes; fails where a ratio got twice as bad
	@exec $(BIN)/python -P -m bench --short

bench-report: $(DEV) ## keep the figures of `make bench`, write docs/benchmarks.md and its pictures
	@if [ -e $(FIGURES) ]; then mv $(FIGURES) docs/benchmarks.json; fi
	@exec $(BIN)/python -P -m bench.report

bench-codes: $(DEV) ## measure the making of a million codes while others redeem
	@exec $(BIN)/python -P -m bench.codes

bench-history: $(DEV) ## measure lists, metrics and a file over 20 million redemptions
	@exec $(BIN)/python -P -m bench.history

bench-dashboard: $(DEV) ## measure what pages of the dashboard cost: bytes, script, processor time, and redemptions beside them
	@exec $(BIN)/python -P -m bench.dashboard

bench-insight: $(DEV) ## measure how soon a redemption is seen, and how fast tables are rebuilt
	@exec $(BIN)/python -P -m bench.insight

lock: $(DEV) ## resolve the dependencies, Kafka's jars and what comes from npm anew
	$(LOCK) -o requirements-install.txt requirements-install.in
	$(LOCK) -o requirements.txt requirements.in
	$(LOCK) -o requirements-build.txt requirements-build.in
	$(LOCK) -o requirements-dev.txt requirements-dev.in
	$(LOCK) -o requirements-npm.txt requirements-npm.in
	$(BIN)/python -P -m deploy.embedded.jars
	for folder in services/dashboard/static tests/browser tests/e2e/js; do \
		(cd $$folder && rm -f package-lock.json && \
		PATH="$(CURDIR)/$(BIN):$$PATH" npm install --package-lock-only) || exit 1; \
	done
	$(BIN)/python -P -m deploy.browser_files lock

clean: ## remove the environment and caches, not the data
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv takes a fifth of pip's time. What it cannot do here, an index that only pip reaches, pip does.
define install
@$(UV) install --python $(BIN)/python $(HASHED) $(1) || { \
	echo "uv could not install this here; pip does it, which takes longer." >&2; \
	$(PIP) $(1); }
endef

$(RUNTIME): requirements.txt requirements-install.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Tessera needs Python 3.11 or newer; $(PYTHON) is `$(PYTHON) --version 2>&1`." \
			"Name another one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "Making the environment in $(VENV) (about 300 MB are downloaded the first time)."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > $(VENV)/.purelib
	@echo "$(CURDIR)" > "`cat $(VENV)/.purelib`/tessera.pth"
	@printf '#!/bin/sh\nexec "%s" -P -m tessera "$$@"\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/tessera
	@chmod +x $(BIN)/tessera
	@$(PIP) --quiet -r requirements-install.txt || true
	$(call install,-r requirements.txt)
	@$(BIN)/python -P -c 'import tessera.cli, tessera.hosts.api, tessera.hosts.dashboard, tessera.hosts.distribution, \
		tessera.hosts.host, tessera.hosts.insight, tessera.hosts.ledger'
	@touch $@

# The official SDK comes as source only, so what builds it is locked too. It is large: compiled here, each
# process of the tests need not.
$(DEV): requirements-dev.txt requirements-build.txt $(RUNTIME)
	@echo "Adding the tools for tests and checks."
	$(call install,-r requirements-build.txt)
	$(call install,--no-binary voucherify --no-build-isolation -r requirements-dev.txt)
	@$(BIN)/python -P -m compileall -q -j 0 "`cat $(VENV)/.purelib`/voucherify"
	@touch $@
