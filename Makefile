# The only door to the project: CI calls these targets and nothing else.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
# Containers like to set it. Then each of the many processes here would compile what it imports anew, which takes longer
# than what it does.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What judging needs is there long before what the tests need: a quarter of the time, a seventh of the size.
JUDGE := $(VENV)/.ready-judge
READY := $(VENV)/.ready
TARGET ?=
ARGS ?=
# On a terminal the installers show what they do; in a pipe they tell only what goes wrong.
QUIET := $(shell [ -t 2 ] || echo --quiet)
INSTALL = $(BIN)/uv pip install $(QUIET) --python $(BIN)/python \
  --constraint hashes/packages.txt --build-constraint hashes/packages.txt

.PHONY: help setup
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-16s %s\n", $$1, $$2}'

setup: $(READY) ## Make .venv with everything that the other targets need

# uv is the installer inside the virtual environment: pip takes about ten times as long for the same set.
$(JUDGE): pyproject.toml hatch_build.py hashes/installer.txt hashes/packages.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "make: Python 3.11 or later is needed; name one with PYTHON=…" >&2; exit 1; }
	@$(if $(QUIET),,echo "Making $(VENV), once, with what judging needs …" >&2)
	@$(PYTHON) -m venv --clear $(VENV) \
	  || { echo "make: $(PYTHON) can't make a virtual environment; on Debian install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install $(QUIET) --disable-pip-version-check --require-hashes \
	  --requirement hashes/installer.txt >&2
	@$(INSTALL) --editable .
	@touch $@

$(READY): $(JUDGE) generated/pyproject.toml
	@$(if $(QUIET),,echo "Adding to $(VENV) what the tests and the generator need …" >&2)
	@$(INSTALL) --editable '.[postgres]' --group dev --editable generated
	@touch $@

# --- Judging and testing --------------------------------------------------------------------------------------------
REPORTS := reports

.PHONY: conformance self-check serve test test-toolchain hostile test-fast test-lowest check-readme lint type screenshots clean
conformance: $(JUDGE) ## Judge the reference server, or TARGET=file.toml; more options with ARGS='--strict'
	@$(BIN)/relations-conformance run $(if $(TARGET),--target '$(TARGET)') --report-json $(REPORTS)/report.json \
	  --report-html $(REPORTS)/report.html --report-junit $(REPORTS)/junit.xml \
	  --report-markdown $(REPORTS)/summary.md --report-badge $(REPORTS)/badge.svg $(ARGS)

self-check: $(READY) ## Try the suite on every fault and every correct variant, and without each check; some with ARGS
	@$(BIN)/relations-conformance self-check $(ARGS)
	@$(if $(ARGS),,$(BIN)/pytest --numprocesses auto -m self_check)

serve: $(JUDGE) ## Serve the bundled world; other options with ARGS='--port 8080'
	@$(BIN)/relations-server $(ARGS)

# Tests of one file share what takes long to make, so one worker gets them all.
PARALLEL := --numprocesses auto --dist loadfile

test: $(READY) ## Run all tests but those of test-toolchain, self-check and check-readme
	@$(BIN)/pytest $(PARALLEL) -m 'not clone and not toolchain and not self_check' $(ARGS)

test-toolchain: $(READY) ## Run the tests of the client's generator, its types and its installation; needs the package index
	@$(BIN)/pytest $(PARALLEL) -m toolchain $(ARGS)

test-fast: $(READY) ## Run the tests that need no process, database, browser or clock
	@$(BIN)/pytest $(PARALLEL) -m 'not slow' $(ARGS)

check-readme: $(READY) ## Run every command that README prints, in a fresh clone; needs the package index
	@$(BIN)/pytest -m clone $(ARGS)

# The lowest versions that pyproject.toml allows, in an environment of their own.
LOWEST := .venv-lowest
test-lowest: $(READY) ## Run the fast tests with the lowest versions that pyproject.toml allows
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(LOWEST)
	@$(BIN)/uv pip install $(QUIET) --python $(LOWEST) --resolution lowest-direct --editable '.[postgres]' --group dev \
	  --editable generated
	@$(LOWEST)/bin/pytest $(PARALLEL) -m 'not slow' $(ARGS)
	@$(LOWEST)/bin/relations-conformance run

hostile: $(READY) ## Judge every server of the table that means harm, and say how many were bounded
	@PYTHONPATH=conformance $(BIN)/python -m tests.helpers.hostile_runs

lint: $(READY) ## Check style and layout
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

type: $(READY) ## Check types, strictly
	@$(BIN)/mypy

screenshots: $(READY) ## Draw the pictures in docs/ from real runs; needs Chromium
	@$(BIN)/python conformance/tools/screenshots.py

clean: ## Remove what the other targets made, .venv included
	@rm -rf $(VENV) $(LOWEST) $(REPORTS) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +

# constraints.txt has the versions of all that is installed, hashes/ the same with what each file's content must be.
# What builds the packages is constrained too.
PINNED := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate
define BUILD_REQUIRES
import tomllib
for name in ("pyproject.toml", "generated/pyproject.toml"):
    with open(name, "rb") as file:
        print(*tomllib.load(file)["build-system"]["requires"], sep="\n")
endef
export BUILD_REQUIRES

.PHONY: constraints
constraints: $(READY) ## Pin what pyproject.toml adds, versions and hashes; all to the newest with ARGS=--upgrade
	@{ echo uv; $(BIN)/python -c "$$BUILD_REQUIRES"; } | $(PINNED) $(ARGS) --extra postgres --group dev --group trio \
	  pyproject.toml generated/pyproject.toml - --output-file constraints.txt
	@grep '^uv==' constraints.txt | $(PINNED) --generate-hashes - --output-file hashes/installer.txt
	@grep -v '^uv==' constraints.txt | $(PINNED) --generate-hashes - --output-file hashes/packages.txt

# --- The files of Swagger UI ----------------------------------------------------------------------------------------
SWAGGER_UI := conformance/profile_relations_server/http/swagger_ui

.PHONY: vendor check-vendored
vendor: ## Fetch Swagger UI in the version that its package.json names; needs npm
check-vendored: ## Fail unless Swagger UI's files are those of its package, and tell which version is newest; needs npm
vendor: THEN := cp
check-vendored: THEN := cmp

vendor check-vendored:
	@fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; \
	version=$$(sed -n 's/.*"swagger-ui-dist": "\(.*\)".*/\1/p' $(SWAGGER_UI)/package.json); \
	npm pack --silent --pack-destination "$$fresh" "swagger-ui-dist@$$version" >/dev/null; \
	tar -xzf "$$fresh"/*.tgz -C "$$fresh"; \
	for file in LICENSE NOTICE favicon-32x32.png swagger-ui.css swagger-ui-bundle.js swagger-ui-bundle.js.LICENSE.txt; do \
	  $(THEN) "$$fresh/package/$$file" "$(SWAGGER_UI)/$$file"; done; \
	echo "Swagger UI $$version; the newest is $$(npm view swagger-ui-dist version)"

# --- Others that read the contract ----------------------------------------------------------------------------------
READERS := openapi/readers

.PHONY: check-contract
check-contract: $(READY) ## Let other tools read the contract: three validators, and types for TypeScript; needs npm
	@$(BIN)/openapi-spec-validator openapi/relations.openapi.yaml
	@fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; \
	cp $(READERS)/* openapi/relations.openapi.yaml "$$fresh"; cd "$$fresh"; \
	npm install --silent --no-audit --no-fund --no-package-lock; \
	node validate.mjs relations.openapi.yaml; \
	npx redocly lint --config redocly.yaml relations.openapi.yaml; \
	npx openapi-typescript relations.openapi.yaml --output types.ts; \
	npx tsc --strict --noEmit --exactOptionalPropertyTypes rows.ts

# --- The generated client -------------------------------------------------------------------------------------------
CONTRACT ?= openapi/relations.openapi.yaml
GENERATOR_CONFIG ?= openapi/generator.yaml
GENERATED ?= generated
# The example requests of the contract, for those who send them by hand; another client has none unless it names a folder.
REQUESTS ?= $(if $(filter generated,$(GENERATED)),openapi)

.PHONY: generate check-generated diff-templates bench soak
bench: $(READY) ## Measure how fast the pieces are
	@for file in conformance/benchmarks/bench_*.py; do \
	  PYTHONPATH=conformance $(BIN)/python -m "benchmarks.$$(basename "$$file" .py)"; done

soak: $(READY) ## Check every answer under 64 connections for 30 seconds; server options with ARGS='--workers 2'
	@PYTHONPATH=conformance $(BIN)/python -m benchmarks.soak $(ARGS)

diff-templates: $(READY) ## Show what our templates change in those of the pinned generator
	@upstream=$$($(BIN)/python -c 'import openapi_python_client as generator; print(generator.__path__[0])')/templates; \
	for ours in openapi/templates/*.jinja; do \
	  theirs="$$upstream/$${ours##*/}"; [[ ! -e $$theirs ]] || diff -u "$$theirs" "$$ours" || [[ $$? == 1 ]]; done

generate: $(READY) ## Generate the client from the contract into generated/
check-generated: $(READY) ## Fail unless generated/ is exactly what the contract generates
generate: THEN := synchronise
check-generated: THEN := compare

# The search path is the virtual environment alone, so that no other formatter than the pinned one can run.
generate check-generated:
	@fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; \
	cp -R openapi/templates "$$fresh/templates"; \
	$(BIN)/python -m openapi.tools.facts '$(CONTRACT)' >"$$fresh/templates/facts.jinja"; \
	PATH='$(abspath $(BIN))' RUFF_NO_CACHE=true $(BIN)/openapi-python-client generate --path '$(CONTRACT)' \
	  --config '$(GENERATOR_CONFIG)' --custom-template-path "$$fresh/templates" --meta uv --fail-on-warning \
	  --output-path "$$fresh/client" >/dev/null; \
	$(BIN)/python -m openapi.tools.seal "$$fresh/client" --contract '$(CONTRACT)' \
	  --source '$(GENERATOR_CONFIG)' --source openapi/runtime \
	  --source openapi/templates --source openapi/tools; \
	$(BIN)/python -m openapi.tools.trees $(THEN) "$$fresh/client" '$(GENERATED)'; \
	$(if $(REQUESTS),$(BIN)/python -m openapi.tools.request_files '$(CONTRACT)' "$$fresh/requests"; \
	$(BIN)/python -m openapi.tools.trees --part $(THEN) "$$fresh/requests" '$(REQUESTS)')
