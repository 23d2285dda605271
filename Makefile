# On a machine with Python 3.11 or newer, pip and make, each of these works by itself: it makes
# its own virtual environment, installs what it needs, and is quick the second time.
#
#   make demo         segments of real data, published in warehouse/warehouse.duckdb
#   make test         the tests, on two processors, in minutes: every module and every feature
#   make test-slow    what make test leaves out, and the property tests at full depth
#   make test-all     both at once
#   make check        lint, format, types, architecture
#   make golden       write sql/compiled/ anew
#   make bench        the benchmarks, with their figures
#   make bench-engines  segdb on DuckDB, PostgreSQL and a Spark cluster, beside Spark's own way
#   make chaos        kills at random moments; SEGDB_CHAOS_KILLS says how many of each command
#   make dbt          the real dbt in an environment of its own, for the tests of warehouse/
#   make spark        PySpark, for the tests on a Spark cluster; it wants a Java of 17 or 21
#   make engines      ClickHouse and Spark, for the tests that run exported SQL on them; then one
#                     question at a time on a Spark cluster
#   make test-compat  every test on the oldest releases that are promised
#   make axe          fetch axe-core with npm: the tests of the report look for barriers with it
#   make clean        remove what make has made; the warehouse and the reports stay

# The first of these that is there and new enough; or say it: make test PYTHON=/path/to/python
find = $(shell for p in $(1); do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
       2>/dev/null && echo $$p && break; done)
PYTHON ?= $(call find,python3 python python3.13 python3.12 python3.11)
# NumPy 2.0, the oldest that is promised, has no wheel for Python 3.13.
COMPAT_PYTHON ?= $(call find,python3.11 python3.12 python3 python)

# A module stays with one worker, so that what it publishes for all its tests is published once.
PARALLEL := -n 2 --dist loadscope
# Of the tests that try many examples: how many.
EXAMPLES := 2000

VENV := .venv
PY := $(VENV)/bin/python
COMPAT := .venv-compat
DBT := .venv-dbt
ENGINES := .venv-engines
AXE := .cache/axe/node_modules/axe-core/axe.min.js
INSTALL := -m pip install --quiet --disable-pip-version-check
# Where the system's Python came without ensurepip, its pip installs the first one.
make_venv = test -n "$(1)" || { echo "segdb needs Python 3.11 or newer on the PATH, or: make PYTHON=/path/to/python"; exit 1; }; \
	$(1) -m venv --clear $(2) 2>/dev/null || { $(1) -m venv --clear --without-pip $(2) \
	&& $(1) -m pip --python $(2)/bin/python install --quiet pip; }

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-slow test-all check golden bench bench-engines chaos dbt spark engines test-compat axe clean

help:
	@sed -n '4,19s/^# *//p' Makefile

demo: $(VENV)/demo.stamp
	$(VENV)/bin/segdb demo

test: $(VENV)/test.stamp
	$(PY) -m pytest $(PARALLEL) -m 'not slow and not engines'

test-slow: $(VENV)/test.stamp
	SEGDB_EXAMPLES=$(EXAMPLES) $(PY) -m pytest $(PARALLEL) -m '(slow or examples) and not engines'

test-all: $(VENV)/test.stamp
	SEGDB_EXAMPLES=$(EXAMPLES) $(PY) -m pytest $(PARALLEL) -m 'not engines'

check: $(VENV)/test.stamp
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m pytest tests/test_architecture.py

golden: $(VENV)/test.stamp
	$(PY) -m pytest tests/test_golden.py --rewrite-golden

bench: $(VENV)/test.stamp
	$(PY) -m pytest tests/benchmarks -m 'not engines' --capture=no

bench-engines: $(VENV)/spark.stamp
	$(PY) -m pytest tests/benchmarks/test_engines.py --capture=no

chaos: $(VENV)/test.stamp
	$(PY) -m pytest tests/chaos --capture=no

dbt: $(DBT)/dbt.stamp

spark: $(VENV)/spark.stamp

engines: $(ENGINES)/engines.stamp $(VENV)/spark.stamp
	$(PY) -m pytest -m engines

test-compat: $(COMPAT)/test.stamp
	$(COMPAT)/bin/python -m pytest $(PARALLEL)

axe: $(AXE)

$(AXE):
	npm install --silent --no-fund --no-audit --no-save --prefix .cache/axe axe-core@4

clean:
	rm -rf $(VENV) $(COMPAT) $(DBT) $(ENGINES) .cache/axe build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find segdb tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@$(call make_venv,$(PYTHON),$(VENV))

$(COMPAT)/bin/python:
	@$(call make_venv,$(COMPAT_PYTHON),$(COMPAT))

$(DBT)/bin/python:
	@$(call make_venv,$(PYTHON),$(DBT))

$(VENV)/demo.stamp: pyproject.toml | $(PY)
	$(PY) $(INSTALL) --editable '.[demo]'
	@touch $@

# lifetimes carries the CDNOW data; it is never imported, so what it needs is left out.
$(VENV)/test.stamp: pyproject.toml | $(PY)
	$(PY) $(INSTALL) --editable '.[demo,excel,test]'
	$(PY) $(INSTALL) --no-deps 'lifetimes==0.11.3'
	@touch $@

# Half a gigabyte.
$(VENV)/spark.stamp: $(VENV)/test.stamp
	$(PY) $(INSTALL) --editable '.[spark]'
	@touch $@

$(ENGINES)/bin/python:
	@$(call make_venv,$(PYTHON),$(ENGINES))

# Over a gigabyte, and Spark wants a Java of 17 or newer: so they are asked for by name.
$(ENGINES)/engines.stamp: | $(ENGINES)/bin/python
	$(ENGINES)/bin/python $(INSTALL) 'chdb>=3' 'pyspark>=3.5'
	@touch $@

# Apart from the linters, whose releases dbt holds back. A package is built in PostgreSQL as well.
$(DBT)/dbt.stamp: pyproject.toml | $(DBT)/bin/python
	$(DBT)/bin/python $(INSTALL) --editable '.[dbt]' 'dbt-postgres>=1.9'
	@touch $@

$(COMPAT)/test.stamp: pyproject.toml tests/constraints.txt | $(COMPAT)/bin/python
	$(COMPAT)/bin/python $(INSTALL) --constraint tests/constraints.txt --editable '.[demo,excel,test]'
	$(COMPAT)/bin/python $(INSTALL) --no-deps 'lifetimes==0.11.3'
	@touch $@
