# `make run` and `make test` are all a fresh machine needs: Python >= 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What Python has compiled is kept, also where the machine's own settings say otherwise: the tests start hundreds of
# processes, and each would compile every module anew.
export PYTHONDONTWRITEBYTECODE :=
# What the tests draw follows from the commit: a run of the same commit tries the same (tests/examples.py).
export LOA_DRAW ?= $(shell git rev-parse --quiet --verify 'HEAD^{tree}' 2>/dev/null)

.PHONY: run demo test test-many test-dates test-beside test-sound test-timed check check-types check-rules format lock clean bench

run: $(VENV)/.run
	@$(BIN)/loa run

demo: $(VENV)/.run
	@$(BIN)/loa demo

# Most tests wait more than they work, so they run side by side. Behind them those that listen to a sound server, two at a
# time, and beside these, in twos as well, the ones that hold machines to their seconds: both wait nearly all of theirs.
# What fails in one part holds up no other, and is told once more at the end (tests/failures.py).
# SEEN=tests/docs leaves out what `make check` has just run.
test: $(VENV)/.dev
	@rm -f $(VENV)/failed.txt; export LOA_TESTS_FAILED="$(CURDIR)/$(VENV)/failed.txt"; \
	$(MAKE) --no-print-directory test-beside; beside=$$?; \
	$(MAKE) --no-print-directory -k -j2 --output-sync=target test-sound test-timed; others=$$?; \
	cat $(VENV)/failed.txt 2>/dev/null; [ $$beside -eq 0 ] && exit $$others; exit $$beside

# The same with every example, random day and power cut that the tests name, not a share of them (tests/examples.py).
test-many:
	@LOA_TESTS=many $(MAKE) --no-print-directory test

# In a fresh clone each worker would compile all tests and all of the station for itself: two readers do it first, a half
# each. What they cannot read the tests themselves tell.
test-beside:
	@test -e tests/web/__pycache__ || { $(BIN)/pytest --collect-only tests/extras tests/web >/dev/null 2>&1 & \
	$(BIN)/pytest --collect-only --ignore=tests/extras --ignore=tests/web >/dev/null 2>&1; wait; }
	$(BIN)/pytest -rs -n auto --dist worksteal -m "not (needs_audio_server or timed)" $(SEEN:%=--ignore=%)

# Only the files that name the mark are read: reading all of them takes as long as some of these tests.
marked = $(shell grep -rlE 'mark\.$(1)\b' tests --include='test_*.py')

test-sound:
	$(BIN)/pytest -n 2 --dist worksteal -m needs_audio_server $(call marked,needs_audio_server)

test-timed:
	$(BIN)/pytest -n 2 --dist worksteal -m timed $(call marked,timed)

# The same at dates that hurt; hours for all tests. One date, few tests: .venv/bin/python -m tests.at_dates --help
test-dates: $(VENV)/.dev
	$(BIN)/python -m tests.at_dates

# Two halves side by side: what reads the types of the whole tree takes about as long as all the rest.
check: $(VENV)/.dev
	@$(MAKE) --no-print-directory -k -j2 --output-sync=target check-types check-rules

check-types:
	$(BIN)/mypy
	$(BIN)/lint-imports

check-rules:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pytest tests/docs

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev
	@for script in bench/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

# The environment, made once and again when its lock file changes. --no-deps: nothing but the lock file gets in.
$(VENV)/.run: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --only-binary :all: --no-deps -r requirements.lock
	@PYTHONWARNINGS=ignore $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --only-binary :all: --no-deps -r requirements-dev.lock
	@touch $@

lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --extra piper --extra town --extra boxes \
		--no-emit-index-url --no-annotate --custom-compile-command "make lock" -o requirements.lock
	uv pip compile pyproject.toml --universal --python-version 3.11 --all-extras -c requirements.lock \
		--no-emit-index-url --no-annotate --custom-compile-command "make lock" -o requirements-dev.lock

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache tests/output
