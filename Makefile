.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
# One more than there are processors, because tests wait for servers and databases about half of the time.
TESTERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

.PHONY: help install run test check types lint format audit proof proof-quick bench bench-quick bench-scale bench-postgresql bench-python bench-console docs client screenshots lock clean

help: ## List what can be made.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: .venv/installed ## Build .venv with the locked dependencies and the tradepost command.

.venv/installed: requirements.lock pyproject.toml src/tradepost/__init__.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "tradepost needs Python 3.11 or newer: make install PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src
	touch $@

run: install ## Start a server with demo data on 127.0.0.1:8080.
	@$(BIN)/tradepost demo

test: check ## Check types and style, and run every test.
	$(BIN)/pytest --numprocesses $(TESTERS) --dist loadfile

check: lint types ## Check types and style.

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

format: install ## Bring the code into shape.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: install ## Make the documents that are made from the code.
	$(BIN)/python tools/make_docs.py

screenshots: install ## Take pictures of the console, into build/screenshots.
	$(BIN)/python tools/screenshots.py

client: install ## Make the synchronous client from the asynchronous one.
	$(BIN)/python tools/make_client.py

bench: bench-python ## Measure this server against its limit and its peers; needs wrk, Node.js.
	@command -v npm >/dev/null || { echo "make bench needs Node.js and npm, for two of the peers"; exit 1; }
	npm ci --prefix bench
	$(BIN)/python bench/run.py

bench-quick: bench-python ## Measure GET and first pages against the limit alone; needs wrk.
	$(BIN)/python bench/run.py --quick

bench-scale: bench-python ## Measure 10,000,000 versions against 100,000; needs wrk, 16 GB of disk.
	$(BIN)/python bench/scale.py

bench-postgresql: bench-python ## Measure a node on PostgreSQL against SQLite and the limit; needs wrk, PostgreSQL.
	$(BIN)/python bench/postgresql.py

bench-python: install
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement bench/requirements.lock

bench-console: install ## Measure a page of versions against the list of the API.
	$(BIN)/python bench/console.py

audit: install ## Ask the package registry about every package that is shipped.
	$(BIN)/python tools/audit.py

proof: bench-python ## Kill, fill, overload, back up and fuzz, for about two hours; needs wrk, root for the disk.
	$(BIN)/python proof/run.py --write

proof-quick: bench-python ## The same in some minutes.
	$(BIN)/python proof/run.py --quick --only kills disk soak

lock: install ## Choose dependency versions anew.
	$(BIN)/pip-compile --quiet --upgrade --strip-extras --generate-hashes --allow-unsafe \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header --no-annotate \
	  --extra dev --output-file requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --upgrade --strip-extras --generate-hashes --allow-unsafe \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header --no-annotate \
	  --extra bench --constraint requirements.lock --output-file bench/requirements.lock

clean: ## Remove what was built and cached.
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
