# Each target does its own set-up; python3 (3.11 or newer, with venv) and make are all that is needed.
PYTHON ?= python3
PIP_QUIET ?= -q --disable-pip-version-check

.PHONY: app test lint bench faults clean

app: .venv/ready
	.venv/bin/babelscope app

# The app's own environment: the base package, no torch.
.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install $(PIP_QUIET) -c constraints.txt -e .
	touch $@

# The tests' environment: the same, and what the tests need.
.venv-test/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-test
	.venv-test/bin/python -m pip install $(PIP_QUIET) -c constraints.txt -e '.[dev]'
	touch $@

test: .venv-test/ready
	.ci/chromium
	.venv-test/bin/python -m pytest -m "slow or not slow" tests/core tests/ui tests/browser

lint: .venv-test/ready
	.venv-test/bin/ruff check .
	.venv-test/bin/ruff format --check .
	.venv-test/bin/mypy

faults: .venv-test/ready
	.venv-test/bin/python -m pytest -s -m "slow or not slow" tests/faults

bench: .venv-test/ready
	.ci/chromium
	.venv-test/bin/python -m pytest -s -m "slow or not slow" tests/bench

clean:
	rm -rf .venv .venv-test build dist *.egg-info
