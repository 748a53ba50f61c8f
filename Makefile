# Everything from nothing: a machine needs Python 3.11 or newer, make and a network.
#   make demo    compile the sample issue and deliver it to the sample subscribers' Maildir
#   make test    install everything and run all tests

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
CHROMIUM := $(shell command -v chromium 2>/dev/null)
NPM := $(shell command -v npm 2>/dev/null)

.PHONY: demo test nightly install browser lint types docs docs-check bench clean

demo: $(INSTALLED)
	@$(BIN)/newsletter check first-light
	@$(BIN)/newsletter subscriber import subscribers.sample.csv --list weekly --consent-source "sample data"
	@$(BIN)/newsletter send first-light --list weekly --transport outbox
	@echo
	@echo "Look at the mails:       ls outbox/new      (a Maildir: mutt -f outbox, or any mail program)"
	@echo "Look while you edit:     $(BIN)/newsletter preview first-light"
	@echo "See who got what:        $(BIN)/newsletter mailing list"
	@echo "Begin a project:         $(BIN)/newsletter init ../my-weekly"

test: $(INSTALLED) browser
	$(BIN)/python -m pytest -n auto

# 1,000 kills over 10,000 recipients with faults: a night's work
nightly: $(INSTALLED)
	NEWSLETTER_KILLS=1000 $(BIN)/python -m pytest -n 0 tests/crash

install: $(INSTALLED)

$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "newsletter needs Python 3.11 or newer; call: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

# The browser tests drive Debian's chromium; without it they say so and are skipped, except in CI.
browser:
ifeq ($(CHROMIUM),)
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	else echo "no chromium here: the browser tests will be skipped (Debian: apt-get install chromium)"; fi
endif
# The conformance run compares with MJML's own program; without npm it says so and is skipped, except in CI.
ifeq ($(NPM),)
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null; \
	else echo "no npm here: the conformance run will be skipped (Debian: apt-get install npm)"; fi
endif

lint: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(INSTALLED)
	$(BIN)/mypy

docs: $(INSTALLED)
	$(BIN)/python docs/generate.py

docs-check: $(INSTALLED)
	$(BIN)/python docs/generate.py --check

bench: $(INSTALLED)
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

clean:
	rm -rf $(VENV) build dist outbox .newsletter .mypy_cache .pytest_cache .ruff_cache .hypothesis
