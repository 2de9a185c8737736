# Reihe: every task that a developer or an operator needs. `make` or `make help` lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export REIHE_DATA_DIR ?= var
export REIHE_PORT ?= 8000

CATALOGUES := $(shell find services shared -name '*.po' -not -path '*/node_modules/*')
TRANSLATIONS := $(CATALOGUES:.po=.mo)
SERVICES := catalogue registration notifications
WORKERS ?= auto

.DEFAULT_GOAL := help

.PHONY: help
help:  ## List the tasks
	@awk 'BEGIN {FS = ":.*## "} /^[a-z][a-z-]*:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- environment ------------------------------------------------------------

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime

%.mo: %.po $(VENV)/.runtime
	@$(BIN)/pybabel --quiet compile --input-file=$< --output-file=$@

NODE_MODULES := tests/node/node_modules/.package-lock.json
$(NODE_MODULES): tests/node/package-lock.json $(VENV)/.development
	-$(BIN)/python tests/node/install.py
	@touch -c $@

# For browsers that read no QR codes themselves; without npm the door works with scanners that type and with names.
DECODER := shared/web/static/jsqr.js
$(DECODER): shared/web/decoder/package-lock.json | $(VENV)/bin/python
	@$(BIN)/python shared/web/decoder/install.py

.PHONY: env
env: $(VENV)/.development $(TRANSLATIONS) $(NODE_MODULES) $(DECODER)  ## Make the environment for development (.venv, translations, test readers)

.PHONY: install
install: $(VENV)/.runtime $(TRANSLATIONS) $(DECODER)  ## Make the environment for running only

# --- run --------------------------------------------------------------------

.PHONY: run
run: $(VENV)/.runtime $(TRANSLATIONS) $(DECODER)  ## Serve the whole system in one process on http://localhost:8000, with the demo
	@REIHE_ENVIRONMENT=$${REIHE_ENVIRONMENT:-development} REIHE_DEMO=$${REIHE_DEMO:-1} exec $(BIN)/python -m services

.PHONY: demo
demo: $(VENV)/.runtime $(TRANSLATIONS)  ## Load the demo programme into the one-process database
	@REIHE_ENVIRONMENT=$${REIHE_ENVIRONMENT:-development} $(BIN)/python -m services --only-load-demo

.PHONY: keys
keys: $(VENV)/.runtime  ## Make a key that signs certificates, in var/keys/signing.pem
	@$(BIN)/python -m services.notifications signing-key --to $(REIHE_DATA_DIR)/keys/signing.pem

.PHONY: services
services: $(VENV)/.development $(TRANSLATIONS) $(DECODER)  ## Serve as six processes behind nginx, on PostgreSQL and RabbitMQ
	@PATH="$(CURDIR)/$(BIN):$$PATH" exec $(BIN)/python -m deploy.local

# --- check ------------------------------------------------------------------

.PHONY: lint
lint: $(VENV)/.development $(TRANSLATIONS)  ## Check style, types, imports, translations and that migrations fit the models
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.translations
	$(BIN)/python -m tests.migrations

.PHONY: test
test: env  ## Run the tests (skips what needs a program that is missing)
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup

.PHONY: test-long
test-long: env  ## Run what is too slow for every run: kill loops, all time zones, long random walks
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup -m long

.PHONY: bench
bench: env  ## Measure against limits taken in the same run; results in benchmarks/README.md
	$(BIN)/python -m benchmarks

.PHONY: audit
audit: $(VENV)/.development  ## Look for known weaknesses of the dependencies (asks pypi.org)
	$(BIN)/pip-audit --strict --require-hashes --disable-pip --requirement requirements.txt

.PHONY: sbom
sbom: $(VENV)/.development  ## Write what is run, with versions and checksums, to var/sbom.cdx.json (CycloneDX)
	@mkdir -p $(REIHE_DATA_DIR)
	$(BIN)/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible \
		--output-file $(REIHE_DATA_DIR)/sbom.cdx.json

# --- upkeep -----------------------------------------------------------------

.PHONY: format
format: $(VENV)/.development  ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: messages
messages: $(VENV)/.development  ## Write docs/messages.md, docs/asyncapi.json and the broker's definitions from the schemas
	$(BIN)/python -m tests.contracts.documents

.PHONY: catalogues
catalogues: $(VENV)/.development  ## Extract new sentences into the translation catalogues
	$(BIN)/python -m tests.translations --update

.PHONY: migration
migration: $(VENV)/.development  ## Write a migration: make migration service=catalogue subject="what changes"
	$(BIN)/python -m tests.migrations --revise $(service) "$(subject)"

.PHONY: pictures
pictures: env  ## Take the README's screenshots
	$(BIN)/python -m tests.browser.pictures

.PHONY: page-pictures
page-pictures: env  ## Take a picture of every page into var/page-pictures, to look at: phone and desk, light and dark, German and Arabic
	$(BIN)/python -m tests.browser.page_pictures $(REIHE_DATA_DIR)/page-pictures

.PHONY: mail-pictures
mail-pictures: env  ## Take a picture of each kind of mail into var/mail-pictures, to look at
	$(BIN)/python -m tests.browser.mail_pictures var/mail-pictures

LOCK := $(BIN)/uv pip compile --quiet pyproject.toml --python-version 3.11 --universal --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

.PHONY: lock
lock: $(VENV)/.development  ## Renew the locked requirements from pyproject.toml
	$(LOCK) --output-file requirements.txt
	$(LOCK) --group dev --constraint requirements.txt --output-file requirements-dev.txt

.PHONY: clean
clean:  ## Remove the environment and what was made; var/ (your data) stays
	rm -rf $(VENV) tests/node/node_modules shared/web/decoder/node_modules $(DECODER) .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find services shared -name '*.mo' -delete
