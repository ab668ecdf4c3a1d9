# Two commands: `make refresh` and `make test`. Both set up what they need and are quick the second time.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 3000
SUPERSET := .superset
SUPERSET_PORT ?= 8088
READY := $(VENV)/.installed

.PHONY: refresh test test-slow check dev generate lock benchmark benchmark-history benchmark-scale benchmark-gkg superset superset-import setup clean
.DEFAULT_GOAL := refresh

$(READY): requirements.lock pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) && \
		uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes --compile-bytecode -r requirements.lock && \
		uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable . ; \
	else \
		$(PYTHON) -m venv $(VENV) && \
		echo "Installing the locked dependencies (a few minutes the first time)" && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . ; \
	fi
	@$(BIN)/python -m compileall -q ingest expectations orchestration
	@touch $@

setup: $(READY)
	@$(BIN)/python -m orchestration.setup

refresh: $(READY)
	@$(BIN)/atlas refresh

test: $(READY)
	@$(BIN)/python -m pytest -n auto --dist loadfile

# The browser has the machine to itself: beside other work its clicks run out of time.
test-slow: $(READY)
	@$(BIN)/python -m pytest -m slow -n auto --dist loadfile --no-loadscope-reorder \
		--ignore tests/slow/test_dev.py --ignore tests/slow/test_readers.py --ignore tests/slow/test_superset.py
	@$(BIN)/python -m pytest -m slow tests/slow/test_dev.py tests/slow/test_readers.py tests/slow/test_superset.py

check: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/ty check
	@$(BIN)/sqlfmt --check --quiet dbt_project
	@$(BIN)/python -m orchestration.generate --check

dev: $(READY)
	@$(BIN)/python -m orchestration.setup dev --port $(PORT)

generate: $(READY)
	@$(BIN)/python -m orchestration.generate

benchmark: $(READY)
	@$(BIN)/python -m tests.benchmarks.refresh

benchmark-history: $(READY)
	@$(BIN)/python -m tests.benchmarks.history

benchmark-scale: $(READY)
	@$(BIN)/python -m tests.benchmarks.scale

benchmark-gkg: $(READY)
	@$(BIN)/python -m tests.benchmarks.gkg

# Apache Superset lives in an environment of its own: it wants older versions of much that the project uses.
export SUPERSET_CONFIG_PATH := $(CURDIR)/bi/superset/superset_config.py

$(SUPERSET)/.installed: bi/superset/requirements.lock
	@echo "Installing Superset (a minute or two the first time)"
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing --python $(PYTHON) $(SUPERSET) && \
		uv pip sync --quiet --python $(SUPERSET)/bin/python --require-hashes bi/superset/requirements.lock ; \
	else \
		$(PYTHON) -m venv --clear $(SUPERSET) && \
		$(SUPERSET)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
			-r bi/superset/requirements.lock ; \
	fi
	@touch $@

superset-import: $(SUPERSET)/.installed
	@$(SUPERSET)/bin/python -m bi.superset.prepare

superset: superset-import
	@echo "Superset serves at http://127.0.0.1:$(SUPERSET_PORT)/superset/dashboard/infra-atlas/ (user admin); Ctrl-C ends it"
	@exec $(SUPERSET)/bin/gunicorn --bind 127.0.0.1:$(SUPERSET_PORT) --worker-class gthread --threads 8 --timeout 120 --graceful-timeout 5 \
		--log-level warning 'superset.app:create_app()'

# Needs uv. The lock holds names, versions and hashes and names no index.
lock:
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --allow-unsafe --no-header \
		--extra dev pyproject.toml --output-file requirements.lock
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		bi/superset/requirements.in --output-file bi/superset/requirements.lock

clean:
	rm -rf $(VENV) $(SUPERSET) dbt_project/target
