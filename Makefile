# What a contributor types; `make` alone lists it.
# Needs Python 3.11 or newer, nothing else: PYTHON=/path/to/python3.13 make setup

PYTHON ?= python3
ARGS ?=
VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv

# A stamp for each lock; .dev holds everything .run does.
RUN := $(VENV)/.run
DEV := $(VENV)/.dev

export UV_PYTHON_DOWNLOADS := never

.DELETE_ON_ERROR:
.PHONY: help setup demo test check fmt replay bench fuzz faults mutants wings lock clean

help: ## list these
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS='	' read -r name what; do \
		printf '  make %-8s %s\n' "$$name" "$$what"; done

setup: $(DEV) ## make .venv with everything, tests and checks included
	@echo "Ready. Next: make demo"

demo: $(if $(wildcard $(DEV)),$(DEV),$(RUN)) ## open the demonstration shop (ARGS="--port 9000")
	@$(VENV)/bin/telekiosk demo $(ARGS)

test: $(DEV) ## run the tests (ARGS="tests/core -k money")
	@$(PY) -m pytest -n 2 $(ARGS)

check: $(DEV) ## format, lint, types, imports, translations
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports
	@$(PY) -m tests.translations_complete

fmt: $(DEV) ## put the code in the house's format
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix-only .

replay: $(DEV) ## play the stories of before the wings through the table of renames
	@$(PY) -m tests.architecture.replay $(ARGS)

bench: $(DEV) ## measure what is fast and how it grows
	@$(PY) -m benchmarks $(ARGS)

fuzz: $(DEV) ## try every invariant, parser and door with many more examples, and count them
	@rm -rf var/fuzz
	@FUZZ_FOUND=var/fuzz $(PY) -m pytest -n 2 -m hypothesis --hypothesis-profile fuzz --timeout 1800 $(ARGS)
	@FUZZ_FOUND=var/fuzz $(PY) -m tests.fuzz.tally

faults: $(DEV) ## kill, cut and race the shop wherever it can break; writes docs/reliability.md
	@rm -rf var/faults
	@FAULTS_FOUND=$(CURDIR)/var/faults $(PY) -m pytest -n 2 -m faults --timeout 1800 $(ARGS)
	@FAULTS_FOUND=$(CURDIR)/var/faults $(PY) -m tests.faults.table

mutants: $(DEV) ## make a seeded sample of mistakes and see that tests catch them; writes docs/mutants.md
	@$(PY) -m tests.mutation $(ARGS)

wings: $(DEV) ## take off each wing on which nothing stands: the shop still opens and sells
	@$(PY) -m tests.architecture.without $(ARGS)

lock: $(UV) ## remake requirements/*.txt (ARGS=--upgrade for the newest)
	@$(COMPILE) --group dev --output-file requirements/dev.txt $(ARGS)
	@$(COMPILE) --constraints requirements/dev.txt --output-file requirements/run.txt $(ARGS)

clean: ## remove .venv and what the tools left
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# One lock for every Python and platform; no header, so that no one's paths or index get in.
COMPILE = $(UV) pip compile --quiet pyproject.toml --group install --universal --python-version 3.11 \
	--generate-hashes --no-header --no-emit-index-url --no-emit-find-links

# The order matters: a stamp is touched only once the project itself is installed too.
INSTALL = $(UV) pip install --quiet --python $(PY) --no-deps --no-build-isolation --editable .

$(RUN): requirements/run.txt | $(UV)
	@$(UV) pip sync --quiet --python $(PY) --require-hashes $<
	@$(INSTALL)
	@touch $@

$(DEV): requirements/dev.txt | $(UV)
	@$(UV) pip sync --quiet --python $(PY) --require-hashes $<
	@$(INSTALL)
	@touch $(RUN) $@

$(UV):
	@command -v $(PYTHON) >/dev/null || { \
		echo "Telekiosk needs Python 3.11 or newer; '$(PYTHON)' is not there. Try: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "Telekiosk needs Python 3.11 or newer; $(PYTHON) is %d.%d. Try: make PYTHON=/path/to/python3" % v[:2])'
	@$(PYTHON) -m venv $(VENV) || { \
		echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@sed -n '/^uv==/,/# via/p' requirements/run.txt > $(VENV)/uv.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $(VENV)/uv.txt
