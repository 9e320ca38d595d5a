# Everything runs from the lock files in .venv; PYTHON may name any Python from 3.11 on.
PYTHON ?= python3
UV_VERSION := 0.13.9
PIP_AUDIT_VERSION := 2.10.1
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= demo
HOST ?= 127.0.0.1
PORT ?= 8000
# Three processes for two cores, since half of the full run waits for browsers and servers; of the quick one nothing
# does. A file stays on one process, and those with long tests come first. Examples of property tests are bounded in
# tests/conftest.py.
PYTEST_WORKERS ?=
# Where the environment forbids them, each process would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE
PYTEST = $(BIN)/python -m pytest --dist loadfile --no-loadscope-reorder

# The machine's own certificates first, as behind a company's proxy; where it has none, those that come with uv.
install = $(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python $(1) 2>/dev/null \
	|| $(BIN)/uv pip install --quiet --python $(BIN)/python $(1)

.PHONY: demo serve docs wheel audit test test-fast check bench fuzz lock clean
.DEFAULT_GOAL := demo

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "zhengka needs Python 3.11 or later, and $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot make environments; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# One environment, grown as targets need it: run, then dev, then bench. A stamp remembers the lock it was made from.
$(VENV)/.run: $(BIN)/uv requirements.lock pyproject.toml
	@$(call install,--require-hashes -r requirements.lock)
	@$(call install,--no-deps --editable .)
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	@$(call install,--require-hashes -r requirements-dev.lock)
	@touch $@

$(VENV)/.bench: $(VENV)/.dev requirements-bench.lock
	@$(call install,--require-hashes -r requirements-bench.lock)
	@touch $@

demo: $(VENV)/.run
	@rm -rf "$(DEMO)"
	@$(BIN)/zhengka demo --out "$(DEMO)"

# The manual, into the package: `zhengka serve` shows it at /docs. A broken link fails.
docs: $(VENV)/.dev
	@$(BIN)/python -m tools.reference
	@$(BIN)/zensical build --strict

# The package as one file, the manual inside; the same sources give the same bytes wherever and whenever it is built.
# Beside it what it is made of (CycloneDX), and the versions it was tested with:
#   pip install dist/zhengka-*.whl -c dist/constraints.txt
wheel: $(VENV)/.dev
	@$(BIN)/python -m tools.reference
	@rm -rf dist
	@$(BIN)/uv build --quiet --wheel --no-build-isolation --python $(BIN)/python --out-dir dist
	@cp constraints.txt dist/
	@$(BIN)/cyclonedx-py requirements --output-reproducible --pyproject pyproject.toml --of JSON -o dist/sbom.cdx.json requirements.lock
	@ls dist/zhengka-*.whl dist/constraints.txt dist/sbom.cdx.json

# Known weaknesses of what is locked, asked of the advisories that PyPI has: needs them to be reached, so no part of check.
audit: $(BIN)/uv
	$(BIN)/uv tool run --from pip-audit==$(PIP_AUDIT_VERSION) pip-audit --strict --require-hashes --disable-pip -r requirements.lock

serve: docs
	@test -d "$(DEMO)/data" || $(BIN)/zhengka demo --out "$(DEMO)"
	@$(BIN)/zhengka --data "$(DEMO)/data" serve --host $(HOST) --port $(PORT)

test: docs
	@$(PYTEST) -n $(or $(PYTEST_WORKERS),$(shell $(BIN)/python -c 'import os; print(3 * os.cpu_count() // 2)')) \
		$(if $(filter 1,$(ZHENGKA_TEST_ALL)),,-m "not thorough")

# What runs in the tests' own process, on SQLite, within five seconds each: for while you work.
test-fast: docs
	@$(PYTEST) -n $(or $(PYTEST_WORKERS),auto) -m "not slow"

# Two at a time, the longest first; each says its piece in one.
check: $(VENV)/.dev
	@$(MAKE) --no-print-directory -j2 --output-sync=target _check-pyright _check-mypy _check-style _check-js _check-openapi

.PHONY: _check-pyright _check-mypy _check-style _check-js _check-openapi
_check-pyright: $(VENV)/.dev
	$(BIN)/pyright

_check-mypy: $(VENV)/.dev
	$(BIN)/mypy

_check-style: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo

tests/js/node_modules/.package-lock.json: tests/js/package-lock.json
	@npm ci --silent --ignore-scripts --no-audit --no-fund --prefix tests/js

_check-js: tests/js/node_modules/.package-lock.json
	tests/js/node_modules/.bin/tsc -p tests/js

_check-openapi: $(VENV)/.dev tests/js/node_modules/.package-lock.json
	@mkdir -p .cache && $(BIN)/python -m tools.reference --openapi .cache/openapi.json
	REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
		tests/js/node_modules/.bin/redocly lint --config tests/js/redocly.yaml .cache/openapi.json

bench: $(VENV)/.bench
	@$(BIN)/python -m tests.bench
	@$(BIN)/python -m tests.bench.verifying
	@$(BIN)/python -m tests.bench.allocating

fuzz: $(VENV)/.dev
	@$(BIN)/python -m tests.fuzz --minutes $${FUZZ_MINUTES:-10}
	@$(PYTEST) -n 0 tests/api/test_description_holds.py --examples $${FUZZ_EXAMPLES:-100}

# Lock files hold names, versions and hashes only; where packages come from is each machine's own setting.
lock: $(BIN)/uv
	$(BIN)/uv pip compile --quiet pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header -o requirements.lock
	$(BIN)/uv pip compile --quiet pyproject.toml -c requirements.lock --universal --no-annotate --no-emit-index-url --no-header -o constraints.txt
	$(BIN)/uv pip compile --quiet pyproject.toml --extra faces --extra otel --extra pkcs11 --group dev -c requirements.lock --universal --generate-hashes --no-emit-index-url --no-header -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet pyproject.toml --extra faces --extra otel --extra pkcs11 --group dev --group bench -c requirements-dev.lock --universal --generate-hashes --no-emit-index-url --no-header -o requirements-bench.lock

clean:
	rm -rf $(VENV) "$(DEMO)" build dist service/pages/built_docs .cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
