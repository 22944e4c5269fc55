# make run        the dashboard with the demo, from nothing, at http://localhost:8501
# make setup      the environment only (.venv), with the command .venv/bin/vitrine
# make demo       the demo workspace only; at once when it is there
# make test       the quick tests, with their own set-up
# make test-all   every test: real pictures, Chromium, killed processes, long ones
# make test-readers   exports read by the formats' own libraries, in an environment of theirs (.venv-readers)
# make test-stores    buckets, against a real store (SeaweedFS) in an environment of its own (.venv-stores); deploy/
# make test-airflow   the daily DAG of deploy/airflow on a real Airflow, in an environment of its own (.venv-airflow)
# make test-ray       jobs on a cluster of two Ray nodes on this machine, in an environment of its own (.venv-ray)
# make bench      the benchmarks, in full; make bench SIZE=tiny only shows that each runs
# make docs       docs/jobs, from the job kinds; docs/licences.md, from what is installed; the site of all, build/site
# make pictures   docs/pictures, of the demo: every page, in Chromium; make pictures PAGES="map review" takes some
# make lint       ruff: rules and layout; mypy: types; the site of docs/, where every warning counts
#
# make run PORT=8600 WORKSPACE=~/animals      PYTHON=python3.12 make setup

PYTHON    ?= python3
PORT      ?= 8501
WORKSPACE ?= ./workspace
SIZE      ?= full
PICTURES  ?= $(WORKSPACE)/demo/pictures/train/0
PYTEST    ?= $(BIN)/python -m pytest

# Bytecode is kept, whatever the shell says: every worker and every command starts a Python of its own.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN  := $(VENV)/bin
PIP  := $(BIN)/python -m pip --disable-pip-version-check
READERS := .venv-readers
STORES := .venv-stores
AIRFLOW := .venv-airflow
RAY := .venv-ray
SITE := NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

.PHONY: run setup demo test test-all test-marked test-readers test-stores test-airflow test-ray bench docs pictures lint rules types site
.DEFAULT_GOAL := run

run: setup
	$(BIN)/python -m jobs demo --no-wait --workspace $(WORKSPACE)
	$(BIN)/streamlit run app.py --server.port $(PORT) -- --workspace $(WORKSPACE)

setup: $(VENV)/.runtime-installed $(VENV)/.command-installed

demo: setup
	$(BIN)/python -m jobs demo --workspace $(WORKSPACE)

test: $(VENV)/.dev-installed
	$(PYTEST) -n auto --maxprocesses 4 $(ARGS)

test-all: $(VENV)/.dev-installed
	$(PYTEST) -m "" $(ARGS)

# what `make test` leaves out: file by file in two processes, what works on the real pictures at last
test-marked: $(VENV)/.dev-installed
	$(PYTEST) -n 2 -m "(browser or long or faults) and not real_data" $(ARGS)
	$(PYTEST) -n 2 -m "real_data" $(ARGS)

test-readers: $(VENV)/.dev-installed $(READERS)/.installed
	VITRINE_READERS=$(READERS)/bin/python $(PYTEST) tests/jobs/test_export_readers.py tests/jobs/test_croissant_readers.py -m readers $(ARGS)

# buckets, against a real store on this machine, and their benchmark; Dockerfiles and compose.yaml
test-stores: $(VENV)/.dev-installed $(STORES)/.installed
	$(PYTEST) tests/importers/test_store_import.py tests/jobs/test_upload_store.py tests/deploy \
		"tests/benchmarks/test_benchmarks.py::test_a_tiny_run_prints_its_figures[bucket_import]" -m "" $(ARGS)

# the four days of the daily DAG; minutes
test-airflow: $(VENV)/.dev-installed $(AIRFLOW)/.installed
	VITRINE_AIRFLOW=$(abspath $(AIRFLOW))/bin/python $(PYTEST) tests/deploy/test_airflow.py -m airflow $(ARGS)

# by themselves: a node that is not up in time gives up
test-ray: $(VENV)/.dev-installed $(RAY)/.installed
	$(RAY)/bin/python -m pytest tests/jobs/test_on_ray.py -n0 -m ray $(ARGS)

bench: $(VENV)/.dev-installed
	benchmarks/run.sh $(BIN)/python --size $(SIZE) --pictures $(PICTURES) $(ARGS)

docs: $(VENV)/.docs-installed
	$(BIN)/python -m cli.documents
	$(BIN)/python -m docs.licences
	$(SITE)
	@echo "The site begins with build/site/index.html; with its search: $(BIN)/python -m http.server -d build/site"

# of a demo that is made for it, which takes minutes; DEMO=DIR names a finished one
pictures: $(VENV)/.dev-installed
	$(BIN)/python -m tests.support.pictures $(if $(DEMO),--workspace $(DEMO)) $(PAGES)

lint: rules types site

rules: $(VENV)/.dev-installed
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .

types: $(VENV)/.dev-installed
	$(BIN)/python -m mypy

site: $(VENV)/.docs-installed
	$(SITE)

# The stamps keep pip from being asked again until a pin changes.
$(VENV)/.runtime-installed: requirements.txt | $(BIN)/python
	@echo "Installing into $(VENV): about 5 GB are downloaded the first time, most of it PyTorch."
	$(PIP) install -r requirements.txt
	@touch $@

# `vitrine` in .venv runs what stands in this clone. Building it asks the network for setuptools; without, all else works.
$(VENV)/.command-installed: setup.py | $(VENV)/.runtime-installed
	@$(PIP) install -q --no-deps -e . && touch $@ || \
	  echo "The command could not be installed; $(BIN)/python -m vitrine, in this folder, does the same."

$(VENV)/.dev-installed: requirements-dev.txt $(VENV)/.runtime-installed
	$(PIP) install -r requirements-dev.txt
	@touch $@

$(VENV)/.docs-installed: requirements-docs.txt $(VENV)/.runtime-installed
	$(PIP) install -r requirements-docs.txt
	@touch $@

# It sees what .venv has, so that PyTorch is not installed twice, and changes nothing there.
$(READERS)/.installed: requirements-readers.txt $(VENV)/.runtime-installed
	@echo "Installing into $(READERS): about 200 MB are downloaded."
	@$(BIN)/python -m venv --clear $(READERS)
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > \
	  "$$($(READERS)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/vitrine.pth"
	$(READERS)/bin/python -m pip --disable-pip-version-check install -q -r requirements-readers.txt
	@touch $@

# It sees what .venv has, too. Compiled at once: a node's agents have 15 s to start.
$(RAY)/.installed: requirements-ray.txt $(VENV)/.runtime-installed
	@echo "Installing into $(RAY): about 80 MB are downloaded."
	@$(BIN)/python -m venv --clear $(RAY)
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > \
	  "$$($(RAY)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/vitrine.pth"
	$(RAY)/bin/python -m pip --disable-pip-version-check install -q -r requirements-ray.txt
	@$(RAY)/bin/python -m compileall -q -j 0 $(RAY)/lib > /dev/null || true
	@touch $@

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "Vitrine needs Python 3.11 or newer, and there is no '$(PYTHON)' here."; \
	  echo "Install one, or name it: PYTHON=/path/to/python3.12 make setup"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Vitrine needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)."; \
	  echo "Name a newer one: PYTHON=python3.12 make setup"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "'$(PYTHON) -m venv' failed; on Debian and Ubuntu: apt install python3-venv"; exit 1; }

$(STORES)/.installed: requirements-stores.txt
	@$(PYTHON) -m venv --clear $(STORES)
	$(STORES)/bin/python -m pip --disable-pip-version-check install -q -r requirements-stores.txt
	@touch $@

# It shares nothing with .venv: Airflow pins much. Where it cannot be installed, its tests are skipped, by name.
$(AIRFLOW)/.installed: requirements-airflow.txt
	@echo "Installing into $(AIRFLOW): about 100 MB are downloaded."
	@$(PYTHON) -m venv --clear $(AIRFLOW)
	@$(AIRFLOW)/bin/python -m pip --disable-pip-version-check install -q -r requirements-airflow.txt && touch $@ || \
	  { rm -rf $(AIRFLOW); echo "Airflow could not be installed; its tests will be skipped, by name."; }
