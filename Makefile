# Two commands: `make run` and `make test`. Each sets up all it needs by itself.
#
# PYTHON picks the interpreter of .venv. Without it an existing .venv is kept, and a new one is
# made with python3.
ifeq ($(origin PYTHON),undefined)
PYTHON := $(shell test -x .venv/bin/python && echo .venv/bin/python || echo python3)
endif

BIN := .venv/bin
export PYO3_PYTHON := $(CURDIR)/$(BIN)/python

.DEFAULT_GOAL := help
.PHONY: help setup build run images workshop test test-docker test-workshop test-faults selftest selftest-thorough bench peers load-check check lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile

setup:
	@"$(PYTHON)" -c "import sys; sys.exit(sys.version_info < (3,))" 2>/dev/null || { \
	  echo "stackgap: $(PYTHON) is no Python 3 that starts: install Python 3.11 or newer, or name one with make PYTHON=/path/to/python." >&2; \
	  exit 1; }
	@"$(PYTHON)" bootstrap.py

build: setup ## .venv, locked dependencies, release build of the Rust workspace
	@$(BIN)/python -m stackgap.build

run: build ## measure, then print table, seed card and report (RUN_ARGS="--help" for options)
	@$(BIN)/stackgap run $(RUN_ARGS)

test: build ## all tests, the benchmark suites untimed (PYTEST_ARGS=...)
	@# The extension has tests in Python only; a test program of its own would link libpython.
	@# One at a time: generators that spin would starve each other on two cores.
	cargo test --quiet --workspace --exclude stackgap-ext --locked -- --test-threads=1
	$(BIN)/pytest --benchmark-disable --ignore tests/docker --ignore tests/workshop_meta $(PYTEST_ARGS)

workshop: build ## all that the workshop needs, in advance: it then works without a network
	cargo fetch --quiet --locked --manifest-path workshop/rust/Cargo.toml
	@$(BIN)/stackgap workshop prepare

test-workshop: workshop ## every stub, solution, cheat and slow solution against its check
	$(BIN)/pytest tests/workshop_meta $(PYTEST_ARGS)

test-faults: build ## 5,000 generated faulty requests against each stack
	STACKGAP_FAULTS=5000 $(BIN)/pytest tests/conformance/test_faults.py

images: build ## the containers' images, for an engine that reaches a registry
	@$(BIN)/stackgap images build

test-docker: build ## the tests that need a Docker engine; it makes its own base image, as root
	@$(BIN)/stackgap images build --debian-base
	$(BIN)/pytest tests/docker $(PYTEST_ARGS)

selftest: build ## does the harness find what was planted? The short form, 5 minutes
	@$(BIN)/stackgap selftest

selftest-thorough: build ## the same with enough repeats to count, up to 2 hours
	@$(BIN)/stackgap selftest --thorough

bench: build ## the in-process benchmark suites: 4 minutes, then ratios (BENCH_ARGS="--equation heat")
	@$(BIN)/stackgap bench $(BENCH_ARGS)

peers: build ## other libraries, as rows of the suites and for the tests that ask them
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-input --no-deps \
	  --require-hashes --requirement requirements-peers.lock

load-check: build ## does the load generator reach its goals here? 10 seconds, on an idle machine
	$(BIN)/python -m benchmarks.load.check

check: build ## ruff, mypy, rustfmt, clippy, import contracts, stubtest
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m mypy.stubtest python_api._rust_ext
	cargo fmt --all --check
	cargo clippy --quiet --workspace --all-targets --locked -- -D warnings

# The lock names versions and hashes only, no index: it holds for any mirror.
UV = $(shell command -v uv || echo uvx uv)
COMPILE = $(UV) pip compile --universal --generate-hashes --no-header --python-version 3.11
PEERS = import tomllib; print("\n".join(tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["peers"]))
lock: ## both lock files anew from pyproject.toml; needs uv or uvx
	$(COMPILE) pyproject.toml --extra dev --output-file requirements.lock
	@# The second holds only what the peers add, at versions that go with the first.
	"$(PYTHON)" -c '$(PEERS)' | $(COMPILE) - --no-annotate --constraint requirements.lock \
	  --output-file requirements-peers.lock

clean: ## remove .venv and all that was built; runs/ stays
	rm -rf .venv target python_api/_rust_ext*.so
	rm -rf .benchmarks .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
