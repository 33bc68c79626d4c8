# Each target does its own set-up; python3 (3.11 or newer, with venv) and make are all that is needed.
PYTHON ?= python3
PIP_QUIET ?= -q --disable-pip-version-check

.PHONY: app test lint bench faults space docs clean

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

# The numbered reliability tests, wherever they are; what they see becomes docs/reliability.md.
FIGURES = $(CURDIR)/build/reliability.jsonl

faults: .venv-test/ready
	.ci/chromium
	mkdir -p build && rm -f $(FIGURES)
	BABELSCOPE_KILLS=$${BABELSCOPE_KILLS:-20} BABELSCOPE_FIGURES=$(FIGURES) .venv-test/bin/python -m pytest -s \
		-m "slow or not slow" tests/faults $$(grep -rl --include='*.py' 'faults.figures import' tests/core tests/ui tests/browser)
	BABELSCOPE_FIGURES=$(FIGURES) .venv-test/bin/python -m tests.faults.figures

bench: .venv-test/ready
	.ci/chromium
	.venv-test/bin/python -m pytest -s -m "slow or not slow" tests/bench

# The folder to upload as a Hugging Face Space: make space DIR=../babelscope-space
space: .venv/ready
	.venv/bin/babelscope space "$(DIR)"

# The generated table of settings in docs/deployment.md.
docs: .venv-test/ready
	.venv-test/bin/python -m tests.deploy.settings_table

clean:
	rm -rf .venv .venv-test build dist *.egg-info
