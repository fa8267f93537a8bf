# All targets install into a local virtual environment and need only make and python3 (3.11 or later):
#   make demo           adds 683 and 345 on an idealized transformer; writes the results to build/demo
#   make test           lints, type-checks and runs the daily tests
#   make evidence       runs what make test leaves out: further tests, the conformance kit on each built-in backend,
#                       the proofs of all rules, 200,000 fuzzer cases, planted faults
#   make bench          timings and growth ratios: starts, the NumPy backend and handwritten NumPy, the paper's language
#                       beside its own interpreter, pictures, the fuzzer, slow programs, sizes of transformers; and
#                       whether compiling depends on anything but the program
#   make depth          the layers of optimized programs, checked against the required ones
#   make fuzz           compares CASES generated programs on all backends, under all passes, with the reference
#   make fuzz-backend   the same on one BACKEND (numpy)
#   make clean          removes the environment and everything that was built

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := build/demo
PROGRAM := examples/addition.py:add
TARGET := --vocab 0123456789+ --attention best
CASES ?= 100000
BACKEND ?= numpy

# Terminals open the URL of a file on a click.
links = $(BIN)/python -c 'import pathlib, sys; [print(pathlib.Path(f).resolve().as_uri()) for f in sys.argv[1:]]' \
	$(addprefix $(DEMO)/,$(1))

.PHONY: demo test evidence bench depth fuzz fuzz-backend clean
.DELETE_ON_ERROR:

$(VENV)/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "raspir needs Python 3.11 or later; this is " + sys.version.split()[0] + " (choose another with: make PYTHON=python3.12 ...)")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

# The distribution was called raspir before; uninstalled later, it would take the command raspir of the new one with it.
$(VENV)/base.stamp: $(VENV)/python.stamp pyproject.toml
	@$(BIN)/python -m pip uninstall -qq --disable-pip-version-check --yes raspir
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
	@echo '$$ raspir run $(PROGRAM) $(TARGET) --input 683+345'
	@$(BIN)/raspir run $(PROGRAM) $(TARGET) --input 683+345 > $(DEMO)/sum.json
	@cat $(DEMO)/sum.json
	@echo '$$ raspir stats $(PROGRAM) $(TARGET)'
	@$(BIN)/raspir stats $(PROGRAM) $(TARGET) > $(DEMO)/stats.txt
	@$(BIN)/raspir stats $(PROGRAM) $(TARGET) --json > $(DEMO)/stats.json
	@sed -n '/^as written and optimized/,/^└/s/ *$$//p' $(DEMO)/stats.txt
	@echo '$$ raspir opt $(PROGRAM) $(TARGET) --remarks'
	@$(BIN)/raspir opt $(PROGRAM) $(TARGET) --remarks --output $(DEMO)/add.rir
	@sed -n 's/^# *\(.*\)\(layer [0-9]* → [0-9]*\) *\([^ ]*\).*/# \1\2  \3/p' $(DEMO)/add.rir
	@$(BIN)/raspir draw $(PROGRAM) $(TARGET) --optimize --output $(DEMO)/add.svg
	@$(BIN)/raspir draw $(PROGRAM) $(TARGET) --optimize --input 683+345 --output $(DEMO)/add-at-work.svg
	@$(BIN)/raspir report $(PROGRAM) $(TARGET) --input 683+345 --input 99+1 --output $(DEMO)/add.html
	@echo
	@echo 'The command raspir is on the PATH after: . $(VENV)/bin/activate'
	@echo 'The sum, all statistics as text and as JSON, and the optimized program:'
	@$(call links,sum.json stats.txt stats.json add.rir)
	@echo 'Diagrams of it as written and optimized, and at work:'
	@$(call links,add.svg add-at-work.svg)
	@echo 'A report for a browser, in which each position shows where it attends:'
	@$(call links,add.html)

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
	$(BIN)/python benchmarks/start.py
	$(BIN)/python benchmarks/numpy_backend.py
	$(BIN)/python benchmarks/tracr_evaluation.py
	$(BIN)/python benchmarks/rasp_language.py
	$(BIN)/python benchmarks/drawing.py
	$(BIN)/python benchmarks/fuzzing.py
	$(BIN)/python benchmarks/hostile.py
	$(BIN)/python benchmarks/transformer.py
	$(BIN)/python benchmarks/transformed.py
	$(BIN)/python benchmarks/determinism.py

depth: $(VENV)/base.stamp
	$(BIN)/python benchmarks/depth.py

fuzz: $(VENV)/base.stamp
	$(BIN)/raspir fuzz --cases $(CASES)

fuzz-backend: $(VENV)/base.stamp
	$(BIN)/raspir fuzz --cases $(CASES) --backend $(BACKEND)

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks
