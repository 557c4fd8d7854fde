# Everything the project does is a target here; `make` alone lists them.

PYTHON ?=
PRESET ?= default
NOTEBOOK ?=
PARAMETERS ?=
FILE ?=
HTML ?=
ARGS ?=
SCHEDULER ?=
FRESH ?=
JOBS ?= 2

VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/.ready
# An environment that has been moved, or whose Python has gone, is no longer ready.
MOVED := $(shell test -x '$(RUN)' && test "$$(cat '$(READY)' 2>/dev/null)" = "$$(pwd -P)/$(VENV)" || echo FORCE)
TEST_CACHE := .cache/test
SITE := _build/html/index.html

# numpy's sums differ in the last digits with the number of threads: the sweeps use processes instead.
export OMP_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1
export PYTHONHASHSEED ?= 0
# Where glibc gives freed memory back at once, the system clears every page of it again: twice the time, for wide networks.
export MALLOC_MMAP_THRESHOLD_ ?= 33554432
export MALLOC_TRIM_THRESHOLD_ ?= 536870912
# Packages are compiled when they are first imported, and by every process again where that may not be kept.
unexport PYTHONDONTWRITEBYTECODE
# This project's code is found by where it lies: no other of the same name comes first.
unexport PYTHONPATH PYTHONSAFEPATH PYTHONHOME PYTHONSTARTUP
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYDEVD_DISABLE_FILE_VALIDATION := 1
# Handed over in the environment, so that the shell never splits or expands their values.
export NOTEBOOK PARAMETERS FILE HTML
ifneq ($(SCHEDULER),)
export SIGAE_SCHEDULER := $(SCHEDULER)
endif

# What the site is made of; and its stamp, which holds what it was made for and goes with the site.
INPUTS := $(filter-out book/executed/% book/generated/%,$(shell find book sigae notebooks -type f \
	\( -name '*.py' -o -not -path 'sigae/*' \) -not -name '*.pyc' -not -path '*/.*')) \
	_config.yml _toc.yml CITATION.cff
BUILT := _build/html/.built
MADE_FOR := $(PRESET) $(SITE_REPOSITORY)
OTHER := $(shell test -f '$(SITE)' && test "$$(cat '$(BUILT)' 2>/dev/null)" = '$(strip $(MADE_FOR))' || echo FORCE)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## Show this list
	@echo 'make TARGET [VARIABLE=value ...]'
	@echo
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo '  PRESET=name                  scale of make book: default, smoke, report (every norm it has) or paper'
	@echo '  FILE=notebooks/presets/...   parameters of a page, as make rerun takes them, for example of a preset'
	@echo '  SCHEDULER=tcp://host:8786    a Dask cluster that computes what book, notebooks and rerun need'
	@echo '  FRESH=1                      make test computes everything anew'
	@echo '  PYTHON=/path/to/python       the Python that the environment is made with, 3.11 to 3.14 (default: the newest)'

# ---------------------------------------------------------------- environment

# Where a Python is named, the script looks whether the environment is of that one.
$(READY): requirements.lock pyproject.toml $(MOVED) $(if $(PYTHON),FORCE)
	@sh book/build/environment.sh '$(VENV)' '$(PYTHON)'

.PHONY: environment
environment: $(READY) ## Make or renew .venv from requirements.lock

.PHONY: lock
lock: ## Resolve the newest versions that pyproject.toml allows into requirements.lock, for every Python and platform
	@sh book/build/environment.sh --lock '$(PYTHON)'

# ---------------------------------------------------------------- notebooks and site

.PHONY: notebooks
notebooks: $(READY) ## Derive every notebook's .ipynb from its .py and record its outputs
	@$(RUN) -m book.build.derive $(if $(NOTEBOOK),'$(NOTEBOOK)')

.PHONY: rerun
rerun: $(READY) ## Run one notebook with other parameters: NOTEBOOK=01 PARAMETERS="width=2000 activation=tanh" HTML=1
	@$(RUN) -m book.build.rerun

# What Jupyter's own pages need is installed when they are first asked for.
$(VENV)/.jupyter: book/build/jupyter.txt $(READY)
	@echo 'Installing JupyterLab into $(VENV) ...'
	@sh book/build/environment.sh --add '$(VENV)' $<
	@touch '$@'

.PHONY: jupyter
jupyter: $(VENV)/.jupyter ## Open the notebooks in JupyterLab: NOTEBOOK=01 opens that one (saving it changes the recorded copy)
	@$(RUN) -m jupyterlab $(wildcard notebooks$(if $(NOTEBOOK),/$(NOTEBOOK)*.ipynb)) $(ARGS)

$(BUILT): $(READY) $(INPUTS) $(OTHER)
	@mkdir -p _build && touch _build/.begun
	@$(RUN) -m book.build.execute --preset '$(PRESET)'
	@$(RUN) -m book.build.build_site
	@echo '$(strip $(MADE_FOR))' > '$@' && touch -r _build/.begun '$@' # what is changed meanwhile is newer

.PHONY: book
book: $(BUILT) ## Execute the notebooks and build the website into _build/html
	@echo 'The book is in $(SITE).'

.PHONY: pdf
pdf: $(READY) $(if $(filter book,$(MAKECMDGOALS)),$(BUILT)) ## Print the book as a paper, which the site then offers, to _build/html/sigae.pdf (needs Chromium)
	@test -f $(SITE) || $(MAKE) book
	@$(RUN) -m book.build.pdf

# ---------------------------------------------------------------- checks

.PHONY: test
test: lint test-only ## Check the sources, run the unit tests and the strict comparison of every committed notebook

.PHONY: test-only
test-only: $(READY) ## The same without the check of the sources; FRESH=1 computes everything anew
# What this very code has computed before is used again. Notebooks are the long ones and come first; several are under
# way, so that each computes in its own process.
	@$(if $(FRESH),rm -rf $(TEST_CACHE); export SIGAE_CACHE='$(CURDIR)/$(TEST_CACHE)';) \
	SIGAE_WORKERS=1 $(RUN) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder \
		--nbval --nbval-current-env --nbval-sanitize-with tests/nbval_sanitize.cfg notebooks tests $(ARGS)

.PHONY: quick
quick: lint ## Check the sources, run the tests of the science and one notebook at smoke scale: a minute
	@$(RUN) -m pytest -q -n $(JOBS) --dist loadfile -m 'not slow' tests/sigae $(ARGS)
	@$(RUN) -m book.build.rerun --notebook 05 --file notebooks/presets/smoke/05_activations.yaml

.PHONY: portable
portable: $(READY) ## Run tests and notebooks as the oldest processors would, one thread each, in any order
	@$(RUN) -m book.build.portable $(ARGS)

.PHONY: test-site
test-site: $(READY) ## Open every page of the built site in Chromium and check it
	@test -f $(SITE) || $(MAKE) book
	@$(RUN) -m pytest -o addopts= -n $(JOBS) --no-loadscope-reorder tests/site $(ARGS)

.PHONY: lint
lint: $(READY) ## Check style, docstrings and format with ruff, types with mypy, and what may import what
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy
	@$(VENV)/bin/lint-imports --no-logo --cache-dir .cache/import-linter

.PHONY: format
format: $(READY) ## Rewrite the sources in the project's format
	@$(RUN) -m ruff check --fix .
	@$(RUN) -m ruff format .

# ---------------------------------------------------------------- measurements

.PHONY: bench
bench: $(READY) ## Measure training time against the report's loop and its peers
	@$(RUN) -m book.bench.benchmark $(ARGS)

.PHONY: random-networks
random-networks: $(READY) ## Measure how exact training is at its defaults, on random networks: a quarter of an hour
	@$(RUN) -m book.bench.random_networks $(ARGS)

.PHONY: paper
paper: $(READY) ## Compute the paper's own scale, an hour or two, resumable, and compare it with the committed tables
	@$(RUN) -m book.bench.paper_scale $(ARGS)

.PHONY: report-loop
report-loop: $(READY) ## Run the report's loop to its end in both precisions: more than an hour
	@$(RUN) -m book.bench.report_loop $(ARGS)

.venv-compare/.ready: book/bench/compare_neural_tangents.txt
	@sh book/build/environment.sh .venv-compare '$(PYTHON)' book/bench/compare_neural_tangents.txt

.PHONY: compare
compare: .venv-compare/.ready ## Check the infinite-width reference values against neural-tangents, in its own environment
	@.venv-compare/bin/python book/bench/compare_neural_tangents.py

.PHONY: clean
clean: ## Remove everything that make made, the environment and the cache of results included
	rm -rf $(VENV) .venv-compare _build build reruns .cache notebooks/.cache book/executed book/generated .pytest_cache .ruff_cache sigae.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: FORCE
FORCE:
