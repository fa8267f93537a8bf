# Two targets do all set-up in a local virtual environment, from nothing but python3 (3.11 or later) and make:
#   make demo   installs raspir, adds 683 and 345 on an idealised transformer, and leaves what it made in build/demo
#   make test   installs raspir with its test tools, lints, type-checks and runs the daily tests
# make evidence runs what make test leaves out, without a time limit: further tests, the whole conformance kit on each built-in
# backend, the proofs of all rules, 100,000 cases of the fuzzer, and planted faults.
# Also: make bench (timings and growth ratios, the NumPy backend against NumPy written by hand, pictures, the fuzzer, programs
# made to be slow), make
# depth (how shallow programs become, against what they must reach), make fuzz (CASES of generated programs under all passes
# and on all backends against the reference), make fuzz-backend (the same on BACKEND alone, which is numpy), make clean.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := build/demo
PROGRAM := examples/addition.py:add
CASES ?= 100000
BACKEND ?= numpy

.PHONY: demo test evidence bench depth fuzz fuzz-backend clean
.DELETE_ON_ERROR:

$(VENV)/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "raspir needs Python 3.11 or later; this is " + sys.version.split()[0] + " (choose another with: make PYTHON=python3.12 ...)")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/base.stamp: $(VENV)/python.stamp pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/test.stamp: $(VENV)/base.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

$(VENV)/bench.stamp: $(VENV)/base.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@

demo: $(VENV)/base.stamp
	@mkdir -p $(DEMO)
	@echo 'raspir run $(PROGRAM) --input 683+345'
	@$(BIN)/raspir run $(PROGRAM) --input 683+345 > $(DEMO)/sum.json
	@cat $(DEMO)/sum.json
	@echo 'raspir stats $(PROGRAM) --vocab 0123456789+ --attention best'
	@$(BIN)/raspir stats $(PROGRAM) --vocab 0123456789+ --attention best
	@$(BIN)/raspir stats $(PROGRAM) --vocab 0123456789+ --attention best --json > $(DEMO)/stats.json
	@$(BIN)/raspir opt $(PROGRAM) --vocab 0123456789+ --attention best --output $(DEMO)/add.rir
	@$(BIN)/raspir draw $(PROGRAM) --vocab 0123456789+ --optimize --output $(DEMO)/add.svg
	@$(BIN)/raspir draw $(PROGRAM) --vocab 0123456789+ --optimize --input 683+345 --output $(DEMO)/add-at-work.svg
	@$(BIN)/raspir report $(PROGRAM) --vocab 0123456789+ --input 683+345 --input 99+1 --output $(DEMO)/add.html
	@echo 'In $(DEMO) are the sum, the statistics, the optimised program as textual IR, diagrams as written and' \
		'optimised, and a report to open in a browser:' && ls $(DEMO)

test: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n auto tests
	$(BIN)/pytest docs README.md

evidence: $(VENV)/test.stamp
	$(BIN)/python benchmarks/evidence.py

bench: $(VENV)/bench.stamp
	$(BIN)/pytest benchmarks --benchmark-disable-gc --benchmark-columns=min,median,max,rounds
	$(BIN)/python benchmarks/numpy_backend.py
	$(BIN)/python benchmarks/drawing.py
	$(BIN)/python benchmarks/fuzzing.py
	$(BIN)/python benchmarks/hostile.py

depth: $(VENV)/base.stamp
	$(BIN)/python benchmarks/depth.py

fuzz: $(VENV)/base.stamp
	$(BIN)/raspir fuzz --cases $(CASES)

fuzz-backend: $(VENV)/base.stamp
	$(BIN)/raspir fuzz --cases $(CASES) --backend $(BACKEND)

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks
